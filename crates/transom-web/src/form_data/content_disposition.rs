//! Reads `name` and `filename` out of the `Content-Disposition` of one part.
//!
//! Browsers write a quoted string in which `"`, CR and LF are percent-encoded and nothing else is
//! (<https://html.spec.whatwg.org/multipage/form-control-infrastructure.html#multipart-form-data>);
//! curl escapes a quote with a backslash; some libraries add `filename*` in the form of RFC 5987.
//! All three are understood. A lone backslash stays what it is, because of Windows paths.

/// The parameters that a form field uses.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct ContentDisposition {
    pub(crate) name: Option<String>,
    pub(crate) filename: Option<String>,
}

impl ContentDisposition {
    /// Parses a header value. `None` when it is not of type `form-data` or is malformed.
    pub(crate) fn parse(value: &[u8]) -> Option<Self> {
        let type_end = value.iter().position(|byte| *byte == b';').unwrap_or(value.len());
        if !value[..type_end].trim_ascii().eq_ignore_ascii_case(b"form-data") {
            return None;
        }
        let mut found = Self::default();
        let mut extended = None;
        let mut rest = &value[type_end..];
        loop {
            rest = rest.trim_ascii_start();
            let Some((b';', after)) = rest.split_first().map(|(first, after)| (*first, after))
            else {
                break;
            };
            rest = after.trim_ascii_start();
            if rest.is_empty() {
                break; // A trailing semicolon is harmless.
            }
            let equals = rest.iter().position(|byte| *byte == b'=')?;
            let key = rest[..equals].trim_ascii().to_ascii_lowercase();
            let (text, after) = parameter_value(rest[equals + 1..].trim_ascii_start())?;
            rest = after;
            match key.as_slice() {
                b"name" if found.name.is_none() => found.name = Some(decode_form_name(&text)),
                b"filename" if found.filename.is_none() => {
                    found.filename = Some(decode_form_name(&text))
                }
                b"filename*" => extended = decode_extended(&text),
                _ => {}
            }
        }
        if !rest.is_empty() {
            return None;
        }
        if extended.is_some() {
            found.filename = extended;
        }
        Some(found)
    }
}

/// The value that `input` starts with, and what follows it.
fn parameter_value(input: &[u8]) -> Option<(Vec<u8>, &[u8])> {
    let Some((b'"', quoted)) = input.split_first().map(|(first, rest)| (*first, rest)) else {
        let end = input.iter().position(|byte| *byte == b';').unwrap_or(input.len());
        return Some((input[..end].trim_ascii_end().to_vec(), &input[end..]));
    };
    let mut text = Vec::new();
    for (index, byte) in quoted.iter().enumerate() {
        if *byte != b'"' {
            text.push(*byte);
            continue;
        }
        let after = &quoted[index + 1..];
        let ends_here = matches!(after.trim_ascii_start().first(), None | Some(b';'));
        if text.last() == Some(&b'\\') && !ends_here {
            text.pop();
            text.push(b'"');
            continue;
        }
        return Some((text, after));
    }
    None
}

/// Undoes the three percent-encodings of the HTML standard; everything else is literal UTF-8.
fn decode_form_name(text: &[u8]) -> String {
    let text = String::from_utf8_lossy(text);
    if !text.contains('%') {
        return text.into_owned();
    }
    text.replace("%22", "\"")
        .replace("%0D", "\r")
        .replace("%0d", "\r")
        .replace("%0A", "\n")
        .replace("%0a", "\n")
}

/// RFC 5987: `charset'language'percent-encoded`, of which UTF-8 is the only charset in use.
fn decode_extended(text: &[u8]) -> Option<String> {
    let mut parts = text.splitn(3, |byte| *byte == b'\'');
    let charset = parts.next()?;
    let _language = parts.next()?;
    let encoded = parts.next()?;
    if !charset.eq_ignore_ascii_case(b"utf-8") {
        return None;
    }
    let mut bytes = Vec::with_capacity(encoded.len());
    let mut rest = encoded;
    while let Some((first, after)) = rest.split_first() {
        let digits = after.get(..2).and_then(|pair| std::str::from_utf8(pair).ok());
        match (first, digits.and_then(|pair| u8::from_str_radix(pair, 16).ok())) {
            (b'%', Some(byte)) => {
                bytes.push(byte);
                rest = &after[2..];
            }
            _ => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

#[cfg(test)]
mod tests {
    use super::ContentDisposition;

    #[track_caller]
    fn check(value: &str, expected: Option<(Option<&str>, Option<&str>)>) {
        let found = ContentDisposition::parse(value.as_bytes());
        let expected = expected.map(|(name, filename)| ContentDisposition {
            name: name.map(str::to_owned),
            filename: filename.map(str::to_owned),
        });
        assert_eq!(found, expected, "header value {value:?}");
    }

    #[test]
    fn names_are_read_as_browsers_and_curl_write_them() {
        check(r#"form-data; name="a""#, Some((Some("a"), None)));
        check(r#"form-data; name="a"; filename="b.txt""#, Some((Some("a"), Some("b.txt"))));
        check(r#"Form-Data ;NAME=a;FileName=b.txt "#, Some((Some("a"), Some("b.txt"))));
        check(r#"form-data; filename="x"; name="a";"#, Some((Some("a"), Some("x"))));
        check(r#"form-data; name="a%22b%0D%0Ac%41""#, Some((Some("a\"b\r\nc%41"), None)));
        check(
            r#"form-data; name="a\"b"; filename="C:\dir\x.txt""#,
            Some((Some("a\"b"), Some("C:\\dir\\x.txt"))),
        );
        check(r#"form-data; name="dir\"; filename="x""#, Some((Some("dir\\"), Some("x"))));
        check(r#"form-data; name="a;b=c""#, Some((Some("a;b=c"), None)));
        check("form-data; name=\"naïve\"", Some((Some("naïve"), None)));
        check(
            r#"form-data; name="a"; filename="x"; filename*=UTF-8''%e2%82%ac%20x"#,
            Some((Some("a"), Some("€ x"))),
        );
        check(r#"form-data; name="""#, Some((Some(""), None)));
        check("form-data", Some((None, None)));
    }

    #[test]
    fn malformed_values_are_refused() {
        check("attachment; name=\"a\"", None);
        check("form-data; name=\"a", None);
        check("form-data; name", None);
        check("form-data; name=\"a\" b", None);
        check("", None);
    }
}
