//! The route table against its definition: regular expressions, tried one after the other.
//!
//! Route sets and paths are random, from a small alphabet so that much of it matches, and the same in
//! every run. The expressions are those of `astro-endpoints.md` section 1.2.

use fastrand::Rng;
use regex::Regex;
use transom_router::{
    Matched, Part, Route, RouteKind, RouteTable, Segment, TrailingSlash, has_file_extension,
};

const LITERALS: &[&str] = &["a", "b", "ab", "a.b", "x-y", "ü", "u\u{308}", "p?q", "[]", "1"];
const PATH_SEGMENTS: &[&str] = &[
    "a",
    "b",
    "ab",
    "a.b",
    "x-y",
    "ü",
    "p%3Fq",
    "[]",
    "1",
    "a-1",
    "1-a",
    "a1b",
    "x-",
    "x-1",
    "-y",
    "x-1-y",
    "1.json",
    ".json",
    "a-b-a",
    "a\nb",
    "a\u{2028}b",
    "é-a",
    "",
];

#[test]
fn the_first_matching_expression_answers() {
    let mut rng = Rng::with_seed(20_260_822);
    let mut hits = 0;
    for round in 0..400 {
        let count = if round % 40 == 0 { 200 } else { rng.usize(1..25) };
        let setting =
            [TrailingSlash::Always, TrailingSlash::Never, TrailingSlash::Ignore][round % 3];
        let routes: Vec<_> = (0..count).map(|_| random_route(&mut rng)).collect();
        let table = RouteTable::new(routes, setting);
        let expressions: Vec<_> =
            table.routes().map(|route| (route, expression(route, setting))).collect();
        for _ in 0..80 {
            let path = random_path(&mut rng, &expressions);
            let matching = || expressions.iter().filter(|(_, regex)| regex.is_match(&path));
            let expected = matching().next().map(|(route, regex)| describe(route, regex, &path));
            let found = table.resolve(&path);
            assert_eq!(found.as_ref().map(flatten), expected, "{path:?} under {setting:?}");
            hits += usize::from(found.is_some());

            let first = matching().next().map(|(route, _)| route);
            let on_demand = match first {
                Some(route) if route.is_prerendered() && route.is_static() => None,
                _ => matching().find(|(route, _)| !route.is_prerendered()),
            };
            let expected = on_demand.map(|(route, regex)| describe(route, regex, &path));
            let found = table.resolve_on_demand(&path);
            assert_eq!(found.as_ref().map(flatten), expected, "{path:?} on demand");
        }
    }
    assert!(hits > 10_000, "only {hits} paths matched anything");
}

type Found = (String, String, Vec<(String, Option<String>)>);

fn flatten(found: &Matched<'_, '_>) -> Found {
    let params = found.params().map(|(name, value)| (name.to_owned(), value.map(str::to_owned)));
    (found.route().name().to_owned(), found.route().file().to_owned(), params.collect())
}

fn describe(route: &Route, regex: &Regex, path: &str) -> Found {
    let captures = regex.captures(path).expect("it matches");
    let values = captures.iter().skip(1).map(|capture| capture.map(|value| value.as_str()));
    let values = values.map(|value| value.filter(|value| !value.is_empty()).map(str::to_owned));
    let params = route.param_names().map(str::to_owned).zip(values);
    (route.name().to_owned(), route.file().to_owned(), params.collect())
}

fn expression(route: &Route, setting: TrailingSlash) -> Regex {
    let mut text = "^".to_owned();
    for segment in route.segments() {
        if let [Part::Rest(_)] = segment.parts() {
            text.push_str(r"(?:/([^\n\r\u{2028}\u{2029}]*?))?");
            continue;
        }
        text.push('/');
        for part in segment.parts() {
            match part {
                Part::Static(literal) => {
                    let literal = literal.replace("u\u{308}", "ü").replace('?', "%3F");
                    text.push_str(&regex::escape(&literal));
                }
                Part::Param(_) => text.push_str("([^/]+?)"),
                Part::Rest(_) => text.push_str(r"([^\n\r\u{2028}\u{2029}]*?)"),
            }
        }
    }
    let names_a_file = *route.kind() == RouteKind::Endpoint && has_file_extension(route.name());
    text.push_str(match setting {
        _ if route.segments().is_empty() => "/$",
        _ if route.name() == "/404" => "/?$",
        _ if names_a_file => "$",
        TrailingSlash::Always => "/$",
        TrailingSlash::Never => "$",
        TrailingSlash::Ignore => "/?$",
    });
    Regex::new(&text).expect("the expression is valid")
}

fn random_route(rng: &mut Rng) -> Route {
    let mut name = String::new();
    for at in 0..rng.usize(0..5) {
        let literal = LITERALS[rng.usize(..LITERALS.len())];
        let segment = match rng.u8(..16) {
            0..5 => literal.to_owned(),
            5..9 => format!("[p{at}]"),
            9 => format!("{literal}-[p{at}]"),
            10 => format!("[p{at}]-{literal}"),
            11 => format!("[p{at}]-[q{at}]"),
            12 => format!("a[p{at}]b"),
            13 => format!("[...r{at}]"),
            14 => format!("x-[...r{at}]"),
            _ => format!("[...r{at}].json"),
        };
        name.push('/');
        name.push_str(&segment);
    }
    let kind = if rng.u8(..8) == 0 { RouteKind::Page } else { RouteKind::Endpoint };
    let file = format!("{name}#{}", rng.u32(..));
    let route = Route::from_name(&name, &file, kind).expect("random names are valid");
    route.prerendered(rng.u8(..6) == 0)
}

fn random_path(rng: &mut Rng, routes: &[(&Route, Regex)]) -> String {
    let mut path = String::new();
    if rng.bool() {
        let (route, _) = &routes[rng.usize(..routes.len())];
        for segment in route.segments() {
            fill(rng, segment, &mut path);
        }
    } else {
        for _ in 0..rng.usize(0..5) {
            path.push('/');
            path.push_str(PATH_SEGMENTS[rng.usize(..PATH_SEGMENTS.len())]);
        }
    }
    if path.is_empty() || rng.u8(..4) == 0 {
        path.push('/');
    }
    path
}

fn fill(rng: &mut Rng, segment: &Segment, path: &mut String) {
    path.push('/');
    for part in segment.parts() {
        match part {
            Part::Static(text) => path.push_str(&text.replace("u\u{308}", "ü").replace('?', "%3F")),
            Part::Param(_) => path.push_str(PATH_SEGMENTS[rng.usize(..PATH_SEGMENTS.len())]),
            Part::Rest(_) => {
                for at in 0..rng.usize(0..3) {
                    path.push_str(if at == 0 { "" } else { "/" });
                    path.push_str(PATH_SEGMENTS[rng.usize(..PATH_SEGMENTS.len())]);
                }
            }
        }
    }
}
