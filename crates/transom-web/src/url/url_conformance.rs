//! Runs the URL data of web-platform-tests (`tests/url/`) over the ops, reading components from the
//! packed places exactly as `url.js` does.

use serde_json::Value;

use ada_url::Url;

use super::{PLACES, places, set, url_origin};

struct Parsed {
    href: String,
    places: [usize; 8],
}

impl Parsed {
    fn parse(input: &str, base: Option<&str>) -> Option<Self> {
        Url::parse(input, base).ok().and_then(|url| Self::unpack(&url))
    }

    fn set(self, part: &str, value: &str) -> Self {
        set(&self.href, part, value).and_then(|url| Self::unpack(&url)).unwrap_or(self)
    }

    fn unpack(url: &Url) -> Option<Self> {
        let mut unpacked = [0; 8];
        for (index, pair) in places(url)?.into_iter().enumerate() {
            unpacked[2 * index] = (pair % PLACES) as usize;
            unpacked[2 * index + 1] = (pair / PLACES) as usize;
        }
        Some(Self { href: url.href().to_owned(), places: unpacked })
    }

    fn part(&self, name: &str) -> String {
        let href = self.href.as_str();
        let [protocol_end, username_end, host_start, host_end, pathname, search, hash, end] =
            self.places;
        let host_begin =
            host_start + usize::from(href[host_start..].starts_with('@') && host_end > host_start);
        let longer_than_mark =
            |part: &str| if part.len() > 1 { part.to_owned() } else { String::new() };
        match name {
            "href" => href.to_owned(),
            "origin" => url_origin(href.to_owned()),
            "protocol" => href[..protocol_end].to_owned(),
            "username" if username_end > protocol_end + 2 => {
                href[protocol_end + 2..username_end].to_owned()
            }
            "password" if host_start > username_end => {
                href[username_end + 1..host_start].to_owned()
            }
            "hostname" => href[host_begin.min(host_end)..host_end].to_owned(),
            "host" if host_begin < host_end => href[host_begin..pathname].to_owned(),
            "port" if href[host_end..pathname].starts_with(':') => {
                href[host_end + 1..pathname].to_owned()
            }
            "pathname" => href[pathname..search].to_owned(),
            "search" => longer_than_mark(&href[search..hash]),
            "hash" => longer_than_mark(&href[hash..end]),
            _ => String::new(),
        }
    }
}

fn objects(text: &str) -> Vec<Value> {
    let rows: Vec<Value> = serde_json::from_str(text).expect("the data file is JSON");
    rows.into_iter().filter(Value::is_object).collect()
}

const PARTS: [&str; 11] = [
    "href", "origin", "protocol", "username", "password", "host", "hostname", "port", "pathname",
    "search", "hash",
];

#[test]
fn every_url_of_the_platform_tests_parses_as_expected() {
    let mut wrong = Vec::new();
    let rows = objects(include_str!("../../tests/url/urltestdata.json"));
    for row in &rows {
        let input = row["input"].as_str().expect("every row has an input");
        let parsed = Parsed::parse(input, row["base"].as_str());
        let failure = row["failure"].as_bool() == Some(true);
        match parsed {
            None if failure => {}
            None => wrong.push(format!("{input:?} on {}: not parsed", row["base"])),
            Some(url) if failure => {
                wrong.push(format!("{input:?} on {}: parsed as {}", row["base"], url.href))
            }
            Some(url) => {
                for part in PARTS {
                    let Some(expected) = row[part].as_str() else { continue };
                    let found = url.part(part);
                    if found != expected {
                        wrong.push(format!("{input:?}: {part} is {found:?}, not {expected:?}"));
                    }
                }
            }
        }
    }
    assert!(rows.len() > 850, "the data file is whole");
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn every_setter_of_the_platform_tests_does_as_expected() {
    let table: Value = serde_json::from_str(include_str!("../../tests/url/setters_tests.json"))
        .expect("it is JSON");
    let mut wrong = Vec::new();
    for (part, rows) in table.as_object().expect("the file is one object") {
        if part == "comment" || part == "href" {
            continue; // `href` is a fresh parse, which the other table covers.
        }
        for row in rows.as_array().expect("every part has a list") {
            let href = row["href"].as_str().expect("every row has an href");
            let value = row["new_value"].as_str().expect("every row has a value");
            let url = Parsed::parse(href, None).expect("the row's URL is valid").set(part, value);
            for (name, expected) in row["expected"].as_object().expect("every row has expectations")
            {
                let found = url.part(name);
                if Some(found.as_str()) != expected.as_str() {
                    wrong.push(format!(
                        "{href} {part} = {value:?}: {name} is {found:?}, not {expected}"
                    ));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn every_domain_of_the_platform_tests_becomes_ascii() {
    let mut wrong = Vec::new();
    for row in objects(include_str!("../../tests/url/toascii.json")) {
        let input = row["input"].as_str().expect("every row has an input");
        let found = Parsed::parse(&format!("https://{input}/x"), None).map(|url| url.part("host"));
        if found.as_deref() != row["output"].as_str() {
            wrong.push(format!("{input:?}: {found:?}, not {}", row["output"]));
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn queries_are_percent_encoded_as_utf_8() {
    for row in objects(include_str!("../../tests/url/percent-encoding.json")) {
        let input = row["input"].as_str().expect("every row has an input");
        let expected = row["output"]["utf-8"].as_str().expect("every row covers UTF-8");
        let url = Parsed::parse(&format!("https://doc.invalid/?{input}"), None).expect("it parses");
        assert_eq!(url.part("search"), format!("?{expected}"), "input {input:?}");
    }
}
