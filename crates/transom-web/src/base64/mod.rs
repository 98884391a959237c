//! Native half of `atob` and `btoa`, by `base64-simd`. The functions are in `base64.js`.
//!
//! Binary strings have one character from U+0000 to U+00FF for each byte.
//! Spec: <https://infra.spec.whatwg.org/#forgiving-base64>

use transom_engine::Op;

/// The JavaScript modules of this folder.
pub(crate) const MODULES: &[(&str, &str)] =
    &[("transom:internal/base64/base64", include_str!("base64.js"))];

pub(crate) fn ops() -> Vec<Op> {
    vec![Op::new("base64_decode", base64_decode), Op::new("base64_encode", base64_encode)]
}

/// Decodes forgivingly into a binary string; `None` when `data` is not base64.
fn base64_decode(data: String) -> Option<String> {
    let bytes = base64_simd::forgiving_decode_to_vec(data.as_bytes()).ok()?;
    Some(bytes.into_iter().map(char::from).collect())
}

/// Encodes a binary string; `None` when it has a character above U+00FF.
fn base64_encode(data: String) -> Option<String> {
    if data.is_ascii() {
        return Some(base64_simd::STANDARD.encode_to_string(data.as_bytes()));
    }
    let bytes =
        data.chars().map(|c| u8::try_from(u32::from(c)).ok()).collect::<Option<Vec<u8>>>()?;
    Some(base64_simd::STANDARD.encode_to_string(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decoding_forgives_white_space_and_missing_padding() {
        let decode = |data: &str| base64_decode(data.to_owned());
        assert_eq!(decode(" YW\tJj\r\n").as_deref(), Some("abc"));
        assert_eq!(decode("YWI=").as_deref(), Some("ab"));
        assert_eq!(decode("YWI").as_deref(), Some("ab"));
        assert_eq!(decode("YR").as_deref(), Some("a"), "stray bits at the end are dropped");
        assert_eq!(decode("/w==").as_deref(), Some("\u{ff}"));
        assert_eq!(decode("").as_deref(), Some(""));
    }

    #[test]
    fn decoding_refuses_what_is_not_base64() {
        for bad in ["a", "abc=d", "YW=", "YWI==", "ab\u{b}c", "ab-_", "=", "====", "\u{e9}aaa"] {
            assert_eq!(base64_decode(bad.to_owned()), None, "{bad:?}");
        }
    }

    #[test]
    fn encoding_takes_bytes_only() {
        assert_eq!(base64_encode("abc".into()).as_deref(), Some("YWJj"));
        assert_eq!(base64_encode("\u{ff}\u{0}".into()).as_deref(), Some("/wA="));
        assert_eq!(base64_encode("\u{100}".into()), None);
    }
}
