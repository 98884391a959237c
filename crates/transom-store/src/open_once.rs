//! What is opened by the first who needs it, and then shared.

use std::fmt;
use std::future::Future;
use std::sync::OnceLock;
use std::time::Instant;

use tokio::sync::Mutex;

/// A value that is made when it is first asked for. A failure is the answer to all who waited for that attempt, so that
/// a crowd in front of a server that does not answer waits for one attempt and not for one each; whoever asks later
/// tries again.
pub struct OpenOnce<T, E> {
    value: OnceLock<T>,
    /// When the last attempt failed, and why. Held while an attempt is made.
    failure: Mutex<Option<(Instant, E)>>,
}

impl<T, E> Default for OpenOnce<T, E> {
    fn default() -> Self {
        Self { value: OnceLock::new(), failure: Mutex::new(None) }
    }
}

impl<T, E: Clone> OpenOnce<T, E> {
    /// The value, if it has been made.
    pub fn get(&self) -> Option<&T> {
        self.value.get()
    }

    /// The value, made by `open` when there is none yet.
    ///
    /// # Errors
    /// What `open` failed with, here or for another who asked at the same time.
    pub async fn get_or_open<F>(&self, open: impl FnOnce() -> F) -> Result<&T, E>
    where
        F: Future<Output = Result<T, E>>,
    {
        if let Some(value) = self.value.get() {
            return Ok(value);
        }
        let asked = Instant::now();
        let mut failure = self.failure.lock().await;
        if let Some(value) = self.value.get() {
            return Ok(value);
        }
        if let Some((_, error)) = failure.as_ref().filter(|(failed, _)| *failed >= asked) {
            return Err(error.clone());
        }
        match open().await {
            Ok(value) => Ok(self.value.get_or_init(|| value)),
            Err(error) => {
                *failure = Some((Instant::now(), error.clone()));
                Err(error)
            }
        }
    }
}

impl<T: fmt::Debug, E> fmt::Debug for OpenOnce<T, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("OpenOnce").field(&self.value.get()).finish()
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::OpenOnce;

    /// Runs a future on an event loop of its own.
    fn wait<T>(work: impl Future<Output = T>) -> T {
        let builder = tokio::runtime::Builder::new_current_thread().build();
        builder.expect("an event loop").block_on(work)
    }

    #[test]
    fn whoever_waited_for_an_attempt_shares_its_failure() {
        let (cell, attempts) = (OpenOnce::<u32, &str>::default(), Cell::new(0));
        let open = || async {
            attempts.set(attempts.get() + 1);
            for _ in 0..10 {
                tokio::task::yield_now().await;
            }
            if attempts.get() == 1 { Err("down") } else { Ok(7) }
        };
        wait(async {
            let crowd = (0..20).map(|_| cell.get_or_open(open));
            let answers = futures_util::future::join_all(crowd).await;
            assert!(answers.iter().all(|answer| *answer == Err("down")), "{answers:?}");
            assert_eq!((attempts.get(), cell.get()), (1, None));
            let crowd = (0..20).map(|_| cell.get_or_open(open));
            let answers = futures_util::future::join_all(crowd).await;
            assert!(answers.iter().all(|answer| *answer == Ok(&7)), "{answers:?}");
            assert_eq!((attempts.get(), cell.get()), (2, Some(&7)));
        });
    }

    #[test]
    fn an_attempt_that_is_given_up_leaves_it_to_the_next() {
        let cell = OpenOnce::<u32, &str>::default();
        wait(async {
            let never = cell.get_or_open(std::future::pending);
            let other = cell.get_or_open(|| async { Ok(7) });
            tokio::select! {
                biased;
                _ = never => unreachable!("it never ends"),
                () = tokio::task::yield_now() => {}
            }
            assert_eq!(other.await, Ok(&7));
        });
    }
}
