//! Asking a store that may be away: who asks waits for a moment only, and a store that did not answer is left alone for
//! a while, so that those who can do without it are not held up.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How long somebody waits while the store answers nobody. A store that has much to do still answers somebody.
const MOMENT: Duration = Duration::from_millis(300);
/// How long a store that did not answer is left alone; then one question finds out whether it is back.
const AWAY_FOR: Duration = Duration::from_secs(1);

/// What came of a question.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Asked<T> {
    Answered(T),
    /// The store has refused it, or cannot be reached: nothing has happened.
    Failed,
    /// No answer came in time. The question is still on its way and may yet be carried out.
    Late,
    /// The store did not answer a moment ago and was not asked.
    Away,
}

impl<T> Asked<T> {
    /// The answer, if there is one.
    pub(crate) fn answer(self) -> Option<T> {
        match self {
            Self::Answered(answer) => Some(answer),
            Self::Failed | Self::Late | Self::Away => None,
        }
    }
}

/// What is known of a store's answers.
#[derive(Debug, Default)]
pub(crate) struct Patience {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// Until when the store is left alone.
    away_until: Option<Instant>,
    /// When the store last answered.
    heard: Option<Instant>,
}

impl Patience {
    /// Asks, on a task of its own that goes on when nobody waits any longer. It needs a tokio runtime.
    pub(crate) async fn ask<T, E>(
        &self,
        question: impl Future<Output = Result<T, E>> + Send + 'static,
    ) -> Asked<T>
    where
        T: Send + 'static,
        E: Send + 'static,
    {
        if !self.may_ask(Instant::now()) {
            return Asked::Away;
        }
        let mut question = tokio::spawn(question);
        loop {
            match tokio::time::timeout(MOMENT, &mut question).await {
                Ok(Ok(Ok(answer))) => {
                    let mut state = self.state();
                    *state = State { away_until: None, heard: Some(Instant::now()) };
                    return Asked::Answered(answer);
                }
                Ok(_) => {
                    self.leave_alone();
                    return Asked::Failed;
                }
                Err(_) if self.was_heard_lately() => {}
                Err(_) => {
                    self.leave_alone();
                    return Asked::Late;
                }
            }
        }
    }

    /// Whether the store can be asked; when it was away, one asks and the others wait for what comes of it.
    fn may_ask(&self, now: Instant) -> bool {
        let mut state = self.state();
        match state.away_until {
            Some(until) if now < until => false,
            Some(_) => {
                state.away_until = Some(now + AWAY_FOR);
                true
            }
            None => true,
        }
    }

    fn was_heard_lately(&self) -> bool {
        self.state().heard.is_some_and(|heard| heard.elapsed() < MOMENT)
    }

    fn leave_alone(&self) {
        self.state().away_until = Some(Instant::now() + AWAY_FOR);
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::future::{pending, ready};

    use super::*;

    async fn ask(patience: &Patience, outcome: Result<u8, u8>) -> Asked<u8> {
        patience.ask(ready(outcome)).await
    }

    #[tokio::test]
    async fn a_store_that_does_not_answer_is_left_alone_for_a_while() {
        let patience = Patience::default();
        assert_eq!(ask(&patience, Ok(1)).await, Asked::Answered(1));
        // As if that had been a while ago.
        patience.state().heard = None;
        assert_eq!(patience.ask(pending::<Result<u8, u8>>()).await, Asked::Late);
        assert_eq!(ask(&patience, Ok(2)).await, Asked::Away);
        patience.state().away_until = Some(Instant::now());
        assert_eq!(ask(&patience, Err(3)).await, Asked::Failed, "one finds out");
        assert_eq!(ask(&patience, Ok(4)).await, Asked::Away);
        patience.state().away_until = Some(Instant::now());
        assert_eq!(ask(&patience, Ok(5)).await, Asked::Answered(5));
        assert_eq!(ask(&patience, Ok(6)).await, Asked::Answered(6), "it is back");
    }

    #[test]
    fn one_alone_finds_out_whether_the_store_is_back() {
        let (patience, now) = (Patience::default(), Instant::now());
        assert!(patience.may_ask(now) && patience.may_ask(now));
        patience.leave_alone();
        assert!(!patience.may_ask(now));
        let later = now + 2 * AWAY_FOR;
        assert!(patience.may_ask(later));
        assert!(!patience.may_ask(later));
    }
}
