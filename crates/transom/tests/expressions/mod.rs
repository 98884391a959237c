//! Expressions that an endpoint evaluates, and what Node prints for them.

use transom_testkit::Project;

/// Serves one endpoint, which answers with what each expression gives or throws, in text.
#[track_caller]
pub fn check(imports: &str, expressions: &[(&str, &str)]) {
    let list: Vec<_> = expressions.iter().map(|(code, _)| format!("() => {code}")).collect();
    let source = format!(
        "{imports}
         const show = (run) => {{
           try {{
             const value = run();
             return Buffer.isBuffer(value) ? 'Buffer ' + value.toString('hex') : String(value);
           }} catch (error) {{
             return `${{error.name}} ${{error.code}}: ${{error.message}}`;
           }}
         }};
         export const GET = () => Response.json([{}].map(show));",
        list.join(",\n")
    );
    let server = Project::new(env!("CARGO_BIN_EXE_transom"))
        .file("src/pages/index.ts", source)
        .build_and_serve();
    let found = server.get("/").json();
    for (index, (code, expected)) in expressions.iter().enumerate() {
        assert_eq!(found[index].as_str(), Some(*expected), "{code}");
    }
}
