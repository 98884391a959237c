//! What a person sees of `init`, `routes`, `check` and `build`, and of every command that cannot do
//! its work.

use transom_testkit::{Ended, Project};

fn project() -> Project {
    Project::new(env!("CARGO_BIN_EXE_transom"))
}

/// The command fails with exit code 1 and says each of these on stderr, and nothing on stdout.
#[track_caller]
fn refused(ended: &Ended, expected: &[&str]) {
    assert_eq!(ended.status.code(), Some(1), "{ended:?}");
    assert_eq!(ended.stdout, "");
    for text in expected {
        assert!(ended.stderr.contains(text), "`{text}` is missing in:\n{}", ended.stderr);
    }
}

#[track_caller]
fn succeeded(ended: &Ended) {
    assert!(ended.status.success(), "{}", ended.stderr);
}

#[test]
fn init_writes_a_project_that_has_routes() {
    let project = project();
    let ended = project.run(&["init", "my-api"]);
    succeeded(&ended);
    assert!(ended.stderr.contains("cd my-api"), "{}", ended.stderr);
    for file in
        ["package.json", "tsconfig.json", ".transom/.gitignore", ".transom/types/env-schema.d.ts"]
    {
        assert!(project.path("my-api").join(file).is_file(), "{file}");
    }
    let routes = project.run(&["routes", "my-api"]);
    succeeded(&routes);
    assert_eq!(
        routes.stdout,
        "GET   /api/hello  src/pages/api/hello.ts\nPOST  /api/hello  src/pages/api/hello.ts\n"
    );
}

#[test]
fn init_overwrites_nothing() {
    let project = project().file("package.json", "{}");
    refused(&project.run(&["init"]), &["already has `package.json`, nothing was written"]);
    assert!(!project.path("src").exists());
}

#[test]
fn wrong_usage_has_its_own_exit_code() {
    let project = project();
    for args in [&["serve"][..], &["dev", "--prot", "1"], &["start", "--port", "abc"], &[]] {
        let ended = project.run(args);
        assert_eq!(ended.status.code(), Some(2), "{args:?}: {}", ended.stderr);
    }
}

#[test]
fn a_folder_that_is_not_there_is_named() {
    let project = project();
    for command in ["dev", "build", "start", "routes", "check"] {
        refused(&project.run(&[command, "nowhere"]), &["there is no folder `nowhere`"]);
    }
}

#[test]
fn a_project_without_pages_is_told_how_to_begin() {
    let project = project();
    for command in ["build", "routes", "check"] {
        refused(&project.run(&[command]), &["src/pages"]);
    }
}

#[test]
fn start_needs_a_build() {
    let project = project().file("src/pages/a.ts", "export const GET = () => new Response();");
    refused(&project.run(&["start"]), &["there is no build", "run `transom build` first"]);
}

#[test]
fn a_wrong_transom_toml_is_shown_with_its_line() {
    let project = project()
        .file("src/pages/a.ts", "export const GET = () => new Response();")
        .file("transom.toml", "[server]\nprot = 80\n");
    let ended = project.run(&["dev"]);
    refused(
        &ended,
        &[
            "unknown key `prot` in `[server]`",
            "transom.toml:2:1",
            "2 | prot = 80",
            "did you mean `port`?",
        ],
    );
}

#[test]
fn a_wrong_variable_is_named() {
    let project = project()
        .file("src/pages/a.ts", "export const GET = () => new Response();")
        .env("PORT", "abc");
    refused(
        &project.run(&["dev"]),
        &["the environment variable `PORT` is wrong", "`abc` is not a port"],
    );
}

#[test]
fn check_tells_how_endpoints_are_protected() {
    let project = project()
        .file(
            "src/pages/api/orders/[id].ts",
            "import { requireMember } from 'transom:access';\nimport { cancel } from '~/orders';\n\
             export const GET = requireMember(() => new Response());\n\
             export const DELETE = () => cancel('/x');\n",
        )
        .file(
            "src/orders.ts",
            "import { auth, httpClient } from '@wix/essentials';\n\
             const asApp = auth.elevate(httpClient.fetchWithAuth);\n\
             export const cancel = (path: string) => asApp(path, { method: 'DELETE' });\n",
        )
        .file("tsconfig.json", r#"{ "compilerOptions": { "paths": { "~/*": ["./src/*"] } } }"#);
    let ended = project.run(&["check"]);
    assert!(ended.status.success(), "{}", ended.stderr);
    let expected = "GET     /api/orders/[id]  guarded: MEMBER\n\
                    DELETE  /api/orders/[id]  open\n  \
                    ! acts as the app for whoever calls it (src/orders.ts:2)\n";
    assert_eq!(ended.stdout, expected);
    let denied = project.run(&["check", "--deny"]);
    assert_eq!((denied.status.code(), denied.stdout.as_str()), (Some(1), expected));
    assert!(denied.stderr.contains("1 danger must not stay"), "{}", denied.stderr);
    let json: serde_json::Value =
        serde_json::from_str(&project.run(&["check", "--json"]).stdout).expect("JSON");
    assert_eq!(json[0]["protection"], "guarded");
    assert_eq!(json[1]["flags"][0]["code"], "elevation");
    assert_eq!(json[1]["flags"][0]["line"], 2);

    project.write("src/orders.ts", "export const cancel = (path: string) => new Response(path);\n");
    assert!(project.run(&["check", "--deny"]).status.success());
}
