//! Signing with a key that is read once for each thread. `jsonwebtoken` reads the key's DER anew for each token, which
//! takes as long as an Ed25519 signature; its [`CryptoProvider`] is the place to do that differently.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::LazyLock;

use aws_lc_rs::signature::Ed25519KeyPair;
use jsonwebtoken::crypto::{CryptoProvider, JwtSigner, aws_lc};
use jsonwebtoken::errors::{Error, ErrorKind};
use jsonwebtoken::{Algorithm, AlgorithmFamily, EncodingKey};
use signature::Signer;

static PROVIDER: LazyLock<CryptoProvider> =
    LazyLock::new(|| CryptoProvider { signer_factory: signer, ..aws_lc::DEFAULT_PROVIDER.clone() });

/// Makes tokens be signed this way, in the whole process.
pub(crate) fn install() {
    // Only the first call has an effect.
    PROVIDER.install_default().ok();
}

thread_local! {
    /// The key that signed last, and its DER: there is one key at a time, and another after a rotation.
    static LAST: RefCell<Option<(Vec<u8>, Rc<Ed25519KeyPair>)>> = const { RefCell::new(None) };
}

struct EdDsa(Rc<Ed25519KeyPair>);

impl Signer<Vec<u8>> for EdDsa {
    fn try_sign(&self, message: &[u8]) -> Result<Vec<u8>, signature::Error> {
        Ok(self.0.sign(message).as_ref().to_vec())
    }
}

impl JwtSigner for EdDsa {
    fn algorithm(&self) -> Algorithm {
        Algorithm::EdDSA
    }
}

fn signer(algorithm: &Algorithm, key: &EncodingKey) -> Result<Box<dyn JwtSigner>, Error> {
    if *algorithm != Algorithm::EdDSA || key.family() != AlgorithmFamily::Ed {
        return (aws_lc::DEFAULT_PROVIDER.signer_factory)(algorithm, key);
    }
    let der = key.as_bytes();
    let pair = LAST.with_borrow_mut(|last| match last {
        Some((known, pair)) if known == der => Ok(Rc::clone(pair)),
        _ => {
            let pair = Ed25519KeyPair::from_pkcs8(der).map_err(|_| ErrorKind::InvalidEddsaKey)?;
            let (_, pair) = last.insert((der.to_vec(), Rc::new(pair)));
            Ok::<_, Error>(Rc::clone(pair))
        }
    })?;
    Ok(Box::new(EdDsa(pair)))
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::rand::SystemRandom;
    use jsonwebtoken::jwk::Jwk;
    use jsonwebtoken::{DecodingKey, Header, Validation};
    use serde_json::{Value, json};

    use super::*;

    fn key() -> EncodingKey {
        let der = Ed25519KeyPair::generate_pkcs8v1(&SystemRandom::new()).expect("a key");
        EncodingKey::from_ed_der(der.as_ref())
    }

    fn verifies(token: &str, key: &EncodingKey) -> bool {
        let public = Jwk::from_encoding_key(key, Algorithm::EdDSA).expect("a public half");
        let public = DecodingKey::from_jwk(&public).expect("a key");
        let mut validation = Validation::new(Algorithm::EdDSA);
        validation.required_spec_claims.clear();
        jsonwebtoken::decode::<Value>(token, &public, &validation).is_ok()
    }

    #[test]
    fn each_token_is_signed_with_the_key_that_was_asked_for() {
        install();
        let (first, second) = (key(), key());
        for _ in 0..3 {
            for (key, other) in [(&first, &second), (&second, &first)] {
                let header = Header::new(Algorithm::EdDSA);
                let token =
                    jsonwebtoken::encode(&header, &json!({"sub": "a"}), key).expect("signed");
                assert!(verifies(&token, key), "the key that signs changes with what is asked for");
                assert!(!verifies(&token, other));
            }
        }
    }

    #[test]
    fn a_key_of_another_kind_is_refused() {
        install();
        let secret = EncodingKey::from_secret(b"secret");
        assert!(signer(&Algorithm::EdDSA, &secret).is_err());
        let broken = EncodingKey::from_ed_der(b"no key");
        assert!(signer(&Algorithm::EdDSA, &broken).is_err());
    }
}
