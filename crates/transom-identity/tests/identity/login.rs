//! Logging in and out in a browser, and attacks on it.

use serde_json::json;
use transom_identity::{AccountKind, Caller, Identity, NewAccount, Settings};

use crate::world::{PASSWORD, Reply, World, log_in, member, send};

crate::cases!(
    a_form_logs_in_and_leads_back,
    a_script_logs_in,
    staff_logs_in_apart_from_members,
    logging_out_ends_the_session_at_once,
    coming_back_from_a_log_out,
    session_fixation,
    login_from_another_origin,
    logout_from_another_origin,
    open_redirect,
    unknown_user_and_wrong_password,
    pages_hold_no_script,
    https_cookies,
    listed_origins,
);

const FORM: &str = "content-type: application/x-www-form-urlencoded";
const OWN: &str = "origin: http://shop.example";
const LOGIN: &str = "/_transom/oauth2/login";
const LOGOUT: &str = "/_transom/oauth2/logout";
const LOGGED_OUT: &str = "/_transom/oauth2/logout-callback";

fn caller(identity: &Identity, session: &str) -> String {
    let cookies = format!("a=b; transom_session={session}");
    match identity.caller(None, Some(&cookies), false) {
        Caller::Known(claims) => claims.subject().to_string(),
        Caller::Refused => "refused".to_owned(),
        Caller::Nobody => "nobody".to_owned(),
    }
}

fn form(pairs: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}

async fn form_log_in(identity: &Identity, headers: &[&str], back: &str) -> Reply {
    let body = form(&[("email", " ANN@example.org "), ("password", PASSWORD), ("return", back)]);
    let headers: Vec<&str> = [FORM].into_iter().chain(headers.iter().copied()).collect();
    send(identity, "POST", LOGIN, &headers, &body).await
}

async fn a_form_logs_in_and_leads_back(world: World) {
    let identity = world.open().await;
    member(&identity).await;
    let page =
        send(&identity, "GET", "/_transom/oauth2/login?return=%2Faccount%3Fx%3D1%26y", &[], "")
            .await;
    assert_eq!((page.status.as_u16(), page.header("set-cookie")), (200, None));
    assert!(page.text.contains("value=\"/account?x=1&amp;y\""), "{}", page.text);
    let reply = form_log_in(&identity, &[OWN], "/account?x=1&y").await;
    assert_eq!((reply.status.as_u16(), reply.header("location")), (303, Some("/account?x=1&y")));
    let cookie = reply.header("set-cookie").expect("a cookie");
    for attribute in ["; Path=/", "; HttpOnly", "; SameSite=Lax", "; Max-Age=2592000"] {
        assert!(cookie.contains(attribute), "{cookie}");
    }
    assert_eq!(caller(&identity, &reply.session().expect("a cookie")), "MEMBER:m1");
}

async fn a_script_logs_in(world: World) {
    let identity = world.open().await;
    member(&identity).await;
    let reply = log_in(&identity, "ann@example.org", PASSWORD).await;
    assert_eq!(reply.json(), json!({ "subjectType": "MEMBER", "subjectId": "m1" }));
    assert!(!reply.text.contains(&reply.session().expect("a cookie")), "scripts do not see it");
    let wrong = log_in(&identity, "ann@example.org", "wrong password").await;
    assert_eq!((wrong.status.as_u16(), wrong.session()), (401, None));
}

async fn staff_logs_in_apart_from_members(world: World) {
    let identity = world.open().await;
    member(&identity).await;
    let new = NewAccount {
        kind: AccountKind::User,
        id: Some("u1".to_owned()),
        email: "ann@example.org".to_owned(),
        password: "another password".to_owned(),
        role: Some(transom_identity::Role::CmsEditor),
    };
    identity.add_account(new).await.expect("the same address may be staff's");
    let body = |kind: &str, password: &str| {
        json!({ "email": "ann@example.org", "password": password, "as": kind }).to_string()
    };
    let headers = ["content-type: application/json", OWN];
    let reply = send(&identity, "POST", LOGIN, &headers, &body("user", "another password")).await;
    assert_eq!(caller(&identity, &reply.session().expect("a cookie")), "USER:u1");
    let reply = send(&identity, "POST", LOGIN, &headers, &body("user", PASSWORD)).await;
    assert_eq!(reply.status, 401, "a member's password does not open the staff's door");
}

async fn logging_out_ends_the_session_at_once(world: World) {
    let identity = world.open().await;
    member(&identity).await;
    let session = log_in(&identity, "ann@example.org", PASSWORD).await.session().expect("a cookie");
    let cookie = format!("cookie: transom_session={session}");
    assert_eq!(caller(&identity, &session), "MEMBER:m1");
    let page = send(&identity, "GET", LOGOUT, &[&cookie], "").await;
    assert_eq!(
        (page.status.as_u16(), caller(&identity, &session)),
        (200, "MEMBER:m1".to_owned()),
        "a link changes nothing"
    );
    let reply = send(&identity, "POST", LOGOUT, &[FORM, OWN, &cookie], "return=%2Fbye").await;
    assert_eq!((reply.status.as_u16(), reply.header("location")), (303, Some("/bye")));
    assert!(reply.header("set-cookie").is_some_and(|cookie| cookie.contains("Max-Age=0")));
    assert_eq!(
        caller(&identity, &session),
        "nobody",
        "the cookie is void even where it was copied"
    );
}

