//! The threads that bundling runs on.
//!
//! rolldown parses modules as tokio tasks and reads each file on tokio's blocking pool. That pool grows to 512
//! threads by default, and with them the time and memory spent on stacks and allocator heaps: a project of 360
//! modules took four times as much system time. So bundling has a runtime of its own, whatever the caller runs on.

use std::{future::Future, io, sync::OnceLock, thread};

use tokio::runtime::{Builder, Runtime};

use crate::error::{BundleError, BundleErrors};

/// More threads than this do not help: modules are small and the later stages are parallel by themselves.
const MAX_WORKERS: usize = 4;
/// Enough to hide the latency of a file system.
const READERS: usize = 4;

/// A runtime that starts when it is needed first.
#[derive(Debug, Default)]
pub(crate) struct Workers(OnceLock<Runtime>);

impl Workers {
    /// Runs `future` to its end on the workers. A panic in it becomes an error.
    pub async fn run<T: Send + 'static>(
        &self,
        future: impl Future<Output = Result<T, BundleErrors>> + Send + 'static,
    ) -> Result<T, BundleErrors> {
        let runtime = match self.0.get() {
            Some(runtime) => runtime,
            None => {
                let new =
                    start().map_err(|error| internal(format!("cannot start threads: {error}")))?;
                self.0.get_or_init(|| new)
            }
        };
        runtime
            .spawn(future)
            .await
            .map_err(|error| internal(format!("the bundler failed: {error}")))?
    }
}

impl Drop for Workers {
    fn drop(&mut self) {
        // A plain drop waits for the threads, which is not allowed inside another runtime.
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}

fn start() -> io::Result<Runtime> {
    let cores = thread::available_parallelism().map_or(1, usize::from);
    Builder::new_multi_thread()
        .worker_threads(cores.min(MAX_WORKERS))
        .max_blocking_threads(READERS)
        .thread_name("transom-bundle")
        .build()
}

fn internal(message: String) -> BundleErrors {
    BundleErrors(vec![BundleError { code: "bundle/failed", message, place: None, hint: None }])
}
