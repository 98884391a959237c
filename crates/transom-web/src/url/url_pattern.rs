//! Native half of `URLPattern`, over the crate `urlpattern`: the class, and its regular expressions, are in
//! `url_pattern.js`.
//!
//! Spec: <https://urlpattern.spec.whatwg.org/>

use transom_engine::{Op, OpError};
use urlpattern::quirks::{self, EcmaRegexp, StringOrInit, UrlPatternComponent, UrlPatternInit};
use urlpattern::regexp::RegExp;
use urlpattern::{RegexSyntax, UrlPatternOptions};

pub(crate) fn ops() -> Vec<Op> {
    vec![Op::new("url_pattern_parse", parse), Op::new("url_pattern_input", input)]
}

/// A regular expression that script compiles, in the syntax of script: the crate's own would also have to be one for
/// Rust's `regex`, which knows no lookaround.
struct Expression(EcmaRegexp);

impl RegExp for Expression {
    fn syntax() -> RegexSyntax {
        RegexSyntax::EcmaScript
    }

    fn parse(pattern: &str, flags: &str, _force_eval: bool) -> Result<Self, ()> {
        EcmaRegexp::parse(pattern, flags, false).map(Self)
    }

    fn matches<'a>(&self, text: &'a str) -> Option<Vec<Option<&'a str>>> {
        self.0.matches(text)
    }

    fn pattern_string(&self) -> &str {
        self.0.pattern_string()
    }
}

/// A component's pattern, its regular expression and the names of its groups.
type Component = (String, String, Vec<String>);

/// `url_pattern_parse(text, members, base, ignoreCase)`: the eight components in the order of the interface, and
/// whether one has groups of regular expressions. Either `text` or the nine `members` of a URLPatternInit are given.
///
/// # Errors
/// `TypeError` for what is no pattern.
fn parse(
    text: Option<String>,
    members: Option<Vec<Option<String>>>,
    base: Option<String>,
    ignore_case: bool,
) -> Result<(Vec<Component>, bool), OpError> {
    let refused =
        |error: urlpattern::Error| OpError::type_error(format!("not a URL pattern: {error}"));
    let init = quirks::process_construct_pattern_input(source(text, members), base.as_deref())
        .map_err(refused)?;
    let options = UrlPatternOptions { regex_syntax: RegexSyntax::EcmaScript, ignore_case };
    let pattern = quirks::parse_pattern::<Expression>(init, options).map_err(refused)?;
    let component = |component: UrlPatternComponent| {
        (component.pattern_string, component.regexp_string, component.group_name_list)
    };
    let components = vec![
        component(pattern.protocol),
        component(pattern.username),
        component(pattern.password),
        component(pattern.hostname),
        component(pattern.port),
        component(pattern.pathname),
        component(pattern.search),
        component(pattern.hash),
    ];
    Ok((components, pattern.has_regexp_groups))
}

/// `url_pattern_input(text, members, base)`: the eight components to match, or null when the input is no URL.
///
/// # Errors
/// `TypeError` for a base that is given beside members.
fn input(
    text: Option<String>,
    members: Option<Vec<Option<String>>>,
    base: Option<String>,
) -> Result<Option<Vec<String>>, OpError> {
    let found = quirks::process_match_input(source(text, members), base.as_deref())
        .map_err(|error| OpError::type_error(format!("not an input for a URL pattern: {error}")))?;
    let Some(found) = found.and_then(|(input, _)| quirks::parse_match_input(input)) else {
        return Ok(None);
    };
    Ok(Some(vec![
        found.protocol,
        found.username,
        found.password,
        found.hostname,
        found.port,
        found.pathname,
        found.search,
        found.hash,
    ]))
}

fn source(text: Option<String>, members: Option<Vec<Option<String>>>) -> StringOrInit<'static> {
    if let Some(text) = text {
        return StringOrInit::String(text.into());
    }
    let mut members = members.unwrap_or_default().into_iter();
    let mut next = || members.next().flatten();
    StringOrInit::Init(UrlPatternInit {
        protocol: next(),
        username: next(),
        password: next(),
        hostname: next(),
        port: next(),
        pathname: next(),
        search: next(),
        hash: next(),
        base_url: next(),
    })
}
