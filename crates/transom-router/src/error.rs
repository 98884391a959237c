//! What can be wrong with the files and redirects that routes are made of.
//!
//! The sentences about route names are those of Astro (`astro-endpoints.md` section 1.1), because
//! people search for them; the places and hints are ours.

use std::io;

use transom_diag::{Diagnose, Diagnostic, Place, ProjectPath, Span};

/// Bytes of a path, for labels about names.
pub type NameSpan = Span;

/// Why something cannot become a route. Always the project author's to mend.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RouteError {
    /// Two parameters touch: `[a][b]`.
    #[error("Invalid route {file} — parameters must be separated")]
    AdjacentParams {
        /// The file, folder or configured route.
        file: ProjectPath,
        /// Where they touch.
        at: NameSpan,
    },
    /// A bracket has no partner.
    #[error("Invalid route {file} — brackets are unbalanced")]
    UnbalancedBrackets {
        /// The file, folder or configured route.
        file: ProjectPath,
        /// The segment.
        at: NameSpan,
    },
    /// The name of a parameter has other characters than `A-Za-z0-9_$`.
    #[error("Invalid route {file} — parameter name must match /^[a-zA-Z0-9_$]+$/")]
    BadParamName {
        /// The file, folder or configured route.
        file: ProjectPath,
        /// The parameter with its brackets.
        at: NameSpan,
        /// What stands between the brackets.
        name: String,
    },
    /// A rest parameter shares its segment with something else, in a page.
    #[error("Invalid route {file} — rest parameter must be a standalone segment")]
    RestNotAlone {
        /// The file.
        file: ProjectPath,
        /// The segment.
        at: NameSpan,
    },
    /// The name holds a backslash or a percent escape, which no request path can hold.
    #[error("Invalid route {file} — no request can reach a name with `{what}`")]
    UnreachableName {
        /// The file or folder.
        file: ProjectPath,
        /// The characters.
        at: NameSpan,
        /// The same as text.
        what: String,
    },
    /// The name is not valid UTF-8.
    #[error("the file name `{file}` is not valid UTF-8")]
    NameNotUtf8 {
        /// The file, with replacement characters.
        file: ProjectPath,
    },
    /// There is no folder with endpoints.
    #[error("Missing pages directory: {directory}")]
    MissingPages {
        /// The folder that was looked for.
        directory: ProjectPath,
    },
    /// A file or folder cannot be read.
    #[error("cannot read `{file}`: {cause}")]
    Unreadable {
        /// The file or folder.
        file: ProjectPath,
        /// What the operating system said.
        #[source]
        cause: io::Error,
    },
    /// A folder contains itself by way of a symbolic link.
    #[error("the folder `{directory}` contains itself by way of a symbolic link")]
    FolderLoop {
        /// The link.
        directory: ProjectPath,
    },
    /// A configured redirect leads to a URL that is neither a path nor http(s).
    #[error(
        "The destination URL in the external redirect from \"{from}\" to \"{to}\" is unsupported."
    )]
    UnsupportedRedirect {
        /// The route that is redirected.
        from: String,
        /// The destination.
        to: String,
    },
}

impl Diagnose for RouteError {
    fn diagnostic(&self) -> Diagnostic {
        let error = |code| Diagnostic::error(code, self);
        match self {
            Self::AdjacentParams { file, at } => error("route/adjacent-params")
                .label(file, Place::Path(*at), "these two parameters touch")
                .hint("put literal text between them, for example `[year]-[month].ts`"),
            Self::UnbalancedBrackets { file, at } => error("route/unbalanced-brackets")
                .label(file, Place::Path(*at), "a bracket has no partner")
                .hint("a parameter is written `[name]`, a rest parameter `[...name]`"),
            Self::BadParamName { file, at, name } => error("route/bad-param-name")
                .label(file, Place::Path(*at), "not a usable name")
                .hint(format!("rename it, for example to `[{}]`", usable_name(name))),
            Self::RestNotAlone { file, at } => error("route/rest-not-alone")
                .label(file, Place::Path(*at), "the rest parameter shares this segment")
                .hint("in a page, `[...name]` has to be the whole name of a file or folder"),
            Self::UnreachableName { file, at, .. } => error("route/unreachable-name")
                .label(file, Place::Path(*at), "request paths are decoded before they are matched")
                .hint("rename it, or let its name begin with `_` so that it is no route"),
            Self::NameNotUtf8 { file } => {
                error("route/name-not-utf8").label(file, Place::File, "").hint("rename the file")
            }
            Self::MissingPages { directory } => error("route/missing-pages")
                .hint(format!("create `{directory}/index.ts` with `export const GET = …`"))
                .hint("or name the folder of the project on the command line"),
            Self::Unreadable { file, .. } => error("route/unreadable")
                .label(file, Place::File, "")
                .hint("check that it exists and that you may read it"),
            Self::FolderLoop { directory } => error("route/folder-loop")
                .label(directory, Place::File, "")
                .hint("remove the link, or let its name begin with `_`"),
            Self::UnsupportedRedirect { .. } => error("route/unsupported-redirect").hint(
                "An external redirect must start with http or https, and must be a valid URL.",
            ),
        }
    }
}

/// `name` with everything that a parameter name may not hold turned into underscores.
fn usable_name(name: &str) -> String {
    let (dots, name) = match name.strip_prefix("...") {
        Some(name) => ("...", name),
        None => ("", name),
    };
    let is_word = |character: char| character.is_ascii_alphanumeric() || "_$".contains(character);
    let words = name.split(|character| !is_word(character)).filter(|word| !word.is_empty());
    let name = words.collect::<Vec<_>>().join("_");
    format!("{dots}{}", if name.is_empty() { "name" } else { &name })
}

#[cfg(test)]
mod tests {
    use super::*;
    use transom_diag::{Color, render};

    #[test]
    fn a_bad_parameter_name_is_shown_in_its_path() {
        let error = RouteError::BadParamName {
            file: "src/pages/[a-b].ts".into(),
            at: NameSpan::new(10, 15),
            name: "a-b".to_owned(),
        };
        let text = render(&error.diagnostic(), Color::Never, |_| None);
        assert_eq!(
            text,
            "\
error[route/bad-param-name]: Invalid route src/pages/[a-b].ts — parameter name must match /^[a-zA-Z0-9_$]+$/
 |
 | src/pages/[a-b].ts
 |           ^^^^^ not a usable name
 |
 = help: rename it, for example to `[a_b]`"
        );
    }

    #[test]
    fn proposed_names_are_usable() {
        for (name, expected) in [("a b", "a_b"), ("...é", "...name"), ("-x-", "x"), ("", "name")] {
            assert_eq!(usable_name(name), expected);
        }
    }
}
