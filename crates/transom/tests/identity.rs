//! The identity service as a client and an operator see it: its endpoints, its commands, its settings.

use std::collections::BTreeMap;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use serde_json::{Value, json};
use transom_testkit::{Connection, Mode, Postgres, Project, Reply, Request, Server};

const PASSWORD: &str = "correct horse";
const LOGIN: &str = "/_transom/oauth2/login";

fn project() -> Project {
    Project::new(env!("CARGO_BIN_EXE_transom"))
        .file("src/pages/api/hello.ts", "export const GET = () => new Response('hello');")
}

fn post(server: &Server, path: &str, body: &Value) -> Reply {
    server.request(&Request::post(path).json(body))
}

fn info(server: &Server, token: &str) -> Value {
    let reply = post(server, "/_transom/oauth2/token-info", &json!({ "token": token }));
    assert_eq!(reply.status, 200, "{}", reply.text());
    reply.json()
}

#[track_caller]
fn run(project: &Project, args: &[&str], input: &str) -> String {
    let ended = project.run_with_input(args, input);
    assert!(ended.status.success(), "{args:?}: {}", ended.stderr);
    ended.stdout.trim_end().to_owned()
}

fn add_member(project: &Project) {
    let args = ["member", "add", "ann@example.org", "--id", "m1"];
    assert_eq!(run(project, &args, &format!("{PASSWORD}\n")), "m1");
}

#[test]
fn tokens_of_the_command_are_accepted_by_the_server_beside_it() {
    for mode in [Mode::Dev, Mode::Start] {
        let server = project().serve(mode);
        let token = |args: &[&str]| run(server.project(), &[&["token"], args].concat(), "");
        let of_member =
            info(&server, &token(&["--as", "member", "--id", "m1", "--expires", "10m"]));
        assert_eq!(
            (&of_member["subjectType"], &of_member["subjectId"]),
            (&json!("MEMBER"), &json!("m1"))
        );
        let lifetime = of_member["exp"].as_i64().zip(of_member["iat"].as_i64());
        assert_eq!(lifetime.map(|(exp, iat)| exp - iat), Some(600));
        for (kind, expected) in [("visitor", "VISITOR"), ("USER", "USER"), ("app", "APP")] {
            assert_eq!(info(&server, &token(&["--as", kind]))["subjectType"], expected);
        }
        assert_eq!(info(&server, "x.y.z")["active"], false);
    }
}

#[test]
fn a_member_logs_in_and_is_disabled_while_the_server_runs() {
    let server = project().build_and_serve();
    add_member(server.project());
    let credentials = json!({ "email": "ann@example.org", "password": PASSWORD });
    let reply = post(&server, LOGIN, &credentials);
    assert_eq!((reply.status, reply.json()["subjectId"].clone()), (200, json!("m1")));
    let cookie = reply.header("set-cookie").expect("a cookie");
    assert!(cookie.starts_with("transom_session=") && cookie.contains("HttpOnly"), "{cookie}");

    let forged = Request::post(LOGIN).header("origin", "https://evil.example").json(&credentials);
    assert_eq!(server.request(&forged).status, 403);
    let proxied = Request::post(LOGIN).header("x-forwarded-proto", "https").json(&credentials);
    let cookie = server.request(&proxied).header("set-cookie").map(str::to_owned);
    assert!(
        cookie.is_some_and(|cookie| cookie.starts_with("__Host-") && cookie.ends_with("Secure"))
    );

    let token = run(server.project(), &["token", "--as", "member", "--id", "m1"], "");
    assert_eq!(info(&server, &token)["active"], true);
    run(server.project(), &["member", "disable", "ann@example.org"], "");
    assert_eq!(post(&server, LOGIN, &credentials).status, 401);
    // What another process has revoked is seen within seconds.
    let begun = std::time::Instant::now();
    while info(&server, &token)["active"] == true {
        assert!(begun.elapsed() < transom_testkit::PATIENCE, "it never followed");
    }
}

