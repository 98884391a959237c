//! Why something was not done.

use rustix::io::Errno;

/// The rules forbid it. The text names the rule and the line that would allow it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Denied {
    message: String,
}

impl Denied {
    /// What a list of `[permissions]` forbids: `doing` says it, `rule` is the key of the list, `allowed` what it has
    /// and `add` what would have to be in it.
    pub(crate) fn by_rule(doing: &str, rule: &str, allowed: &[String], add: &str) -> Self {
        let says = match allowed {
            [] => "allows nothing".to_owned(),
            _ => format!("allows only {}", quoted(allowed)),
        };
        Self::with_line(doing, rule, &says, &[allowed, &[add.to_owned()]].concat())
    }

    /// What is forbidden as long as there is no list: `default` is what is allowed then, and `keep` how a list would
    /// have to say that.
    pub(crate) fn by_default(
        doing: &str,
        rule: &str,
        default: &str,
        keep: &[String],
        add: &str,
    ) -> Self {
        let says = format!("is not there, which allows only {default}");
        Self::with_line(doing, rule, &says, &[keep, &[add.to_owned()]].concat())
    }

    fn with_line(doing: &str, rule: &str, says: &str, list: &[String]) -> Self {
        Self {
            message: format!(
                "{doing} is denied: `{rule}` in [permissions] of transom.toml {says}. The line that allows it: {rule} = \
                 [{}]",
                quoted(list)
            ),
        }
    }

    /// What no rule can allow.
    pub(crate) fn always(doing: &str, reason: &str) -> Self {
        Self {
            message: format!(
                "{doing} is denied: {reason}, whatever [permissions] in transom.toml says"
            ),
        }
    }
}

impl std::fmt::Display for Denied {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.message)
    }
}

impl std::error::Error for Denied {}

/// As TOML writes them.
fn quoted(texts: &[String]) -> String {
    let quote = |text: &String| format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""));
    texts.iter().map(quote).collect::<Vec<_>>().join(", ")
}

/// Why there is no way to a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// The rules forbid it.
    Denied(Denied),
    /// The system says so.
    Io(Errno),
}

impl From<Denied> for Refusal {
    fn from(denied: Denied) -> Self {
        Self::Denied(denied)
    }
}

impl From<Errno> for Refusal {
    fn from(error: Errno) -> Self {
        Self::Io(error)
    }
}

impl From<std::io::Error> for Refusal {
    fn from(error: std::io::Error) -> Self {
        Self::Io(Errno::from_io_error(&error).unwrap_or(Errno::IO))
    }
}
