//! What Astro answered, and what this router decides: `recorded.json` holds requests and answers
//! recorded from a built server (its own note says which), as far as routing alone decides them.

use std::fmt::Write as _;

use serde_json::{Map, Value};
use transom_router::{
    Builtin, FileEntry, Outcome, Pipeline, PipelineOptions, Redirect, Route, TrailingSlash,
    not_found_path, origin_pathname, read_file_name,
};

#[test]
fn every_recorded_request_is_routed_as_recorded() {
    let recorded: Value =
        serde_json::from_str(include_str!("recorded.json")).expect("the file is JSON");
    let cases = recorded["cases"].as_array().expect("there are cases");
    let mut failures = String::new();
    for case in cases {
        let [id, project, method, target, expected] =
            [0, 1, 2, 3, 4].map(|at| case[at].as_str().expect("a case is five texts"));
        let pipeline = pipeline(&recorded["projects"][project]);
        let outcome = pipeline.route(method, "http://example.com", target);
        let found = describe(&pipeline, outcome, expected.contains(" origin "));
        if found != expected {
            let _ = writeln!(failures, "{id} {method} {target}: {found}, recorded: {expected}");
        }
    }
    assert!(failures.is_empty(), "\n{failures}");
    assert!(cases.len() > 190, "only {} cases", cases.len());
}

fn pipeline(project: &Value) -> Pipeline {
    let trailing_slash = match project["trailingSlash"].as_str() {
        Some("always") => TrailingSlash::Always,
        Some("never") => TrailingSlash::Never,
        _ => TrailingSlash::Ignore,
    };
    let base = project["base"].as_str().unwrap_or("/").to_owned();
    let mut files: Vec<_> = project["files"]
        .as_array()
        .expect("there are files")
        .iter()
        .map(|file| file.as_str().expect("a file is a text"))
        .collect();
    files.sort_by(|a, b| a.split('/').cmp(b.split('/')));
    let mut routes = Vec::new();
    for file in files {
        if let FileEntry::Route(route) = read_file_name("src/pages", file).expect(file) {
            routes.push(route);
        }
    }
    let none = Map::new();
    for (from, to) in project["redirects"].as_object().unwrap_or(&none) {
        let destination = to.as_str().or_else(|| to["destination"].as_str()).expect(from);
        let status = to["status"].as_u64().and_then(|status| u16::try_from(status).ok());
        let redirect = Redirect { destination: destination.to_owned(), status };
        routes.push(Route::from_redirect(from, redirect).expect(from));
    }
    Pipeline::new(&PipelineOptions { base, trailing_slash }, routes)
}

fn describe(pipeline: &Pipeline, outcome: Outcome<'_, '_>, with_origin: bool) -> String {
    match outcome {
        Outcome::BadRequest { body } => format!("400 {body}").trim_end().to_owned(),
        Outcome::Redirect { status, location, .. } => format!("{status} {location}"),
        Outcome::ConfigRedirect { answer, .. } => format!("{} {}", answer.status, answer.location),
        Outcome::NotFound { path, .. } => {
            format!("404 {}", not_found_path(&path, pipeline.trailing_slash()))
        }
        Outcome::Builtin(Builtin::Image) => "built-in image route".to_owned(),
        Outcome::Endpoint { found, .. } => {
            let params = found
                .params()
                .filter_map(|(name, value)| Some((name.to_owned(), Value::from(value?))));
            let params = Value::Object(params.collect());
            let file = found.route().file().trim_start_matches("src/pages/");
            let origin = origin_pathname(found.path(), pipeline.trailing_slash());
            let origin = if with_origin { format!(" origin {origin}") } else { String::new() };
            format!("200 {file} {params}{origin}")
        }
        other => format!("{other:?}"),
    }
}