/// Each password takes the machine tens of milliseconds. Those that wait have a limit, and nobody else waits for them.
#[test]
fn thousands_of_log_ins_block_nobody_else() {
    const LOG_INS: usize = 5000;
    allow_files(LOG_INS as u64 + 500);
    let server = project().build_and_serve();
    add_member(server.project());
    // Every third knows the password, every third does not, every third is not known.
    let kinds = [
        ("ann@example.org", PASSWORD),
        ("ann@example.org", "wrong horse"),
        ("nobody@example.org", PASSWORD),
    ];
    let mut connections: Vec<Connection> = (0..LOG_INS).map(|_| server.connect()).collect();
    for (connection, (email, password)) in connections.iter_mut().zip(kinds.iter().cycle()) {
        let body = json!({ "email": email, "password": password });
        let request = Request::post(LOGIN).json(&body).to_bytes(connection.host());
        connection.send(request).expect("the server takes it");
    }
    let mut other = server.connect();
    for _ in 0..50 {
        assert_eq!(other.request(&Request::get("/api/hello")).text(), "hello");
        assert_eq!(info(&server, "x.y.z")["active"], false);
    }
    let open = connections.iter().filter(|connection| !connection.has_arrived()).count();
    assert!(open > 0, "all log-ins were over before the other requests");
    let mut seen = BTreeMap::new();
    for (number, connection) in connections.iter_mut().enumerate() {
        let reply = connection.reply();
        let expected = if number % 3 == 0 { 200 } else { 401 };
        assert!(reply.status == expected || reply.status == 429, "{number}: {}", reply.status);
        assert_eq!(reply.header("retry-after").is_some(), reply.status == 429);
        *seen.entry(reply.status).or_insert(0) += 1;
    }
    assert_eq!(seen.keys().collect::<Vec<_>>(), [&200, &401, &429], "{seen:?}");
}

/// Lets this process and what it starts have so many files open.
fn allow_files(count: u64) {
    let limit = getrlimit(Resource::Nofile);
    if limit.current.is_none_or(|current| current >= count) {
        return;
    }
    let wider = Rlimit { current: Some(count), maximum: limit.maximum };
    setrlimit(Resource::Nofile, wider).expect("`ulimit -Hn` is large enough for the connections");
}

#[test]
fn accounts_are_listed_without_their_passwords() {
    let project = project();
    add_member(&project);
    let user = ["user", "add", "eve@example.org", "--id", "u1", "--role", "cms-editor"];
    run(&project, &user, &format!("{PASSWORD}\n"));
    assert_eq!(run(&project, &["member", "list"], ""), "m1  ann@example.org");
    assert_eq!(run(&project, &["user", "list"], ""), "u1  eve@example.org  cms-editor");
    run(&project, &["member", "disable", "m1"], "");
    assert_eq!(run(&project, &["member", "list"], ""), "m1  ann@example.org  disabled");
    let json: Value =
        serde_json::from_str(&run(&project, &["user", "list", "--json"], "")).expect("JSON");
    assert_eq!((&json[0]["role"], &json[0]["enabled"]), (&json!("cms-editor"), &json!(true)));
    let names = json[0].as_object().expect("an object");
    assert!(!names.contains_key("password"), "{json}");
}

#[test]
fn wrong_commands_say_what_to_do() {
    let project = project();
    add_member(&project);
    for (args, input, expected) in [
        (&["member", "add", "ann@example.org"][..], "correct horse\n", "`ann@example.org` already"),
        (&["member", "add", "nobody"], "correct horse\n", "`nobody` is no e-mail address"),
        (&["member", "add", "bob@example.org"], "short\n", "8 characters at least"),
        (&["member", "add", "bob@example.org"], "", "8 characters at least"),
        (&["member", "disable", "bob"], "", "there is no account `bob`"),
        (&["member", "passwd", "bob"], "correct horse\n", "there is no account `bob`"),
        (&["token", "--as", "member", "--role", "admin"], "", "only a user has a role"),
        (&["token", "--as", "app", "--id", "x"], "", "leave `--id` out"),
        (&["token", "--as", "member", "--expires", "0s"], "", "no time at all"),
        (&["token", "--as", "member", "--project", "nowhere"], "", "there is no folder `nowhere`"),
    ] {
        let ended = project.run_with_input(args, input);
        assert_eq!(ended.status.code(), Some(1), "{args:?}: {}", ended.stderr);
        assert!(ended.stderr.contains(expected), "{args:?}: {}", ended.stderr);
        assert_eq!(ended.stdout, "");
    }
    for args in
        [&["token", "--as", "king"][..], &["token"], &["user", "add", "a@b", "--role", "king"]]
    {
        assert_eq!(project.run(args).status.code(), Some(2), "{args:?}");
    }
}

