//! The storefront's pages in a real browser: who looks at them, logging in and out, and calls with a token.

use std::path::Path;

use serde_json::json;
use transom_testkit::{Answer, Browser, Mode, Project, Server, Upstream};

const EXAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/storefront");
const PASSWORD: &str = "correct horse";

fn storefront() -> Project {
    Project::copy_of(env!("CARGO_BIN_EXE_transom"), Path::new(EXAMPLE))
        .env("WEBHOOK_SECRET", "demo-secret")
}

fn add(server: &Server, args: &[&str]) {
    let ended = server.project().run_with_input(args, &format!("{PASSWORD}\n"));
    assert!(ended.status.success(), "{}", ended.stderr);
}

fn with_people(project: Project, mode: Mode) -> Server {
    let server = project.serve(mode);
    add(&server, &["member", "add", "ann@example.org", "--id", "m1"]);
    add(&server, &["user", "add", "eve@example.org", "--id", "u1", "--role", "admin"]);
    server
}

/// Fills in the page's form and sends it.
fn log_in(browser: &Browser, email: &str, password: &str) {
    drop(browser.run(&format!(
        "document.querySelector('[name=email]').value = {};
         document.querySelector('[name=password]').value = {};
         document.querySelector('#login button').click();",
        json!(email),
        json!(password)
    )));
}

fn press(browser: &Browser, id: &str) {
    drop(browser.run(&format!("document.getElementById({}).click();", json!(id))));
}

