//! Tokens that others have issued.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};
use transom_identity::{
    ClaimsMapping, Fetch, Identity, IdentityError, IssuerKeys, IssuerSettings, Role, Settings,
    SubjectType,
};

use crate::world::{World, info, kind};

crate::cases!(
    a_listed_issuer_is_accepted,
    claims_decide_what_the_caller_is,
    wrong_tokens_of_a_listed_issuer,
    a_key_set_that_goes_away,
    keys_that_appear_later,
    clocks_that_differ,
    a_key_in_pem,
);

const ISSUER: &str = "https://login.example/";
const SET: &str = "https://login.example/jwks";

/// An issuer with its key set, which can be unreachable.
#[derive(Default)]
struct Login {
    keys: Mutex<Vec<(String, EncodingKey)>>,
    unreachable: Mutex<bool>,
    fetched: Mutex<u32>,
}

impl Login {
    fn add_key(&self, kid: &str) {
        let pair = aws_lc_rs::signature::Ed25519KeyPair::generate_pkcs8v1(
            &aws_lc_rs::rand::SystemRandom::new(),
        );
        let key = EncodingKey::from_ed_der(pair.expect("a key").as_ref());
        self.keys.lock().expect("no panic").push((kid.to_owned(), key));
    }

    fn key_set(&self) -> Value {
        let keys = self.keys.lock().expect("no panic");
        let public = keys.iter().map(|(kid, key)| {
            let mut jwk = Jwk::from_encoding_key(key, Algorithm::EdDSA).expect("a public key");
            jwk.common.key_id = Some(kid.clone());
            serde_json::to_value(jwk).expect("JSON")
        });
        let unknown = json!({ "kty": "future", "kid": "odd", "zz": 1 });
        json!({ "keys": std::iter::once(unknown).chain(public).collect::<Vec<_>>() })
    }

    fn sign(&self, kid: &str, claims: &Value) -> String {
        let keys = self.keys.lock().expect("no panic");
        let (_, key) = keys.iter().find(|(found, _)| found == kid).expect("such a key");
        let mut header = Header::new(Algorithm::EdDSA);
        header.kid = Some(kid.to_owned());
        jsonwebtoken::encode(&header, claims, key).expect("it can sign")
    }
}

impl Fetch for Login {
    fn fetch(&self, url: &str) -> Pin<Box<dyn Future<Output = Result<Vec<u8>, String>> + Send>> {
        *self.fetched.lock().expect("no panic") += 1;
        let answer = match (url, *self.unreachable.lock().expect("no panic")) {
            (SET, false) => Ok(self.key_set().to_string().into_bytes()),
            _ => Err("connection refused".to_owned()),
        };
        Box::pin(std::future::ready(answer))
    }
}

fn settings(keys: IssuerKeys) -> Settings {
    let claims = ClaimsMapping {
        id: "sub".to_owned(),
        subject: SubjectType::Member,
        type_claim: Some("https://shop.example/roles".to_owned()),
        types: vec![
            ("owner".to_owned(), SubjectType::User, Some(Role::Admin)),
            ("editor".to_owned(), SubjectType::User, Some(Role::CmsEditor)),
        ],
    };
    let issuer = ISSUER.to_owned();
    let audience = "shop-api".to_owned();
    Settings {
        issuers: vec![IssuerSettings { issuer, audience, keys, claims }],
        ..Settings::default()
    }
}

async fn open(world: &World) -> (Identity, Arc<Login>) {
    let login = Arc::new(Login::default());
    login.add_key("k1");
    let settings = settings(IssuerKeys::Jwks(SET.to_owned()));
    (world.open_with(settings, Some(Arc::clone(&login) as Arc<dyn Fetch>)).await, login)
}

fn claims(world: &World) -> Value {
    let now = world.clock.now_ms() / 1000;
    json!({ "iss": ISSUER, "aud": ["shop-api", "other"], "sub": "auth0|7", "iat": now, "exp": now + 600 })
}

fn with(mut claims: Value, name: &str, value: Value) -> Value {
    claims[name] = value;
    claims
}

