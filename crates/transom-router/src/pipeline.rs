//! From a request to what answers it: the steps of `astro-endpoints.md` section 0 that need neither
//! disk nor engine, in their order.
//!
//! 1. [`Target::new`]: the target must be decodable.
//! 2. [`Pipeline::file_request`]: the caller tries files; some slash redirects belong to this step.
//! 3. [`Pipeline::answer`]: the application's part, with its own redirects and the route table.
//!
//! [`Pipeline::route`] is all three for a project without files.

use std::borrow::Cow;

use crate::path::{Base, TrailingSlash, collapse_slashes, slash_redirect};
use crate::redirect::RedirectAnswer;
use crate::route::{Builtin, Route, RouteKind};
use crate::static_files::{FileRequest, FileStep};
use crate::table::{Matched, RouteTable};
use crate::target::{MalformedTarget, RequestHead, Target, UrlPath, search};
use crate::uri::{DecodeError, decode_path, decode_uri};

/// The settings that routing depends on.
#[derive(Debug, Clone)]
pub struct PipelineOptions {
    /// The `base` setting.
    pub base: String,
    /// The `trailingSlash` setting.
    pub trailing_slash: TrailingSlash,
}

impl Default for PipelineOptions {
    fn default() -> Self {
        Self { base: "/".to_owned(), trailing_slash: TrailingSlash::default() }
    }
}

/// Routing for one build of a project.
#[derive(Debug)]
pub struct Pipeline {
    base: Base,
    trailing_slash: TrailingSlash,
    table: RouteTable,
}

/// What answers a request. `'t` is the life of the pipeline, `'a` that of the request's head.
#[derive(Debug)]
pub enum Outcome<'t, 'a> {
    /// Status 400 with this body and no content type.
    BadRequest {
        /// The whole body.
        body: &'static str,
    },
    /// Status 500 with the body `Internal Server Error`: the request cannot be represented as a
    /// `Request` object.
    Unrepresentable,
    /// A redirect because of slashes.
    Redirect {
        /// 301 or 308.
        status: u16,
        /// The value of the header `Location`.
        location: String,
        /// The body: HTML, though it goes out as `text/plain;charset=UTF-8`. `None` for an empty
        /// one, from the file step.
        body: Option<String>,
    },
    /// A redirect of the configuration, with an empty body.
    ConfigRedirect {
        /// The redirect's position in the list of routes.
        index: usize,
        /// Status and location.
        answer: RedirectAnswer,
    },
    /// A redirect of the configuration whose destination cannot be made: status 500, as if a handler
    /// had thrown.
    BrokenRedirect {
        /// The redirect's position in the list of routes.
        index: usize,
    },
    /// An endpoint of the project.
    Endpoint {
        /// Its position in the list of routes.
        index: usize,
        /// The route, the path without base and its parameters.
        found: Matched<'t, 'a>,
        /// The decoded path with base, from which `context.url` is made.
        public_path: Cow<'a, str>,
    },
    /// A page of the project, which is not rendered here.
    Page {
        /// Its position in the list of routes.
        index: usize,
        /// The route, the path without base and its parameters.
        found: Matched<'t, 'a>,
    },
    /// A route that Astro itself brings along, other than the 404 page.
    Builtin(Builtin),
    /// No route: `/404` answers, the project's or the built-in one.
    NotFound {
        /// The decoded path without base.
        path: Cow<'a, str>,
        /// The decoded path with base, from which `context.url` is made.
        public_path: Cow<'a, str>,
    },
}

impl Pipeline {
    /// Makes the route table. `routes` are the files in the order in which they were found, then the
    /// configured redirects.
    pub fn new(options: &PipelineOptions, routes: Vec<Route>) -> Self {
        Self {
            base: Base::new(&options.base),
            trailing_slash: options.trailing_slash,
            table: RouteTable::new(routes, options.trailing_slash),
        }
    }

    /// The route table.
    pub fn table(&self) -> &RouteTable {
        &self.table
    }

    /// The `trailingSlash` setting.
    pub fn trailing_slash(&self) -> TrailingSlash {
        self.trailing_slash
    }

    /// All steps, for a project whose client folder is empty. `origin` is scheme and `Host` header,
    /// `target` the request target as on the wire.
    pub fn route<'t, 'a>(
        &'t self,
        method: &'a str,
        origin: &'a str,
        target: &'a str,
    ) -> Outcome<'t, 'a> {
        let Ok(target) = Target::new(target) else {
            return Outcome::BadRequest { body: MalformedTarget::BODY };
        };
        if self.file_step_redirects(&target) {
            let files = self.file_request(target);
            let is_folder = files.asks_for_folder() && files.folder_path() == "/";
            if let FileStep::Redirect { location } = files.decide(is_folder) {
                return Outcome::Redirect { status: 301, location, body: None };
            }
        }
        self.answer(RequestHead { method, origin, target })
    }

    /// Whether step 2 may redirect even though the client folder is empty. A server without files may
    /// leave the step out when it does not.
    pub fn file_step_redirects(&self, target: &Target<'_>) -> bool {
        match self.trailing_slash {
            TrailingSlash::Always => true,
            TrailingSlash::Never => !(self.base.is_root() && target.is_plain()),
            TrailingSlash::Ignore => false,
        }
    }

