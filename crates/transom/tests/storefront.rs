//! The example project, over HTTP, in both modes: what `requests.http` promises, and what takes more
//! than one request to see.

use std::fs;
use std::path::Path;

use serde_json::json;
use transom_testkit::{Answer, HttpFile, Mode, Multipart, Project, Request, Server, Upstream};

const EXAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/storefront");

fn storefront() -> Project {
    // `dev` reads the webhook's secret from .env; a production server reads only its environment.
    Project::copy_of(env!("CARGO_BIN_EXE_transom"), Path::new(EXAMPLE))
        .env("WEBHOOK_SECRET", "demo-secret")
}

/// Runs `test` on the store in both modes; each has its own copy of the project.
#[track_caller]
fn in_both_modes(prepare: impl Fn(Project) -> Project, test: impl Fn(&Server)) {
    for mode in [Mode::Dev, Mode::Start] {
        test(&prepare(storefront()).serve(mode));
    }
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
    replay(&storefront().serve_dev());
}

#[test]
fn every_documented_request_is_answered_as_documented_in_production() {
    replay(&storefront().build_and_serve());
}

#[test]
fn a_build_answers_the_same_after_a_move_to_another_folder() {
    let project = storefront();
    project.build();
    let elsewhere =
        Project::copy_of(env!("CARGO_BIN_EXE_transom"), &project.path(".transom/build"));
    drop(project);
    let reply = elsewhere.start().get("/api/products/lantern");
    assert_eq!(reply.json()["price"], 24);
}

#[test]
fn what_one_request_stores_is_there_after_a_restart() {
    let project = storefront();
    let storage = tempfile::tempdir().expect("a temporary folder can be made");
    let folder = storage.path().to_str().expect("its name is UTF-8").to_owned();
    let allowed =
        format!("[permissions]\nfs.read = [\".\", \"{folder}\"]\nfs.write = [\"{folder}\"]\n");
    let project = project.file("transom.toml", &allowed);
    let server = project.env("STORAGE_DIR", &folder).build_and_serve();
    let created = server
        .request(&Request::post("/api/products").json(&json!({ "name": "Torch", "price": 12 })));
    let id = created.json()["id"].as_str().expect("a product has an id").to_owned();
    assert!(server.stop().status.success());

    let project = storefront().file("transom.toml", &allowed);
    let server = project.env("STORAGE_DIR", &folder).build_and_serve();
    assert_eq!(server.get(&format!("/api/products/{id}")).json()["name"], "Torch");
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
    let reply = server.get("/api/convert?product=desk-lamp");
    assert_eq!(reply.status, 502);
    assert_eq!(reply.json()["error"], "the rates service answered 500");

    drop(rates);
    let server = storefront()
        .env("RATES_URL", "http://127.0.0.1:1/nobody-listens-here")
        .env("RATES_KEY", "s3cret")
        .build_and_serve();
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
