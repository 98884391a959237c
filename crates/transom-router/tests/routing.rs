//! Which file answers which path, by rows. (`recorded.rs` has what a real server answered; these rows
//! are the further statements of `astro-endpoints.md` section 1.)

use transom_router::{
    FileEntry, Outcome, Pipeline, PipelineOptions, Redirect, Route, TrailingSlash, read_file_name,
};

fn routes(files: &[&str]) -> Vec<Route> {
    let mut files = files.to_vec();
    files.sort_by(|a, b| a.split('/').cmp(b.split('/')));
    let entries = files.into_iter().map(|file| read_file_name("src/pages", file).expect(file));
    let route = |entry| match entry {
        FileEntry::Route(route) => Some(route),
        FileEntry::Unsupported(_) | FileEntry::Skipped => None,
    };
    entries.filter_map(route).collect()
}

/// Each row: route files, a request target, and the file and parameters that must answer.
#[track_caller]
fn check(files: &[&str], target: &str, expected: &str) {
    check_with(&PipelineOptions::default(), files, target, expected);
}

#[track_caller]
fn check_with(options: &PipelineOptions, files: &[&str], target: &str, expected: &str) {
    let pipeline = Pipeline::new(options, routes(files));
    let found = describe(pipeline.route("GET", "http://localhost:4321", target));
    assert_eq!(found, expected, "files {files:?}, target {target}");
}

fn describe(outcome: Outcome<'_, '_>) -> String {
    match outcome {
        Outcome::Endpoint { found, .. } | Outcome::Page { found, .. } => {
            let mut text = found.route().file().trim_start_matches("src/pages/").to_owned();
            for (name, value) in found.params() {
                match value {
                    Some(value) => text.push_str(&format!(" {name}={value}")),
                    None => text.push_str(&format!(" {name}")),
                }
            }
            text
        }
        Outcome::NotFound { .. } => "no route".to_owned(),
        Outcome::Redirect { status, location, .. } => format!("{status} {location}"),
        Outcome::ConfigRedirect { answer, .. } => format!("{} {}", answer.status, answer.location),
        other => format!("{other:?}"),
    }
}

#[test]
fn the_first_route_in_rank_order_answers() {
    check(&["posts/[pid].ts", "posts/[...slug].ts"], "/posts/7", "posts/[pid].ts pid=7");
    check(&["posts/[pid].ts", "posts/[...slug].ts"], "/posts/7/8", "posts/[...slug].ts slug=7/8");
    check(&["[lang]-[version].ts"], "/en-us-1.0", "[lang]-[version].ts lang=en version=us-1.0");
    check(&["v[ver].ts", "[lang]-[version].ts"], "/v5", "v[ver].ts ver=5");
    check(&["v[ver].ts", "[lang]-[version].ts"], "/v5-6", "[lang]-[version].ts lang=v5 version=6");
    check(
        &["[lang]-v2.ts", "[lang]-[version].ts"],
        "/en-v2",
        "[lang]-[version].ts lang=en version=v2",
    );
    check(&["a-[b].ts", "[c]-d.ts"], "/a-d", "[c]-d.ts c=a");
    check(&["modules/index.ts", "modules/[...slug].ts"], "/modules", "modules/index.ts");
    check(&["de/index.ts", "[lang]/[...all].ts"], "/de/1/2", "[lang]/[...all].ts lang=de all=1/2");
    check(
        &["[f]/[...rest].ts", "[...rest]/static.ts"],
        "/a/static",
        "[f]/[...rest].ts f=a rest=static",
    );
    check(&["a.ts", "a/[...x]/[...y].ts"], "/a", "a/[...x]/[...y].ts x y");
    check(&["a.astro", "a.ts"], "/a", "a.ts");
    check(&["about.astro", "[x].ts"], "/about", "about.astro");
}

#[test]
fn equal_routes_answer_in_the_order_of_discovery() {
    check(&["dupe.ts", "dupe/index.ts"], "/dupe", "dupe/index.ts");
    check(&["dyn/[b].ts", "dyn/[a].ts"], "/dyn/1", "dyn/[a].ts a=1");
    check(&["a.ts", "a.js"], "/a", "a.js");
}

#[test]
fn parameters_hold_what_the_path_holds_after_decoding() {
    let files = &["p/[category].ts"];
    for (target, expected) in [
        ("/p/food.html", "p/[category].ts category=food.html"),
        ("/p/%2Fsomething", "p/[category].ts category=%2Fsomething"),
        ("/p/%2fsomething", "p/[category].ts category=%2fsomething"),
        ("/p/%25", "p/[category].ts category=%"),
        ("/p/%2525", "p/[category].ts category=%"),
        ("/p/cafe%CC%81", "p/[category].ts category=cafe\u{301}"),
        ("/p/a\\b", "no route"),
        ("/p/%23x", "p/[category].ts category=%23x"),
        ("/p", "no route"),
        ("/p/a/b", "no route"),
        ("/P/a", "no route"),
    ] {
        check(files, target, expected);
    }
    check(&["path/[...path].ts"], "/path", "path/[...path].ts path");
    check(&["path/[...path].ts"], "/path/", "path/[...path].ts path");
    check(&["path/[...path].ts"], "/path/a%0Ab", "no route");
    check(&["sp/pre-[...s]-post.ts"], "/sp/pre--post", "sp/pre-[...s]-post.ts s");
    check(&["rj/[...rest].json.ts"], "/rj/.json", "rj/[...rest].json.ts rest");
    check(&["[a]/[a].ts"], "/1/2", "[a]/[a].ts a=2");
}

