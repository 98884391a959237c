//! The answers to config `redirects`.
//!
//! Spec: `astro-endpoints.md` section 1.9. A destination that is the name of a file's route is built
//! from that route's segments, any other path by replacing `[name]` and `[...name]` in its text.

use icu_normalizer::ComposingNormalizerBorrowed;

use crate::path::TrailingSlash;
use crate::pattern::literal_text;
use crate::route::{Redirect, Route};
use crate::segment::{Part, Segment};
use crate::uri::encode_uri;

/// What a redirect answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RedirectAnswer {
    /// The status code.
    pub status: u16,
    /// The value of the header `Location`: ASCII, ready to be sent.
    pub location: String,
}

/// A destination, prepared.
#[derive(Debug, Clone)]
pub(crate) struct RedirectPlan {
    /// The status for every method, where one counts.
    status: Option<u16>,
    to: To,
}

#[derive(Debug, Clone)]
enum To {
    /// The same for every request, ready to be sent.
    Location(String),
    /// A path with parameters to be replaced.
    Template(String),
    /// The path of another route.
    Segments(Vec<Segment>),
    /// A URL that cannot be parsed: every request fails.
    Nowhere,
}

impl RedirectPlan {
    /// `target` is the route of a file whose name is the destination.
    pub(crate) fn new(redirect: &Redirect, target: Option<&Route>) -> Self {
        let destination = &redirect.destination;
        let is_http = destination.starts_with("http://") || destination.starts_with("https://");
        let to = match target {
            Some(target) => To::Segments(target.segments().to_vec()),
            None if is_http => match ada_url::Url::parse(destination, None) {
                Ok(url) => To::Location(url.href().to_owned()),
                Err(_) => To::Nowhere,
            },
            // With a status but no such route, the reference sends the text as it is configured.
            // Without a scheme it would fail; the text is a proper `Location` all the same.
            None if redirect.status.is_some() || destination.starts_with("//") => {
                To::Location(encode_uri(destination).into_owned())
            }
            None => To::Template(destination.clone()),
        };
        Self { status: redirect.status.filter(|_| target.is_some()), to }
    }

    /// The answer to a request whose path gave `params`; `None` where the reference fails with 500,
    /// because the destination needs a parameter that the path does not give.
    pub(crate) fn answer<'p>(
        &self,
        method: &str,
        params: impl Iterator<Item = (&'p str, Option<&'p str>)>,
        trailing_slash: TrailingSlash,
    ) -> Option<RedirectAnswer> {
        let location = match &self.to {
            To::Location(location) => location.clone(),
            To::Template(template) => encode_uri(&fill(template, params)).into_owned(),
            To::Segments(segments) => {
                let params: Vec<_> = params.collect();
                encode_uri(&generate(segments, &params, trailing_slash)?).into_owned()
            }
            To::Nowhere => return None,
        };
        let usual = if method == "GET" { 301 } else { 308 };
        Some(RedirectAnswer { status: self.status.unwrap_or(usual), location })
    }
}

/// Replaces the first `[name]` and the first `[...name]` of each parameter. A rest parameter that is
/// absent becomes the word `undefined`, as in the reference.
fn fill<'p>(template: &str, params: impl Iterator<Item = (&'p str, Option<&'p str>)>) -> String {
    let mut path = template.to_owned();
    for (name, value) in params {
        let value = value.unwrap_or("undefined");
        for placeholder in [format!("[{name}]"), format!("[...{name}]")] {
            path = path.replacen(&placeholder, value, 1);
        }
    }
    path
}