async fn coming_back_from_a_log_out(world: World) {
    let identity = world.open().await;
    member(&identity).await;
    let session = log_in(&identity, "ann@example.org", PASSWORD).await.session().expect("a cookie");
    let cookie = format!("cookie: transom_session={session}");
    let target = format!("{LOGGED_OUT}?returnToUrl=%2Fbye%3Fa%3D1");
    let back = send(&identity, "GET", &target, &[&cookie], "").await;
    assert_eq!((back.status.as_u16(), back.header("location")), (303, Some("/bye?a=1")));
    assert_eq!(back.header("set-cookie"), None);
    assert_eq!(caller(&identity, &session), "MEMBER:m1", "a link logs nobody out");
    send(&identity, "POST", LOGOUT, &[FORM, OWN, &cookie], "").await;
    let back = send(&identity, "GET", &target, &[&cookie], "").await;
    assert!(back.header("set-cookie").is_some_and(|cookie| cookie.contains("Max-Age=0")));
    let back = send(&identity, "GET", LOGGED_OUT, &[], "").await;
    assert_eq!((back.header("location"), back.header("set-cookie")), (Some("/"), None));
    let posted = send(&identity, "POST", LOGGED_OUT, &[FORM, OWN, &cookie], "").await;
    assert_eq!((posted.status.as_u16(), posted.header("allow")), (405, Some("GET, HEAD")));
}

async fn session_fixation(world: World) {
    let identity = world.open().await;
    member(&identity).await;
    let (planted, _) = identity.begin_visit().expect("it can sign");
    let cookie = format!("cookie: transom_session={planted}");
    let reply = form_log_in(&identity, &[OWN, &cookie], "/").await;
    let session = reply.session().expect("a cookie");
    assert_ne!(session, planted);
    assert_eq!(caller(&identity, &session), "MEMBER:m1");
    assert_eq!(caller(&identity, &planted), "nobody", "what was planted is void");
    let again =
        form_log_in(&identity, &[OWN, &format!("cookie: transom_session={session}")], "/").await;
    assert_ne!(again.session(), Some(session.clone()));
    assert_eq!(caller(&identity, &session), "nobody");
    let made_up = format!("cookie: transom_session={}", "11111111-1111-4111-8111-111111111111");
    let reply = form_log_in(&identity, &[OWN, &made_up], "/").await;
    assert_eq!(caller(&identity, &reply.session().expect("a cookie")), "MEMBER:m1");
}

/// Headers of requests that another page has made the browser send.
const FORGED: &[&[&str]] = &[
    &[FORM, "origin: https://evil.example"],
    &[FORM, "origin: http://evil.example:80"],
    &[FORM, "origin: null"],
    &[FORM, "origin: http://shop.example.evil.example"],
    &[FORM, "origin: https://shop.example"],
    &[FORM, "sec-fetch-site: cross-site"],
    &[FORM, "sec-fetch-site: same-site"],
    &[FORM],
    &[],
    &["content-type: text/plain"],
    &["content-type: text/plain; application/json"],
    &["content-type: application/json", "origin: https://evil.example"],
    &["content-type: application/json", "sec-fetch-site: cross-site"],
];

async fn login_from_another_origin(world: World) {
    let identity = world.open().await;
    member(&identity).await;
    for headers in FORGED {
        let body = form(&[("email", "ann@example.org"), ("password", PASSWORD)]);
        let reply = send(&identity, "POST", LOGIN, headers, &body).await;
        assert_eq!((reply.status.as_u16(), reply.session()), (403, None), "{headers:?}");
    }
    let body = json!({ "email": "ann@example.org", "password": PASSWORD }).to_string();
    let reply = send(&identity, "POST", LOGIN, &["content-type: application/json"], &body).await;
    assert_eq!(reply.status, 200, "a program that is no browser");
    let reply = form_log_in(&identity, &["sec-fetch-site: same-origin"], "/").await;
    assert_eq!(reply.status, 303);
}

async fn logout_from_another_origin(world: World) {
    let identity = world.open().await;
    member(&identity).await;
    let session = log_in(&identity, "ann@example.org", PASSWORD).await.session().expect("a cookie");
    let cookie = format!("cookie: transom_session={session}");
    for headers in FORGED {
        let headers: Vec<&str> = headers.iter().copied().chain([&*cookie]).collect();
        let reply = send(&identity, "POST", LOGOUT, &headers, "").await;
        assert_eq!((reply.status.as_u16(), reply.header("set-cookie")), (403, None), "{headers:?}");
    }
    assert_eq!(caller(&identity, &session), "MEMBER:m1");
}

