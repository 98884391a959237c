//! The example project, over HTTP, in both modes: what `requests.http` promises, and what takes more
//! than one request to see.

use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;

use serde_json::json;
use transom_testkit::{
    Answer, Connection, HttpFile, Mode, Multipart, Process, Project, Request, Server, Upstream,
};

const EXAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/storefront");

fn storefront() -> Project {
    // `dev` reads the webhook's secret from .env; a production server reads only its environment.
    Project::copy_of(env!("CARGO_BIN_EXE_transom"), Path::new(EXAMPLE))
        .env("WEBHOOK_SECRET", "demo-secret")
}

/// Puts the first products into a store.
#[track_caller]
fn fill(server: &Server) {
    let file = Path::new(EXAMPLE).join("seed/products.jsonl");
    for line in fs::read_to_string(file).expect("the file is there").lines() {
        let product: serde_json::Value = serde_json::from_str(line).expect("a line is JSON");
        let id = product["_id"].as_str().expect("a product has an id");
        let put = Request::new("PUT", &format!("/api/products/{id}"));
        let reply = server.request(&put.json(&product));
        assert_eq!(reply.status, 200, "{reply:?}");
    }
}

/// Runs `test` on the store in both modes; each has its own copy of the project.
#[track_caller]
fn in_both_modes(prepare: impl Fn(Project) -> Project, test: impl Fn(&Server)) {
    for mode in [Mode::Dev, Mode::Start] {
        let server = prepare(storefront()).serve(mode);
        fill(&server);
        test(&server);
    }
}

/// The store with what `make demo` puts into it.
#[track_caller]
fn seeded() -> Project {
    let project = storefront();
    for collection in ["products", "stock"] {
        let file = format!("seed/{collection}.jsonl");
        let ended = project.run(&["data", "import", collection, &file, "--replace"]);
        assert_eq!(ended.status.code(), Some(0), "{}", ended.stderr);
    }
    project
}

#[track_caller]
fn replay(server: &Server) {
    let file = HttpFile::read(&Path::new(EXAMPLE).join("requests.http"));
    if let Err(failures) = file.replay(server.address()) {
        panic!("{failures}");
    }
}

#[test]
fn every_documented_request_is_answered_as_documented_in_dev() {
    replay(&seeded().serve_dev());
}

#[test]
fn every_documented_request_is_answered_as_documented_in_production() {
    replay(&seeded().build_and_serve());
}

/// What a person sends who tries the store: a file and a message.
#[track_caller]
fn use_files(address: SocketAddr, store: &Path) {
    let mut connection = Connection::open(address).expect("it listens");
    let form = Multipart::new().text("title", "A file").file("file", "a.txt", "text/plain", b"abc");
    let reply = connection.request(&Request::post("/api/uploads").same_origin().multipart(form));
    assert_eq!(reply.json()["size"], 3, "{}", reply.text());
    let form = "name=Ann&email=ann%40example.org&message=Hello+there";
    let sent = connection.request(&Request::post("/api/contact").same_origin().form(form));
    assert!(sent.status < 400, "{}", sent.text());
    let kept = fs::read_to_string(store.join(".transom/files/contact.jsonl"));
    assert!(kept.expect("the message is kept").contains("Hello there"));
}

fn address_in(process: &Process) -> SocketAddr {
    let line = process.log().wait_for("listening on http://");
    let address = line.rsplit_once("//").expect("an address").1.replace("localhost", "127.0.0.1");
    address.parse().expect("an address")
}

/// The store keeps its files in its own folder, wherever the server was started.
#[test]
fn files_are_kept_in_the_project_that_was_started_from_another_folder() {
    for mode in ["dev", "start"] {
        let project = storefront();
        if mode == "start" {
            project.build();
        }
        let elsewhere = tempfile::tempdir().expect("a temporary folder can be made");
        let mut command = Command::new(env!("CARGO_BIN_EXE_transom"));
        command.arg(mode).arg(project.path("")).args(["--host", "127.0.0.1", "--port", "0"]);
        let process = Process::start(command.current_dir(elsewhere.path()));
        use_files(address_in(&process), &project.path(""));
        assert!(process.stop().status.success());
        assert_eq!(fs::read_dir(elsewhere.path()).expect("a folder").count(), 0, "{mode}");
    }
}

