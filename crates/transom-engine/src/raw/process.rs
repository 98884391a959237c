//! The engine's process-wide state: initialised once, on the first isolate, and never shut down
//! (workers may outlive any owner; the process ends with them).

use std::ffi::c_void;
use std::sync::{Mutex, Once};

use mozjs::rust::JSEngine;

use super::transcode::install_build_id;

/// Why an isolate could not be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// SpiderMonkey refused to initialise; the process cannot run script.
    #[error("the JavaScript engine did not start: {0}")]
    Engine(String),
    /// The thread already has an isolate.
    #[error("this thread already runs an engine")]
    Occupied,
}

static STARTED: Mutex<bool> = Mutex::new(false);

/// Initialises the process's engine, on the first call.
pub(super) fn start() -> Result<(), StartError> {
    let mut started = STARTED.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    if *started {
        return Ok(());
    }
    let engine = JSEngine::init().map_err(|error| StartError::Engine(format!("{error:?}")))?;
    // Dropping it would shut the engine down while isolates live on other threads.
    std::mem::forget(engine);
    install_build_id();
    skip_exit_handlers();
    *started = true;
    Ok(())
}

/// Has the process end without running the destructors of its C and C++ parts, from the next exit on: threads that live
/// until then still use what those destroy. Rust flushes its output before.
pub fn skip_exit_handlers() {
    static ONCE: Once = Once::new();
    // SAFETY: registers a static function; glibc keeps the null argument untouched.
    ONCE.call_once(|| unsafe {
        on_exit(leave_at_once, std::ptr::null_mut());
    });
}

unsafe extern "C" {
    /// glibc's `atexit` whose handler gets the exit status.
    fn on_exit(handler: extern "C" fn(i32, *mut c_void), argument: *mut c_void) -> i32;
    fn _exit(status: i32) -> !;
}

/// Ends the process without running C++ static destructors: the engine's helper threads still hold the
/// mutexes that those would destroy. Rust has flushed its own output before.
extern "C" fn leave_at_once(status: i32, _argument: *mut c_void) {
    // SAFETY: ends the process; nothing runs after it.
    unsafe { _exit(status) }
}

/// Whether the linked engine is the debug build (assertions, collection at every allocation on request).
pub fn is_debug_engine() -> bool {
    // SAFETY: the function reads a compile-time constant of the linked engine.
    unsafe { mozjs::glue::IsDebugBuild() }
}
