//! The environment that programs see as `process.env`.

/// Variables of the process, as far as programs may see them.
#[derive(Debug, Clone, Default)]
pub struct Environment(pub(crate) Vec<(String, String)>);

impl Environment {
    /// The variables of this process. Names and values that are no UTF-8 are left out.
    pub fn of_process() -> Self {
        let known = std::env::vars_os().filter_map(|(name, value)| {
            Some((name.into_string().ok()?, value.into_string().ok()?))
        });
        Self(known.collect())
    }

    /// These variables.
    pub fn new(variables: impl IntoIterator<Item = (String, String)>) -> Self {
        Self(variables.into_iter().collect())
    }

    /// Adds variables that are not set yet.
    #[must_use]
    pub fn with_defaults(mut self, defaults: impl IntoIterator<Item = (String, String)>) -> Self {
        for (name, value) in defaults {
            if !self.0.iter().any(|(known, _)| *known == name) {
                self.0.push((name, value));
            }
        }
        self
    }
}
