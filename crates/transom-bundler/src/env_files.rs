//! `.env` files: which are read, what they say, and what `${A}` in them stands for.
//!
//! Spec: `astro-endpoints.md` section 6.1. Astro reads them with Vite's `loadEnv`, that is with Node's
//! `util.parseEnv` and the expansion rules of dotenv-expand; both are followed here, since other dotenv readers
//! differ in comments, escapes and text behind a closing quote. Text that Node turns into names with white space
//! inside is read the way it was meant.

use std::{
    collections::{HashMap, HashSet},
    fs, io,
    path::{Path, PathBuf},
};

/// Expansion of one value stops at this length or after this many references: variables that refer to each other
/// in a circle would grow for ever.
const MAX_EXPANDED_BYTES: usize = 64 << 10;
const MAX_REFERENCES: usize = 256;

/// Variables in the order in which they were first named.
pub type Variables = Vec<(String, String)>;

/// What was found for one mode.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EnvFiles {
    /// Variables that some file names. Where the process environment has one too, its value counts.
    pub from_files: Variables,
    /// [`EnvFiles::from_files`] and the rest of the process environment.
    pub all: Variables,
    /// The files, existing or not, in increasing precedence; a change of any needs a new load.
    pub candidates: Vec<PathBuf>,
}

impl EnvFiles {
    /// Reads the files of `dir` for `mode`, under a process environment.
    ///
    /// # Errors
    /// The file that exists and cannot be read as UTF-8 text, with the reason.
    pub fn load(dir: &Path, mode: &str, process: Variables) -> Result<Self, (PathBuf, io::Error)> {
        let candidates: Vec<PathBuf> = file_names(mode).iter().map(|name| dir.join(name)).collect();
        let mut texts = Vec::new();
        for file in &candidates {
            match fs::read_to_string(file) {
                Ok(text) => texts.push(text),
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err((file.clone(), error)),
            }
        }
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let from_files = merge(&texts, &process);
        let mut all = from_files.clone();
        let known: HashSet<&String> = from_files.iter().map(|(name, _)| name).collect();
        all.extend(process.into_iter().filter(|(name, _)| !known.contains(name)));
        Ok(Self { from_files, all, candidates })
    }

    /// The variables whose names start with one of `prefixes`, as Vite's `loadEnv` answers them.
    pub fn with_prefix(&self, prefixes: &[&str]) -> Variables {
        let starts = |name: &str| prefixes.iter().any(|prefix| name.starts_with(prefix));
        self.all.iter().filter(|(name, _)| starts(name)).cloned().collect()
    }
}

/// File names in increasing precedence.
pub fn file_names(mode: &str) -> [String; 4] {
    [
        ".env".to_owned(),
        ".env.local".to_owned(),
        format!(".env.{mode}"),
        format!(".env.{mode}.local"),
    ]
}

/// Parses `texts` (lowest precedence first) and expands references between them and to the process environment.
pub fn merge(texts: &[&str], process: &[(String, String)]) -> Variables {
    let mut parsed: Variables = Vec::new();
    for (name, value) in texts.iter().flat_map(|text| parse(text)) {
        match parsed.iter_mut().find(|(known, _)| *known == name) {
            Some((_, old)) => *old = value,
            None => parsed.push((name, value)),
        }
    }
    let mut known = Known {
        process: process.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect(),
        written: parsed.iter().cloned().collect(),
        expanded: HashMap::new(),
    };
    for (name, value) in &mut parsed {
        known.written.remove(name);
        let expanded = match known.process.get(name.as_str()) {
            Some(&real) if !real.is_empty() && real != value => real.to_owned(),
            _ => expand(value, &known),
        };
        *value = expanded.replace("\\$", "$");
        known.expanded.insert(name.clone(), value.clone());
    }
    // An empty variable of the process does not stop expansion, but counts in the end.
    for (name, value) in &mut parsed {
        if let Some(&real) = known.process.get(name.as_str()) {
            real.clone_into(value);
        }
    }
    parsed
}

/// Reads one file's text. Later definitions of a name come later in the result.
pub fn parse(text: &str) -> Variables {
    let text = text.trim_start_matches('\u{feff}').replace("\r\n", "\n").replace('\r', "\n");
    let mut rest = text.as_str();
    let mut found = Vec::new();
    loop {
        rest = rest.trim_start();
        if rest.is_empty() {
            return found;
        }
        let line = rest.split('\n').next().unwrap_or_default();
        let Some((name, _)) = line.split_once('=').filter(|_| !line.starts_with('#')) else {
            rest = &rest[line.len()..];
            continue;
        };
        let after = &rest[name.len() + 1..];
        let name = strip_export(name.trim());
        let (value, used) = value(after);
        if !name.is_empty() {
            found.push((name.to_owned(), value));
        }
        rest = &after[used..];
    }
}

fn strip_export(name: &str) -> &str {
    match name.strip_prefix("export") {
        Some(rest) if rest.starts_with([' ', '\t']) => rest.trim_start(),
        _ => name,
    }
}