#[test]
fn the_demonstration_is_a_whole_store() {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let root = Path::new(EXAMPLE).join("../..");
    let store = folder.path().join("examples/storefront");
    let copied = storefront();
    fs::create_dir_all(folder.path().join("examples")).expect("the folder is ours");
    fs::create_dir_all(folder.path().join("scripts")).expect("the folder is ours");
    for part in ["scripts/demo.sh", "scripts/demo.txt"] {
        fs::copy(root.join(part), folder.path().join(part)).expect("it is there");
    }
    let moved = Command::new("cp").arg("-r").arg(copied.path("")).arg(&store).status();
    assert!(moved.expect("cp is there").success());
    let mut command = Command::new("sh");
    command.arg("scripts/demo.sh").arg(env!("CARGO_BIN_EXE_transom")).env("PORT", "0");
    let process = Process::start(command.env("NO_COLOR", "1").current_dir(folder.path()));
    let address = address_in(&process);
    let mut connection = Connection::open(address).expect("it listens");
    let products = connection.request(&Request::get("/api/products"));
    assert!(products.text().contains("lantern"), "{}", products.text());
    use_files(address, &store);
    assert!(process.stop().status.success());
}

#[test]
fn a_build_answers_the_same_after_a_move_to_another_folder() {
    let project = storefront();
    project.build();
    let elsewhere =
        Project::copy_of(env!("CARGO_BIN_EXE_transom"), &project.path(".transom/build"));
    drop(project);
    let server = elsewhere.start();
    fill(&server);
    let reply = server.get("/api/products/lantern");
    assert_eq!(reply.json()["price"], 24);
}

#[test]
fn what_one_request_stores_is_there_after_a_restart() {
    let state = tempfile::tempdir().expect("a temporary folder can be made");
    let folder = state.path().to_str().expect("its name is UTF-8").to_owned();
    let start = || storefront().env("TRANSOM_DATA_DIR", &folder).build_and_serve();
    let server = start();
    fill(&server);
    let created = server
        .request(&Request::post("/api/products").json(&json!({ "name": "Torch", "price": 12 })));
    let id = created.json()["id"].as_str().expect("a product has an id").to_owned();
    let removed = server.request(
        &Request::new("DELETE", "/api/products/lantern").header("content-type", "application/json"),
    );
    assert_eq!(removed.status, 204);
    assert!(server.stop().status.success());

    let server = start();
    assert_eq!(server.get(&format!("/api/products/{id}")).json()["name"], "Torch");
    assert_eq!(server.get("/api/products/desk-lamp").json()["name"], "Desk lamp");
    assert_eq!(server.get("/api/products/lantern").status, 404);
}

/// A token of `kind` for `id`.
fn token(server: &Server, kind: &str, id: &str) -> String {
    let ended = server.project().run(&["token", "--as", kind, "--id", id]);
    assert!(ended.status.success(), "{}", ended.stderr);
    ended.stdout.trim().to_owned()
}

#[test]
fn members_order_what_is_in_stock_and_see_their_own_orders() {
    in_both_modes(
        |project| project,
        |server| {
            let [ann, bob] = ["ann", "bob"].map(|id| token(server, "member", id));
            let staff = token(server, "user", "u1");
            let post = |token: &str, path: &str, body: serde_json::Value| {
                server.request(&Request::post(path).header("authorization", token).json(&body))
            };
            let order = |token: &str, quantity: u32| {
                post(token, "/api/orders", json!({ "product": "lantern", "quantity": quantity }))
            };
            let orders = |token: &str| {
                server.request(&Request::get("/api/orders").header("authorization", token)).json()
            };
            assert_eq!(order(&ann, 1).status, 409, "nothing is in stock");
            assert_eq!(post(&ann, "/api/stock/lantern", json!({ "quantity": 9 })).status, 403);
            let stocked = post(&staff, "/api/stock/lantern", json!({ "quantity": 3 }));
            assert_eq!(stocked.json(), json!({ "product": "lantern", "count": 3 }));

            let made = order(&ann, 2);
            assert_eq!((made.status, &made.json()["price"]), (201, &json!(48)), "{made:?}");
            assert_eq!(order(&bob, 2).status, 409, "one is left");
            assert_eq!(order(&bob, 1).status, 201);
            assert_eq!(server.get("/api/stock/lantern").json()["count"], 0);

            for (token, quantity) in [(&ann, 2), (&bob, 1)] {
                let found = orders(token);
                assert_eq!(found["total"], 1, "{found}");
                assert_eq!(found["orders"][0]["quantity"], quantity);
            }
            let staffs = orders(&staff);
            assert_eq!(staffs["status"], 403, "orders are for members: {staffs}");
        },
    );
}

