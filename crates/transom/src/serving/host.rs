//! What every engine of the process gets: limits, environment, state, and where its messages go.

use std::path::{Path, absolute};
use std::sync::Arc;

use transom_runtime::{
    Broadcasts, Environment, FetchLimits, HostOptions, Level, LogLine, LogSink, Mode, SharedTls,
    Watchdog,
};

use transom_permissions::Permissions;

use super::services::Services;
use crate::printer::Printer;
use crate::report::Report;
use crate::settings::Settings;
use crate::units::ByteSize;

/// The options of the engines of one process, which serves the project in `project`.
///
/// # Errors
/// A [`Report`] when the system refuses a thread.
pub(super) fn options(
    settings: &Settings,
    project: &Path,
    mode: Mode,
    environment: Environment,
    services: &Services,
    printer: Printer,
) -> Result<HostOptions, Report> {
    let watchdog = Watchdog::start(settings.limits.cpu).map_err(Report::internal)?;
    let data_folder =
        absolute(&settings.data).map_err(|error| Report::io("find", &settings.data, &error))?;
    Ok(HostOptions {
        mode,
        compat: settings.compat.answers,
        heap_limit: usize::try_from(settings.limits.heap.as_bytes()).unwrap_or(usize::MAX),
        watchdog,
        environment: Arc::new(environment),
        permissions: Arc::new(Permissions::new(
            settings.permissions.clone(),
            project,
            &data_folder,
        )),
        data_folder,
        log: log_sink(printer),
        keep_code: false,
        identity: Some(Arc::clone(&services.identity)),
        data: Some(Arc::clone(&services.data)),
        sessions: Arc::clone(&services.sessions),
        tls: SharedTls::new(settings.server.extra_ca.clone()),
        fetch: FetchLimits {
            timeout: settings.limits.fetch_timeout,
            body_bytes: settings.limits.fetch_body.map_or(u64::MAX, ByteSize::as_bytes),
        },
        broadcasts: Broadcasts::default(),
    })
}

/// The program's own output goes out as it is; messages of transom say who speaks.
pub(crate) fn log_sink(printer: Printer) -> LogSink {
    Arc::new(move |line: LogLine| {
        let LogLine { level, label, message } = line;
        match label.as_deref() {
            Some("console") if level < Level::Warn => printer.data(message),
            Some("console") | None => printer.status(message),
            Some(label) => match level {
                Level::Error | Level::Warn => {
                    printer.status(format_args!("[{label}] {}: {message}", level.as_str()))
                }
                _ => printer.status(format_args!("[{label}] {message}")),
            },
        }
    })
}
