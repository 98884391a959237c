//! Members and staff.

use serde_json::json;
use transom_identity::{AccountKind, IdentityError, NewAccount};

use crate::world::{PASSWORD, World, anonymous, kind, log_in, member, refresh, send};

crate::cases!(
    accounts_are_made_and_listed,
    wrong_accounts_are_refused,
    a_disabled_account_is_out_at_once,
    another_password_ends_every_session,
    the_list_of_members_is_for_the_app,
);

async fn accounts_are_made_and_listed(world: World) {
    let identity = world.open().await;
    let made = member(&identity).await;
    assert_eq!((&*made.email, made.enabled), ("ann@example.org", true));
    let listed = identity.accounts(AccountKind::Member).await.expect("the store answers");
    assert_eq!(listed, [made]);
    assert_eq!(identity.accounts(AccountKind::User).await.expect("the store answers"), []);
    let again = world.open().await;
    assert_eq!(log_in(&again, "ann@example.org", PASSWORD).await.status, 200);
}

async fn wrong_accounts_are_refused(world: World) {
    let identity = world.open().await;
    member(&identity).await;
    let new = |id: Option<&str>, email: &str, password: &str| NewAccount {
        kind: AccountKind::Member,
        id: id.map(str::to_owned),
        email: email.to_owned(),
        password: password.to_owned(),
        role: None,
    };
    for taken in
        [new(None, "ANN@example.org", PASSWORD), new(Some("m1"), "bob@example.org", PASSWORD)]
    {
        let error = identity.add_account(taken).await.expect_err("it is taken");
        assert!(matches!(error, IdentityError::Taken(_)), "{error:?}");
    }
    for wrong in [
        new(None, "bob", PASSWORD),
        new(None, "bob@", PASSWORD),
        new(None, "@example.org", PASSWORD),
        new(None, "a@b@c", PASSWORD),
        new(None, "bob ann@example.org", PASSWORD),
        new(None, "bob\0@example.org", PASSWORD),
        new(None, "bob@example.org", "short"),
        new(None, "bob@example.org", &"x".repeat(2000)),
        new(Some(""), "bob@example.org", PASSWORD),
        new(Some("a\0b"), "bob@example.org", PASSWORD),
    ] {
        let error = identity.add_account(wrong.clone()).await.expect_err("it is wrong");
        assert!(matches!(error, IdentityError::Invalid(_)), "{wrong:?}: {error:?}");
    }
    for missing in ["m2", "bob@example.org", ""] {
        let error = identity.disable_account(AccountKind::Member, missing).await;
        assert_eq!(error, Err(IdentityError::NoAccount(missing.to_owned())));
    }
}

/// A session of `m1` and tokens that came of it.
async fn logged_in(identity: &transom_identity::Identity) -> (String, String) {
    let session = log_in(identity, "ann@example.org", PASSWORD).await.session().expect("a cookie");
    let subject = transom_identity::Subject::new(transom_identity::SubjectType::Member, "m1");
    let token = identity.issue(&subject, None, std::time::Duration::from_secs(3600));
    (session, token.expect("it can sign"))
}

async fn a_disabled_account_is_out_at_once(world: World) {
    let identity = world.open().await;
    member(&identity).await;
    let (session, token) = logged_in(&identity).await;
    let cookies = format!("transom_session={session}");
    assert!(matches!(
        identity.caller(None, Some(&cookies), false),
        transom_identity::Caller::Known(_)
    ));
    assert_eq!(kind(&identity, &token).await, "MEMBER");
    let disabled = identity.disable_account(AccountKind::Member, "Ann@example.org").await;
    assert!(!disabled.expect("there is one").enabled);
    assert_eq!(identity.caller(None, Some(&cookies), false), transom_identity::Caller::Nobody);
    assert_eq!(kind(&identity, &token).await, "UNKNOWN", "tokens of no session, too");
    assert_eq!(log_in(&identity, "ann@example.org", PASSWORD).await.status, 401);
}

async fn another_password_ends_every_session(world: World) {
    let identity = world.open().await;
    member(&identity).await;
    let (_, token) = logged_in(&identity).await;
    let (visitor, visitors_refresh) = anonymous(&identity).await;
    let changed = identity.change_password(AccountKind::Member, "m1", "battery staple").await;
    assert_eq!(changed.expect("there is one").id, "m1");
    assert_eq!(kind(&identity, &token).await, "UNKNOWN");
    assert_eq!(log_in(&identity, "ann@example.org", PASSWORD).await.status, 401);
    world.clock.advance(std::time::Duration::from_millis(2));
    assert_eq!(log_in(&identity, "ann@example.org", "battery staple").await.status, 200);
    let subject = transom_identity::Subject::new(transom_identity::SubjectType::Member, "m1");
    let next = identity.issue(&subject, None, std::time::Duration::from_secs(60));
    assert_eq!(kind(&identity, &next.expect("it can sign")).await, "MEMBER", "in the same second");
    assert_eq!(kind(&identity, &visitor).await, "VISITOR", "others do not notice");
    assert_eq!(refresh(&identity, &visitors_refresh).await.status, 200);
}

async fn the_list_of_members_is_for_the_app(world: World) {
    let identity = world.open().await;
    member(&identity).await;
    let path = transom_identity::http::MEMBERS;
    let (session, member_token) = logged_in(&identity).await;
    let (visitor, _) = anonymous(&identity).await;
    let app = identity.issue_for_app().expect("it can sign").access_token;
    for (header, expected) in [
        (String::from("x: y"), 401),
        (format!("cookie: transom_session={session}"), 401),
        (format!("authorization: {visitor}"), 403),
        (format!("authorization: Bearer {member_token}"), 403),
        ("authorization: Bearer x.y.z".to_owned(), 401),
    ] {
        for method in ["GET", "POST"] {
            let reply = send(&identity, method, path, &[&header], "").await;
            assert_eq!(reply.status.as_u16(), expected, "{method} {header}");
            assert_eq!(reply.header("www-authenticate").is_some(), expected == 401);
        }
    }
    let header = format!("authorization: {app}");
    let body = json!({ "id": "m2", "email": "bob@example.org", "password": PASSWORD }).to_string();
    let headers = [&*header, "content-type: application/json"];
    let added = send(&identity, "POST", path, &headers, &body).await;
    assert_eq!((added.status.as_u16(), added.field("id")), (201, "m2".to_owned()));
    assert_eq!(send(&identity, "POST", path, &headers, &body).await.status, 409);
    let listed = send(&identity, "GET", path, &[&header], "").await;
    let members = listed.json()["members"].as_array().expect("a list").clone();
    assert_eq!((members.len(), &members[1]["email"]), (2, &json!("bob@example.org")));
    assert!(!listed.text.contains("argon2"), "{}", listed.text);
}
