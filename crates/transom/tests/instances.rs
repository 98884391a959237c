//! Two instances behind a load balancer, on one PostgreSQL, are one service, also while one of them is killed.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Instant;

use rustix::process::Signal;
use serde_json::{Value, json};
use transom_testkit::{Connection, Nginx, PATIENCE, Postgres, Project, Reply, Request, Server};

const PASSWORD: &str = "correct horse";
const LOGIN: &str = "/_transom/oauth2/login";
/// Members who work at the same time.
const MEMBERS: usize = 6;
/// Answers that each of them waits for, before an instance is killed and after.
const ENOUGH: usize = 40;

/// Counts calls in the session, keeps an item for each, and says who calls.
const COUNT: &str = r#"
import { items } from "@wix/data";
import { auth } from "@wix/essentials";

const answer = async (session) => {
  const { subjectType, subjectId } = await auth.getTokenInfo();
  const count = (await session.get("count")) ?? 0;
  return Response.json({ count, caller: `${subjectType}:${subjectId}` });
};
export const GET = ({ session }) => answer(session);
export const POST = async ({ session }) => {
  const count = ((await session.get("count")) ?? 0) + 1;
  session.set("count", count);
  await items.insert("calls", { count });
  return answer(session);
};
"#;

/// The counts of the caller's own items.
const CALLS: &str = r#"
import { items } from "@wix/data";
export const GET = async () => {
  const counts = [];
  let page = await items.query("calls").limit(1000).find();
  for (;;) {
    for (const { count } of page.items) counts.push(count);
    if (!page.hasNext()) return Response.json(counts);
    page = await page.next();
  }
};
"#;

const COLLECTIONS: &str = r#"
[collections.calls.permissions]
read = "SITE_MEMBER_AUTHOR"
insert = "SITE_MEMBER"
"#;

const CONFIG: &str = r#"
export default { output: "server", security: { allowedDomains: [{ hostname: "127.0.0.1" }] } };
"#;

const LIMITED: &str = r#"
import { rateLimit } from "transom:access";
export const GET = rateLimit({ limit: 3, window: "1h" })(() => new Response("in"));
"#;

/// Two instances, and what is in front of them and behind.
struct Service {
    one: Server,
    two: Server,
    nginx: Nginx,
    database: Postgres,
}

impl Service {
    fn start() -> Self {
        let database = Postgres::start();
        let serve = || {
            Project::new(env!("CARGO_BIN_EXE_transom"))
                .file("transom.toml", COLLECTIONS)
                .file("src/pages/count.ts", COUNT)
                .file("src/pages/calls.ts", CALLS)
                .file("src/pages/limited.ts", LIMITED)
                .file("astro.config.mjs", CONFIG)
                .env("TRANSOM_DATABASE_URL", &database.url())
                .build_and_serve()
        };
        let (one, two) = (serve(), serve());
        let config = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../deploy/nginx.conf");
        let nginx = Nginx::start(&config, &[one.address(), two.address()]);
        Self { one, two, nginx, database }
    }
}

/// A member with a browser that keeps cookies.
struct Member {
    id: String,
    cookies: Vec<String>,
}

impl Member {
    /// Makes a member and logs in.
    fn log_in(server: &Server, id: &str) -> Self {
        let email = format!("{id}@example.org");
        let args = ["member", "add", &email, "--id", id];
        let added = server.project().run_with_input(&args, &format!("{PASSWORD}\n"));
        assert!(added.status.success(), "{}", added.stderr);
        let mut member = Self { id: id.to_owned(), cookies: Vec::new() };
        let credentials = json!({ "email": email, "password": PASSWORD });
        let reply = server.request(&Request::post(LOGIN).json(&credentials));
        assert_eq!(reply.status, 200, "{}", reply.text());
        member.keep_cookies(&reply);
        member
    }

