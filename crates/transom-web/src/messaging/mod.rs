//! Native half of `BroadcastChannel`: messages between the threads of a process; the class is in
//! `broadcast_channel.js`.
//!
//! A realm that has channels is one member of the [`Broadcasts`], under a number of its own. It says which names it
//! listens to, and waits for the next message to one of them. Its own messages do not come back: a realm delivers
//! those itself. A member that waits no more is forgotten with the next message.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use transom_engine::{Op, OpError};

/// The JavaScript modules of this folder.
pub(crate) const MODULES: &[(&str, &str)] = &[
    ("transom:internal/messaging/broadcast_channel", include_str!("broadcast_channel.js")),
    ("transom:internal/messaging/message_event", include_str!("message_event.js")),
    ("transom:internal/messaging/message_port", include_str!("message_port.js")),
];

/// A serialized value on its way to the channels of one name; see `structured_clone/wire.js`.
#[derive(Debug, Clone)]
struct Message {
    name: Arc<str>,
    text: Arc<str>,
    parts: Arc<[Bytes]>,
}

#[derive(Debug)]
struct Member {
    /// Unbounded, because a sender must never wait for another thread; a thread that takes no messages for long is
    /// ended by the watchdog.
    queue: UnboundedSender<Message>,
    names: Vec<String>,
}

#[derive(Debug, Default)]
struct Members {
    last: u64,
    by_number: HashMap<u64, Member>,
}

/// The broadcasts of one process, which its workers share.
#[derive(Debug, Clone, Default)]
pub struct Broadcasts(Arc<Mutex<Members>>);

impl Broadcasts {
    fn members(&self) -> MutexGuard<'_, Members> {
        // A thread that panicked left nothing half done: each change is one insertion or removal.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn open(&self) -> (u64, UnboundedReceiver<Message>) {
        let (queue, messages) = unbounded_channel();
        let mut members = self.members();
        members.last += 1;
        let number = members.last;
        members.by_number.insert(number, Member { queue, names: Vec::new() });
        (number, messages)
    }

    fn close(&self, number: u64) {
        self.members().by_number.remove(&number);
    }

    fn listen(&self, number: u64, name: String) {
        if let Some(member) = self.members().by_number.get_mut(&number) {
            member.names.push(name);
        }
    }

    fn ignore(&self, number: u64, name: &str) {
        if let Some(member) = self.members().by_number.get_mut(&number) {
            member.names.retain(|other| other != name);
        }
    }

    /// Whether anybody but `number` listens to `name`.
    fn is_heard(&self, number: u64, name: &str) -> bool {
        let members = self.members();
        members.by_number.iter().any(|(other, member)| *other != number && member.listens(name))
    }

    fn post(&self, number: u64, message: &Message) {
        self.members().by_number.retain(|other, member| {
            *other == number
                || !member.listens(&message.name)
                || member.queue.send(message.clone()).is_ok()
        });
    }
}

impl Member {
    fn listens(&self, name: &str) -> bool {
        self.names.iter().any(|other| other == name)
    }
}

/// What the members of one worker have still to take.
type Waiting = Rc<RefCell<HashMap<u64, UnboundedReceiver<Message>>>>;

pub(crate) fn ops(broadcasts: &Broadcasts) -> Vec<Op> {
    let [opener, closer, listener, ignorer, hearer, poster] =
        std::array::from_fn(|_| broadcasts.clone());
    let waiting = Waiting::default();
    let [opened, closed] = std::array::from_fn(|_| Rc::clone(&waiting));
    vec![
        Op::new("broadcast_open", move || {
            let (number, messages) = opener.open();
            opened.borrow_mut().insert(number, messages);
            number as f64
        }),
        Op::new("broadcast_close", move |number: f64| {
            closed.borrow_mut().remove(&(number as u64));
            closer.close(number as u64);
        }),
        Op::new("broadcast_listen", move |number: f64, name: String| {
            listener.listen(number as u64, name);
        }),
        Op::new("broadcast_ignore", move |number: f64, name: String| {
            ignorer.ignore(number as u64, &name);
        }),
        Op::new("broadcast_heard", move |number: f64, name: String| {
            hearer.is_heard(number as u64, &name)
        }),
        Op::new(
            "broadcast_post",
            move |number: f64, name: String, text: String, parts: Vec<Bytes>| {
                let message = Message { name: name.into(), text: text.into(), parts: parts.into() };
                poster.post(number as u64, &message);
            },
        ),
        Op::future("broadcast_receive", move |number: f64| {
            receive(Rc::clone(&waiting), number as u64)
        }),
    ]
}

/// `broadcast_receive(number)`: name, text and parts of the next message; `null` once the member is closed.
async fn receive(
    waiting: Waiting,
    number: u64,
) -> Result<Option<(String, String, Vec<Bytes>)>, OpError> {
    let taken = waiting.borrow_mut().remove(&number);
    let Some(mut messages) = taken else { return Ok(None) };
    let Some(message) = messages.recv().await else { return Ok(None) };
    waiting.borrow_mut().insert(number, messages);
    let Message { name, text, parts } = message;
    Ok(Some((name.to_string(), text.to_string(), parts.to_vec())))
}