/// The original's paths need `[identity]`, and give way to routes of the project.
#[test]
fn the_paths_of_the_original() {
    let server = project().build_and_serve();
    for name in ["login", "logout", "callback", "logout-callback"] {
        assert_eq!(server.get(&format!("/api/auth/{name}")).status, 404, "{name}");
    }
    assert_eq!(server.get(LOGIN).status, 200);

    let server = project().file("transom.toml", "identity.enabled = true").build_and_serve();
    let page = server.get("/api/auth/login?returnToUrl=%2Faccount");
    assert!(page.status == 200 && page.text().contains("value=\"/account\""), "{}", page.text());
    assert_eq!(server.get("/api/auth/logout").status, 200);
    assert_eq!(server.get("/api/auth/callback").status, 400, "no log-in is under way");
    let back = server.get("/api/auth/logout-callback?returnToUrl=%2Fbye");
    assert_eq!((back.status, back.header("location")), (303, Some("/bye")));
    let back = server.get("/api/auth/logout-callback?returnToUrl=%2F%2Fevil.example");
    assert_eq!((back.status, back.header("location")), (303, Some("/")));

    let own = "export const GET = () => new Response('mine');";
    let server = project()
        .file("transom.toml", "identity.enabled = true")
        .file("src/pages/api/auth/[...path].ts", own)
        .build_and_serve();
    assert_eq!(server.get("/api/auth/login").text(), "mine");
    assert_eq!(server.get("/api/auth/logout-callback").text(), "mine");
    assert_eq!(server.get(LOGIN).status, 200, "what is reserved stays reserved");
}

#[test]
fn nothing_is_made_until_somebody_asks() {
    let server = project().build_and_serve();
    assert_eq!(server.get("/api/hello").text(), "hello");
    assert!(!server.project().path(".transom/transom.db").exists());
    assert_eq!(server.get("/_transom/oauth2/jwks").status, 200);
    assert!(server.project().path(".transom/transom.db").exists());
}

#[test]
fn a_store_that_cannot_be_used() {
    let broken = project().file(".transom/transom.db", "no database, but a letter".repeat(300));
    let ended = broken.run(&["token", "--as", "app"]);
    assert!(ended.stderr.contains("is damaged"), "{}", ended.stderr);
    let server = broken.build_and_serve();
    assert_eq!(server.get("/_transom/oauth2/jwks").status, 500);
    assert_eq!(server.get("/api/hello").text(), "hello", "the endpoints go on");
    server.log().wait_for("is damaged");

    let nobody = "postgres://me:hunter2@127.0.0.1:1/shop";
    let server = project().env("TRANSOM_DATABASE_URL", nobody).build_and_serve();
    let reply = server.get("/_transom/oauth2/jwks");
    assert_eq!((reply.status, reply.header("retry-after")), (503, Some("1")));
    server.log().wait_for("cannot be reached");
    let log = server.log().all();
    assert!(!log.contains("hunter2"), "{log}");
}

#[test]
fn two_servers_on_one_postgresql_are_one_service() {
    let database = Postgres::start();
    let serve = || {
        let project = project().env("TRANSOM_DATABASE_URL", &database.url());
        // Secrets of the handlers are theirs.
        project.env("DATABASE_URL", "mysql://never-read").build_and_serve()
    };
    let (one, two) = (serve(), serve());
    add_member(one.project());
    let credentials = json!({ "email": "ann@example.org", "password": PASSWORD });
    assert_eq!(post(&two, LOGIN, &credentials).status, 200);
    let token = run(two.project(), &["token", "--as", "member", "--id", "m1"], "");
    assert_eq!(info(&one, &token)["subjectId"], "m1");
    assert!(!one.project().path(".transom/transom.db").exists());
}