    fn keep_cookies(&mut self, reply: &Reply) {
        for cookie in reply.all("set-cookie") {
            let pair = cookie.split(';').next().unwrap_or_default().to_owned();
            let name = pair.split('=').next().unwrap_or_default().to_owned();
            self.cookies.retain(|cookie| !cookie.starts_with(&format!("{name}=")));
            self.cookies.push(pair);
        }
    }

    /// The counts of the items that are this member's.
    fn calls(&self, server: &Server) -> Vec<u64> {
        let cookies = self.cookies.join("; ");
        let reply = server.request(&Request::get("/calls").header("cookie", &cookies));
        assert_eq!(reply.status, 200, "{}", reply.text());
        serde_json::from_slice(&reply.body).expect("a list of counts")
    }

    /// Sends a request on a connection of its own.
    fn try_send(&mut self, address: SocketAddr, method: &str) -> Result<u64, String> {
        let mut connection = Connection::open(address).map_err(|error| error.to_string())?;
        let request = Request::new(method, "/count").header("cookie", &self.cookies.join("; "));
        let request = if method == "POST" { request.json(&json!({})) } else { request };
        let reply = connection.try_request(&request).map_err(|error| error.to_string())?;
        if reply.status != 200 || !reply.complete {
            return Err(format!("{}", reply.status));
        }
        self.keep_cookies(&reply);
        let body = reply.json();
        assert_eq!(body["caller"], json!(format!("MEMBER:{}", self.id)), "its session has ended");
        Ok(body["count"].as_u64().expect("a count"))
    }

    fn send(&mut self, address: SocketAddr, method: &str) -> u64 {
        self.try_send(address, method).unwrap_or_else(|error| panic!("{method}: {error}"))
    }
}

#[test]
fn what_begins_on_one_instance_goes_on_on_the_other() {
    let service = Service::start();
    let (one, two) = (service.one.address(), service.two.address());
    let mut ann = Member::log_in(&service.one, "ann");
    for (number, address) in [one, two, one, two, service.nginx.address()].into_iter().enumerate() {
        assert_eq!(ann.send(address, "POST"), number as u64 + 1);
    }
    // Tokens of one are renewed by the other.
    let post = |server: &Server, body: &Value| {
        server.request(&Request::post("/_transom/oauth2/token").json(body)).json()
    };
    let client = service.one.project().run(&["token", "--as", "app"]);
    assert!(client.status.success(), "{}", client.stderr);
    let info = json!({ "token": client.stdout.trim() });
    let info = service.two.request(&Request::post("/_transom/oauth2/token-info").json(&info));
    let client = info.json()["subjectId"].clone();
    let first = post(&service.one, &json!({ "clientId": client, "grantType": "anonymous" }));
    let refresh = json!({ "refreshToken": first["refresh_token"], "grantType": "refresh_token" });
    assert!(post(&service.two, &refresh)["access_token"].is_string());
    assert_eq!(post(&service.one, &refresh)["error"], "invalid_grant", "once is once, everywhere");
    // A limit holds for both together.
    let servers = [&service.one, &service.two].into_iter().cycle().take(6);
    let statuses: Vec<u16> = servers.map(|server| server.get("/limited").status).collect();
    assert_eq!(statuses, [200, 200, 200, 429, 429, 429]);
    // Addresses are believed that come with a host of `allowedDomains`; the proxy passes on none that a client makes up.
    let spoofed = |address: SocketAddr, client: &str| {
        let mut connection = Connection::open(address).expect("it listens");
        let request = Request::get("/limited").header("x-forwarded-for", client);
        connection.request(&request).status
    };
    assert_eq!(spoofed(one, "203.0.113.1"), 200, "whoever stands before the instance is believed");
    for number in 2..6 {
        assert_eq!(spoofed(service.nginx.address(), &format!("203.0.113.{number}")), 429);
    }
}

/// What a member saw while an instance was killed.
#[derive(Debug, Default)]
struct Seen {
    /// Counts that were acknowledged, with the times of their requests.
    counts: Vec<(Instant, u64)>,
    /// Requests without an answer, or with an error.
    failures: Vec<(Instant, String)>,
}

