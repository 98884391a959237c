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
        switch(text).map(|on| if on { Self::On } else { Self::Off })
    }
}

/// Reads `on`, `off`, and the TOML spellings `true` and `false`.
pub(super) fn switch(text: &str) -> Result<bool, String> {
    match text {
        "on" | "true" => Ok(true),
        "off" | "false" => Ok(false),
        _ => Err(format!("`{text}` is neither `on` nor `off`")),
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

/// What the files of an endpoint folder are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RouteForm {
    /// As below `src/pages` of an Astro project.
    Pages,
    /// The same, without `.d.ts` files.
    Endpoints,
    /// `NAME/api.ts`, whose handlers are called with the `Request`.
    Functions,
}

impl RouteForm {
    /// Reads the three words.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        match text {
            "pages" => Ok(Self::Pages),
            "endpoints" => Ok(Self::Endpoints),
            "functions" => Ok(Self::Functions),
            _ => Err(format!("`{text}` is no form; write `pages`, `endpoints` or `functions`")),
        }
    }
}
