//! The environment as a source of settings.

use std::ffi::OsString;

use super::{KEYS, Layer, SERVICE_KEYS};

/// A variable whose value cannot be used.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("the environment variable `{name}` is wrong: {complaint}")]
pub(crate) struct VariableError {
    /// Name of the variable.
    pub(crate) name: &'static str,
    /// What is wrong and what is accepted.
    pub(crate) complaint: String,
}

/// Reads every setting that `lookup` gives a variable for. An empty variable counts as unset; of a
/// setting's variables the first one that is set decides.
///
/// # Errors
/// One [`VariableError`] for each variable with an unusable value.
pub(crate) fn layer(
    lookup: impl Fn(&str) -> Option<OsString>,
) -> Result<Layer, Vec<VariableError>> {
    let mut layer = Layer::default();
    let mut errors = Vec::new();
    for key in KEYS.iter().chain(SERVICE_KEYS) {
        let set = |name: &&'static str| {
            lookup(name).filter(|value| !value.is_empty()).map(|value| (*name, value))
        };
        let Some((name, value)) = key.env.iter().find_map(set) else { continue };
        let outcome = match value.to_str() {
            Some(text) => key.set(&mut layer, text, None),
            None => Err("it is not valid UTF-8".to_owned()),
        };
        if let Err(complaint) = outcome {
            errors.push(VariableError { name, complaint });
        }
    }
    if errors.is_empty() { Ok(layer) } else { Err(errors) }
}
