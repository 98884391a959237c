//! Expected texts with placeholders: `<uuid>`, `:PORT`, `{{x*1000}}`.

/// What stands for something that differs from run to run.
const UUID: &str = "<uuid>";
const PORT: &str = ":PORT";

/// Whether `text` is what `template` describes, on a server at `port`.
pub(crate) fn matches(template: &str, text: &str, port: u16) -> bool {
    let template = template.replace(PORT, &format!(":{port}"));
    let mut rest = text;
    for (index, literal) in template.split(UUID).enumerate() {
        if index > 0 {
            let Some((uuid, after)) = rest.split_at_checked(36) else { return false };
            if !is_uuid_v4(uuid) {
                return false;
            }
            rest = after;
        }
        let Some(after) = rest.strip_prefix(literal) else { return false };
        rest = after;
    }
    rest.is_empty()
}

/// A version 4 UUID in lower case.
fn is_uuid_v4(text: &str) -> bool {
    text.bytes().enumerate().all(|(index, byte)| match index {
        8 | 13 | 18 | 23 => byte == b'-',
        14 => byte == b'4',
        19 => matches!(byte, b'8' | b'9' | b'a' | b'b'),
        _ => matches!(byte, b'0'..=b'9' | b'a'..=b'f'),
    })
}

/// Replaces `{{x*1000}}` by a thousand times `x`.
pub(crate) fn expand(text: &str) -> String {
    let mut expanded = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("{{") {
        expanded.push_str(before);
        let run = after.split_once("}}").and_then(|(inside, after)| {
            let (text, count) = inside.rsplit_once('*')?;
            Some((text.repeat(count.parse().ok()?), after))
        });
        match run {
            Some((run, after)) => {
                expanded.push_str(&run);
                rest = after;
            }
            None => {
                expanded.push_str("{{");
                rest = after;
            }
        }
    }
    expanded + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_stand_for_what_differs() {
        let id = "0b4a9e2c-1d3f-4a5b-8c6d-7e8f9a0b1c2d";
        assert!(matches("s=<uuid>; Path=/", &format!("s={id}; Path=/"), 1));
        assert!(!matches("s=<uuid>; Path=/", "s=deleted; Path=/", 1));
        assert!(!matches("s=<uuid>", &format!("s={id}x"), 1));
        assert!(matches("http://localhost:PORT/", "http://localhost:4321/", 4321));
        assert!(!matches("a", "ab", 1));
    }

    #[test]
    fn runs_are_written_out() {
        assert_eq!(expand("[{{x*3}}]"), "[xxx]");
        assert_eq!(expand("{{x}} {{"), "{{x}} {{");
    }
}
