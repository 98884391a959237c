//! Attacks on tokens. Whatever is wrong with one, the answer is the same: not active, subject unknown.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use jsonwebtoken::{EncodingKey, Header};
use serde_json::{Value, json};
use transom_identity::{Algorithm, Identity, Lifetimes, Role, Settings, Subject, SubjectType};

use crate::world::{World, anonymous, info, kind, post, refresh, send};

crate::cases!(
    a_token_says_who_it_is_for,
    alg_none,
    key_confusion,
    another_algorithm_of_the_same_key,
    tampered_payload,
    wrong_issuer_and_audience,
    expired,
    not_yet_valid,
    token_of_another_project,
    oversized_token,
    kid_tricks,
    critical_extensions,
    token_for_another_purpose,
    token_in_the_url,
    broken_headers,
    keys_rotate_with_overlap,
    the_key_set_shows_no_secret,
    rsa_keys,
);

fn member_token(identity: &Identity) -> String {
    let subject = Subject::new(SubjectType::Member, "m1");
    identity.issue(&subject, None, Duration::from_secs(3600)).expect("it can sign")
}

fn part(token: &str, index: usize) -> Value {
    let text = token.split('.').nth(index).expect("three parts");
    serde_json::from_slice(&BASE64.decode(text).expect("base64url")).expect("JSON")
}

fn encode(value: &Value) -> String {
    BASE64.encode(value.to_string())
}

/// The token with another header and payload, and its own signature.
fn forge(token: &str, header: &Value, payload: &Value) -> String {
    let signature = token.rsplit('.').next().expect("three parts");
    format!("{}.{}.{signature}", encode(header), encode(payload))
}

fn with(value: &Value, name: &str, replaced: Value) -> Value {
    let mut value = value.clone();
    value[name] = replaced;
    value
}

async fn a_token_says_who_it_is_for(world: World) {
    let identity = world.open().await;
    let token = member_token(&identity);
    for presented in [token.clone(), format!("Bearer {token}"), format!("bearer   {token} ")] {
        let info = info(&identity, &presented).await;
        assert_eq!(info["active"], true, "{info}");
        assert_eq!(info["subjectType"], "MEMBER");
        assert_eq!(info["subjectId"], "m1");
        assert_eq!(info["clientId"], identity.client_id());
        assert_eq!(info["instanceId"], identity.instance_id());
        assert_ne!(info["siteId"], "");
        let (iat, exp) = (info["iat"].as_i64().expect("a number"), info["exp"].as_i64());
        assert_eq!(exp, Some(iat + 3600));
    }
    let subject = Subject::new(SubjectType::User, "u1");
    let token = identity.issue(&subject, Some(Role::Admin), Duration::from_secs(60));
    let claims = identity.verify(&token.expect("it can sign")).expect("it is valid");
    assert_eq!((claims.subject(), claims.role), (subject, Some(Role::Admin)));
}

async fn alg_none(world: World) {
    let identity = world.open().await;
    let token = member_token(&identity);
    let (header, payload) = (part(&token, 0), part(&token, 1));
    for name in ["none", "None", "NONE", "nOnE", ""] {
        let header = with(&header, "alg", json!(name));
        let unsigned = format!("{}.{}.", encode(&header), encode(&payload));
        assert_eq!(kind(&identity, &unsigned).await, "UNKNOWN", "{name}");
        assert_eq!(kind(&identity, &forge(&token, &header, &payload)).await, "UNKNOWN", "{name}");
    }
}