async fn a_listed_issuer_is_accepted(world: World) {
    let (identity, login) = open(&world).await;
    let info = info(&identity, &login.sign("k1", &claims(&world))).await;
    assert_eq!((&info["subjectType"], &info["subjectId"]), (&json!("MEMBER"), &json!("auth0|7")));
    assert_eq!(info["clientId"], identity.client_id());
    assert_eq!(info["exp"], claims(&world)["exp"]);
}

async fn claims_decide_what_the_caller_is(world: World) {
    let (identity, login) = open(&world).await;
    let roles = "https://shop.example/roles";
    for (value, expected) in [
        (json!("owner"), (SubjectType::User, Some(Role::Admin))),
        (json!(["reader", "editor"]), (SubjectType::User, Some(Role::CmsEditor))),
        (json!(["reader"]), (SubjectType::Member, None)),
        (json!("Owner"), (SubjectType::Member, None)),
        (json!({ "owner": true }), (SubjectType::Member, None)),
        (json!(null), (SubjectType::Member, None)),
    ] {
        let token = login.sign("k1", &with(claims(&world), roles, value.clone()));
        let claims = identity.verify_patiently(&token).await.expect("it is valid");
        assert_eq!((claims.sub_type, claims.role), expected, "{value}");
    }
    // A mapping is the only way to a kind of caller: claims named like the own ones mean nothing.
    let token = login.sign("k1", &with(claims(&world), "sub_type", json!("APP")));
    assert_eq!(kind(&identity, &token).await, "MEMBER");
}

async fn wrong_tokens_of_a_listed_issuer(world: World) {
    let (identity, login) = open(&world).await;
    assert_eq!(kind(&identity, &login.sign("k1", &claims(&world))).await, "MEMBER");
    let now = world.clock.now_ms() / 1000;
    for (name, value) in [
        ("iss", json!("https://evil.example/")),
        ("iss", json!(ISSUER.trim_end_matches('/'))),
        ("aud", json!("another-api")),
        ("exp", json!(now - 61)),
        ("exp", json!("soon")),
        ("nbf", json!(now + 61)),
        ("sub", json!("")),
        ("sub", json!({})),
    ] {
        let token = login.sign("k1", &with(claims(&world), name, value.clone()));
        assert_eq!(kind(&identity, &token).await, "UNKNOWN", "{name}: {value}");
    }
    // A token that claims to be the project's own, signed by the other issuer.
    let own = identity.issue_anonymous().expect("it can sign").access_token;
    let issuer = identity.verify(&own).expect("it is valid").iss.clone();
    let claimed =
        with(with(claims(&world), "iss", json!(issuer)), "aud", json!(identity.client_id()));
    assert_eq!(kind(&identity, &login.sign("k1", &claimed)).await, "UNKNOWN");
    // Its public key is no secret to sign with.
    let key = login.key_set()["keys"][1]["x"].as_str().expect("a key").to_owned();
    let mut header = Header::new(Algorithm::HS256);
    header.kid = Some("k1".to_owned());
    let secret = EncodingKey::from_base64_secret(&key.replace('-', "+").replace('_', "/"));
    if let Ok(secret) = secret {
        let forged = jsonwebtoken::encode(&header, &claims(&world), &secret).expect("it can sign");
        assert_eq!(kind(&identity, &forged).await, "UNKNOWN");
    }
    let forged =
        jsonwebtoken::encode(&header, &claims(&world), &EncodingKey::from_secret(key.as_bytes()));
    assert_eq!(kind(&identity, &forged.expect("it can sign")).await, "UNKNOWN");
}