#[test]
fn wrong_settings_are_told_with_their_place() {
    for (text, expected) in [
        ("identity.algorithm = \"HS256\"", "neither `EdDSA` nor `RS256`"),
        ("identity.origins = [\"*\"]", "is not one origin"),
        ("identity.redirects = [\"back\"]", "`back` is no address"),
        ("identity.token_lifetime = \"10ms\"", "is too short"),
        ("identity.client_secret = \"a b\"", "it is empty or has spaces"),
        ("identity.cliend_id = \"x\"", "did you mean `client_id`?"),
        ("store.url = \"mysql://me:hunter2@db\"", "cannot be used"),
        ("[[identity.issuer]]\nissuer = \"x\"", "needs `jwks` or `key`"),
        ("[[identity.issuer]]\njwks = \"https://x/\"", "`issuer` is missing"),
        (
            "[[identity.issuer]]\nissuer = \"x\"\naudience = \"y\"\njwks = \"http://x/\"",
            "no `https://` address",
        ),
        (
            "[[identity.issuer]]\nissuer = \"x\"\naudience = \"y\"\nkey = \"none.pem\"",
            "`none.pem` cannot be read",
        ),
        ("[[identity.issuer]]\nisuer = \"x\"", "unknown key `isuer`"),
        (
            "[[identity.issuer]]\nissuer = \"x\"\naudience = \"y\"\njwks = \"https://x/\"\nsubject = \"app\"",
            "`app` is not `member`",
        ),
        (
            "[[identity.issuer]]\nissuer = \"x\"\naudience = \"y\"\njwks = \"https://x/\"\ntypes = { a = \"member:admin\" }",
            "`member:admin` is not",
        ),
    ] {
        let ended = project().file("transom.toml", text).run(&["check"]);
        assert_eq!(ended.status.code(), Some(1), "{text}");
        assert!(
            ended.stderr.contains(expected) && ended.stderr.contains("transom.toml"),
            "{text}: {}",
            ended.stderr
        );
        assert!(!ended.stderr.contains("cannot be used: hunter2"), "{}", ended.stderr);
    }
}

/// Follows redirects as a browser does, with its cookies.
struct Jar<'a> {
    server: &'a Server,
    cookies: BTreeMap<String, String>,
}

impl Jar<'_> {
    fn send(&mut self, request: Request) -> Reply {
        let pairs: Vec<String> =
            self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let reply = self.server.request(&request.header("cookie", &pairs.join("; ")));
        for field in reply.all("set-cookie") {
            let pair = field.split(';').next().unwrap_or_default();
            let (name, value) = pair.split_once('=').expect("a name and a value");
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
        reply
    }

    /// Goes to `path` and on, to the last address.
    fn go(&mut self, path: &str) -> (String, Reply) {
        let mut path = path.to_owned();
        loop {
            let reply = self.send(Request::get(&path));
            let Some(location) = reply.header("location") else { return (path, reply) };
            path = location.strip_prefix(&self.server.origin()).unwrap_or(location).to_owned();
        }
    }
}

#[test]
fn a_log_in_by_way_of_a_code_ends_where_it_began() {
    let server = project().build_and_serve();
    add_member(server.project());
    let mut jar = Jar { server: &server, cookies: BTreeMap::new() };
    let (at, page) = jar.go("/_transom/oauth2/login?flow=code&return=%2Fapi%2Fhello");
    assert!(at.starts_with("/_transom/oauth2/login?return=") && page.status == 200, "{at}");
    let back = page.text().split("name=\"return\" value=\"").nth(1).expect("a field");
    let back = back.split('"').next().expect("a value").replace("&amp;", "&");
    let form = [("email", "ann@example.org"), ("password", PASSWORD), ("return", back.as_str())];
    let body: Vec<String> =
        form.iter().map(|(name, value)| format!("{name}={}", percent(value))).collect();
    let request = Request::post(LOGIN).header("origin", &server.origin()).form(&body.join("&"));
    let reply = jar.send(request);
    assert_eq!(reply.status, 303, "{}", reply.text());
    let stolen = jar.cookies.clone();
    let location = reply.header("location").expect("an address").to_owned();
    let reply = jar.send(Request::get(&location));
    let callback = reply.header("location").expect("an address").to_owned();
    let callback = callback.strip_prefix(&server.origin()).expect("on this site").to_owned();
    assert!(callback.starts_with("/_transom/oauth2/callback?code="), "{callback}");

    // Without the cookie, with another state, and a second time it is refused.
    assert_eq!(server.get(&callback).status, 400);
    let mut other = Jar { server: &server, cookies: stolen.clone() };
    assert_eq!(other.send(Request::get(&callback.replace("state=", "state=x"))).status, 400);
    let (at, reply) = jar.go(&callback);
    assert_eq!((at.as_str(), reply.text()), ("/api/hello", "hello"));
    let mut again = Jar { server: &server, cookies: stolen };
    assert_eq!(again.send(Request::get(&callback)).status, 400);
}

fn percent(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}
