//! The step before the application, in which files are tried: which file, and which redirects.
//!
//! Spec: `astro-endpoints.md` sections 0 (item 3) and 1.6 (a). It works on the raw target, and on
//! its own: what is decided here is not what the application would decide. Looking at files is the
//! caller's business.

use std::borrow::Cow;

use crate::path::{Base, TrailingSlash, has_file_extension, is_internal};
use crate::target::Target;
use crate::uri::decode_uri;

/// A request as the file step sees it.
#[derive(Debug, Clone)]
pub struct FileRequest<'a> {
    target: Target<'a>,
    path: &'a str,
    base: &'a Base,
    trailing_slash: TrailingSlash,
}

/// What the file step decides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileStep<'a> {
    /// Answer 301 with this `Location` and an empty body, whatever the method.
    Redirect {
        /// The value of the header `Location`, as raw as the target was.
        location: String,
    },
    /// Try the file at this path of the client folder: without base, without dot segments, still
    /// encoded. If there is none, or it may not be served, the application answers.
    Try {
        /// The path, with a slash at its start.
        path: Cow<'a, str>,
    },
}

impl<'a> FileRequest<'a> {
    pub(crate) fn new(target: Target<'a>, base: &'a Base, trailing_slash: TrailingSlash) -> Self {
        Self { path: target.path(), target, base, trailing_slash }
    }

    /// The path below the client folder of which [`Self::decide`] has to know whether it is a
    /// folder: without base, decoded. It may hold `..`; a path that leaves the client folder counts
    /// as no folder. `/` is the client folder itself, which is always there.
    pub fn folder_path(&self) -> Cow<'a, str> {
        match self.base.strip(self.path) {
            path if self.target.is_plain() => path,
            Cow::Borrowed(path) => decode_uri(path).unwrap_or(Cow::Borrowed(path)),
            Cow::Owned(path) => Cow::Owned(match decode_uri(&path) {
                Some(decoded) => decoded.into_owned(),
                None => path,
            }),
        }
    }

    /// Whether [`Self::decide`] needs to know about the folder at all.
    pub fn asks_for_folder(&self) -> bool {
        self.trailing_slash != TrailingSlash::Always
    }

    /// The decision, once it is known whether [`Self::folder_path`] is a folder.
    pub fn decide(&self, is_folder: bool) -> FileStep<'a> {
        let has_slash = self.path.ends_with('/');
        match self.trailing_slash {
            TrailingSlash::Never if is_folder && has_slash && self.path != "/" => {
                return self.redirect(&self.path[..self.path.len() - 1]);
            }
            TrailingSlash::Always
                if !has_slash && !has_file_extension(self.path) && !is_internal(self.path) =>
            {
                return self.redirect(&format!("{}/", self.path));
            }
            TrailingSlash::Never | TrailingSlash::Ignore if is_folder && !has_slash => {
                let path = self.base.strip(&format!("{}/index.html", self.path)).into_owned();
                return FileStep::Try { path: Cow::Owned(resolve_dots(&path).into_owned()) };
            }
            _ => {}
        }
        let path = match self.base.strip(self.path) {
            path if self.target.is_plain() => path,
            Cow::Borrowed(path) => resolve_dots(path),
            Cow::Owned(path) => Cow::Owned(resolve_dots(&path).into_owned()),
        };
        FileStep::Try { path }
    }

    fn redirect(&self, path: &str) -> FileStep<'a> {
        let query = self.target.query();
        let location = if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") };
        FileStep::Redirect { location }
    }
}

/// Removes empty and dot segments from a path that begins with a slash, as `path.posix.normalize`.
fn resolve_dots(path: &str) -> Cow<'_, str> {
    let is_odd = |pair: &[u8]| pair[0] == b'/' && matches!(pair[1], b'/' | b'.');
    if !path.as_bytes().windows(2).any(is_odd) {
        return Cow::Borrowed(path);
    }
    let mut names = Vec::new();
    for name in path.split('/') {
        match name {
            "" | "." => {}
            ".." => {
                names.pop();
            }
            name => names.push(name),
        }
    }
    let slash = if path.ends_with('/') && !names.is_empty() { "/" } else { "" };
    Cow::Owned(format!("/{}{slash}", names.join("/")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use TrailingSlash::{Always, Ignore, Never};

    /// `folder` is the only folder there is, besides the client folder.
    #[track_caller]
    fn check(setting: TrailingSlash, base: &str, folder: &str, target: &str, expected: &str) {
        let base = Base::new(base);
        let target = Target::new(target).expect(target);
        let request = FileRequest::new(target, &base, setting);
        let folder_path = request.folder_path();
        let found = match request.decide(folder_path == "/" || folder_path == folder) {
            FileStep::Redirect { location } => format!("-> {location}"),
            FileStep::Try { path } => path.into_owned(),
        };
        assert_eq!(found, expected, "{}", target.raw());
    }

    #[test]
    fn always_redirects_whatever_looks_like_no_file() {
        check(Always, "/", "", "/another?foo=bar", "-> /another/?foo=bar");
        check(Always, "/", "", "/another", "-> /another/");
        check(Always, "/", "", "/dot.in.directory/path", "-> /dot.in.directory/path/");
        check(Always, "/base/", "", "/base/another", "-> /base/another/");
        check(Always, "/", "", "/nope%20?a#b", "-> /nope%20/?a");
        for path in ["/favicon.ico", "/_astro/something", "/another/", "/"] {
            check(Always, "/", "", path, path);
        }
        check(Always, "/", "", "//target.example/path", "/target.example/path");
        check(Always, "/", "", "/\\example.com/press", "/\\example.com/press");
    }

    #[test]
    fn folders_have_an_index() {
        check(Ignore, "/", "/dir", "/dir", "/dir/index.html");
        check(Ignore, "/", "/dir/", "/dir/", "/dir/");
        check(Ignore, "/", "/d r", "/d%20r", "/d%20r/index.html");
        check(Never, "/", "/dir/", "/dir/?x", "-> /dir?x");
        check(Never, "/", "/dir", "/dir", "/dir/index.html");
        check(Never, "/mybase", "", "/mybase/", "-> /mybase");
        check(Never, "/mybase", "", "/mybase", "/index.html");
        check(Never, "/", "", "/", "/");
        check(Ignore, "/docs", "", "/docs/one.css", "/one.css");
    }

    #[test]
    fn dot_segments_stay_inside() {
        check(Ignore, "/", "", "/.well-known/../.hidden/file.json", "/.hidden/file.json");
        check(Ignore, "/", "", "/../../etc/passwd", "/etc/passwd");
        check(Ignore, "/", "", "/a//./b/", "/a/b/");
        check(Ignore, "/", "", "/..%2fpackage.json", "/..%2fpackage.json");
    }
}
