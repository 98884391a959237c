//! The settings of the HTTP front, from those of the command line.

use std::io::{self, IsTerminal};

use transom_diag::{Color, Diagnostic};
use transom_server::LogFormat;

use crate::printer::Printer;
use crate::report::Report;
use crate::settings::{AccessLog, Compression, Settings};

/// What the server needs to know besides its sockets and its application. `events` gets what an operator
/// should know.
///
/// # Errors
/// A [`Report`] when the certificate or its key cannot be used.
pub(crate) fn settings(
    settings: &Settings,
    printer: Printer,
    events: transom_server::Events,
) -> Result<transom_server::Settings, Report> {
    let Settings { server, limits, .. } = settings;
    let tls = server.tls.as_ref().map(|files| {
        transom_server::Tls::from_files(&files.cert, &files.key)
            .map_err(|error| Report::one("", Diagnostic::error("tls/unusable", error)))
    });
    Ok(transom_server::Settings {
        limits: transom_server::Limits {
            header_bytes: usize::try_from(limits.headers.as_bytes()).unwrap_or(usize::MAX),
            header_time: limits.header_timeout,
            body_bytes: limits.body.map(|body| body.as_bytes()),
            body_time: limits.body_timeout,
            keep_alive: limits.keep_alive,
            http2_idle: limits.http2_idle,
            connections: limits.connections.get(),
            drain_time: limits.drain,
        },
        compression: match server.compression {
            Compression::On => transom_server::Compression::On,
            Compression::Off => transom_server::Compression::Off,
        },
        keep_alive: transom_server::KeepAlive::Announced, // As Node's server does.
        tls: tls.transpose()?,
        access_log: log_format(server.access_log, printer.color())
            .map(|format| transom_server::AccessLog { format, sink: Box::new(io::stderr()) }),
        admin: server.admin,
        events,
        ..transom_server::Settings::default()
    })
}

/// The access log goes to stderr with everything else that is not data.
fn log_format(form: AccessLog, color: Color) -> Option<LogFormat> {
    let human = match color {
        Color::Always => LogFormat::HumanColoured,
        Color::Never => LogFormat::Human,
    };
    match form {
        AccessLog::Off => None,
        AccessLog::Human => Some(human),
        AccessLog::Json => Some(LogFormat::Json),
        AccessLog::Auto => Some(if io::stderr().is_terminal() { human } else { LogFormat::Json }),
    }
}
