//! `@wix/data` with nothing installed, over HTTP: who may do what to whose items, and what becomes of input that no
//! collection holds.

use std::fmt::Write as _;

use serde_json::{Value, json};
use transom_testkit::{Mode, Project, Request, Server};

const LEVELS: [&str; 5] =
    ["ANYONE", "SITE_MEMBER", "SITE_MEMBER_AUTHOR", "CMS_EDITOR", "PRIVILEGED"];
const ACTIONS: [&str; 4] = ["read", "insert", "update", "remove"];

/// Does one thing to one item, as the caller or as the app, and says what came of it.
const ACT: &str = r#"
import { items } from "@wix/data";
import { auth } from "@wix/essentials";

const asApp = Object.fromEntries(
  ["get", "query", "insert", "update", "save", "remove", "patch", "bulkUpdate", "bulkRemove", "truncate"]
    .map((name) => [name, auth.elevate(items[name])]),
);

/** A collection with an item of the caller's own and one of somebody else. */
export const PUT = async ({ request }) => {
  const { collection, owner } = await request.json();
  await asApp.save(collection, { _id: "own", _owner: owner, n: 1 });
  await asApp.save(collection, { _id: "theirs", _owner: "somebody-else", n: 1 });
  return new Response();
};

export const POST = async ({ request }) => {
  const { collection, action, id, elevated } = await request.json();
  const call = elevated ? asApp : items;
  const actions = {
    read: async () => {
      const item = await call.get(collection, id);
      const { items: found } = await call.query(collection).eq("_id", id).find();
      return item?._id === found[0]?._id ? item?._id ?? null : "get and query differ";
    },
    insert: async () => (await call.insert(collection, { n: 1 })).n,
    update: async () => {
      const { n } = await call.update(collection, { _id: id, n: 2 });
      await call.patch(collection, id).incrementField("n", 1).run();
      const { updated, errors } = await call.bulkUpdate(collection, [{ _id: id, n: 3 }]);
      return updated === 1 && errors.length === 0 ? n : "update and bulkUpdate differ";
    },
    remove: async () => (await call.remove(collection, id))?._id ?? null,
  };
  try {
    return Response.json(await actions[action]());
  } catch (error) {
    return Response.json({ code: error.details?.applicationError?.code, message: error.message });
  }
};
"#;

fn every_level() -> String {
    LEVELS.iter().fold(String::new(), |mut toml, level| {
        writeln!(toml, "[collections.{level}.permissions]").expect("writes to memory");
        for action in ACTIONS {
            writeln!(toml, "{action} = \"{level}\"").expect("writes to memory");
        }
        toml
    })
}

fn project() -> Project {
    Project::new(env!("CARGO_BIN_EXE_transom"))
}

fn token(server: &Server, arguments: &[&str]) -> String {
    let ended = server.project().run(&[&["token"], arguments].concat());
    assert!(ended.status.success(), "{}", ended.stderr);
    ended.stdout.trim().to_owned()
}

/// A caller: a name, what the id of theirs is, and the header.
struct Caller {
    name: &'static str,
    id: &'static str,
    authorization: Option<String>,
}

fn callers(server: &Server) -> Vec<Caller> {
    let of = |name, id, arguments: &[&str]| Caller {
        name,
        id,
        authorization: Some(token(server, &[&["--as"], arguments].concat())),
    };
    vec![
        Caller { name: "nobody", id: "nobody", authorization: None },
        of("VISITOR", "v1", &["visitor", "--id", "v1"]),
        of("MEMBER", "m1", &["member", "--id", "m1"]),
        of("USER", "u1", &["user", "--id", "u1"]),
        of("USER cms-editor", "u2", &["user", "--id", "u2", "--role", "cms-editor"]),
        of("USER admin", "u3", &["user", "--id", "u3", "--role", "admin"]),
        of("APP", "app", &["app"]),
        Caller { name: "UNKNOWN", id: "x", authorization: Some("Basic YTpi".to_owned()) },
    ]
}

/// Whether a caller passes a level. Spec: section 10.4.
fn passes(caller: &str, level: &str, is_own: bool) -> bool {
    let rank = LEVELS.iter().position(|known| *known == level).expect("a level");
    match caller {
        "MEMBER" => rank < 2 || (rank == 2 && is_own),
        "USER" => rank < 2,
        "USER cms-editor" => rank < 4,
        "USER admin" | "APP" => true,
        _ => rank == 0,
    }
}

