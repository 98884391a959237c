//! One route: its name, its segments, and what answers it.
//!
//! A route's name, such as `/users/[id]`, is the same text in `routePattern`, in the build output
//! and here. Reading it back gives the same segments, so a table can be made from names alone.

use crate::error::RouteError;
use crate::path::{TrailingSlash, has_file_extension};
use crate::segment::{Part, Segment, Source, parse_segment};

/// What answers a route.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RouteKind {
    /// A file with request handlers.
    Endpoint,
    /// An `.astro`, Markdown or HTML page. It takes part in the order, but is not answered here.
    Page,
    /// A redirect of the configuration.
    Redirect(Redirect),
    /// A route that Astro itself brings along.
    Builtin(Builtin),
}

/// A `redirects` entry of the configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redirect {
    /// Where to: a path, which may hold the parameters of the route, or an http(s) URL.
    pub destination: String,
    /// The configured status. It counts only when the destination is the name of a file's route;
    /// otherwise, as without it, GET is answered 301 and everything else 308.
    pub status: Option<u16>,
}

/// Routes that exist in every project.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Builtin {
    /// `/404`, unless the project has one.
    NotFound,
    /// `/_image`.
    Image,
    /// `/_server-islands/[name]`.
    ServerIslands,
}

/// How a pattern treats a slash at the end of the path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum EndSlash {
    Required,
    Forbidden,
    Optional,
}

/// One entry of the route table, not yet ordered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    name: String,
    file: String,
    kind: RouteKind,
    segments: Vec<Segment>,
    is_prerendered: bool,
}

impl Route {
    /// Reads a route by its name, such as `/users/[id]`. `file` is the project-relative file that
    /// answers it.
    ///
    /// # Errors
    /// As for file names, should the name be invalid.
    pub fn from_name(name: &str, file: &str, kind: RouteKind) -> Result<Self, RouteError> {
        let mut segments = Vec::new();
        let mut offset = 0;
        for text in name.split('/') {
            if !text.is_empty() {
                let source = Source { file: name, offset, rest_alone: false };
                segments.push(parse_segment(text, source)?);
            }
            offset += text.len() + 1;
        }
        Ok(Self::new(segments, file, kind))
    }

    /// A `redirects` entry: the route `from` is answered with a redirect.
    ///
    /// # Errors
    /// As for file names, should `from` be invalid, and [`RouteError::UnsupportedRedirect`] for a
    /// destination such as `ftp://example.org`.
    pub fn from_redirect(from: &str, redirect: Redirect) -> Result<Self, RouteError> {
        let to = redirect.destination.clone();
        let route = Self::from_name(from, from, RouteKind::Redirect(redirect))?;
        let is_http = to.starts_with("http://") || to.starts_with("https://");
        if !is_http && ada_url::Url::can_parse(&to, None) {
            return Err(RouteError::UnsupportedRedirect { from: from.into(), to });
        }
        Ok(route)
    }

    pub(crate) fn new(segments: Vec<Segment>, file: &str, kind: RouteKind) -> Self {
        let texts: Vec<_> = segments.iter().map(Segment::to_text).collect();
        let name = format!("/{}", texts.join("/"));
        Self { name, file: file.to_owned(), kind, segments, is_prerendered: false }
    }

    pub(crate) fn builtin(builtin: Builtin) -> Self {
        let name = match builtin {
            Builtin::NotFound => "/404",
            Builtin::Image => "/_image",
            Builtin::ServerIslands => "/_server-islands/[name]",
        };
        Self::from_name(name, "", RouteKind::Builtin(builtin)).expect("built-in names are valid")
    }

    /// The same route, answered by a file that the build has written. Dynamic ones then only stand
    /// for the paths that were written, so that further routes may match.
    #[must_use]
    pub fn prerendered(mut self, is_prerendered: bool) -> Self {
        self.is_prerendered = is_prerendered;
        self
    }

    /// The name of the route: `/users/[id]`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The file that answers it, relative to the project; for a redirect the configured route;
    /// empty for built-in ones.
    pub fn file(&self) -> &str {
        &self.file
    }

    /// What answers it.
    pub fn kind(&self) -> &RouteKind {
        &self.kind
    }

    /// Its segments; none for `/`.
    pub fn segments(&self) -> &[Segment] {
        &self.segments
    }

    /// Whether the build has written its answers.
    pub fn is_prerendered(&self) -> bool {
        self.is_prerendered
    }

    /// Whether it has no parameters.
    pub fn is_static(&self) -> bool {
        self.segments.iter().all(Segment::is_static)
    }

    /// The names of its parameters, in order.
    pub fn param_names(&self) -> impl Iterator<Item = &str> {
        let parts = self.segments.iter().flat_map(Segment::parts);
        parts.filter_map(|part| match part {
            Part::Param(name) | Part::Rest(name) => Some(name.as_str()),
            Part::Static(_) => None,
        })
    }

    /// Whether it is sorted as an endpoint, before pages and redirects.
    pub(crate) fn sorts_as_endpoint(&self) -> bool {
        matches!(self.kind, RouteKind::Endpoint | RouteKind::Builtin(Builtin::Image))
    }

    /// What its pattern does about a slash at the end (section 1.2).
    pub(crate) fn end_slash(&self, trailing_slash: TrailingSlash) -> EndSlash {
        let names_a_file = self.kind == RouteKind::Endpoint && has_file_extension(&self.name);
        match trailing_slash {
            // The pattern of the root is `^\/$` under every setting.
            _ if self.segments.is_empty() => EndSlash::Required,
            _ if self.kind == RouteKind::Builtin(Builtin::NotFound) => EndSlash::Optional,
            _ if names_a_file => EndSlash::Forbidden,
            TrailingSlash::Always => EndSlash::Required,
            TrailingSlash::Never => EndSlash::Forbidden,
            TrailingSlash::Ignore => EndSlash::Optional,
        }
    }
}
