//! From headers to the caller.

use std::time::Duration;

use serde_json::json;
use transom_identity::{Caller, Identity, Subject, SubjectType};

use crate::world::{PASSWORD, World, anonymous, log_in, member};

crate::cases!(
    headers_decide_who_is_calling,
    the_cookie_of_the_sdk_counts,
    a_visitor_is_the_same_while_its_cookie_lasts,
);

fn who(identity: &Identity, authorization: Option<&str>, cookies: Option<&str>) -> String {
    match identity.caller(authorization, cookies, false) {
        Caller::Known(claims) => claims.subject().to_string(),
        Caller::Refused => "refused".to_owned(),
        Caller::Nobody => "nobody".to_owned(),
    }
}

async fn headers_decide_who_is_calling(world: World) {
    let identity = world.open().await;
    member(&identity).await;
    let session = log_in(&identity, "ann@example.org", PASSWORD).await.session().expect("a cookie");
    let cookies = format!("theme=dark; transom_session={session}; x=y");
    let user = Subject::new(SubjectType::User, "u1");
    let user = identity.issue(&user, None, Duration::from_secs(60)).expect("it can sign");
    let bearer = format!("Bearer {user}");
    for (authorization, cookies, expected) in [
        (None, None, "nobody"),
        (Some(""), None, "nobody"),
        (Some("  "), Some(&*cookies), "MEMBER:m1"),
        (Some("Bearer"), None, "nobody"),
        (Some(&*user), None, "USER:u1"),
        (Some(&*bearer), None, "USER:u1"),
        (Some(&*bearer), Some(&*cookies), "USER:u1"),
        (None, Some(&*cookies), "MEMBER:m1"),
        (Some("Basic YTpi"), None, "refused"),
        (Some("Basic YTpi"), Some(&*cookies), "refused"),
        (Some("Bearer ghp_somebodyelsestoken"), None, "refused"),
        (Some("AWS4-HMAC-SHA256 Credential=x"), None, "refused"),
        (None, Some("transom_session=broken"), "nobody"),
        (None, Some("xtransom_session=1; ; ="), "nobody"),
    ] {
        assert_eq!(
            who(&identity, authorization, cookies),
            expected,
            "{authorization:?} {cookies:?}"
        );
    }
    assert_eq!(who(&identity, Some(&session), None), "refused", "a session is no access token");
    let swapped = format!("transom_session={user}");
    assert_eq!(who(&identity, None, Some(&swapped)), "nobody", "nor the other way round");
}

async fn the_cookie_of_the_sdk_counts(world: World) {
    let identity = world.open().await;
    let (access, refresh) = anonymous(&identity).await;
    let subject = identity.verify(&access).expect("it is valid").subject().to_string();
    let json = json!({ "clientId": identity.client_id(), "tokens": {
        "accessToken": { "value": access, "expiresAt": 1 },
        "refreshToken": { "value": refresh, "role": "visitor" } } });
    let encoded: String = form_urlencoded::byte_serialize(json.to_string().as_bytes()).collect();
    let cookies = format!("wixSession={}", encoded.replace('+', "%20"));
    assert_eq!(who(&identity, None, Some(&cookies)), subject);
    assert_eq!(who(&identity, Some("Basic YTpi"), Some(&cookies)), "refused");
    world.clock.advance(Duration::from_secs(4 * 3600 + 599));
    assert_eq!(who(&identity, None, Some(&cookies)), subject, "the SDK renews it a little late");
    world.clock.advance(Duration::from_secs(2));
    assert_eq!(who(&identity, None, Some(&cookies)), "nobody");
    for broken in ["wixSession=", "wixSession=%7B%7D", "wixSession=null", "wixSession=%zz"] {
        assert_eq!(who(&identity, None, Some(broken)), "nobody");
    }
}

async fn a_visitor_is_the_same_while_its_cookie_lasts(world: World) {
    let identity = world.open().await;
    let (token, claims) = identity.begin_visit().expect("it can sign");
    assert_eq!(claims.sub_type, SubjectType::Visitor);
    let cookies = format!("transom_session={token}");
    let restarted = world.open().await;
    for identity in [&identity, &restarted] {
        assert_eq!(who(identity, None, Some(&cookies)), claims.subject().to_string());
    }
    assert_ne!(identity.begin_visit().expect("it can sign").1.sub, claims.sub);
}
