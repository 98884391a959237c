//! Operations of `context.session`: the text of a session is read, written and deleted in the store.

use std::sync::Arc;
use std::time::Duration;

use transom_engine::Op;
use transom_sessions::Version;

use crate::host::HostOptions;
use crate::store::failed;

/// What fails, in messages.
const WHAT: &str = "the session store";

/// The ops of sessions.
pub(crate) fn ops(options: &HostOptions) -> Vec<Op> {
    let [for_read, for_write, for_delete] = std::array::from_fn(|_| Arc::clone(&options.sessions));
    vec![
        // (id) -> [text | null, version]
        Op::future("session_read", move |id: String| {
            let sessions = Arc::clone(&for_read);
            async move {
                let stored = sessions.read(&id).await.map_err(|error| failed(WHAT, &error))?;
                Ok((stored.data, stored.version.to_number()))
            }
        }),
        // (id, text, lifetime in ms | null, version that was read)
        Op::future(
            "session_write",
            move |id: String, data: String, lifetime_ms: Option<f64>, seen: f64| {
                let sessions = Arc::clone(&for_write);
                // A lifetime beyond what a clock can hold is none.
                let lifetime = lifetime_ms
                    .and_then(|ms| Duration::try_from_secs_f64(ms.max(0.0) / 1000.0).ok());
                async move {
                    let written = sessions.write(&id, &data, lifetime, Version::from_number(seen));
                    written.await.map_err(|error| failed(WHAT, &error))
                }
            },
        ),
        // (id)
        Op::future("session_delete", move |id: String| {
            let sessions = Arc::clone(&for_delete);
            async move { sessions.delete(&id).await.map_err(|error| failed(WHAT, &error)) }
        }),
    ]
}