#[test]
fn every_caller_may_do_what_the_level_says_and_no_more() {
    let server = project()
        .file("transom.toml", every_level())
        .file("src/pages/api/act.ts", ACT)
        .build_and_serve();
    let send = |method: &str, caller: &Caller, body: &Value| {
        let request = Request::new(method, "/api/act").json(body);
        let request = match &caller.authorization {
            Some(token) => request.header("authorization", token),
            None => request,
        };
        let reply = server.request(&request);
        assert_eq!(reply.status, 200, "{}", reply.text());
        reply
    };
    for caller in callers(&server) {
        for level in LEVELS {
            for action in ACTIONS {
                for (id, is_own) in [("own", true), ("theirs", false)] {
                    for elevated in [false, true] {
                        send("PUT", &caller, &json!({ "collection": level, "owner": caller.id }));
                        let body = json!({
                            "collection": level, "action": action, "id": id, "elevated": elevated,
                        });
                        let answer = send("POST", &caller, &body).json();
                        let may =
                            elevated || passes(caller.name, level, is_own || action == "insert");
                        let is_hidden = caller.name == "MEMBER" && level == "SITE_MEMBER_AUTHOR";
                        let case = format!(
                            "{} {action} {level} {id}{}: {answer}",
                            caller.name,
                            if elevated { " elevated" } else { "" }
                        );
                        check(&answer, action, id, may, is_hidden, &case);
                    }
                }
            }
        }
    }
}

/// A member who may see some items only does not see the others, nor that there are any; to change one is refused.
fn check(answer: &Value, action: &str, id: &str, may: bool, is_hidden: bool, case: &str) {
    match (action, may) {
        ("read" | "remove", true) => assert_eq!(answer, id, "{case}"),
        ("insert", true) => assert_eq!(answer, 1, "{case}"),
        ("update", true) => assert_eq!(answer, 2, "{case}"),
        ("read", false) if is_hidden => assert_eq!(answer, &Value::Null, "{case}"),
        _ => assert_eq!(answer["code"], "WDE0027", "{case}"),
    }
}

/// What a handler makes of input, and the error that it gets.
const INPUT: &str = r#"
import { items } from "@wix/data";

const nested = (levels) => {
  let value = {};
  for (let i = 0; i < levels; i++) value = i % 2 ? { value } : [value];
  return { value };
};
const loop = { _id: "loop" };
loop.self = loop;

const deepFilter = (levels) => {
  let filter = { n: 1 };
  for (let i = 0; i < levels; i++) filter = i % 2 ? { $or: [filter, { n: i }] } : { $and: [filter, { n: { $ne: -i } }] };
  return filter;
};

const cases = {
  "an item of 600 KB": () => items.insert("open", { text: "x".repeat(600 * 1024) }),
  "600 KB in two bytes each": () => items.insert("open", { text: "é".repeat(300 * 1024) }),
  "an item of 490 KB": async () => (await items.insert("open", { text: "x".repeat(490 * 1024) })).text.length,
  "one of many is too large": async () => {
    const { inserted, errors } = await items.bulkInsert("open", [{ n: 1 }, { text: "x".repeat(600 * 1024) }]);
    return [inserted, errors.map(({ code, originalIndex }) => [code, originalIndex])];
  },
  "10,000 levels": () => items.insert("open", nested(10_000)),
  "500 levels": () => items.insert("open", nested(500)),
  "50 levels": async () => (await items.insert("open", nested(50))) !== null,
  "an item that contains itself": () => items.insert("open", loop),
  "10,000 levels in a filter": () => items.query("open").eq("value", nested(10_000)).find(),
  "NaN, infinity and undefined": async () => {
    const { _id } = await items.insert("open", { a: NaN, b: Infinity, c: undefined, d: [NaN, undefined], e: -0 });
    const { a, b, c, d, e } = await items.get("open", _id);
    return { a, b, hasC: c !== undefined, d, e };
  },
  "U+0000": () => items.insert("open", { text: "a\u0000b" }),
  "half of a surrogate pair": () => items.insert("open", { text: "a\ud800b" }),
  "half of a pair in a key": () => items.insert("open", { "a\udfff": 1 }),
  "a whole pair": async () => (await items.insert("open", { text: "\u{1F600}" })).text,
  "half of a pair as an id": () => items.get("open", "\ud800"),
  "keys of the prototype": async () => {
    const { _id } = await items.insert("open", JSON.parse('{"__proto__": {"admin": true}, "constructor": 1, "toString": 2}'));
    const item = await items.get("open", _id);
    return [Object.hasOwn(item, "__proto__"), Object.getPrototypeOf(item) === Object.prototype, ({}).admin === undefined, item.constructor, item.toString];
  },
  "keys that look like paths and SQL": async () => {
    const { _id } = await items.insert("open", { "a.b": 1, "'; drop table open; --": 2, "\"": 3, "": 5, "$x": 6 });
    const item = await items.get("open", _id);
    return [item["a.b"], item["'; drop table open; --"], item["\""], item[""], item.$x];
  },
  "a field that looks like SQL": () => items.query("open").eq("a') OR 1=1 --", 1).find().then((page) => page.length),
  "a value that looks like SQL": async () => {
    await items.insert("open", { sql: "' OR '1'='1" });
    return [await items.query("open").eq("sql", "' OR '1'='1").count(), await items.query("open").eq("sql", "x' OR '1'='1").count()];
  },
  "a collection that looks like SQL": () => items.query('open"; DROP TABLE "open').find(),
  "a sort that looks like SQL": async () => (await items.query("open").ascending("n; DROP TABLE x").find()).length > 0,
  "a filter of 50 levels": async () => (await items.query("open", { filter: deepFilter(50) })).items.length > 0,
  "a filter of 1,000 levels": () => items.query("open", { filter: deepFilter(1_000) }),
  "a filter of 10,000 conditions": async () => {
    let query = items.query("open");
    for (let i = 0; i < 10_000; i++) query = query.ne("n", -i);
    return await query.count() >= 0;
  },
  "$regex": () => items.query("open", { filter: { n: { $regex: "(a+)+$" } } }),
  "$where": () => items.query("open", { filter: { $where: "1" } }),
  "a filter that is no object": () => items.query("open", { filter: "n = 1" }),
  "a page of 1,001": () => items.query("open").limit(1001).find(),
  "a page of nothing": () => items.query("open").limit(0).find(),
  "more to skip than there is": async () => (await items.query("open").skip(2 ** 52).find()).length,
  "no id": () => items.update("open", { n: 1 }),
  "an id of 1 MB": () => items.get("open", "x".repeat(1024 * 1024)),
  "nobody's collection": () => items.get("no-such-collection", "x"),
  "not mine": () => items.insert("closed", { n: 1 }),
  "not mine, and I say so": () => items.insert("closed", { n: 1 }, { suppressAuth: true }),
  "not mine to read": () => items.query("closed").find({ suppressAuth: true }),
};

