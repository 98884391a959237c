//! `permissions.env`: which variables `process.env` shows.

use crate::denied::Denied;

/// Variables with transom's own secrets: a package has no use for them, and what they open holds more than the rules on
/// files would let it read.
pub const SECRET_VARIABLES: [&str; 2] = ["TRANSOM_DATABASE_URL", "TRANSOM_IDENTITY_CLIENT_SECRET"];

/// The names that may be seen; `None` is all of them but the secrets.
#[derive(Debug)]
pub(crate) struct EnvRules(Option<Vec<String>>);

impl EnvRules {
    pub(crate) fn new(names: Option<Vec<String>>) -> Self {
        Self(names)
    }

    pub(crate) fn check(&self, name: &str) -> Result<(), Denied> {
        let is_visible = match &self.0 {
            Some(patterns) => patterns.iter().any(|pattern| matches(pattern, name)),
            None => !SECRET_VARIABLES.contains(&name),
        };
        if is_visible {
            return Ok(());
        }
        let doing = format!("reading the variable `{name}`");
        Err(match &self.0 {
            Some(patterns) => Denied::by_rule(&doing, "env", patterns, name),
            None => {
                let default = "what is no secret of transom's own";
                Denied::by_default(&doing, "env", default, &["*".to_owned()], name)
            }
        })
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
    fn secrets_are_shown_only_to_those_who_ask_for_them() {
        for (rules, name, expected) in [
            (None, "TRANSOM_DATABASE_URL", false),
            (None, "TRANSOM_IDENTITY_CLIENT_SECRET", false),
            (None, "TRANSOM_DATA_DIR", true),
            (None, "DATABASE_URL", true),
            (Some(vec!["TRANSOM_DATABASE_URL".to_owned()]), "TRANSOM_DATABASE_URL", true),
            (Some(vec!["*".to_owned()]), "TRANSOM_DATABASE_URL", true),
        ] {
            assert_eq!(EnvRules::new(rules).check(name).is_ok(), expected, "{name}");
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