#[test]
fn visitors_members_and_staff_see_what_is_theirs() {
    for mode in [Mode::Dev, Mode::Start] {
        let server = with_people(storefront(), mode);
        let browser = Browser::start();
        browser.open(&format!("{}/account.html", server.origin()));
        browser.wait_for("#who", "VISITOR ");
        let visitor = browser.run("return document.getElementById('who').value;");
        press(&browser, "call");
        browser.wait_for("#answer", "401 ");
        log_in(&browser, "ann@example.org", "wrong horse");
        browser.wait_for("#problem", "401");
        browser.wait_for("#who", visitor.as_str().expect("a text"));

        log_in(&browser, "ann@example.org", PASSWORD);
        browser.wait_for("#who", "MEMBER m1");
        press(&browser, "call");
        browser.wait_for("#answer", r#"200 {"member":"m1""#);
        // The session outlives the page, and no script can see it.
        browser.open(&format!("{}/account.html", server.origin()));
        browser.wait_for("#who", "MEMBER m1");
        let kept = browser.run(
            "const databases = await indexedDB.databases();
             return [localStorage.length, sessionStorage.length, databases.length, document.cookie];",
        );
        assert_eq!(kept, json!([0, 0, 0, ""]));

        browser.open(&format!("{}/dashboard.html", server.origin()));
        browser.wait_for("#who", "MEMBER m1");
        press(&browser, "call");
        browser.wait_for("#answer", "403 ");
        log_in(&browser, "eve@example.org", PASSWORD);
        browser.wait_for("#who", "USER u1");
        press(&browser, "call");
        browser.wait_for("#answer", "200 ");
        browser.wait_for("#answer", "ann@example.org");
        // The elevated call is open to the guarded endpoint alone.
        let direct = browser.run(
            "const { httpClient } = await import('/_transom/essentials.js');
             return (await httpClient.fetchWithAuth('/_transom/api/members')).status;",
        );
        assert_eq!(direct, 403);
        press(&browser, "logout");
        browser.wait_for("#who", "VISITOR ");
        press(&browser, "call");
        browser.wait_for("#answer", "401 ");
    }
}

#[test]
fn a_token_that_is_over_is_replaced_once() {
    let server = with_people(storefront(), Mode::Start);
    let browser = Browser::start();
    browser.open(&format!("{}/account.html", server.origin()));
    log_in(&browser, "ann@example.org", PASSWORD);
    browser.wait_for("#who", "MEMBER m1");
    // The session ends where the module does not see it.
    let statuses = browser.run(
        "const { auth, httpClient } = await import('/_transom/essentials.js');
         const before = (await httpClient.fetchWithAuth('/api/account')).status;
         const calls = [];
         const original = window.fetch;
         window.fetch = (request, init) => { calls.push(new URL(request.url ?? request, location).pathname); return original(request, init); };
         await original('/_transom/oauth2/logout', { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' });
         const response = await httpClient.fetchWithAuth('/api/account');
         window.fetch = original;
         return { before, calls, status: response.status, challenge: response.headers.get('www-authenticate') };",
    );
    let calls = ["/api/account", "/_transom/oauth2/token", "/api/account"];
    let expected = json!({ "before": 200, "calls": calls, "status": 401, "challenge": "Bearer realm=\"transom\"" });
    assert_eq!(statuses, expected);

    // One that expires soon is replaced before it is used; calls at the same time share the new one.
    let calls = browser.run(
        "const { auth, httpClient } = await import('/_transom/essentials.js');
         await auth.getTokenInfo();
         const [original, now] = [window.fetch, Date.now];
         const calls = [];
         window.fetch = (request, init) => { calls.push(new URL(request.url ?? request, location).pathname); return original(request, init); };
         Date.now = () => now() + 4 * 60 * 60 * 1000 - 10_000;
         await Promise.all([1, 2, 3].map(() => httpClient.fetchWithAuth('/api/who')));
         [window.fetch, Date.now] = [original, now];
         return calls;",
    );
    assert_eq!(calls, json!(["/_transom/oauth2/token", "/api/who", "/api/who", "/api/who"]));
}

#[test]
fn a_page_of_another_origin_calls_with_a_token() {
    const PAGE: &str = "<!doctype html><title>elsewhere</title><p id=\"who\"></p>";
    let other = Upstream::start(|_| Answer::new(200, PAGE).header("content-type", "text/html"));
    let origin = other.origin();
    let settings = format!(
        "identity.origins = [\"{origin}\"]\n[compat.cors]\norigins = [\"{origin}\"]\ncredentials = true\nheaders = [\"authorization\", \"content-type\"]\nexpose = [\"www-authenticate\"]\n"
    );
    let server = with_people(storefront().file("transom.toml", settings), Mode::Start);
    let stranger = Upstream::start(|_| Answer::new(200, PAGE).header("content-type", "text/html"));
    let browser = Browser::start();
    let script = |work: &str| {
        format!(
            "const {{ auth, httpClient }} = await import('{}/_transom/essentials.js'); {work}",
            server.origin()
        )
    };
    browser.open(&origin);
    let seen = browser.run(&script(
        "const visitor = await auth.getTokenInfo();
         const again = await (await httpClient.fetchWithAuth('/api/who')).json();
         await auth.login({ email: 'ann@example.org', password: 'correct horse' });
         const account = await httpClient.fetchWithAuth('/api/account');
         const member = await account.json();
         await auth.logout();
         const after = (await auth.getTokenInfo()).subjectType;
         return [visitor.subjectType, again.subjectId === visitor.subjectId, member.member, after];",
    ));
    assert_eq!(seen, json!(["VISITOR", true, "m1", "VISITOR"]));
    // Nothing goes to other hosts, and what is nobody's to call says so.
    let elevated = browser.run(&script(&format!(
        "await httpClient.fetchWithAuth('{}/x', {{ mode: 'no-cors' }});
         try {{ await auth.elevate(httpClient.fetchWithAuth)('/x'); return 'called'; }}
         catch (error) {{ return error.message; }}",
        stranger.origin()
    )));
    assert!(elevated.as_str().is_some_and(|text| text.contains("elevated client")), "{elevated}");
    let request = stranger.next();
    assert_eq!((request.target.as_str(), request.header("authorization")), ("/x", None));

    browser.open(&stranger.origin());
    let failed = browser.run(&format!(
        "try {{ await import('{}/_transom/essentials.js'); return 'loaded'; }} catch {{ return 'refused'; }}",
        server.origin()
    ));
    assert_eq!(failed, "refused", "an origin that is not listed cannot even load it");
}
