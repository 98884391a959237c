//! `permissions.env`: which variables `process.env` shows.

use crate::denied::Denied;

/// The names that may be seen; `None` is all of them.
#[derive(Debug)]
pub(crate) struct EnvRules(Option<Vec<String>>);

impl EnvRules {
    pub(crate) fn new(names: Option<Vec<String>>) -> Self {
        Self(names)
    }

    pub(crate) fn check(&self, name: &str) -> Result<(), Denied> {
        let Some(patterns) = &self.0 else { return Ok(()) };
        if patterns.iter().any(|pattern| matches(pattern, name)) {
            return Ok(());
        }
        let doing = format!("reading the variable `{name}`");
        Err(Denied::by_rule(&doing, "env", patterns, name))
    }
}

/// Whether `name` is of the form `pattern`, in which `*` stands for any text.
fn matches(pattern: &str, name: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = name.strip_prefix(first) else { return false };
    let parts: Vec<&str> = parts.collect();
    let Some((last, middle)) = parts.split_last() else { return rest.is_empty() };
    for part in middle {
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_any_text() {
        for (pattern, name, expected) in [
            ("HOME", "HOME", true),
            ("HOME", "HOMEDIR", false),
            ("*", "X", true),
            ("PUBLIC_*", "PUBLIC_A", true),
            ("PUBLIC_*", "PUBLIC", false),
            ("*_URL", "DB_URL", true),
            ("A*B*C", "AxBxxC", true),
            ("A*B*C", "AxC", false),
            ("AB*BA", "ABA", false),
        ] {
            assert_eq!(matches(pattern, name), expected, "{pattern} {name}");
        }
    }

    #[test]
    fn a_denial_says_what_to_add() {
        let rules = EnvRules::new(Some(vec!["PORT".into()]));
        assert!(rules.check("PORT").is_ok());
        let denied = rules.check("HOME").expect_err("denied").to_string();
        assert!(denied.ends_with(r#"env = ["PORT", "HOME"]"#), "{denied}");
    }
}