/// The value at the start of `text`, and how many bytes belong to it and its line.
fn value(text: &str) -> (String, usize) {
    let line_end = text.find('\n').unwrap_or(text.len());
    let start = text[..line_end].find(|c: char| !c.is_whitespace()).unwrap_or(line_end);
    let quote = text[start..line_end].chars().next().filter(|c| matches!(c, '"' | '\'' | '`'));
    if let Some(quote) = quote
        && let Some(length) = text[start + 1..].find(quote)
    {
        let end = start + 1 + length;
        let inner = &text[start + 1..end];
        let inner = if quote == '"' { inner.replace("\\n", "\n") } else { inner.to_owned() };
        // What stands behind the closing quote is ignored up to the end of its line.
        let used = text[end..].find('\n').map_or(text.len(), |at| end + at);
        return (inner, used);
    }
    let line = &text[..line_end];
    if quote.is_some() {
        // Never closed: the line is taken as it is.
        return (line[start..].to_owned(), line_end);
    }
    let bare = line.split('#').next().unwrap_or_default();
    (bare.trim().to_owned(), line_end)
}

/// What a reference may stand for, best first.
struct Known<'a> {
    process: HashMap<&'a str, &'a str>,
    /// Variables of the files that are done.
    expanded: HashMap<String, String>,
    /// Variables of the files that come later, as written. Node hands the variables on in an order of its own,
    /// so nobody can rely on the order of the lines.
    written: HashMap<String, String>,
}

impl Known<'_> {
    fn get(&self, name: &str) -> Option<&str> {
        let from_files =
            || self.expanded.get(name).or_else(|| self.written.get(name)).map(String::as_str);
        self.process.get(name).copied().or_else(from_files).filter(|value| !value.is_empty())
    }
}

/// Replaces `$NAME`, `${NAME}`, `${NAME:-default}`, `${NAME-default}`, `${NAME:+other}` and `${NAME+other}`, as
/// long as there are any. A backslash protects a dollar.
fn expand(value: &str, known: &Known<'_>) -> String {
    let mut result = value.to_owned();
    let mut seen = HashSet::new();
    for _ in 0..MAX_REFERENCES {
        let Some((range, expression)) = reference(&result) else { break };
        seen.insert(result.clone());
        let (name, operator, operand) = split_operator(&expression);
        let replacement = match (operator, known.get(name)) {
            ("+" | ":+", Some(_)) => operand,
            ("+" | ":+", None) => "",
            // A value that was seen before refers to itself.
            (_, Some(value)) if !seen.contains(value) => value,
            _ => operand,
        };
        result.replace_range(range, replacement);
        // A dollar in a value that is done is only a dollar.
        let is_settled = known.expanded.get(name).is_some_and(|value| *value == result);
        if is_settled || seen.contains(&result) || result.len() > MAX_EXPANDED_BYTES {
            break;
        }
    }
    result
}

/// The first reference: its place in `text` and what stands between the braces.
fn reference(text: &str) -> Option<(std::ops::Range<usize>, String)> {
    let bytes = text.as_bytes();
    for (at, _) in text.match_indices('$') {
        if at > 0 && bytes[at - 1] == b'\\' {
            continue;
        }
        let rest = &text[at + 1..];
        if let Some(inner) = rest.strip_prefix('{') {
            let end = inner.find(['{', '}']);
            if let Some(end) = end.filter(|&end| end > 0 && inner.as_bytes()[end] == b'}') {
                return Some((at..at + end + 3, inner[..end].to_owned()));
            }
            continue;
        }
        let length =
            rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(rest.len());
        if length > 0 && !rest.starts_with(|c: char| c.is_ascii_digit()) {
            return Some((at..at + 1 + length, rest[..length].to_owned()));
        }
    }
    None
}

