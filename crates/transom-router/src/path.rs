//! Small decisions about paths: slashes, base, extensions, and the paths that handlers are shown.
//!
//! Spec: `astro-endpoints.md` sections 1.4, 1.6 and 1.7. All functions are pure and allocate only
//! where their answer differs from what they were given.

use std::borrow::Cow;

/// The `trailingSlash` setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TrailingSlash {
    /// Paths end in a slash; others are redirected.
    Always,
    /// Paths do not end in a slash; others are redirected.
    Never,
    /// Both forms answer.
    #[default]
    Ignore,
}

/// Whether the last segment looks like a file name: `/\/[^/]+\.\w+$/`.
pub fn has_file_extension(path: &str) -> bool {
    let Some(slash) = path.rfind('/') else { return false };
    let name = &path[slash + 1..];
    let Some(dot) = name.rfind('.') else { return false };
    let extension = &name.as_bytes()[dot + 1..];
    let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
    dot > 0 && !extension.is_empty() && extension.iter().all(is_word)
}

/// Whether slash redirects leave the path alone: it begins with `/_`, `/@`, `/.` or `//`, where a
/// backslash counts as a slash, and is not made of slashes only.
pub fn is_internal(path: &str) -> bool {
    let slash = |byte: u8| matches!(byte, b'/' | b'\\');
    match path.as_bytes() {
        [first, b'_' | b'@' | b'.', ..] => slash(*first),
        [first, second, ..] if slash(*first) && slash(*second) => !path.bytes().all(|b| b == b'/'),
        _ => false,
    }
}

/// Every run of slashes made one slash.
pub fn collapse_slashes(path: Cow<'_, str>) -> Cow<'_, str> {
    if !path.contains("//") {
        return path;
    }
    let mut collapsed = String::with_capacity(path.len());
    for character in path.chars() {
        if character != '/' || !collapsed.ends_with('/') {
            collapsed.push(character);
        }
    }
    Cow::Owned(collapsed)
}

/// The run of slashes at the start made one slash.
fn collapse_leading_slashes(path: &str) -> &str {
    let run = path.bytes().take_while(|byte| *byte == b'/').count();
    &path[run.saturating_sub(1)..]
}

/// Where a path has to be redirected to because of its trailing slashes; `None` if it is fine.
///
/// This is the application's step (section 1.6 b). `path` is that of the URL, not decoded.
pub fn slash_redirect(path: &str, trailing_slash: TrailingSlash) -> Option<Cow<'_, str>> {
    if path == "/" || is_internal(path) {
        return None;
    }
    let slashes = path.bytes().rev().take_while(|byte| *byte == b'/').count();
    let trimmed = &path[..path.len() - slashes];
    match (slashes, trailing_slash) {
        (2.., TrailingSlash::Never) | (1, TrailingSlash::Never) => {
            Some(Cow::Borrowed(if trimmed.is_empty() { "/" } else { trimmed }))
        }
        (2.., _) => Some(Cow::Borrowed(&path[..=trimmed.len()])),
        (0, TrailingSlash::Always) if !has_file_extension(path) => {
            Some(Cow::Owned(format!("{path}/")))
        }
        _ => None,
    }
}

/// The `base` setting, in the forms that comparisons need.
///
/// Whether it was configured with a slash at its end makes no difference here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Base {
    /// Without a slash at its end: `/docs`, and empty for `/`.
    bare: String,
    /// With one: `/docs/`, and `/`.
    slashed: String,
}

impl Base {
    /// Reads a `base` setting, with or without its outer slashes.
    pub fn new(base: &str) -> Self {
        let base = base.strip_prefix('/').unwrap_or(base);
        let base = base.strip_suffix('/').unwrap_or(base);
        let bare = if base.is_empty() { String::new() } else { format!("/{base}") };
        Self { slashed: format!("{bare}/"), bare }
    }

    /// Whether there is no base: it is `/`.
    pub fn is_root(&self) -> bool {
        self.bare.is_empty()
    }

    /// The path below the base, or the path itself if it is outside. Begins with one slash.
    pub fn strip<'p>(&self, path: &'p str) -> Cow<'p, str> {
        let path = collapse_leading_slashes(path);
        let below = if path == self.bare {
            "/"
        } else {
            path.strip_prefix(&self.bare).filter(|rest| rest.starts_with('/')).unwrap_or(path)
        };
        if below.starts_with('/') { Cow::Borrowed(below) } else { Cow::Owned(format!("/{below}")) }
    }

    /// What the route table is asked for when a path, with or without base, is looked up.
    ///
    /// `None`: nothing matches, because the path is the base itself in the wrong form, or begins
    /// with two slashes. Applied after [`Self::strip`], as the reference does, so that a base which
    /// stands there twice is removed twice.
    pub fn route_path<'p>(&self, path: &'p str, trailing_slash: TrailingSlash) -> Option<&'p str> {
        if path.starts_with("//") {
            return None;
        }
        if self.is_root() {
            return Some(path);
        }
        if path == self.slashed {
            return (trailing_slash == TrailingSlash::Ignore).then_some("/");
        }
        if path == self.bare {
            return (trailing_slash != TrailingSlash::Always).then_some("/");
        }
        let below = path.strip_prefix(&self.bare).filter(|rest| rest.starts_with('/'));
        Some(below.unwrap_or(path))
    }
}