#[test]
fn names_are_matched_literally() {
    for (file, target) in [
        ("sp ace.ts", "/sp%20ace"),
        ("~tilde.ts", "/~tilde"),
        ("eq=x.ts", "/eq=x"),
        ("co,ma.ts", "/co,ma"),
        ("car^et.ts", "/car%5Eet"),
        ("quo'te.ts", "/quo'te"),
        ("dol$lar.ts", "/dol$lar"),
        ("u\u{308}.ts", "/%C3%BC"),
        ("[].ts", "/[]"),
        ("404.ts", "/404"),
    ] {
        check(&[file], target, file);
    }
    check(&["dot.ts"], "/dxt", "no route");
    check(&["a.b.ts"], "/axb", "no route");
    check(&["index.ts"], "/index", "no route");
    check(&["_draft.ts", "a.ts"], "/_draft", "no route");
}

#[test]
fn built_in_routes_take_part() {
    check(&["[x].ts"], "/404", "no route");
    check(&["[x].ts"], "/_image", "Builtin(Image)");
    check(&["[a]/[b].ts"], "/_server-islands/x", "Builtin(ServerIslands)");
    check(&["404.ts", "[x].ts"], "/404", "404.ts");
}

#[test]
fn slashes_collapse_but_the_first_look_up_sees_them() {
    check(&["a/1.ts"], "/a//1", "a/1.ts");
    check(&["a/1.ts"], "///a/1", "a/1.ts");
    // Found by the path with both slashes, with parameters from the one without.
    check(&["a/1.ts", "[...rest].ts"], "/a//1", "[...rest].ts rest=a/1");
    check(&["a/1.ts", "[...rest].ts"], "//a/1", "a/1.ts");
}

#[test]
fn a_base_may_be_left_out_and_may_stand_there_twice() {
    let options = |trailing_slash| PipelineOptions { base: "/docs".into(), trailing_slash };
    let files = &["index.ts", "another.ts", "p/[id].ts"];
    for (target, expected) in [
        ("/docs", "index.ts"),
        ("/docs/", "index.ts"),
        ("/docs/another", "another.ts"),
        ("/another", "another.ts"),
        ("/", "index.ts"),
        ("/%64ocs/another", "another.ts"),
        ("/docsX/another", "no route"),
        ("/docs-/another", "no route"),
        ("/docs/docs/another", "another.ts"),
        ("/docs/docs/p/1", "p/[id].ts"),
        ("/docs/p/1", "p/[id].ts id=1"),
    ] {
        check_with(&options(TrailingSlash::Ignore), files, target, expected);
    }
    check_with(&options(TrailingSlash::Never), files, "/docs", "index.ts");
    check_with(&options(TrailingSlash::Never), files, "/docs/", "301 /docs");
    check_with(&options(TrailingSlash::Never), files, "/docs/another/?x", "301 /docs/another?x");
    check_with(&options(TrailingSlash::Always), files, "/docs/", "index.ts");
    check_with(&options(TrailingSlash::Always), files, "/docs", "301 /docs/");
}

#[test]
fn always_wants_a_slash_where_there_is_no_extension() {
    let options = PipelineOptions { trailing_slash: TrailingSlash::Always, ..Default::default() };
    let files = &["p/[id].ts", "j/[name].json.ts", "rest/[...r].ts"];
    for (target, expected) in [
        ("/p/x.y", "no route"),
        ("/p/x.y/", "p/[id].ts id=x.y"),
        ("/p/x", "301 /p/x/"),
        ("/j/bar.json", "j/[name].json.ts name=bar"),
        ("/rest/", "rest/[...r].ts r"),
        ("/rest/a.txt/", "rest/[...r].ts r=a.txt"),
        ("/p/x//", "301 /p/x/"),
    ] {
        check_with(&options, files, target, expected);
    }
}

#[test]
fn a_redirect_takes_the_place_of_a_file_with_its_route() {
    let mut routes = routes(&["old.ts", "new.ts"]);
    let redirect = Redirect { destination: "/new".into(), status: Some(307) };
    routes.push(Route::from_redirect("/old", redirect).expect("valid"));
    let pipeline = Pipeline::new(&PipelineOptions::default(), routes);
    assert_eq!(describe(pipeline.route("POST", "http://localhost", "/old")), "307 /new");
    assert!(pipeline.table().collisions().is_empty());
}

#[test]
fn what_no_request_object_can_hold_is_refused() {
    let pipeline = Pipeline::new(&PipelineOptions::default(), routes(&["index.ts"]));
    let trace = pipeline.route("TRACE", "http://localhost", "/");
    assert!(matches!(trace, Outcome::Unrepresentable));
    let with_user = pipeline.route("GET", "http://u@h", "/");
    assert!(matches!(with_user, Outcome::Unrepresentable));
}

#[test]
fn a_slash_redirect_has_a_page_that_cannot_be_escaped_from() {
    let options = PipelineOptions { trailing_slash: TrailingSlash::Never, ..Default::default() };
    let pipeline = Pipeline::new(&options, routes(&["a.ts"]));
    let target = "/a'&/?q=<script>\"";
    match pipeline.route("GET", "http://localhost", target) {
        Outcome::Redirect { status: 301, location, body: Some(body) } => {
            assert_eq!(location, "/a'&?q=%3Cscript%3E%22");
            assert!(body.contains("href=\"/a&#39;&amp;?q=%3Cscript%3E%22\""), "{body}");
        }
        other => panic!("unexpected {other:?}"),
    }
}
