//! How long a path takes to its route, and how that grows with the number of routes.
//!
//! Run with `cargo bench -p transom-router`. For each size: a mixed table (half of the routes without
//! parameters, the others with one or two, some with text beside a parameter or a rest parameter),
//! then what `RouteTable::resolve` and the whole `Pipeline::route` take, in nanoseconds.
//! The figure is that of the fastest of many runs, each over many different paths.

use std::hint::black_box;
use std::time::Instant;

use transom_router::TrailingSlash;
use transom_router::{Pipeline, PipelineOptions, Route, RouteKind, RouteTable};

const SIZES: &[usize] = &[10, 100, 1_000, 10_000];
const RUNS: usize = 100;
const PATHS: usize = 4_096;

/// A kind of path, made from a number.
type Kind = (&'static str, fn(usize) -> String);

const KINDS: &[Kind] = &[
    ("static", |n| format!("/area-{}/page-{n}", n % 97)),
    ("one parameter", |n| format!("/users-{n}/{}", n * 31)),
    ("two parameters", |n| format!("/shops-{n}/{}/items/{}", n * 17, n * 13)),
    ("text and parameter", |n| format!("/files/report-{n}-2026.pdf")),
    ("rest", |n| format!("/proxy-{n}/a/b/c/d.txt")),
    ("rest, then text", |n| format!("/docs/en/guide/part/edit-{n}")),
    ("miss, known start", |n| format!("/shops-{n}/1/nothing/here")),
    ("miss", |n| format!("/wp-admin/setup-{n}.php")),
];

fn route_names(count: usize) -> Vec<String> {
    let per_kind = (count / 10).max(1);
    let mut names: Vec<_> = (0..count / 2).map(|n| format!("/area-{}/page-{n}", n % 97)).collect();
    names.extend((0..per_kind).map(|n| format!("/users-{n}/[id]")));
    names.extend((0..per_kind).map(|n| format!("/shops-{n}/[shop]/items/[item]")));
    names.extend((0..per_kind).map(|n| format!("/files/report-{n}-[year].pdf")));
    names.extend((0..per_kind).map(|n| format!("/proxy-{n}/[...path]")));
    names.extend((0..per_kind).map(|n| format!("/docs/[...page]/edit-{n}")));
    names
}

fn routes(names: &[String]) -> Vec<Route> {
    let route = |name: &String| {
        Route::from_name(name, "", RouteKind::Endpoint).expect("the benchmark's routes are valid")
    };
    names.iter().map(route).collect()
}

fn main() {
    println!("{:>8}  {:<20} {:>12} {:>12}", "routes", "path", "resolve ns", "pipeline ns");
    for size in SIZES {
        let names = route_names(*size);
        let table = RouteTable::new(routes(&names), TrailingSlash::Ignore);
        let pipeline = Pipeline::new(&PipelineOptions::default(), routes(&names));
        for (kind, path) in KINDS {
            // Numbers in a scattered order, all of them with a route where the kind has any.
            let limit = if *kind == "static" { size / 2 } else { (size / 10).max(1) };
            let paths: Vec<_> = (0..PATHS).map(|n| path((n * 7_919) % limit)).collect();
            let resolve = fastest(&paths, |path| {
                black_box(table.resolve(path));
            });
            let whole = fastest(&paths, |path| {
                black_box(pipeline.route("GET", "http://127.0.0.1:8080", path));
            });
            println!("{size:>8}  {kind:<20} {resolve:>12.1} {whole:>12.1}");
        }
        println!("{size:>8}  table made in {:.1} ms", table_ms(&names));
    }
}

/// Nanoseconds of one call, in the fastest run: what else the machine does only makes runs slower.
fn fastest(paths: &[String], call: impl Fn(&str)) -> f64 {
    let run = || {
        let started = Instant::now();
        for path in paths {
            call(black_box(path));
        }
        started.elapsed().as_secs_f64() * 1e9 / paths.len() as f64
    };
    (0..RUNS).map(|_| run()).fold(f64::INFINITY, f64::min)
}

/// Milliseconds to make a table, in the fastest of a few runs.
fn table_ms(names: &[String]) -> f64 {
    let run = || {
        let routes = routes(names);
        let started = Instant::now();
        black_box(RouteTable::new(routes, TrailingSlash::Ignore));
        started.elapsed().as_secs_f64() * 1e3
    };
    (0..10).map(|_| run()).fold(f64::INFINITY, f64::min)
}
