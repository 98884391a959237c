//! Resolves references against the same base again and again, as `new URL(path, request.url)` does.
//!
//! Invariant: the result is what the parser says of reference and base; `url_conformance.rs` and the tests below compare.

use ada_url::Url;

/// Most bytes of a base that are kept.
const MAX_KEPT_BYTES: usize = 4096;

/// The base that was used last.
#[derive(Debug, Default)]
pub(super) struct LastBase {
    /// As it was given; `None` when it is too long to be kept.
    given: Option<String>,
    base: Option<Base>,
}

impl LastBase {
    /// The base of this text; `None` when that is no URL.
    pub(super) fn find(&mut self, given: &str) -> Option<&Base> {
        if self.given.as_deref() != Some(given) {
            self.base = Url::parse(given, None).ok().map(|url| Base::new(&url));
            self.given = (given.len() <= MAX_KEPT_BYTES).then(|| given.to_owned());
        }
        self.base.as_ref()
    }
}

/// A base, and where its parts end.
#[derive(Debug)]
pub(super) struct Base {
    href: String,
    /// Ends of the authority, of the path up to its last slash, of the path, and of the query. `None` for schemes
    /// whose references are resolved in other ways.
    ends: Option<[usize; 4]>,
}

impl Base {
    fn new(url: &Url) -> Self {
        let href = url.href().to_owned();
        let parts = url.components();
        let is_web = matches!(url.protocol(), "http:" | "https:" | "ws:" | "wss:");
        let ends = parts.pathname_start.filter(|_| is_web).map(|authority| {
            let authority = authority as usize;
            let query = parts.hash_start.map_or(href.len(), |start| start as usize);
            let path = parts.search_start.map_or(query, |start| start as usize);
            let folder = href[..path].rfind('/').map_or(path, |slash| slash + 1);
            [authority, folder.max(authority), path, query]
        });
        Self { href, ends }
    }

    /// The URL that `reference` stands for; `None` when there is none.
    /// <https://url.spec.whatwg.org/#concept-basic-url-parser>
    pub(super) fn join(&self, reference: &str) -> Option<Url> {
        match self.kept(reference) {
            // The base has been parsed; the rest has no meaning without it that could differ.
            Some(kept) => Url::parse(&[&self.href[..kept], reference].concat(), None).ok(),
            None => Url::parse(reference, Some(&self.href)).ok(),
        }
    }

    /// How much of the base stays in front of `reference`; `None` when that is not all there is to it: a scheme, a host,
    /// backslashes, or characters that are dropped first.
    fn kept(&self, reference: &str) -> Option<usize> {
        let [authority, folder, path, query] = self.ends?;
        let is_plain = |byte: &u8| matches!(byte, 0x21..=0x7e) && !matches!(byte, b'\\' | b':');
        if !reference.as_bytes().iter().all(is_plain) {
            return None;
        }
        match reference.as_bytes() {
            [] | [b'/', b'/', ..] => None,
            [b'/', ..] => Some(authority),
            [b'?', ..] => Some(path),
            [b'#', ..] => Some(query),
            _ => Some(folder),
        }
    }
}

#[cfg(test)]
mod tests {
    use ada_url::Url;

    use super::LastBase;

    const BASES: [&str; 12] = [
        "https://example.com/a/b",
        "http://user:pw@h:8080/a/b/c?d=e#f",
        "https://h",
        "https://h?q",
        "https://h/#x?y/z",
        "ws://h/a/../b/./c/",
        "http://h/a?b/c#d/e",
        "file:///C:/a/b",
        "data:text/plain,x",
        "foo://h/a/b",
        "https://ex\u{e4}mple/\u{e4}/",
        "not a url",
    ];
    const REFERENCES: [&str; 30] = [
        "",
        "c",
        "./c",
        "../c",
        "../../../c",
        "/c",
        "//other/c",
        "?x",
        "#y",
        "c?x#y",
        "c:d",
        "http:c",
        "https:c",
        "https://o/p",
        "a\\b",
        " c ",
        "c\td",
        ".",
        "..",
        "%2e%2e/c",
        "/..",
        "c/./d/../e",
        "\u{e4}",
        "c d",
        "a\"<>b",
        "?a'b",
        "/C|/x",
        "C|/x",
        ";p",
        "@h",
    ];

    #[test]
    fn a_reference_is_what_the_parser_makes_of_it() {
        let mut last = LastBase::default();
        for base in BASES {
            for reference in REFERENCES {
                // Twice: the second time the base is known.
                for _ in 0..2 {
                    let found = last.find(base).and_then(|base| base.join(reference));
                    let expected = Url::parse(reference, Some(base)).ok();
                    assert_eq!(
                        found.as_ref().map(Url::href),
                        expected.as_ref().map(Url::href),
                        "{reference:?} against {base:?}"
                    );
                    assert_eq!(
                        found.map(|url| format!("{:?}", url.components())),
                        expected.map(|url| format!("{:?}", url.components())),
                        "{reference:?} against {base:?}"
                    );
                }
            }
        }
    }
}