async fn key_confusion(world: World) {
    let settings = Settings { algorithm: Algorithm::Rs256, ..Settings::default() };
    let identity = world.open_with(settings, None).await;
    let token = member_token(&identity);
    let key = serde_json::to_value(identity.key_set()).expect("JSON")["keys"][0].clone();
    let modulus = key["n"].as_str().expect("an RSA key").to_owned();
    let kid = part(&token, 0)["kid"].as_str().expect("an id").to_owned();
    let secrets = [
        modulus.clone().into_bytes(),
        BASE64.decode(&modulus).expect("base64url"),
        key.to_string().into_bytes(),
    ];
    for secret in secrets {
        for algorithm in [jsonwebtoken::Algorithm::HS256, jsonwebtoken::Algorithm::HS512] {
            let mut header = Header::new(algorithm);
            header.kid = Some(kid.clone());
            let signed =
                jsonwebtoken::encode(&header, &part(&token, 1), &EncodingKey::from_secret(&secret));
            assert_eq!(kind(&identity, &signed.expect("it can sign")).await, "UNKNOWN");
        }
    }
}

async fn another_algorithm_of_the_same_key(world: World) {
    let settings = Settings { algorithm: Algorithm::Rs256, ..Settings::default() };
    let identity = world.open_with(settings, None).await;
    let token = member_token(&identity);
    for name in ["RS512", "PS256", "ES256", "EdDSA"] {
        let header = with(&part(&token, 0), "alg", json!(name));
        assert_eq!(kind(&identity, &forge(&token, &header, &part(&token, 1))).await, "UNKNOWN");
    }
}

async fn tampered_payload(world: World) {
    let identity = world.open().await;
    let token = member_token(&identity);
    assert_eq!(kind(&identity, &token).await, "MEMBER"); // It is remembered from here on.
    let (header, payload) = (part(&token, 0), part(&token, 1));
    for (name, value) in [
        ("sub", json!("m2")),
        ("sub_type", json!("APP")),
        ("exp", json!(9_999_999_999_i64)),
        ("role", json!("admin")),
    ] {
        let forged = forge(&token, &header, &with(&payload, name, value));
        assert_eq!(kind(&identity, &forged).await, "UNKNOWN", "{name}");
    }
    let mut cut = token.clone();
    cut.pop();
    assert_eq!(kind(&identity, &cut).await, "UNKNOWN");
    assert_eq!(kind(&identity, &format!("{token}A")).await, "UNKNOWN");
    assert_eq!(kind(&identity, &token).await, "MEMBER");
}

/// A key of the attacker's, under the id of the project's.
fn sign_with_own_key(token: &str, payload: &Value) -> String {
    let pair = aws_lc_rs::signature::Ed25519KeyPair::generate_pkcs8v1(
        &aws_lc_rs::rand::SystemRandom::new(),
    );
    let key = EncodingKey::from_ed_der(pair.expect("a key").as_ref());
    let mut header = Header::new(jsonwebtoken::Algorithm::EdDSA);
    header.kid = part(token, 0)["kid"].as_str().map(str::to_owned);
    jsonwebtoken::encode(&header, payload, &key).expect("it can sign")
}

async fn wrong_issuer_and_audience(world: World) {
    let identity = world.open().await;
    let token = member_token(&identity);
    let payload = part(&token, 1);
    for (name, value) in [
        ("iss", json!("https://evil.example")),
        ("iss", json!("wix.com")),
        ("aud", json!("somebody-else")),
        ("sub", json!("m1")),
    ] {
        let forged = sign_with_own_key(&token, &with(&payload, name, value));
        assert_eq!(kind(&identity, &forged).await, "UNKNOWN", "{name}");
    }
    // The same project under another client id does not accept what was issued before.
    let settings = Settings { client_id: Some("another-app".to_owned()), ..Settings::default() };
    let renamed = world.open_with(settings, None).await;
    assert_eq!(kind(&renamed, &token).await, "UNKNOWN");
    assert_eq!(kind(&identity, &token).await, "MEMBER");
}

async fn expired(world: World) {
    let identity = world.open().await;
    let token = member_token(&identity);
    world.clock.advance(Duration::from_secs(3590));
    assert_eq!(kind(&identity, &token).await, "MEMBER");
    world.clock.advance(Duration::from_secs(10));
    assert_eq!(kind(&identity, &token).await, "UNKNOWN", "at once, although it is remembered");
    world.clock.turn_back(Duration::from_secs(10));
    assert_eq!(kind(&identity, &token).await, "MEMBER");
}