/// The path of a route with these parameters.
fn generate(
    segments: &[Segment],
    params: &[(&str, Option<&str>)],
    trailing_slash: TrailingSlash,
) -> Option<String> {
    // Of two parameters with one name the last counts.
    let value = |name: &str| {
        let value = params.iter().rev().find(|(known, _)| *known == name)?.1?;
        let composed = ComposingNormalizerBorrowed::new_nfc().normalize(value);
        Some(composed.replace('#', "%23").replace('?', "%3F"))
    };
    let mut path = String::new();
    for segment in segments {
        let mut text = String::new();
        for part in segment.parts() {
            match part {
                Part::Static(literal) => text.push_str(&literal_text(literal)),
                Part::Param(name) => text.push_str(&value(name)?),
                Part::Rest(name) => text.push_str(&value(name).unwrap_or_default()),
            }
        }
        if !text.is_empty() {
            path.push('/');
            path.push_str(text.trim_start_matches('/'));
        }
    }
    if trailing_slash == TrailingSlash::Always && !segments.is_empty() {
        path.push('/');
    }
    Some(if path.is_empty() { "/".to_owned() } else { path })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::route::RouteKind;

    /// `redirect` is the destination, with `STATUS ` before it where one is configured.
    #[track_caller]
    fn check(
        redirect: &str,
        target: Option<&str>,
        params: &[(&str, Option<&str>)],
        expected: &str,
    ) {
        let (status, destination) = match redirect.split_once(' ') {
            Some((status, rest)) if status.parse::<u16>().is_ok() => (status.parse().ok(), rest),
            _ => (None, redirect),
        };
        let redirect = Redirect { destination: destination.to_owned(), status };
        let target =
            target.map(|name| Route::from_name(name, "", RouteKind::Endpoint).expect(name));
        let plan = RedirectPlan::new(&redirect, target.as_ref());
        let answer = plan.answer("GET", params.iter().copied(), TrailingSlash::Ignore);
        let answer = answer.map(|answer| format!("{} {}", answer.status, answer.location));
        assert_eq!(answer.as_deref().unwrap_or("fails"), expected);
    }

    #[test]
    fn destinations() {
        check("/dest", Some("/dest"), &[], "301 /dest");
        check("302 /dest", Some("/dest"), &[], "302 /dest");
        check("302 /none", None, &[], "301 /none");
        check("/target with spaces", None, &[], "301 /target%20with%20spaces");
        check("/new/[slug]", None, &[("slug", Some("a b"))], "301 /new/a%20b");
        check("/new/[slug]", None, &[("slug", Some("a%2Fb"))], "301 /new/a%252Fb");
        check("/new/[...rest]", None, &[("rest", None)], "301 /new/undefined");
        check("/new/[...rest]", None, &[("rest", Some("a/b"))], "301 /new/a/b");
        check(
            "/[a]/[a]",
            None,
            &[("a", Some("1"))],
            "301 /1/[a]".replace("[a]", "%5Ba%5D").as_str(),
        );
        check("302 /new/[slug]", None, &[("slug", Some("x"))], "301 /new/%5Bslug%5D");
        check("https://example.org", None, &[], "301 https://example.org/");
        check("https://example.org/[slug] x", None, &[], "301 https://example.org/[slug]%20x");
        check("https://", None, &[], "fails");
        check("//example.org/x", None, &[], "301 //example.org/x");
    }

    #[test]
    fn destinations_that_are_routes() {
        check("/b/[x]", Some("/b/[x]"), &[("x", Some("é?#"))], "301 /b/%C3%A9%253F%2523");
        check("/b/[x]", Some("/b/[x]"), &[("y", Some("1"))], "fails");
        check("/b/[...x]", Some("/b/[...x]"), &[("x", None)], "301 /b");
        check("/[...x]", Some("/[...x]"), &[("x", None)], "301 /");
        check("/[...x]", Some("/[...x]"), &[("x", Some("//evil.example"))], "301 /evil.example");
        check("/x-[a]", Some("/x-[a]"), &[("a", Some("1"))], "301 /x-1");
    }

    #[test]
    fn other_methods_and_slashes() {
        let redirect = Redirect { destination: "/b".into(), status: None };
        let target = Route::from_name("/b", "", RouteKind::Endpoint).expect("valid");
        let plan = RedirectPlan::new(&redirect, Some(&target));
        let answer = plan.answer("HEAD", [].into_iter(), TrailingSlash::Always).expect("answers");
        assert_eq!((answer.status, answer.location.as_str()), (308, "/b/"));
    }
}
