//! Which exports of Node 22's modules are there: `tests/node/exports.json` lists Node's own, recorded by
//! `scripts/record-node-output.sh`. `docs/node-compatibility.md` says what is found here; run this test with
//! `TRANSOM_WRITE_DOCS=1` to write it anew.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use transom_testkit::Project;

/// Modules by name, exports by name, and whether each is there and does something.
type Found = BTreeMap<String, BTreeMap<String, State>>;

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum State {
    /// As in Node, or with the differences that the page names.
    Present,
    /// It is there, and throws an error that says what to do instead.
    Refuses,
    /// It is not there.
    Missing,
}

const INTRODUCTION: &str = "\
# Node's modules in transom

`node:` modules, under both names (`node:fs` and `fs`), compared export by export with Node 22. This page is generated from a
running server by `TRANSOM_WRITE_DOCS=1 cargo nextest run -p transom --test node_exports`; the test fails when more exports are
missing than it says. *Refuses* means that the name exists, so that packages which only mention it can be loaded, and that its
use throws `ERR_NOT_SUPPORTED` with what to do instead. What the modules print and throw is compared with Node 22 line by line in
`crates/transom/tests/node_output.rs`.

## Known differences

- `process.exit`, `abort`, `kill`, `chdir` and the like refuse: the process belongs to all requests. In a handler `process.exit()`
  throws `ERR_NOT_SUPPORTED`, which answers 500 unless it is caught, and everything goes on.
- `exit` listeners of `process` are called when the server has answered its last request, and when a reload or an edit has put
  another program in place of theirs: once per worker that has run the program, without waiting for anything, within the CPU limit
  of a request. Their argument is `process.exitCode` or 0; the server's own exit code is its own. A worker that was lost calls none.
  `beforeExit` is never fired: it is for a process that has run out of work, which a server has not before it is stopped. Nor are
  signals: the server handles them itself.
- `ref` and `unref` of timers remember what was asked for; a server goes on running anyway.
- `async_hooks.createHook` gives a hook that is never called; AsyncLocalStorage and AsyncResource work on the engine's own context.
- `util.inspect` shows no entries of map and set iterators. Stacks have SpiderMonkey's frames, and no built-in ones.
- `Buffer.allocUnsafe` gives zeros, and there is no pool. Mixing BigInt and Number throws the engine's message.
- `string_decoder` keeps surrogate pairs of UTF-16 together in every division of the bytes.
- `vm`: a context is the global object of a new realm that looks into the sandbox; declarations reach the sandbox when the script
  has run. The server's own limit ends scripts that never yield, whatever their `timeout` says.
- `assert.ok(false)` says the values, not the source text of the call.
- `require` with a literal is bundled, also where `module.createRequire` made it for the module itself. With anything else, it looks
  for the file when it is called, as Node does, and gives Node's modules, CommonJS files that are part of the build because
  something else names them or because they belong to an installed optional peer of the package that asks, and JSON files that
  the permissions show. For others it throws `MODULE_NOT_FOUND` with what to do.
- `import.meta.resolve` with a literal was answered when the project was built; with anything else it looks at the files that
  are there. Its second parameter is not supported, as in Node without a flag.
- `http` and `https` have connections of their own, as upgrades and raw sockets need, and not those of `fetch`; agents keep them
  open and use them again, the global agents for five idle seconds. As `fetch` does, requests leave out tokens of the server's own
  service when they go to somebody that `identity.token_origins` does not name.
- TLS sessions are not resumed: `getSession` gives `undefined` and a `session` among the options is not used, as after a server has
  forgotten it; `setSession` and `enableTrace` refuse. `setMaxSendFragment` gives `false`.
- `v8.serialize` writes the format of V8; what describes V8's heap is zero or refuses.
";

#[test]
fn no_more_exports_are_missing_than_documented() {
    let found = compare();
    let text = page(&found);
    let file = root().join("docs/node-compatibility.md");
    if std::env::var_os("TRANSOM_WRITE_DOCS").is_some() {
        std::fs::write(&file, &text).expect("the page can be written");
    }
    let documented = std::fs::read_to_string(&file).expect("the page is there");
    let missing = count(&found, State::Missing);
    let said = documented
        .lines()
        .find_map(|line| line.strip_prefix("Missing: ")?.split(' ').next()?.parse().ok());
    let said: usize = said.expect("the page has a line `Missing: N of M`");
    assert!(missing <= said, "{missing} exports are missing, {said} are documented:\n{text}");
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Imports every module of Node in an endpoint.
fn compare() -> Found {
    let recorded = std::fs::read_to_string(root().join("crates/transom/tests/node/exports.json"));
    let recorded: BTreeMap<String, Vec<String>> =
        serde_json::from_str(&recorded.expect("it is recorded")).expect("it is JSON");
    let imports: Vec<String> =
        recorded.keys().map(|name| format!("[{name:?}, () => import(\"node:{name}\")]")).collect();
    let endpoint = format!(
        "const modules = [{}];
         const stateOf = (value) => typeof value === 'function' &&
           Function.prototype.toString.call(value).includes('throw new ERR_NOT_SUPPORTED') &&
           Function.prototype.toString.call(value).length < 200 ? 'refuses' : 'present';
         export const GET = async () => {{
           const found = {{}};
           for (const [name, load] of modules) {{
             try {{
               const namespace = await load();
               found[name] = Object.fromEntries(Object.keys(namespace).map((key) => [key, stateOf(namespace[key])]));
             }} catch (error) {{
               if (!/is not available in transom/.test(error.message)) throw error;
               found[name] = {{}};
             }}
           }}
           return Response.json(found);
         }};",
        imports.join(", ")
    );
    let server = Project::new(env!("CARGO_BIN_EXE_transom"))
        .file("src/pages/index.ts", endpoint)
        .build_and_serve();
    let answer = server.get("/").json();
    let mut found = Found::new();
    for (module, exports) in recorded {
        let there = &answer[&module];
        let states = exports.into_iter().map(|export| {
            let state = match there[&export].as_str() {
                Some("present") => State::Present,
                Some(_) => State::Refuses,
                None => State::Missing,
            };
            (export, state)
        });
        found.insert(module, states.collect());
    }
    found
}

fn count(found: &Found, state: State) -> usize {
    found.values().flat_map(BTreeMap::values).filter(|found| **found == state).count()
}

fn page(found: &Found) -> String {
    let total: usize = found.values().map(BTreeMap::len).sum();
    let mut text = format!(
        "{INTRODUCTION}
## Exports

Missing: {} of {total} exports. {} refuse, {} are there.

| Module | Export | State |
| --- | --- | --- |
",
        count(found, State::Missing),
        count(found, State::Refuses),
        count(found, State::Present)
    );
    for (module, exports) in found {
        for state in [State::Present, State::Refuses, State::Missing] {
            let names: Vec<&str> = exports
                .iter()
                .filter(|(_, found)| **found == state)
                .map(|(name, _)| name.as_str())
                .collect();
            let label = match state {
                State::Present => "present",
                State::Refuses => "refuses",
                State::Missing => "**missing**",
            };
            if names.len() == exports.len() && state == State::Present {
                let _ = writeln!(text, "| `node:{module}` | all {} | present |", names.len());
            } else if !names.is_empty() {
                let names = names.join("`, `");
                let _ = writeln!(text, "| `node:{module}` | `{names}` | {label} |");
            }
        }
    }
    text
}