    /// The short way through step 2, for nearly all requests: the path of the client folder to look up, where a file and
    /// the `index.html` of a folder are served as they are found and nothing is redirected. `None` where
    /// [`Self::file_request`] has to decide.
    pub fn plain_file<'a>(&self, target: &Target<'a>) -> Option<&'a str> {
        let is_plain = target.is_plain() && self.base.is_root();
        (is_plain && self.trailing_slash == TrailingSlash::Ignore).then(|| target.path())
    }

    /// Step 2: what to ask the disk, and what to do then.
    pub fn file_request<'a>(&'a self, target: Target<'a>) -> FileRequest<'a> {
        FileRequest::new(target, &self.base, self.trailing_slash)
    }

    /// Step 3: what the application answers.
    pub fn answer<'t, 'a>(&'t self, head: RequestHead<'a>) -> Outcome<'t, 'a> {
        if matches!(head.method, "TRACE" | "TRACK" | "CONNECT") {
            return Outcome::Unrepresentable;
        }
        match UrlPath::new(&head) {
            UrlPath::Plain(path) if self.base.is_root() => self.answer_plain(&head, path),
            UrlPath::Plain(path) => self.answer_any(&head, path),
            UrlPath::Parsed { has_credentials: true, .. } => Outcome::Unrepresentable,
            UrlPath::Parsed { pathname, .. } => self.answer_any(&head, &pathname),
        }
    }

    /// The usual case: no base, and a path that is what it says.
    fn answer_plain<'t, 'a>(&'t self, head: &RequestHead<'_>, path: &'a str) -> Outcome<'t, 'a> {
        if let Some(redirect) = self.slash_redirect(head, path) {
            return redirect;
        }
        match self.table.find_on_demand(path) {
            Some(rank) => self.outcome(head, self.table.matched(rank, path.into()), path.into()),
            None => Outcome::NotFound { path: path.into(), public_path: path.into() },
        }
    }

    /// The general case. The reference looks a request up twice, first by a path in which inner runs
    /// of slashes still stand; what is found then answers, with parameters from the final path.
    fn answer_any<'t>(&'t self, head: &RequestHead<'_>, pathname: &str) -> Outcome<'t, 'static> {
        let decoded = match decode_path(pathname) {
            Ok(decoded) => decoded.into_owned(),
            Err(DecodeError::TooDeep) => return Outcome::BadRequest { body: "" },
            Err(DecodeError::Malformed) => pathname.to_owned(),
        };
        if let Some(redirect) = self.slash_redirect(head, pathname) {
            return redirect;
        }
        let public_path = collapse_slashes(Cow::Owned(decoded));
        let path = self.base.strip(&public_path).into_owned();
        let first = self.base.strip(pathname);
        let first = decode_path(&first)
            .ok()
            .or_else(|| decode_uri(&first))
            .unwrap_or(Cow::Borrowed(&first));
        match self.find(&first).or_else(|| self.find(&path)) {
            Some(rank) => {
                let found = self.table.matched(rank, Cow::Owned(path));
                self.outcome(head, found, public_path)
            }
            None => Outcome::NotFound { path: Cow::Owned(path), public_path },
        }
    }

    fn find(&self, path: &str) -> Option<u32> {
        self.table.find_on_demand(self.base.route_path(path, self.trailing_slash)?)
    }

    fn outcome<'t, 'a>(
        &self,
        head: &RequestHead<'_>,
        found: Matched<'t, 'a>,
        public_path: Cow<'a, str>,
    ) -> Outcome<'t, 'a> {
        let index = found.index();
        match (found.route().kind(), index) {
            (RouteKind::Endpoint, Some(index)) => Outcome::Endpoint { index, found, public_path },
            (RouteKind::Page, Some(index)) => Outcome::Page { index, found },
            (RouteKind::Redirect(_), Some(index)) => {
                match found.redirect(head.method, self.trailing_slash) {
                    Some(answer) => Outcome::ConfigRedirect { index, answer },
                    None => Outcome::BrokenRedirect { index },
                }
            }
            (RouteKind::Builtin(builtin @ (Builtin::Image | Builtin::ServerIslands)), _) => {
                Outcome::Builtin(*builtin)
            }
            _ => Outcome::NotFound { path: found.into_path(), public_path },
        }
    }

    fn slash_redirect(
        &self,
        head: &RequestHead<'_>,
        pathname: &str,
    ) -> Option<Outcome<'static, 'static>> {
        let path = slash_redirect(pathname, self.trailing_slash)?;
        let location = format!("{path}{}", search(head));
        let status = if head.method == "GET" { 301 } else { 308 };
        let body = Some(redirect_page(&location));
        Some(Outcome::Redirect { status, location, body })
    }
}

/// A page for clients that do not follow redirects by themselves.
fn redirect_page(location: &str) -> String {
    let mut address = String::with_capacity(location.len());
    for character in location.chars() {
        match character {
            '&' => address.push_str("&amp;"),
            '<' => address.push_str("&lt;"),
            '>' => address.push_str("&gt;"),
            '"' => address.push_str("&quot;"),
            '\'' => address.push_str("&#39;"),
            other => address.push(other),
        }
    }
    format!(
        "<!doctype html>\n<meta charset=\"utf-8\">\n<meta name=\"robots\" content=\"noindex\">\n\
         <meta http-equiv=\"refresh\" content=\"0;url={address}\">\n<title>Moved</title>\n\
         <p>This page is at <a href=\"{address}\">{address}</a>.</p>\n"
    )
}
