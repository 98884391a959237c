//! A program that replaces the methods of built-in objects: no API of the platform calls them.

use transom_testkit::Project;

const PAGE: &str = r#"
import { run } from "../endpoint.js";
export const GET = async ({ url }) => Response.json(await run(url.origin));
"#;
const ECHO: &str = "export const POST = async ({ request }) => new Response(await request.text());";

#[test]
fn built_in_code_calls_nothing_that_a_program_has_replaced() {
    let server = Project::new(env!("CARGO_BIN_EXE_transom"))
        .file("src/endpoint.js", include_str!("patched/endpoint.js"))
        .file("src/pages/index.js", PAGE)
        .file("src/pages/echo.js", ECHO)
        .build_and_serve();
    let report = server.get("/").json();
    let uses = report.as_array().expect("a list of uses");
    assert!(uses.len() > 30, "{report}");
    let called: Vec<_> = uses
        .iter()
        .filter(|used| used["noted"].as_array().is_none_or(|noted| !noted.is_empty()))
        .map(|used| format!("{}: {} ({})", used["name"], used["noted"], used["result"]))
        .collect();
    assert!(called.is_empty(), "these were called:\n{}", called.join("\n"));
}
