//! Variables: what is fixed at build time, what is read at run time, and in which order `.env` files
//! count.

use serde_json::json;
use transom_testkit::Project;

fn project() -> Project {
    Project::new(env!("CARGO_BIN_EXE_transom"))
}

const SCHEMA: &str = "import { defineConfig, envField } from 'astro/config';\n\
    export default defineConfig({\n\
      output: 'server',\n\
      env: { schema: {\n\
        API_SECRET: envField.string({ context: 'server', access: 'secret' }),\n\
        LIMIT: envField.number({ context: 'server', access: 'public', default: 5 }),\n\
        COLOUR: envField.enum({ context: 'client', access: 'public', values: ['red', 'blue'], default: 'red' }),\n\
      } },\n\
    });";

#[test]
fn the_process_environment_is_read_at_run_time() {
    let server = project()
        .file(
            "src/pages/index.ts",
            "export const GET = () => Response.json({\n\
               set: process.env.FROM_OUTSIDE, unset: process.env.NOT_THERE ?? null,\n\
               names: Object.keys(process.env).includes('FROM_OUTSIDE'),\n\
             });",
        )
        .env("FROM_OUTSIDE", "value with = and \"quotes\"")
        .build_and_serve();
    let expected = json!({ "set": "value with = and \"quotes\"", "unset": null, "names": true });
    assert_eq!(server.get("/").json(), expected);
}

#[test]
fn import_meta_env_is_fixed_at_build_time() {
    let project = project()
        .file(
            "astro.config.mjs",
            "export default { output: 'server', site: 'https://a.example', base: '/b' };",
        )
        .file(".env", "PUBLIC_NAME=from-file\nPRIVATE_NAME=private\n")
        .file(
            "src/pages/index.ts",
            "const { MODE, PROD, DEV, SSR, BASE_URL, SITE } = import.meta.env;\n\
             export const GET = () => Response.json({\n\
               MODE, PROD, DEV, SSR, BASE_URL, SITE,\n\
               name: import.meta.env.PUBLIC_NAME, own: import.meta.env.PRIVATE_NAME,\n\
               missing: import.meta.env.NOT_THERE ?? null,\n\
             });",
        );
    project.build();
    project.write(".env", "PUBLIC_NAME=changed\n");
    let reply = project.start().get("/b");
    let expected = json!({
        "MODE": "production", "PROD": true, "DEV": false, "SSR": true, "BASE_URL": "/b",
        "SITE": "https://a.example", "name": "from-file", "own": "private", "missing": null,
    });
    assert_eq!(reply.json(), expected);
}

#[test]
fn env_files_count_in_order() {
    let read = "export const GET = () => Response.json([\n\
                  import.meta.env.A, import.meta.env.B, import.meta.env.C, import.meta.env.D,\n\
                  import.meta.env.E, import.meta.env.JOINED, import.meta.env.QUOTED]);";
    let server = project()
        .file("src/pages/index.ts", read)
        .file(
            ".env",
            "# a comment\nA=env\nB=env\nC=env\nD=env\nexport E=env\nJOINED=${D}-joined\n\
             QUOTED=\"two\\nlines # no comment\"\n",
        )
        .file(".env.local", "A=local\nB=local\nC=local\n")
        .file(".env.production", "A=production\nB=production\n")
        .file(".env.production.local", "A=production.local\n")
        .file(".env.development", "E=development\n")
        .env("D", "process")
        .build_and_serve();
    let expected = json!([
        "production.local",
        "production",
        "local",
        "process",
        "env",
        "process-joined",
        "two\nlines # no comment",
    ]);
    assert_eq!(server.get("/").json(), expected);
}

#[test]
fn the_schema_gives_typed_values_and_secrets() {
    let server = project()
        .file("astro.config.mjs", SCHEMA)
        .file(
            "src/pages/index.ts",
            "import { API_SECRET, LIMIT, getSecret } from 'astro:env/server';\n\
             import { COLOUR } from 'astro:env/client';\n\
             export const GET = () => Response.json([\n\
               API_SECRET, LIMIT, COLOUR, getSecret('UNLISTED') ?? null, getSecret('NOT_THERE') ?? null]);",
        )
        .file(".env", "LIMIT=12\nCOLOUR=blue\nUNLISTED=from-file\n")
        .env("API_SECRET", "s3cret")
        .build_and_serve();
    // A production server reads no .env file: secrets come from its own environment.
    assert_eq!(server.get("/").json(), json!(["s3cret", 12, "blue", null, null]));
    let build = server.project().path(".transom/build/server");
    for file in std::fs::read_dir(build).expect("the build has a server folder").flatten() {
        let text = std::fs::read_to_string(file.path()).unwrap_or_default();
        assert!(!text.contains("s3cret"), "a secret is in {}", file.path().display());
    }
}

#[test]
fn a_missing_secret_fails_only_the_files_that_need_it() {
    let server = project()
        .file("astro.config.mjs", SCHEMA)
        .file(
            "src/pages/needs.ts",
            "import { API_SECRET } from 'astro:env/server';\n\
             export const GET = () => new Response(API_SECRET);",
        )
        .file("src/pages/other.ts", "export const GET = () => new Response('fine');")
        .build_and_serve();
    assert_eq!(server.get("/needs").status, 500);
    assert_eq!(server.get("/other").text(), "fine");
    let log = server.stop().stderr;
    assert!(log.contains("API_SECRET is missing"), "{log}");
}

#[test]
fn a_public_value_that_breaks_the_schema_stops_the_build() {
    let ended = project()
        .file("astro.config.mjs", SCHEMA)
        .file(
            "src/pages/index.ts",
            "import { LIMIT } from 'astro:env/server';\n\
             export const GET = () => Response.json(LIMIT);",
        )
        .env("LIMIT", "many")
        .env("COLOUR", "green")
        .run(&["build"]);
    assert_eq!(ended.status.code(), Some(1));
    assert!(ended.stderr.contains("LIMIT's type is invalid, expected: number"), "{}", ended.stderr);
    assert!(
        ended.stderr.contains("COLOUR's type is invalid, expected: 'red' | 'blue'"),
        "{}",
        ended.stderr
    );
}

#[test]
fn dev_reads_env_files_at_run_time_too() {
    let server = project()
        .file(
            "src/pages/index.ts",
            "import { getSecret } from 'astro:env/server';\n\
             export const GET = () =>\n\
               Response.json([getSecret('FROM_FILE'), import.meta.env.MODE, import.meta.env.DEV]);",
        )
        .file(".env", "FROM_FILE=base\n")
        .file(".env.development", "FROM_FILE=development\n")
        .serve_dev();
    assert_eq!(server.get("/").json(), json!(["development", "development", true]));
}