async fn open_redirect(world: World) {
    let identity = world.open().await;
    member(&identity).await;
    for elsewhere in [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "\\/evil.example",
        "/\t/evil.example",
        "javascript:alert(1)",
        "http://shop.example@evil.example/",
        "/\r\nset-cookie: a=b",
    ] {
        let reply = form_log_in(&identity, &[OWN], elsewhere).await;
        assert_eq!(reply.header("location"), Some("/"), "{elsewhere:?}");
        let query = form(&[("returnToUrl", elsewhere)]);
        let page = send(&identity, "GET", &format!("{LOGIN}?{query}"), &[], "").await;
        assert!(page.text.contains("name=\"return\" value=\"/\""), "{elsewhere:?}: {}", page.text);
        let out =
            send(&identity, "POST", LOGOUT, &[FORM, OWN], &form(&[("return", elsewhere)])).await;
        assert_eq!(out.header("location"), Some("/"), "{elsewhere:?}");
        for name in ["return", "returnToUrl"] {
            let query = form(&[(name, elsewhere)]);
            let back = send(&identity, "GET", &format!("{LOGGED_OUT}?{query}"), &[], "").await;
            assert_eq!(back.header("location"), Some("/"), "{elsewhere:?}");
        }
    }
    let reply = form_log_in(&identity, &[OWN], "http://shop.example/account").await;
    assert_eq!(reply.header("location"), Some("/account"));
}

/// Same answer, and same work: where no password can be checked, both are turned away alike.
async fn unknown_user_and_wrong_password(world: World) {
    let identity = world.open().await;
    member(&identity).await;
    let unknown = log_in(&identity, "nobody@example.org", PASSWORD).await;
    let wrong = log_in(&identity, "ann@example.org", "wrong password").await;
    let odd = log_in(&identity, "ann\0@example.org", PASSWORD).await;
    assert_eq!((unknown.status.as_u16(), &unknown.text), (401, &wrong.text));
    assert_eq!((wrong.status, odd.text), (unknown.status, unknown.text));
    // A queue of one: of many log-ins at once most find it full, also those of nobody.
    let narrow = world.open_with(Settings { password_queue: 1, ..Settings::default() }, None).await;
    for email in ["nobody@example.org", "ann@example.org"] {
        let replies = (0..40).map(|_| log_in(&narrow, email, "wrong password"));
        let replies = futures_util::future::join_all(replies).await;
        let turned_away = replies.iter().filter(|reply| reply.status == 429);
        assert!(turned_away.clone().count() > 20, "{email}");
        for reply in turned_away {
            assert_eq!(reply.header("retry-after"), Some("1"));
        }
        assert!(replies.iter().any(|reply| reply.status == 401), "{email}");
    }
}

async fn pages_hold_no_script(world: World) {
    let identity = world.open().await;
    let query = form(&[("return", "/\"><script>alert(1)</script>"), ("as", "<b>")]);
    for path in [LOGIN, LOGOUT] {
        let page = send(&identity, "GET", &format!("{path}?{query}"), &[], "").await;
        assert!(!page.text.contains("<script") && !page.text.contains("<b>"), "{}", page.text);
        let policy = page.header("content-security-policy").expect("a policy");
        assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"));
        assert_eq!(page.header("cache-control"), Some("no-store"));
    }
}

async fn https_cookies(world: World) {
    let identity = world.open().await;
    member(&identity).await;
    let body = json!({ "email": "ann@example.org", "password": PASSWORD }).to_string();
    let request = http::Request::post(LOGIN)
        .header("host", "shop.example")
        .header("origin", "https://shop.example")
        .header("content-type", "application/json")
        .body(bytes::Bytes::from(body))
        .expect("a valid request");
    let reply = transom_identity::http::answer(&identity, request, true).await;
    let cookie = reply.headers()["set-cookie"].to_str().expect("text").to_owned();
    assert!(
        cookie.starts_with("__Host-transom_session=") && cookie.ends_with("; Secure"),
        "{cookie}"
    );
    let pair = cookie.split(';').next().expect("a pair");
    assert!(matches!(identity.caller(None, Some(pair), true), Caller::Known(_)));
    // Over HTTPS a cookie that another host of the domain could have set does not count.
    let plain = pair.replace("__Host-", "");
    assert_eq!(identity.caller(None, Some(&plain), true), Caller::Nobody);
}

async fn listed_origins(world: World) {
    let origins = vec!["https://app.example".to_owned()];
    let identity = world.open_with(Settings { origins, ..Settings::default() }, None).await;
    member(&identity).await;
    let reply = form_log_in(&identity, &["origin: https://app.example"], "/").await;
    assert_eq!(reply.status, 303);
    assert_eq!(reply.header("access-control-allow-origin"), Some("https://app.example"));
    assert_eq!(reply.header("access-control-allow-credentials"), Some("true"));
    let preflight = send(&identity, "OPTIONS", LOGIN, &["origin: https://app.example"], "").await;
    assert_eq!(preflight.status, 204);
    assert_eq!(
        preflight.header("access-control-allow-headers"),
        Some("authorization, content-type")
    );
    let other = send(&identity, "OPTIONS", LOGIN, &["origin: https://evil.example"], "").await;
    assert_eq!(other.header("access-control-allow-origin"), None);
}
