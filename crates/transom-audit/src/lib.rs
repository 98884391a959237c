//! How the endpoints of a project are protected, as far as that can be read from their source: who is let in by a
//! guard of `transom:access`, which handlers look who is calling, which are open, and which of them do what an open
//! endpoint should not.
//!
//! Nothing is run. A handler is taken to do whatever the functions do that it mentions, its own module's and those of
//! the project's other modules; packages are not looked into. So the answer can be wrong in both directions, and says
//! where it comes from.

mod facts;
mod graph;
mod module;
mod secrets;
mod value;

use std::path::PathBuf;

use graph::Graph;

/// What is to be looked at.
#[derive(Debug, Default)]
pub struct Project {
    /// The project's folder.
    pub root: PathBuf,
    /// Endpoints with the methods that they export, in the order of the report.
    pub endpoints: Vec<(String, Vec<String>)>,
    /// The file with `onRequest`.
    pub middleware: Option<String>,
    /// Whether forms of other sites are refused (`security.checkOrigin`).
    pub checks_origin: bool,
    /// Variables of the schema that are secret.
    pub secrets: Vec<String>,
}

/// What keeps strangers out of a handler.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protection {
    /// A guard of `transom:access`.
    Guarded,
    /// The handler looks who is calling, or checks a signature; what it makes of that cannot be read.
    Inspects,
    /// Nothing.
    Open,
}

/// What is dangerous about a handler.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flag {
    /// Which danger: `elevation`, `secret`, `get-changes` or `origin`.
    pub code: &'static str,
    /// One sentence.
    pub message: String,
    /// File in the project, and line.
    pub file: String,
    /// From 1 on.
    pub line: usize,
}

/// One method of one endpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Handler {
    /// File in the project.
    pub file: String,
    /// The exported name, such as `GET` or `ALL`.
    pub method: String,
    /// What keeps strangers out.
    pub protection: Protection,
    /// Whom the guard lets in, or what the handler looks at.
    pub by: Vec<String>,
    /// Whether there is a rate limit of `transom:access`.
    pub limited: bool,
    /// What is dangerous.
    pub flags: Vec<Flag>,
}

/// Methods that are not supposed to change anything (RFC 9110, section 9.2.1).
const SAFE: [&str; 3] = ["GET", "HEAD", "OPTIONS"];

/// Looks at every handler of the project. Blocks on the disk.
#[must_use]
pub fn audit(project: &Project) -> Vec<Handler> {
    let graph = Graph::new(&project.root, &project.secrets);
    let in_middleware = project
        .middleware
        .as_deref()
        .is_some_and(|file| !graph.reach(file, "onRequest").inspects.is_empty());
    let handlers = project.endpoints.iter().flat_map(|(file, methods)| {
        methods.iter().map(|method| handler(&graph, project, file, method, in_middleware))
    });
    handlers.collect()
}

fn handler(
    graph: &Graph,
    project: &Project,
    file: &str,
    method: &str,
    in_middleware: bool,
) -> Handler {
    let guard = graph.guard(file, method);
    let reached = graph.reach(file, method);
    let mut by: Vec<String> = guard.kinds.clone();
    let protection = if !by.is_empty() {
        Protection::Guarded
    } else {
        by.extend(reached.inspects.iter().map(|what| (*what).to_owned()));
        if in_middleware {
            by.push("the middleware".to_owned());
        }
        if by.is_empty() { Protection::Open } else { Protection::Inspects }
    };
    // Whoever has no token is a visitor, so a guard that lets visitors in lets everybody in.
    let is_public =
        protection == Protection::Open || guard.kinds.iter().any(|kind| kind == "VISITOR");
    let mut flags = Vec::new();
    let mut flag = |code, message: String, place: &graph::Place| {
        flags.push(Flag { code, message, file: place.file.clone(), line: place.line });
    };
    if let (true, Some(place)) = (is_public, &reached.elevates) {
        flag("elevation", "acts as the app for whoever calls it".to_owned(), place);
    }
    for (secret, place) in &reached.secrets {
        flag("secret", format!("answers with the secret `{secret}`"), place);
    }
    if let (true, Some((what, place))) = (SAFE.contains(&method), &reached.changes) {
        let message = format!(
            "changes something on {method}: {what}; links, previews and crawlers call it, too"
        );
        flag("get-changes", message, place);
    }
    let by_cookie = protection != Protection::Open || reached.uses_cookies;
    if !project.checks_origin && !SAFE.contains(&method) && by_cookie {
        let message =
            "believes a cookie while `security.checkOrigin` is off: a form on any site can send it";
        flag("origin", message.to_owned(), &graph.place_of(file, method));
    }
    Handler {
        file: file.to_owned(),
        method: method.to_owned(),
        protection,
        by,
        limited: guard.limited,
        flags,
    }
}