/// `context.originPathname` for a request whose route path is `path`.
pub fn origin_pathname(path: &str, trailing_slash: TrailingSlash) -> Cow<'_, str> {
    match trailing_slash {
        _ if path.is_empty() || path == "/" => Cow::Borrowed("/"),
        TrailingSlash::Never => Cow::Borrowed(path.strip_suffix('/').unwrap_or(path)),
        _ if path.ends_with('/') => Cow::Borrowed(path),
        _ => Cow::Owned(format!("{path}/")),
    }
}

/// The path that the built-in 404 page shows (section 2.3), not escaped.
pub fn not_found_path(path: &str, trailing_slash: TrailingSlash) -> Cow<'_, str> {
    let shown = match path.strip_suffix("/index.html") {
        Some(_) => &path[..path.len() - "index.html".len()],
        None => path.strip_suffix(".html").unwrap_or(path),
    };
    if trailing_slash == TrailingSlash::Always && !shown.is_empty() && !shown.ends_with('/') {
        return Cow::Owned(format!("{shown}/"));
    }
    Cow::Borrowed(shown)
}

#[cfg(test)]
mod tests {
    use super::*;
    use TrailingSlash::{Always, Ignore, Never};

    #[test]
    fn a_file_extension_needs_a_name_before_it() {
        for (path, expected) in [
            ("/users.json", true),
            ("/a.b.c", true),
            ("/[id].json", true),
            ("/idx.dir", true),
            ("/a/.env", false),
            ("/.well-known", false),
            ("/a.b/c", false),
            ("/a.b/", false),
            ("/a.", false),
            ("/a.b-c", false),
            ("/x/[...slug]", false),
            ("/[...slug].png", true),
            ("users.json", false),
            ("/", false),
        ] {
            assert_eq!(has_file_extension(path), expected, "{path}");
        }
    }

    #[test]
    fn internal_paths() {
        for path in ["/_astro/x", "/@vite", "/.well-known", "//host/x", "/\\host", "\\/host"] {
            assert!(is_internal(path), "{path}");
        }
        for path in ["/", "//", "///", "/a", "", "a_", "/a/_b"] {
            assert!(!is_internal(path), "{path}");
        }
    }

    #[test]
    fn slash_redirects_follow_the_setting() {
        for (setting, path, expected) in [
            (Never, "/another/", Some("/another")),
            (Never, "/another///", Some("/another")),
            (Never, "/favicon.ico/", Some("/favicon.ico")),
            (Never, "/another", None),
            (Never, "/", None),
            (Never, "//", Some("/")),
            (Never, "/_astro/something/", None),
            (Never, "//target.example/path/", None),
            (Ignore, "/another//", Some("/another/")),
            (Ignore, "/another/", None),
            (Ignore, "/another", None),
            (Ignore, "//", Some("/")),
            (Ignore, "/_astro/something//", None),
            (Always, "/another///", Some("/another/")),
            (Always, "/another", Some("/another/")),
            (Always, "/another/", None),
            (Always, "/favicon.ico", None),
            (Always, "/.hidden", None),
        ] {
            assert_eq!(slash_redirect(path, setting).as_deref(), expected, "{setting:?} {path}");
        }
    }

    #[test]
    fn runs_of_slashes_collapse() {
        for (path, expected) in [("/", "/"), ("//a///b//", "/a/b/"), ("/a/b", "/a/b"), ("", "")] {
            assert_eq!(collapse_slashes(path.into()), expected);
        }
    }

    #[test]
    fn a_base_is_stripped_at_a_segment_boundary() {
        for (base, path, expected) in [
            ("/docs", "/docs", "/"),
            ("/docs/", "/docs", "/"),
            ("docs", "/docs/", "/"),
            ("/docs", "/docs/another", "/another"),
            ("/docs", "//docs/another", "/another"),
            ("/docs", "/docsX/another", "/docsX/another"),
            ("/docs", "/docs/docs/x", "/docs/x"),
            ("/docs", "/another", "/another"),
            ("/", "/another", "/another"),
            ("/", "//another//x", "/another//x"),
            ("", "/", "/"),
        ] {
            assert_eq!(Base::new(base).strip(path), expected, "{base} {path}");
        }
    }

    #[test]
    fn the_base_in_the_wrong_form_matches_nothing() {
        let base = Base::new("/docs");
        for (setting, path, expected) in [
            (Ignore, "/docs", Some("/")),
            (Ignore, "/docs/", Some("/")),
            (Never, "/docs", Some("/")),
            (Never, "/docs/", None),
            (Always, "/docs", None),
            (Always, "/docs/", None),
            (Always, "/docs/a", Some("/a")),
            (Always, "/docsX", Some("/docsX")),
            (Ignore, "/", Some("/")),
            (Ignore, "//a", None),
        ] {
            assert_eq!(base.route_path(path, setting), expected, "{setting:?} {path}");
        }
        assert_eq!(Base::new("/").route_path("/a//b", Ignore), Some("/a//b"));
    }

    #[test]
    fn shown_paths() {
        for (setting, path, expected) in [
            (Ignore, "/page", "/page/"),
            (Always, "/users.json", "/users.json/"),
            (Never, "/page/", "/page"),
            (Never, "/", "/"),
            (Ignore, "", "/"),
        ] {
            assert_eq!(origin_pathname(path, setting), expected, "{setting:?} {path}");
        }
        for (setting, path, expected) in [
            (Ignore, "/items/123/status/index.html", "/items/123/status/"),
            (Ignore, "/a.html", "/a"),
            (Ignore, "/index.html", "/"),
            (Always, "/favicon.ico", "/favicon.ico/"),
            (Always, "/a/", "/a/"),
        ] {
            assert_eq!(not_found_path(path, setting), expected, "{setting:?} {path}");
        }
    }
}
