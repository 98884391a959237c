//! What the runtime has to say to the operator. Where it goes is the caller's choice.

use std::sync::Arc;

/// How much a message matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// For whoever looks for it: `console.debug`.
    Debug,
    /// Normal operation.
    Info,
    /// Something is probably not as intended.
    Warn,
    /// Something failed.
    Error,
}

impl Level {
    /// The level called `name`; unknown names count as [`Level::Info`].
    pub fn from_name(name: &str) -> Self {
        match name {
            "debug" | "trace" => Self::Debug,
            "warn" => Self::Warn,
            "error" => Self::Error,
            _ => Self::Info,
        }
    }

    /// The level in lower case.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Debug => "debug",
            Self::Info => "info",
            Self::Warn => "warn",
            Self::Error => "error",
        }
    }
}

/// One message.
#[derive(Debug, Clone)]
pub struct LogLine {
    /// How much it matters.
    pub level: Level,
    /// The part that speaks, such as `router`; `console` for the program's own output.
    pub label: Option<String>,
    /// The text, possibly several lines.
    pub message: String,
}

/// Receives messages from every worker. Must not block for long.
pub type LogSink = Arc<dyn Fn(LogLine) + Send + Sync>;