export const GET = async () => {
  const answers = {};
  for (const [name, run] of Object.entries(cases)) {
    try {
      answers[name] = await run();
    } catch (error) {
      answers[name] = { code: error.details?.applicationError?.code ?? error.code ?? `${error}` };
    }
  }
  return Response.json(answers);
};
"#;

const OPEN: &str = r#"
[collections.open.permissions]
read = "ANYONE"
insert = "ANYONE"
update = "ANYONE"
remove = "ANYONE"

[collections.closed.permissions]
read = "PRIVILEGED"
"#;

#[test]
fn input_that_no_collection_holds_is_refused_by_name() {
    for mode in [Mode::Dev, Mode::Start] {
        let server =
            project().file("transom.toml", OPEN).file("src/pages/api/input.ts", INPUT).serve(mode);
        let answers = server.get("/api/input").json();
        let code = |code: &str| json!({ "code": code });
        for (case, expected) in [
            ("an item of 600 KB", code("WDE0109")),
            ("600 KB in two bytes each", code("WDE0109")),
            ("an item of 490 KB", json!(490 * 1024)),
            ("one of many is too large", json!([1, [["WDE0109", 1]]])),
            ("10,000 levels", code("WDE0004")),
            ("500 levels", code("WDE0004")),
            ("50 levels", json!(true)),
            ("an item that contains itself", code("WDE0004")),
            ("10,000 levels in a filter", code("WDE0004")),
            (
                "NaN, infinity and undefined",
                json!({ "a": null, "b": null, "hasC": false, "d": [null, null], "e": 0 }),
            ),
            ("U+0000", code("WDE0004")),
            ("half of a surrogate pair", code("WDE0004")),
            ("half of a pair in a key", code("WDE0004")),
            ("a whole pair", json!("\u{1F600}")),
            ("half of a pair as an id", Value::Null),
            ("keys of the prototype", json!([true, true, true, 1, 2])),
            ("keys that look like paths and SQL", json!([1, 2, 3, 5, 6])),
            ("a field that looks like SQL", json!(0)),
            ("a value that looks like SQL", json!([1, 0])),
            ("a sort that looks like SQL", json!(true)),
            ("a filter of 50 levels", json!(true)),
            ("$regex", code("WDE0070")),
            ("a page of 1,001", code("WDE0036")),
            ("a page of nothing", code("WDE0020")),
            ("more to skip than there is", json!(0)),
            ("an id of 1 MB", Value::Null),
            ("not mine", code("WDE0027")),
            ("not mine, and I say so", code("WDE0027")),
            ("not mine to read", code("WDE0027")),
        ] {
            assert_eq!(answers[case], expected, "{mode:?}: {case}: {answers:#}");
        }
        // Which code it is, is up to the service.
        for case in [
            "a filter of 10,000 conditions",
            "a collection that looks like SQL",
            "a filter of 1,000 levels",
            "$where",
            "a filter that is no object",
            "no id",
            "nobody's collection",
        ] {
            let code = answers[case]["code"].as_str().unwrap_or_default();
            let is_answer = case.contains("conditions") && answers[case] == true;
            assert!(is_answer || code.starts_with("WDE"), "{case}: {answers:#}");
        }
        let log = server.stop().output(); // Stopping flushes the log, so nothing has to wait.
        assert_eq!(log.matches("`suppressAuth` has no effect").count(), 1, "{log}");
    }
}