async fn not_yet_valid(world: World) {
    let identity = world.open().await;
    let token = member_token(&identity);
    world.clock.turn_back(Duration::from_secs(50));
    assert_eq!(kind(&identity, &token).await, "MEMBER", "clocks differ a little");
    world.clock.turn_back(Duration::from_secs(20));
    assert_eq!(kind(&identity, &token).await, "UNKNOWN");
}

async fn token_of_another_project(world: World) {
    let identity = world.open().await;
    let other = World::on_sqlite();
    let other = other.open().await;
    assert_ne!(identity.client_id(), other.client_id());
    let token = member_token(&other);
    assert_eq!(kind(&other, &token).await, "MEMBER");
    assert_eq!(kind(&identity, &token).await, "UNKNOWN");
    let (_, refresh_token) = anonymous(&other).await;
    assert_eq!(refresh(&identity, &refresh_token).await.refusal(), "400 invalid_grant");
}

async fn oversized_token(world: World) {
    let identity = world.open().await;
    let token = member_token(&identity);
    let payload = with(&part(&token, 1), "sub", json!("x".repeat(9000)));
    assert_eq!(kind(&identity, &forge(&token, &part(&token, 0), &payload)).await, "UNKNOWN");
    assert_eq!(kind(&identity, &"a".repeat(60_000)).await, "UNKNOWN");
    let reply = post(&identity, "token-info", json!({ "token": "a".repeat(70_000) })).await;
    assert_eq!(reply.status, 413, "{reply:?}");
}

async fn kid_tricks(world: World) {
    let identity = world.open().await;
    let token = member_token(&identity);
    let (header, payload) = (part(&token, 0), part(&token, 1));
    for kid in [
        json!("../../../../dev/null"),
        json!("/etc/passwd"),
        json!("' OR '1'='1"),
        json!("https://evil.example/jwks"),
        json!(""),
        json!("\u{0}"),
        json!(null),
        json!(7),
    ] {
        let forged = forge(&token, &with(&header, "kid", kid.clone()), &payload);
        assert_eq!(kind(&identity, &forged).await, "UNKNOWN", "{kid}");
    }
    // Keys that the token brings along are not looked at.
    let mut header = Header::new(jsonwebtoken::Algorithm::EdDSA);
    header.jku = Some("https://evil.example/jwks".to_owned());
    header.kid = part(&token, 0)["kid"].as_str().map(str::to_owned);
    let own = aws_lc_rs::signature::Ed25519KeyPair::generate_pkcs8v1(
        &aws_lc_rs::rand::SystemRandom::new(),
    );
    let own = EncodingKey::from_ed_der(own.expect("a key").as_ref());
    header.jwk = jsonwebtoken::jwk::Jwk::from_encoding_key(&own, header.alg).ok();
    let signed = jsonwebtoken::encode(&header, &payload, &own).expect("it can sign");
    assert_eq!(kind(&identity, &signed).await, "UNKNOWN");
}

async fn critical_extensions(world: World) {
    let identity = world.open().await;
    let token = member_token(&identity);
    let header = with(&part(&token, 0), "crit", json!(["b64"]));
    assert_eq!(kind(&identity, &forge(&token, &header, &part(&token, 1))).await, "UNKNOWN");
}

async fn token_for_another_purpose(world: World) {
    let identity = world.open().await;
    let (access, refresh_token) = anonymous(&identity).await;
    assert_eq!(kind(&identity, &refresh_token).await, "UNKNOWN");
    let (session, _) = identity.begin_visit().expect("it can sign");
    assert_eq!(kind(&identity, &session).await, "UNKNOWN");
    for token in [access, session] {
        assert_eq!(refresh(&identity, &token).await.refusal(), "400 invalid_grant");
    }
}

async fn token_in_the_url(world: World) {
    let identity = world.open().await;
    let token = member_token(&identity);
    let json = ["content-type: application/json"];
    for name in ["token", "access_token"] {
        let path = format!("/_transom/oauth2/token-info?{name}={token}");
        let reply = send(&identity, "POST", &path, &json, "{}").await;
        assert_eq!(reply.json()["active"], false, "{reply:?}");
    }
    let app = identity.issue_for_app().expect("it can sign").access_token;
    let path = format!("/_transom/api/members?access_token={app}");
    assert_eq!(send(&identity, "GET", &path, &[], "").await.status, 401);
}

