//! Passwords, hashed with argon2id on threads of their own behind a bounded queue: however many people log in, the
//! workers go on to answer.

use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use tokio::sync::oneshot;

use crate::IdentityError;

/// Longest password in bytes; what is longer is no password but an attempt to keep the machine busy.
const LONGEST: usize = 1024;
/// Shortest password in characters.
const SHORTEST: usize = 8;

enum Job {
    Hash { password: String, answer: oneshot::Sender<Result<String, IdentityError>> },
    Verify { password: String, hash: Option<String>, answer: oneshot::Sender<bool> },
}

/// The hashing threads. They end with the last handle on them.
pub(crate) struct Passwords {
    jobs: SyncSender<Job>,
}

impl Passwords {
    /// Starts the threads, half as many as there are cores; `queue` passwords may wait.
    pub(crate) fn start(queue: usize) -> Result<Self, IdentityError> {
        let (jobs, waiting) = sync_channel(queue);
        let waiting = Arc::new(Mutex::new(waiting));
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        for _ in 0..(cores / 2).max(1) {
            let waiting = Arc::clone(&waiting);
            std::thread::Builder::new()
                .name("transom-password".to_owned())
                .spawn(move || serve(&waiting))
                .map_err(|error| IdentityError::Invalid(error.to_string()))?;
        }
        Ok(Self { jobs })
    }

    /// Hashes a new password.
    pub(crate) async fn hash(&self, password: &str) -> Result<String, IdentityError> {
        let characters = password.chars().count();
        if characters < SHORTEST || password.len() > LONGEST {
            return Err(IdentityError::Invalid(format!(
                "a password has {SHORTEST} characters at least and {LONGEST} bytes at most"
            )));
        }
        let (answer, answered) = oneshot::channel();
        self.hand_over(Job::Hash { password: password.to_owned(), answer })?;
        answered.await.unwrap_or(Err(IdentityError::Busy))
    }

    /// Whether the password belongs to the hash; without one it never does, after the same time.
    pub(crate) async fn verify(
        &self,
        password: &str,
        hash: Option<&str>,
    ) -> Result<bool, IdentityError> {
        if password.len() > LONGEST {
            return Ok(false);
        }
        let (answer, answered) = oneshot::channel();
        let (password, hash) = (password.to_owned(), hash.map(str::to_owned));
        self.hand_over(Job::Verify { password, hash, answer })?;
        answered.await.map_err(|_| IdentityError::Busy)
    }

    fn hand_over(&self, job: Job) -> Result<(), IdentityError> {
        self.jobs.try_send(job).map_err(|error| match error {
            TrySendError::Full(_) | TrySendError::Disconnected(_) => IdentityError::Busy,
        })
    }
}

fn serve(waiting: &Mutex<Receiver<Job>>) {
    // The hash of no account's password, so that an unknown account takes as long as a wrong password.
    let nobody = hash(&crate::project::random_text()).unwrap_or_default();
    loop {
        let next = waiting.lock().unwrap_or_else(PoisonError::into_inner).recv();
        match next {
            Ok(Job::Hash { password, answer }) => drop(answer.send(hash(&password))),
            // Whoever has gone away needs no answer, and the others get theirs sooner.
            Ok(Job::Verify { answer, .. }) if answer.is_closed() => {}
            Ok(Job::Verify { password, hash, answer }) => {
                let parsed = PasswordHash::new(hash.as_deref().unwrap_or(&nobody));
                let matches = parsed.is_ok_and(|parsed| {
                    Argon2::default().verify_password(password.as_bytes(), &parsed).is_ok()
                });
                // Whoever asked may have gone away meanwhile.
                let _ = answer.send(matches && hash.is_some());
            }
            Err(_) => return,
        }
    }
}

fn hash(password: &str) -> Result<String, IdentityError> {
    let hash = Argon2::default().hash_password(password.as_bytes());
    hash.map(|hash| hash.to_string()).map_err(|error| IdentityError::Invalid(error.to_string()))
}