fn split_operator(expression: &str) -> (&str, &str, &str) {
    let Some(at) = expression.find(['+', '-']) else { return (expression, "", "") };
    let start = if at > 0 && expression.as_bytes()[at - 1] == b':' { at - 1 } else { at };
    (&expression[..start], &expression[start..=at], &expression[at + 1..])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn owned(list: &[(&str, &str)]) -> Variables {
        list.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn syntax() {
        let check = |text: &str, expected: &[(&str, &str)]| {
            assert_eq!(parse(text), owned(expected), "{text:?}")
        };
        check("A=b", &[("A", "b")]);
        check("  A = b  \n\nB=1", &[("A", "b"), ("B", "1")]);
        check(
            "export A=b\nexport\tB=c\nexportC=d\nexport=e",
            &[("A", "b"), ("B", "c"), ("exportC", "d"), ("export", "e")],
        );
        check("# A=1\nB=2 # two\nC=a#b\nD='a#b' # c", &[("B", "2"), ("C", "a"), ("D", "a#b")]);
        check(r#"A="a\nb""#, &[("A", "a\nb")]);
        check(r"A='a\nb'", &[("A", r"a\nb")]);
        check("A=`a\"b'c`", &[("A", "a\"b'c")]);
        check("A=\"x\ny\"\nB='x\ny'\nC=`x\ny`", &[("A", "x\ny"), ("B", "x\ny"), ("C", "x\ny")]);
        check("A=\nB=1", &[("A", ""), ("B", "1")]);
        check("A\nB=1", &[("B", "1")]);
        check("A='open # x\nB=1", &[("A", "'open # x"), ("B", "1")]);
        check("A=\"x\" y\nB=1", &[("A", "x"), ("B", "1")]);
        check("A=\"  x  \"", &[("A", "  x  ")]);
        check("A=a=b\nA.b-c=1\n=x", &[("A", "a=b"), ("A.b-c", "1")]);
        check("\u{feff}A=a\r\nB=\"x\r\ny\"\r\n", &[("A", "a"), ("B", "x\ny")]);
        check("A={\"a\":1}", &[("A", "{\"a\":1}")]);
        check("A=x\"y\"", &[("A", "x\"y\"")]);
        check("A=''", &[("A", "")]);
        check("", &[]);
    }

    #[test]
    fn expansion() {
        let process = owned(&[("HOME", "/home/me"), ("EMPTY", ""), ("OVER", "real")]);
        let check = |text: &str, expected: &[(&str, &str)]| {
            assert_eq!(merge(&[text], &process), owned(expected), "{text:?}");
        };
        check("A=1\nB=${A}2\nC=$B$A", &[("A", "1"), ("B", "12"), ("C", "121")]);
        check("A=$HOME/x\nB=${HOME}/y", &[("A", "/home/me/x"), ("B", "/home/me/y")]);
        check(r"A=\$HOME\${HOME}", &[("A", "$HOME${HOME}")]);
        check("A=${NOPE}x\nB=$NOPE", &[("A", "x"), ("B", "")]);
        check(
            "A=${NOPE:-d}\nB=${NOPE-d}\nC=${EMPTY:-d}\nD=${HOME:-d}",
            &[("A", "d"), ("B", "d"), ("C", "d"), ("D", "/home/me")],
        );
        check(
            "A=${HOME:+set}\nB=${NOPE:+set}\nC=${HOME+set}",
            &[("A", "set"), ("B", ""), ("C", "set")],
        );
        check("A=${NOPE:-${HOME}}", &[("A", "/home/me")]);
        check("LATER=${A}\nA=${HOME}1", &[("LATER", "/home/me1"), ("A", "/home/me1")]);
        check("A=$1 5$ ${} ${", &[("A", "$1 5$ ${} ${")]);
        check("A=${A}", &[("A", "")]);
        check("A=${B}\nB=${A}", &[("A", ""), ("B", "")]);
        check("A=pa\\$s\nB=$A", &[("A", "pa$s"), ("B", "pa$s")]);
        check("OVER=file\nEMPTY=file\nB=$OVER", &[("OVER", "real"), ("EMPTY", ""), ("B", "real")]);
        check("A='$HOME'", &[("A", "/home/me")]); // Quotes do not stop expansion in dotenv-expand.
    }

    #[test]
    fn growing_references_end() {
        let value = merge(&["A=${B:-$A$A}\nB=${A}${A}"], &owned(&[("Z", "$Z$Z")]));
        assert_eq!(value.len(), 2);
        let value = merge(&["X=$Z"], &owned(&[("Z", "$Z$Z")]));
        assert!(value[0].1.len() < 4 * MAX_EXPANDED_BYTES);
        let value = merge(&["A=${B}\nB=-${B}"], &[]);
        assert!(value[0].1.len() < 4 * MAX_REFERENCES);
    }

    #[test]
    fn files_have_a_precedence() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        for name in [".env", ".env.local", ".env.staging", ".env.staging.local", ".env.production"]
        {
            let text = format!(
                "PUBLIC_ORDER={name}\nONLY_{}=1\n",
                name.replace(['.', '-'], "_").to_uppercase()
            );
            fs::write(dir.path().join(name), text).expect("writable");
        }
        let load = |mode: &str, process: &[(&str, &str)]| {
            EnvFiles::load(dir.path(), mode, owned(process)).expect("readable")
        };
        let order = |env: &EnvFiles| env.with_prefix(&["PUBLIC_"])[0].1.clone();
        assert_eq!(order(&load("staging", &[])), ".env.staging.local");
        assert_eq!(order(&load("production", &[])), ".env.production");
        assert_eq!(order(&load("development", &[])), ".env.local");
        let env = load("staging", &[("PUBLIC_ORDER", "process"), ("PATH", "/bin")]);
        assert_eq!(order(&env), "process");
        assert_eq!(env.candidates.len(), 4);
        assert!(env.all.iter().any(|(name, _)| name == "PATH"));
        assert!(!env.from_files.iter().any(|(name, _)| name == "PATH"));
    }
}