#[test]
fn of_many_who_want_the_last_one_gets_it() {
    let server = storefront().arg("--workers").arg("2").build_and_serve();
    fill(&server);
    let staff = token(&server, "user", "u1");
    let stock = Request::post("/api/stock/desk-lamp").header("authorization", &staff);
    assert_eq!(server.request(&stock.json(&json!({ "quantity": 5 }))).status, 200);
    let made = std::sync::atomic::AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for client in 0..8 {
            let (server, made) = (&server, &made);
            scope.spawn(move || {
                let member = token(server, "member", &format!("m{client}"));
                for _ in 0..3 {
                    let request = Request::post("/api/orders").header("authorization", &member);
                    let reply = server.request(&request.json(&json!({ "product": "desk-lamp" })));
                    match reply.status {
                        201 => made.fetch_add(1, std::sync::atomic::Ordering::Relaxed),
                        status => {
                            assert_eq!(status, 409, "{reply:?}");
                            0
                        }
                    };
                }
            });
        }
    });
    assert_eq!(made.into_inner(), 5);
    assert_eq!(server.get("/api/stock/desk-lamp").json()["count"], 0);
}

#[test]
fn the_catalogue_is_a_feed_and_a_table() {
    in_both_modes(
        |project| project,
        |server| {
            let name = "=1+1, \"quoted\"";
            let product = json!({ "name": name, "price": 3, "tags": ["a", "b"] });
            assert_eq!(server.request(&Request::post("/api/products").json(&product)).status, 201);
            let table = server.get("/products.csv");
            assert_eq!(
                table.header("content-type"),
                Some("text/csv; charset=utf-8; header=present")
            );
            let lines: Vec<_> = table.text().split("\r\n").collect();
            assert_eq!(lines.len(), 1 + 4 + 1);
            assert_eq!(lines[0], "id,name,price,tags");
            assert!(lines.contains(&"lantern,Lantern & hook,24,outdoor"), "{lines:?}");
            assert!(table.text().contains(",\"'=1+1, \"\"quoted\"\"\",3,a b\r\n"), "{lines:?}");
            let feed = server.get("/feed.xml");
            assert!(
                feed.text().contains("<title>=1+1, &quot;quoted&quot;</title>"),
                "{}",
                feed.text()
            );
        },
    );
}

#[test]
fn a_contact_message_is_kept() {
    in_both_modes(
        |project| project,
        |server| {
            let form = "email=ada%40example.com&message=A+%26+B%3F&topic=order&topic=repair";
            let request = Request::post("/api/contact").same_origin().form(form);
            let reply = server.request(&request.header("x-request-id", "message-1"));
            assert_eq!((reply.status, reply.header("location")), (303, Some("/thanks.html")));

            let kept = fs::read_to_string(server.project().path(".transom/files/contact.jsonl"))
                .expect("the store keeps a journal of messages");
            let kept: serde_json::Value = serde_json::from_str(&kept).expect("one line of JSON");
            let expected = json!({
                "id": "message-1",
                "email": "ada@example.com",
                "message": "A & B?",
                "topics": ["order", "repair"],
            });
            assert_eq!(kept, expected);
        },
    );
}