async fn a_key_set_that_goes_away(world: World) {
    let (identity, login) = open(&world).await;
    assert_eq!(kind(&identity, &login.sign("k1", &claims(&world))).await, "MEMBER");
    *login.unreachable.lock().expect("no panic") = true;
    for _ in 0..5 {
        world.clock.advance(Duration::from_secs(3600));
        identity.follow_issuers().await;
        let token = login.sign("k1", &claims(&world));
        assert_eq!(kind(&identity, &token).await, "MEMBER", "known keys go on to serve");
    }
    let restarted = settings(IssuerKeys::Jwks(SET.to_owned()));
    let restarted = world.open_with(restarted, Some(Arc::clone(&login) as Arc<dyn Fetch>)).await;
    assert_eq!(kind(&restarted, &login.sign("k1", &claims(&world))).await, "UNKNOWN");
    *login.unreachable.lock().expect("no panic") = false;
    world.clock.advance(Duration::from_secs(16));
    assert_eq!(kind(&restarted, &login.sign("k1", &claims(&world))).await, "MEMBER");
}

async fn keys_that_appear_later(world: World) {
    let (identity, login) = open(&world).await;
    assert_eq!(kind(&identity, &login.sign("k1", &claims(&world))).await, "MEMBER");
    world.clock.advance(Duration::from_secs(16));
    login.add_key("k2");
    assert_eq!(kind(&identity, &login.sign("k2", &claims(&world))).await, "MEMBER");
    // Tokens with made-up keys do not make it fetch again and again.
    login.add_key("k3");
    let before = *login.fetched.lock().expect("no panic");
    for _ in 0..50 {
        assert_eq!(kind(&identity, &login.sign("k3", &claims(&world))).await, "UNKNOWN");
    }
    assert_eq!(*login.fetched.lock().expect("no panic"), before);
}

async fn clocks_that_differ(world: World) {
    let (identity, login) = open(&world).await;
    let now = world.clock.now_ms() / 1000;
    for (iat, exp, expected) in [
        (now + 55, now + 600, "MEMBER"),
        (now + 70, now + 600, "UNKNOWN"),
        (now - 600, now - 50, "MEMBER"),
        (now - 600, now - 65, "UNKNOWN"),
    ] {
        let claims = with(with(claims(&world), "iat", json!(iat)), "exp", json!(exp));
        assert_eq!(kind(&identity, &login.sign("k1", &claims)).await, expected, "{claims}");
    }
}

async fn a_key_in_pem(world: World) {
    // The public half of a project's own RSA key serves as the other issuer's.
    let rsa = Settings { algorithm: transom_identity::Algorithm::Rs256, ..Settings::default() };
    let other = World::on_sqlite();
    let issuer = other.open_with(rsa, None).await;
    let key = serde_json::to_value(issuer.key_set()).expect("JSON")["keys"][0].clone();
    let pem = public_pem(&key);
    let token = issuer.issue_anonymous().expect("it can sign").access_token;
    let claims = issuer.verify(&token).expect("it is valid");
    let mut settings = settings(IssuerKeys::Pem(pem));
    settings.issuers[0].issuer.clone_from(&claims.iss);
    settings.issuers[0].audience.clone_from(&claims.aud);
    let identity = world.open_with(settings.clone(), None).await;
    assert_eq!(kind(&identity, &token).await, "MEMBER", "by the mapping, whatever it was there");
    settings.issuers[0].keys = IssuerKeys::Pem("-----BEGIN NOTHING-----".to_owned());
    let refused = world.try_open(settings, None).await.map(drop);
    assert!(matches!(refused, Err(IdentityError::Invalid(_))), "{refused:?}");
}

/// PKCS #1 in PEM, from the numbers of a key set.
fn public_pem(key: &Value) -> String {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    let number = |name: &str| {
        let bytes = URL_SAFE_NO_PAD.decode(key[name].as_str().expect("a number"));
        let mut bytes = bytes.expect("base64url");
        if bytes[0] >= 0x80 {
            bytes.insert(0, 0); // ASN.1 integers have a sign.
        }
        der(0x02, &bytes)
    };
    let sequence = der(0x30, &[number("n"), number("e")].concat());
    pem::encode(&pem::Pem::new("RSA PUBLIC KEY", sequence))
}

fn der(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = u16::try_from(content.len()).expect("a short value");
    let head = match length {
        0..0x80 => vec![tag, length as u8],
        _ => vec![tag, 0x82, (length >> 8) as u8, length as u8],
    };
    [head, content.to_vec()].concat()
}
