//! The `application/x-www-form-urlencoded` format, for `url_search_params.js` and form bodies.
//!
//! Spec: <https://url.spec.whatwg.org/#application/x-www-form-urlencoded>.

use transom_engine::Op;

pub(crate) fn ops() -> Vec<Op> {
    vec![
        Op::new("url_form_parse", |input: String| parse(input.as_bytes())),
        Op::new("url_form_serialize", |pairs: Vec<String>| serialize(&pairs)),
    ]
}

/// Parses to a flat list: name, value, name, value. Broken UTF-8 becomes U+FFFD.
pub(crate) fn parse(input: &[u8]) -> Vec<String> {
    let mut pairs = Vec::new();
    for (name, value) in form_urlencoded::parse(input) {
        pairs.push(name.into_owned());
        pairs.push(value.into_owned());
    }
    pairs
}

fn serialize(pairs: &[String]) -> String {
    let mut serializer = form_urlencoded::Serializer::new(String::new());
    for pair in pairs.chunks_exact(2) {
        serializer.append_pair(&pair[0], &pair[1]);
    }
    serializer.finish()
}

#[cfg(test)]
mod tests {
    use super::{parse, serialize};

    #[track_caller]
    fn check(input: &str, expected: &[&str], back: &str) {
        let pairs = parse(input.as_bytes());
        assert_eq!(pairs, expected, "parsing {input:?}");
        assert_eq!(serialize(&pairs), back, "serialising {input:?}");
    }

    #[test]
    fn pairs_are_split_decoded_and_encoded_again() {
        check("", &[], "");
        check("a=1&b=2", &["a", "1", "b", "2"], "a=1&b=2");
        check("a=1&&a=2&", &["a", "1", "a", "2"], "a=1&a=2");
        check("a", &["a", ""], "a=");
        check("=b", &["", "b"], "=b");
        check("a=b=c", &["a", "b=c"], "a=b%3Dc");
        check("a+b=c%20d", &["a b", "c d"], "a+b=c+d");
        check("%zz=%4", &["%zz", "%4"], "%25zz=%254");
        check("a=%C3%A9", &["a", "é"], "a=%C3%A9");
        check("a=%FF", &["a", "\u{fffd}"], "a=%EF%BF%BD");
        check("a=*-._~'", &["a", "*-._~'"], "a=*-._%7E%27");
        check("a=%EF%BB%BFx", &["a", "\u{feff}x"], "a=%EF%BB%BFx");
    }
}
