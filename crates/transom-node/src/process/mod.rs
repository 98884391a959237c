//! Native half of `process`: what the operating system knows of the server's process, and its output.
//! Reference: <https://nodejs.org/docs/latest-v22.x/api/process.html>

use std::cell::RefCell;
use std::collections::HashMap;
use std::io::Write;
use std::rc::Rc;
use std::time::Instant;

use bytes::Bytes;
use transom_engine::{Op, OpError, Persistent};

/// Specifier and source of the modules in this folder.
pub(crate) const MODULES: &[(&str, &str)] = &[
    ("node:process", include_str!("module.js")),
    ("transom:internal/node/process", include_str!("process.js")),
    ("transom:internal/node/process/environment", include_str!("environment.js")),
    ("transom:internal/node/process/ending", include_str!("ending.js")),
    ("transom:internal/node/process/events", include_str!("events.js")),
    ("transom:internal/node/process/facts", include_str!("facts.js")),
    ("transom:internal/node/process/next_tick", include_str!("next_tick.js")),
    ("transom:internal/node/process/refused", include_str!("refused.js")),
    ("transom:internal/node/process/standard_streams", include_str!("standard_streams.js")),
    ("transom:internal/node/process/usage", include_str!("usage.js")),
    ("transom:internal/node/process/warning", include_str!("warning.js")),
];

/// What the realms of a worker want called before they go.
#[derive(Default)]
pub(crate) struct Endings {
    by_realm: RefCell<HashMap<u32, Persistent>>,
}

impl Endings {
    pub(crate) fn has(&self, realm: u32) -> bool {
        self.by_realm.borrow().contains_key(&realm)
    }

    pub(crate) fn take(&self, realm: u32) -> Option<Persistent> {
        self.by_realm.borrow_mut().remove(&realm)
    }
}

pub(crate) fn ops(endings: &Rc<Endings>) -> Vec<Op> {
    let started = Instant::now();
    let endings = Rc::clone(endings);
    vec![
        // Has a function called, once and without arguments, before the realm goes.
        Op::raw("process_on_end", move |scope, args| {
            let callback = scope.persist(args.get(0));
            let earlier = endings.by_realm.borrow_mut().insert(scope.realm_number(), callback);
            drop(earlier); // After the borrow has ended.
            Ok(scope.undefined())
        }),
        // Numbers of the process and of its parent.
        Op::new("process_numbers", || (std::process::id(), std::os::unix::process::parent_id())),
        Op::new("process_path", || {
            let path = std::env::current_exe();
            path.map_or_else(|_| "transom".to_owned(), |path| path.to_string_lossy().into_owned())
        }),
        // Seconds and nanoseconds of a clock that never goes back.
        Op::new("process_clock", move || {
            let since = started.elapsed();
            (since.as_secs_f64().trunc(), f64::from(since.subsec_nanos()))
        }),
        // Writes to standard output (1) or standard error (2), at once.
        Op::new("process_write", |descriptor: u32, bytes: Bytes| {
            let written = if descriptor == 2 {
                std::io::stderr().lock().write_all(&bytes)
            } else {
                let mut output = std::io::stdout().lock();
                output.write_all(&bytes).and_then(|()| output.flush())
            };
            // Code as Node's `write` would give it; there are no others worth telling apart.
            written.map_err(|error| {
                let code =
                    if error.kind() == std::io::ErrorKind::BrokenPipe { "EPIPE" } else { "EIO" };
                OpError::error(format!("{code}: {error}, write")).code(code)
            })
        }),
    ]
}