/// Members at work, each with the number of their answers, until this is dropped.
struct Work<'a> {
    answers: &'a [AtomicUsize],
    end: &'a AtomicBool,
}

impl Work<'_> {
    /// Sends one request after the other.
    fn run(answers: &AtomicUsize, end: &AtomicBool, member: &mut Member, at: SocketAddr) -> Seen {
        let mut seen = Seen::default();
        while !end.load(Ordering::Relaxed) {
            let begun = Instant::now();
            match member.try_send(at, "POST") {
                Ok(count) => {
                    seen.counts.push((begun, count));
                    answers.fetch_add(1, Ordering::Relaxed);
                }
                Err(error) => seen.failures.push((begun, error)),
            }
        }
        seen
    }

    /// Waits until every member has had some more answers.
    fn go_on(&self) {
        let begun = Instant::now();
        let before: Vec<usize> =
            self.answers.iter().map(|answers| answers.load(Ordering::Relaxed)).collect();
        for (answers, before) in self.answers.iter().zip(before) {
            while answers.load(Ordering::Relaxed) < before + ENOUGH {
                assert!(begun.elapsed() < PATIENCE, "the service does not answer");
                std::thread::yield_now();
            }
        }
    }
}

impl Drop for Work<'_> {
    fn drop(&mut self) {
        self.end.store(true, Ordering::Relaxed);
    }
}

/// Ends an instance as a crash of its machine would: parent and child at once.
fn kill(server: Server) {
    // The parent first, or it would start another child.
    server.process().signal(Signal::STOP);
    for child in server.process().children() {
        server.process().end_child(child, Signal::KILL);
    }
    server.process().signal(Signal::KILL);
    drop(server.wait());
}

#[test]
fn an_instance_that_is_killed_takes_only_its_own_requests_with_it() {
    let Service { one, two, nginx, database } = Service::start();
    let mut members: Vec<Member> =
        (0..MEMBERS).map(|number| Member::log_in(&one, &format!("m{number}"))).collect();
    let answers: [AtomicUsize; MEMBERS] = Default::default();
    let end = AtomicBool::new(false);
    let (killed, seen) = std::thread::scope(|scope| {
        let work = Work { answers: &answers, end: &end };
        let working = members.iter_mut().zip(&answers).map(|(member, answers)| {
            scope.spawn(|| Work::run(answers, &end, member, nginx.address()))
        });
        let working: Vec<_> = working.collect();
        work.go_on();
        kill(one);
        let killed = Instant::now();
        work.go_on();
        drop(work);
        let seen = working.into_iter().map(|thread| thread.join().expect("no panic"));
        (killed, seen.collect::<Vec<Seen>>())
    });
    for (member, seen) in members.iter_mut().zip(seen) {
        let Seen { counts, failures } = &seen;
        // One request at a time: what was in flight on the dead instance is one request at most.
        assert!(failures.len() <= 1, "{}: {failures:?}", member.id);
        assert!(failures.iter().all(|(begun, _)| *begun < killed), "{}: {failures:?}", member.id);
        let mut last = 0;
        for (_, count) in counts {
            // A request that failed may have counted all the same.
            let most = last + 1 + failures.len() as u64;
            assert!((last + 1..=most).contains(count), "{}: {count} after {last}", member.id);
            last = *count;
        }
        let calls = member.calls(&two);
        for (_, count) in counts {
            assert!(calls.contains(count), "{}: the item of {count} is lost", member.id);
        }
        // A request that failed may have left an item all the same; nobody else's are seen.
        let most = counts.len() + failures.len();
        assert!((counts.len()..=most).contains(&calls.len()), "{}: {}", member.id, calls.len());
        for address in [two.address(), nginx.address()] {
            assert!(member.send(address, "GET") >= last, "{}: a write is lost", member.id);
        }
    }
    drop(database);
}
