//! Settings that are a choice between words.

/// Whether responses are compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Compression {
    On,
    Off,
}

/// Form of the access log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AccessLog {
    /// Human in a terminal, JSON otherwise.
    Auto,
    Human,
    Json,
    Off,
}

impl Compression {
    /// Reads `on`, `off`, and the TOML spellings `true` and `false`.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        match text {
            "on" | "true" => Ok(Self::On),
            "off" | "false" => Ok(Self::Off),
            _ => Err(format!("`{text}` is neither `on` nor `off`")),
        }
    }
}

impl AccessLog {
    /// Reads the four words.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        match text {
            "auto" => Ok(Self::Auto),
            "human" => Ok(Self::Human),
            "json" => Ok(Self::Json),
            "off" => Ok(Self::Off),
            _ => Err(format!(
                "`{text}` is no form of the log; write `auto`, `human`, `json` or `off`"
            )),
        }
    }
}