#[test]
fn an_upload_of_20_mb_reaches_the_disk_without_passing_through_memory() {
    // Two such files and the form around them would not fit into this heap.
    let small_heap = |project: Project| project.env("TRANSOM_LIMIT_HEAP", "32MB");
    in_both_modes(small_heap, |server| {
        let data: Vec<u8> =
            (0..20_000_000_u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
        for _ in 0..3 {
            let form = Multipart::new().text("title", "Große Datei").file(
                "file",
                "big.bin",
                "application/octet-stream",
                &data,
            );
            let reply =
                server.request(&Request::post("/api/uploads").same_origin().multipart(form));
            assert_eq!(reply.status, 201, "{reply:?}");
            let upload = reply.json();
            assert_eq!(upload["size"], 20_000_000);
            assert_eq!(upload["title"], "Große Datei");

            let id = upload["id"].as_str().expect("an upload has an id");
            let path = server.project().path(&format!(".transom/files/uploads/{id}"));
            let stored = fs::read(path).expect("the upload is on the disk");
            assert!(stored == data, "the file on the disk differs from what was sent");
        }
    });
}

#[test]
fn the_picture_is_a_valid_png() {
    in_both_modes(
        |project| project,
        |server| {
            let reply = server.get("/swatch/ff8800.png");
            let body = &reply.body;
            assert_eq!(&body[..8], b"\x89PNG\r\n\x1a\n");
            assert_eq!(&body[12..16], b"IHDR");
            assert_eq!(u32::from_be_bytes([body[16], body[17], body[18], body[19]]), 160, "width");
            assert_eq!(
                &body[body.len() - 8..],
                b"IEND\xae\x42\x60\x82",
                "the checksum of IEND is known"
            );
            // 8 signature, 25 IHDR, 12 around IDAT, 2 + 4 zlib, 2 blocks of 5, the lines, 12 IEND.
            assert_eq!(body.len(), 8 + 25 + 12 + 6 + 10 + 160 * (1 + 160 * 3) + 12);
        },
    );
}

#[test]
fn the_secret_goes_to_the_external_service_and_not_to_the_client() {
    for mode in [Mode::Dev, Mode::Start] {
        let rates = Upstream::start(|request| match request.header("authorization") {
            Some("Bearer s3cret") => Answer::new(200, r#"{"rate":1.25}"#),
            _ => Answer::new(401, "{}"),
        });
        let server = storefront()
            .env("RATES_URL", &format!("{}/v1/rates?base=x", rates.origin()))
            .env("RATES_KEY", "s3cret")
            .serve(mode);
        fill(&server);

        let reply = server.get("/api/convert?product=desk-lamp&to=USD");
        let expected = json!({ "product": "desk-lamp", "currency": "USD", "price": 61.88 });
        assert_eq!(reply.json(), expected);
        assert!(!format!("{reply:?}").contains("s3cret"));

        let received = rates.next();
        assert_eq!(received.method, "GET");
        assert_eq!(received.target, "/v1/rates?base=x&from=EUR&to=USD");
        assert_eq!(received.header("accept"), Some("application/json"));
    }
}

#[test]
fn a_failing_external_service_is_a_bad_gateway() {
    let rates = Upstream::start(|_| Answer::new(500, "out of order"));
    let server =
        storefront().env("RATES_URL", &rates.origin()).env("RATES_KEY", "s3cret").build_and_serve();
    fill(&server);
    let reply = server.get("/api/convert?product=desk-lamp");
    assert_eq!(reply.status, 502);
    assert_eq!(reply.json()["error"], "the rates service answered 500");

    drop(rates);
    let server = storefront()
        .env("RATES_URL", "http://127.0.0.1:1/nobody-listens-here")
        .env("RATES_KEY", "s3cret")
        .build_and_serve();
    fill(&server);
    let reply = server.get("/api/convert?product=desk-lamp");
    assert_eq!(reply.status, 502);
    assert_eq!(reply.json()["error"], "the rates service cannot be reached");

    let reply = storefront().build_and_serve().get("/api/convert?product=desk-lamp");
    assert_eq!(reply.status, 503, "without the settings, the endpoint says so");
}

#[test]
fn events_arrive_one_by_one() {
    in_both_modes(
        |project| project,
        |server| {
            let mut connection = server.connect();
            let request = Request::get("/api/events?interval=1").to_bytes(connection.host());
            connection.send(request).expect("the connection is open");
            let head = connection.head().expect("the head comes before the stream's end");
            assert_eq!(head.header("content-type"), Some("text/event-stream"));
            for id in 1..=5 {
                let event =
                    connection.chunk().expect("the stream goes on").expect("and has no end");
                let event = String::from_utf8(event).expect("events are text");
                assert!(event.starts_with(&format!("id: {id}\nevent: price\ndata: {{")), "{event}");
                assert!(event.ends_with("}\n\n"), "{event}");
            }
        },
    );
}

#[test]
fn the_proxy_passes_on_every_method_and_both_bodies() {
    for mode in [Mode::Dev, Mode::Start] {
        let upstream = Upstream::start(|request| {
            Answer::new(207, request.body.clone())
                .header("content-type", "text/x-echo")
                .header("set-cookie", "a=1")
                .header("set-cookie", "b=2; Path=/")
        });
        let base = format!("{}/base/", upstream.origin());
        let server = storefront().env("UPSTREAM_URL", &base).serve(mode);

        let big = "0123456789".repeat(100_000);
        for method in ["POST", "PUT", "PATCH", "DELETE", "PURGE"] {
            let reply = server.request(
                &Request::new(method, "/proxy/a/b?x=1&x=%20")
                    .header("content-type", "application/json")
                    .header("cookie", "session=private")
                    .body(big.as_str()),
            );
            assert_eq!(reply.status, 207, "{method}: {reply:?}");
            assert_eq!(reply.text(), big);
            assert_eq!(reply.header("content-type"), Some("text/x-echo"));
            assert_eq!(reply.all("set-cookie").collect::<Vec<_>>(), ["a=1", "b=2; Path=/"]);

            let received = upstream.next();
            assert_eq!((received.method.as_str(), received.body.len()), (method, big.len()));
            assert_eq!(received.target, "/base/a/b?x=1&x=%20");
            assert_eq!(received.header("cookie"), None, "the example keeps cookies to itself");
            assert_eq!(received.header("x-request-id"), reply.header("x-request-id"));
        }
        let reply = server.send("HEAD", "/proxy");
        assert_eq!((reply.status, reply.body.len()), (207, 0));
        assert_eq!(upstream.next().target, "/base/");
    }
}

#[test]
fn a_cart_follows_its_client_through_requests_on_one_connection() {
    in_both_modes(
        |project| project,
        |server| {
            let mut connection = server.connect();
            let mut cookie = String::new();
            for (product, expected) in [
                ("desk-lamp", json!({ "desk-lamp": 1 })),
                ("lantern", json!({ "desk-lamp": 1, "lantern": 1 })),
                ("desk-lamp", json!({ "desk-lamp": 2, "lantern": 1 })),
            ] {
                let request = Request::post("/api/cart")
                    .header("cookie", &cookie)
                    .json(&json!({ "product": product }));
                let reply = connection.request(&request);
                assert_eq!(reply.json(), expected);
                let set = reply.header("set-cookie").expect("the cart is in a cookie");
                cookie = set.split(';').next().unwrap_or_default().to_owned();
            }
            let reply = connection.request(&Request::get("/api/cart").header("cookie", &cookie));
            assert_eq!(reply.json(), json!({ "desk-lamp": 2, "lantern": 1 }));
        },
    );
}

#[test]
fn concurrent_changes_of_several_workers_are_all_kept() {
    let server = storefront().arg("--workers").arg("2").build_and_serve();
    fill(&server);
    std::thread::scope(|scope| {
        for client in 0..8 {
            let server = &server;
            scope.spawn(move || {
                for turn in 0..10 {
                    let name = format!("Lamp {client}-{turn}");
                    let product = json!({ "name": name, "price": turn });
                    // A connection each, so that the kernel spreads them over the workers.
                    let reply = server.request(&Request::post("/api/products").json(&product));
                    assert_eq!(reply.status, 201);
                }
            });
        }
    });
    assert_eq!(server.get("/api/products").json()["total"], 3 + 8 * 10);
}

#[test]
fn check_says_of_the_store_what_a_person_would() {
    let ended = storefront().run(&["check", "--deny"]);
    assert!(ended.status.success(), "{}", ended.output());
    for line in [
        "GET     /api/account              guarded: MEMBER",
        "GET     /api/orders               guarded: MEMBER",
        "POST    /api/orders               guarded: MEMBER",
        "POST    /api/stock/[id]           guarded: USER",
        "GET     /api/staff/members        guarded: USER",
        "GET     /api/who                  inspects: getTokenInfo()",
        "POST    /api/webhooks/payment     inspects: a signature",
        "DELETE  /api/products/[id]        open",
        "GET     /api/convert              open",
    ] {
        let found =
            ended.stdout.lines().any(|found| found.split_whitespace().eq(line.split_whitespace()));
        assert!(found, "{line}:\n{}", ended.stdout);
    }
}
