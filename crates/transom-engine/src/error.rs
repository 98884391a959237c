//! What can go wrong between Rust and script: an op's failure ([`OpError`], becomes an exception) and
//! script's failure ([`ScriptError`], comes out of a call).

use crate::exception::Exception;

/// Why an op failed. Thrown into script as an exception of the given class.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpError {
    /// Class of the exception: `TypeError`, `RangeError`, `Error`, or the name of a `DOMException`.
    pub(crate) class: ErrorClass,
    pub(crate) message: String,
    /// Node's `code` property, such as `ENOENT`.
    pub(crate) code: Option<String>,
    /// Message of the exception that becomes `cause`.
    pub(crate) cause: Option<Box<OpError>>,
}

/// The class of the exception an [`OpError`] becomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ErrorClass {
    Error,
    TypeError,
    RangeError,
    SyntaxError,
    /// A `DOMException` with this name.
    Dom(&'static str),
    /// The op called script, and script threw: the exception is already pending.
    Pending,
}

impl ErrorClass {
    /// The name that the realm's error factory gets.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Error | Self::Pending => "Error",
            Self::TypeError => "TypeError",
            Self::RangeError => "RangeError",
            Self::SyntaxError => "SyntaxError",
            Self::Dom(name) => name,
        }
    }
}

impl OpError {
    fn new(class: ErrorClass, message: impl Into<String>) -> Self {
        Self { class, message: message.into(), code: None, cause: None }
    }

    /// A plain `Error`.
    pub fn error(message: impl Into<String>) -> Self {
        Self::new(ErrorClass::Error, message)
    }

    /// A `TypeError`.
    pub fn type_error(message: impl Into<String>) -> Self {
        Self::new(ErrorClass::TypeError, message)
    }

    /// A `RangeError`.
    pub fn range_error(message: impl Into<String>) -> Self {
        Self::new(ErrorClass::RangeError, message)
    }

    /// A `SyntaxError`.
    pub fn syntax_error(message: impl Into<String>) -> Self {
        Self::new(ErrorClass::SyntaxError, message)
    }

    /// A `DOMException` called `name`, such as `AbortError`.
    pub fn dom(name: &'static str, message: impl Into<String>) -> Self {
        Self::new(ErrorClass::Dom(name), message)
    }

    /// Gives the exception a `code` property, as Node's system errors have.
    #[must_use]
    pub fn code(mut self, code: impl Into<String>) -> Self {
        self.code = Some(code.into());
        self
    }

    /// Gives the exception a `cause`.
    #[must_use]
    pub fn cause(mut self, cause: OpError) -> Self {
        self.cause = Some(Box::new(cause));
        self
    }

    /// The text that script sees as `message`.
    pub fn message(&self) -> &str {
        &self.message
    }
}

impl std::fmt::Display for OpError {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}: {}", self.class.name(), self.message)
    }
}

impl std::error::Error for OpError {}

/// Why the engine ended a script without an exception that script could catch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum StopReason {
    /// It ran longer than the CPU budget without yielding.
    CpuBudget,
    /// The worker's heap, array buffers included, grew beyond its limit.
    HeapLimit,
    /// It ran longer than the time that was given to it alone (`timeout` of `node:vm`).
    Deadline,
    /// Somebody asked through an [`Interrupter`](crate::Interrupter), or the engine gave up by itself.
    Terminated,
}

impl std::fmt::Display for StopReason {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(match self {
            Self::CpuBudget => "script ran longer than the CPU budget without yielding",
            Self::HeapLimit => "script used more memory than the heap limit",
            Self::Deadline => "script ran longer than its own time",
            Self::Terminated => "script was terminated",
        })
    }
}

/// Why a call into script did not give a value.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ScriptError {
    /// Script threw; the exception has been taken off the engine.
    #[error("{0}")]
    Threw(Exception),
    /// The engine ended the script.
    #[error("{0}")]
    Stopped(StopReason),
}

impl ScriptError {
    /// The exception, when script threw one.
    pub fn exception(&self) -> Option<&Exception> {
        match self {
            Self::Threw(exception) => Some(exception),
            Self::Stopped(_) => None,
        }
    }
}
