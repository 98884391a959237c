//! What everything else stands on: primordials and Web IDL, events and abort, streams, encoding, blobs, timers,
//! console, structured clone, async context.
//!
//! The folders with a native half list their own modules; those that are JavaScript alone are listed here.

use transom_engine::Op;

use crate::{base64, encoding, performance};

/// The modules without a native half.
const SCRIPTS: &[(&str, &str)] = &[
    ("transom:internal/abort/abort_controller", include_str!("abort/abort_controller.js")),
    ("transom:internal/abort/abort_signal", include_str!("abort/abort_signal.js")),
    (
        "transom:internal/async_context/async_context",
        include_str!("async_context/async_context.js"),
    ),
    ("transom:internal/async_context/namespace", include_str!("async_context/namespace.js")),
    (
        "transom:internal/async_context/async_local_storage",
        include_str!("async_context/async_local_storage.js"),
    ),
    ("transom:internal/blob/blob", include_str!("blob/blob.js")),
    ("transom:internal/blob/file", include_str!("blob/file.js")),
    ("transom:internal/blob/segments", include_str!("blob/segments.js")),
    ("transom:internal/console/console", include_str!("console/console.js")),
    ("transom:internal/console/contents", include_str!("console/contents.js")),
    ("transom:internal/console/format", include_str!("console/format.js")),
    ("transom:internal/console/inspect", include_str!("console/inspect.js")),
    ("transom:internal/console/inspect_error", include_str!("console/inspect_error.js")),
    ("transom:internal/console/layout", include_str!("console/layout.js")),
    ("transom:internal/console/names", include_str!("console/names.js")),
    ("transom:internal/console/primitives", include_str!("console/primitives.js")),
    ("transom:internal/console/table", include_str!("console/table.js")),
    ("transom:internal/console/text", include_str!("console/text.js")),
    ("transom:internal/console/web_objects", include_str!("console/web_objects.js")),
    (
        "transom:internal/dom_exception/dom_exception",
        include_str!("dom_exception/dom_exception.js"),
    ),
    (
        "transom:internal/dom_exception/quota_exceeded_error",
        include_str!("dom_exception/quota_exceeded_error.js"),
    ),
    ("transom:internal/event_source/event_source", include_str!("event_source/event_source.js")),
    ("transom:internal/event_source/event_stream", include_str!("event_source/event_stream.js")),
    ("transom:internal/events/custom_event", include_str!("events/custom_event.js")),
    ("transom:internal/events/error_event", include_str!("events/error_event.js")),
    ("transom:internal/events/event", include_str!("events/event.js")),
    ("transom:internal/events/event_target", include_str!("events/event_target.js")),
    ("transom:internal/events/global_target", include_str!("events/global_target.js")),
    (
        "transom:internal/events/promise_rejection_event",
        include_str!("events/promise_rejection_event.js"),
    ),
    ("transom:internal/lazy", include_str!("lazy/lazy.js")),
    ("transom:internal/performance/observer", include_str!("performance/observer.js")),
    ("transom:internal/primordials", include_str!("primordials/primordials.js")),
    ("transom:internal/report_error/report_error", include_str!("report_error/report_error.js")),
    ("transom:internal/scheduling/microtask", include_str!("scheduling/microtask.js")),
    ("transom:internal/scheduling/timers", include_str!("scheduling/timers.js")),
    ("transom:internal/streams/async_iterator", include_str!("streams/async_iterator.js")),
    (
        "transom:internal/streams/byte_controller_state",
        include_str!("streams/byte_controller_state.js"),
    ),
    ("transom:internal/streams/from_iterable", include_str!("streams/from_iterable.js")),
    ("transom:internal/streams/internals", include_str!("streams/internals.js")),
    ("transom:internal/streams/pipe", include_str!("streams/pipe.js")),
    ("transom:internal/streams/promises", include_str!("streams/promises.js")),
    ("transom:internal/streams/pull_into", include_str!("streams/pull_into.js")),
    ("transom:internal/streams/pull_loop", include_str!("streams/pull_loop.js")),
    ("transom:internal/streams/pump", include_str!("streams/pump.js")),
    ("transom:internal/streams/queue", include_str!("streams/queue.js")),
    ("transom:internal/streams/queuing_strategy", include_str!("streams/queuing_strategy.js")),
    ("transom:internal/streams/readable", include_str!("streams/readable.js")),
    (
        "transom:internal/streams/readable_byte_controller",
        include_str!("streams/readable_byte_controller.js"),
    ),
    (
        "transom:internal/streams/readable_default_controller",
        include_str!("streams/readable_default_controller.js"),
    ),
    ("transom:internal/streams/readable_state", include_str!("streams/readable_state.js")),
    ("transom:internal/streams/reader_state", include_str!("streams/reader_state.js")),
    ("transom:internal/streams/readers", include_str!("streams/readers.js")),
    ("transom:internal/streams/tee", include_str!("streams/tee.js")),
    ("transom:internal/streams/tee_bytes", include_str!("streams/tee_bytes.js")),
    (
        "transom:internal/streams/text_decoder_stream",
        include_str!("streams/text_decoder_stream.js"),
    ),
    (
        "transom:internal/streams/text_encoder_stream",
        include_str!("streams/text_encoder_stream.js"),
    ),
    ("transom:internal/streams/transform", include_str!("streams/transform.js")),
    ("transom:internal/streams/transform_state", include_str!("streams/transform_state.js")),
    ("transom:internal/streams/underlying_source", include_str!("streams/underlying_source.js")),
    ("transom:internal/streams/writable", include_str!("streams/writable.js")),
    (
        "transom:internal/streams/writable_default_controller",
        include_str!("streams/writable_default_controller.js"),
    ),
    ("transom:internal/streams/writable_state", include_str!("streams/writable_state.js")),
    ("transom:internal/streams/writer_state", include_str!("streams/writer_state.js")),
    (
        "transom:internal/structured_clone/deserialize",
        include_str!("structured_clone/deserialize.js"),
    ),
    ("transom:internal/structured_clone/direct", include_str!("structured_clone/direct.js")),
    ("transom:internal/structured_clone/serialize", include_str!("structured_clone/serialize.js")),
    (
        "transom:internal/structured_clone/structured_clone",
        include_str!("structured_clone/structured_clone.js"),
    ),
    ("transom:internal/structured_clone/wire", include_str!("structured_clone/wire.js")),
    ("transom:internal/testing/equality", include_str!("testing/equality.js")),
    ("transom:internal/testing", include_str!("testing/testing.js")),
    ("transom:internal/webassembly/streaming", include_str!("webassembly/streaming.js")),
    ("transom:internal/webidl/buffer_source", include_str!("webidl/buffer_source.js")),
    ("transom:internal/webidl/compound", include_str!("webidl/compound.js")),
    ("transom:internal/webidl/integer", include_str!("webidl/integer.js")),
    ("transom:internal/webidl/interface", include_str!("webidl/interface.js")),
    ("transom:internal/webidl/iterable", include_str!("webidl/iterable.js")),
    ("transom:internal/webidl/scalar", include_str!("webidl/scalar.js")),
    ("transom:internal/webidl/webidl", include_str!("webidl/webidl.js")),
];

/// The JavaScript modules of these folders.
pub(crate) fn modules() -> impl Iterator<Item = &'static (&'static str, &'static str)> {
    SCRIPTS.iter().chain(encoding::MODULES).chain(base64::MODULES).chain(performance::MODULES)
}

pub(crate) fn ops() -> Vec<Op> {
    let mut ops = encoding::ops();
    ops.extend(base64::ops());
    ops.extend(performance::ops());
    ops
}
