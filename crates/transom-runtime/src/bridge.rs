//! Operations between the JavaScript of the runtime and the host: log, clock, environment, routes, failures.

use std::io::IsTerminal as _;
use std::rc::Rc;
use std::sync::Arc;

use transom_engine::{Args, Op, OpError, Scope, ScriptError, Value};

use crate::application::Application;
use crate::error_page::Failure;
use crate::host::Shared;
use crate::log::{Level, LogLine};
use crate::stack;

/// The ops of the runtime itself.
pub(crate) fn ops(shared: &Rc<Shared>) -> Vec<Op> {
    let [console, log, clock, environment, hidden, resolve, failed, position, located] =
        std::array::from_fn(|_| Rc::clone(shared));
    vec![
        Op::new("console_write", move |level: String, text: String| {
            (console.log)(LogLine {
                level: Level::from_name(&level),
                label: Some("console".into()),
                message: text,
            });
        }),
        Op::new("log_write", move |level: String, label: Option<String>, text: String| {
            (log.log)(LogLine { level: Level::from_name(&level), label, message: text });
        }),
        Op::new("performance_now", move || clock.started.elapsed().as_secs_f64() * 1000.0),
        Op::new("performance_origin", || {
            let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
            since.unwrap_or_default().as_secs_f64() * 1000.0
        }),
        Op::new("working_folder", || {
            let folder = std::env::current_dir();
            folder.map_or_else(|_| "/".to_owned(), |folder| folder.to_string_lossy().into_owned())
        }),
        Op::new("environment", move || {
            let variables = environment.environment.borrow();
            let visible = variables
                .0
                .iter()
                .filter(|(name, _)| environment.permissions.check_env(name).is_ok());
            visible.flat_map(|(name, value)| [name.clone(), value.clone()]).collect::<Vec<_>>()
        }),
        // Throws when the variable is set and the rules hide it.
        Op::new("environment_check", move |name: String| {
            if !hidden.environment.borrow().0.iter().any(|(known, _)| *known == name) {
                return Ok(());
            }
            hidden
                .permissions
                .check_env(&name)
                .map_err(|denied| OpError::error(denied.to_string()).code("ERR_ACCESS_DENIED"))
        }),
        Op::new("console_colored", |level: String| {
            // Where `console_write` sends the line: see `log_sink` of the command line.
            let is_terminal = match Level::from_name(&level) {
                Level::Warn | Level::Error => std::io::stderr().is_terminal(),
                _ => std::io::stdout().is_terminal(),
            };
            let is_set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
            is_set("FORCE_COLOR") || (is_terminal && !is_set("NO_COLOR"))
        }),
        Op::new("stack_located", move |stack: String| {
            stack::located(&stack, &located.known_applications())
        }),
        Op::new("stack_position", move |stack: String| {
            let frame = stack::first_frame(&stack, &position.known_applications());
            frame.map(|frame| (frame.file, f64::from(frame.line), f64::from(frame.column)))
        }),
        Op::raw("route_resolve", move |scope, args| route_resolve(&resolve, scope, args)),
        Op::raw("request_failed", move |scope, args| request_failed(&failed, scope, args)),
    ]
}

/// `(path)`: `[index, [name, value, …]]` of the route for a rewritten path, or null.
fn route_resolve<'s>(
    shared: &Shared,
    scope: &mut Scope<'s>,
    args: Args<'s>,
) -> Result<Value<'s>, OpError> {
    let mut path = scope.string_of(args.get(0)).unwrap_or_default();
    if !path.starts_with('/') {
        path.insert(0, '/');
    }
    let application = shared.applications.borrow().get(&scope.realm_number()).cloned();
    let Some(application) = application else { return Ok(scope.null()) };
    let Some(found) = application.pipeline.table().resolve(&path) else { return Ok(scope.null()) };
    let Some(index) = found.index().filter(|index| *index < application.endpoints) else {
        return Ok(scope.null());
    };
    let params = params(scope, &found)?;
    let index = scope.number(index as f64);
    scope.array(&[index, params])
}

/// The parameters of a match as a flat array; `null` when the route has none.
pub(crate) fn params<'s>(
    scope: &mut Scope<'s>,
    found: &transom_router::Matched<'_, '_>,
) -> Result<Value<'s>, OpError> {
    let mut flat = Vec::new();
    for (name, value) in found.params() {
        flat.push(scope.string(name)?);
        flat.push(match value {
            Some(value) => scope.string(value)?,
            None => scope.undefined(),
        });
    }
    if flat.is_empty() { Ok(scope.null()) } else { scope.array(&flat) }
}

/// `(requestId, error, routePattern, method)`: logs what a handler threw, and keeps it for the error display.
fn request_failed<'s>(
    shared: &Shared,
    scope: &mut Scope<'s>,
    args: Args<'s>,
) -> Result<Value<'s>, OpError> {
    let number = args.get(0).as_f64().unwrap_or(0.0) as u64;
    let thrown = scope.persist(args.get(1));
    let exception = scope.describe(thrown);
    let failure = Failure {
        method: scope.string_of(args.get(3)).unwrap_or_default(),
        route: scope.string_of(args.get(2)).unwrap_or_default(),
        frames: stack::frames(&exception, &shared.known_applications()),
        name: exception.name,
        message: exception.message,
        details: None,
    };
    shared.log(Level::Error, "handler", failure.to_text());
    shared.exchanges.with(number, |exchange| exchange.failure = Some(failure));
    Ok(scope.undefined())
}

/// An error with its stack in the author's terms.
pub(crate) fn describe_error(error: &ScriptError, applications: &[Arc<Application>]) -> String {
    let Some(exception) = error.exception() else { return error.to_string() };
    let frames = stack::frames(exception, applications);
    let mut text = format!("{exception}\n{}", stack::to_text(&frames));
    if frames.is_empty() && !exception.stack.is_empty() {
        text.push_str(&exception.stack);
    }
    text.truncate(text.trim_end().len());
    text
}