async fn broken_headers(world: World) {
    let identity = world.open().await;
    for broken in [
        "",
        " ",
        "Bearer",
        "Bearer ",
        "Basic YTpi",
        "x",
        "..",
        "...",
        "a.b.c",
        "é.é.é",
        "{}",
        "null",
        "Bearer Bearer x",
        "eyJhbGciOiJFZERTQSJ9..",
    ] {
        assert_eq!(kind(&identity, broken).await, "UNKNOWN", "{broken:?}");
    }
    let reply = post(&identity, "token-info", json!({})).await;
    assert_eq!((reply.status.as_u16(), &reply.json()["active"]), (200, &json!(false)));
}

async fn keys_rotate_with_overlap(world: World) {
    let settings = || Settings {
        lifetimes: Lifetimes {
            access: Duration::from_secs(600),
            session: Duration::from_secs(3600),
            key: Duration::from_secs(7200),
            ..Lifetimes::default()
        },
        ..Settings::default()
    };
    let identity = world.open_with(settings(), None).await;
    let other = world.open_with(settings(), None).await;
    let kid = |token: &str| part(token, 0)["kid"].as_str().expect("an id").to_owned();
    let old = member_token(&identity);
    world.clock.advance(Duration::from_secs(7201));
    identity.maintain().await.expect("the store answers");
    assert_eq!(identity.key_set().keys.len(), 2, "the next key is published");
    let still_old = member_token(&identity);
    assert_eq!(kid(&still_old), kid(&old), "others may not know the next key yet");
    other.follow().await.expect("the store answers");
    world.clock.advance(Duration::from_secs(31));
    let new = member_token(&identity);
    assert_ne!(kid(&new), kid(&old));
    for identity in [&identity, &other] {
        assert_eq!(kind(identity, &new).await, "MEMBER");
        assert_eq!(kind(identity, &still_old).await, "MEMBER", "the key before verifies on");
    }
    world.clock.advance(Duration::from_secs(3700));
    identity.maintain().await.expect("the store answers");
    assert_eq!(identity.key_set().keys.len(), 1, "no token of the old key can be valid");
    assert_eq!(kind(&identity, &still_old).await, "UNKNOWN");
    let again = world.open_with(settings(), None).await;
    assert_eq!(kid(&member_token(&again)), kid(&new), "keys outlive a restart");
}

async fn the_key_set_shows_no_secret(world: World) {
    let identity = world.open().await;
    let reply = send(&identity, "GET", "/_transom/oauth2/jwks", &[], "").await;
    assert_eq!(
        (reply.status.as_u16(), reply.header("cache-control")),
        (200, Some("public, max-age=15"))
    );
    let key = reply.json()["keys"][0].clone();
    let mut names: Vec<&String> = key.as_object().expect("an object").keys().collect();
    names.sort();
    assert_eq!(names, ["alg", "crv", "kid", "kty", "use", "x"], "{key}");
    assert_eq!(
        (&key["alg"], &key["kty"], &key["use"]),
        (&json!("EdDSA"), &json!("OKP"), &json!("sig"))
    );
    assert_eq!(key["kid"], part(&member_token(&identity), 0)["kid"]);
}

async fn rsa_keys(world: World) {
    let settings = Settings { algorithm: Algorithm::Rs256, ..Settings::default() };
    let identity = world.open_with(settings, None).await;
    let token = member_token(&identity);
    assert_eq!(part(&token, 0)["alg"], "RS256");
    assert_eq!(kind(&identity, &token).await, "MEMBER");
    let key = serde_json::to_value(identity.key_set()).expect("JSON")["keys"][0].clone();
    assert_eq!((&key["kty"], key.get("d")), (&json!("RSA"), None), "{key}");
}
