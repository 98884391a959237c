//! CommonJS modules of a bundle for a `require` whose argument is known only at run time: each chunk says, before
//! anything of it runs, by which function each of its files is run. `node:module` looks there.
//!
//! Only bundles with such a `require` have that.

use crate::bundle::Chunk;
use crate::import_meta_env::quote;

/// What rolldown writes before the text of a file, whose path from the project's folder follows.
const REGION: &str = "//#region ";
/// How the function that runs a CommonJS file is declared, around its name.
const DECLARATION: (&str, &str) = ("var ", " = /* @__PURE__ */ __commonJSMin(");

/// Adds to each chunk the list of its CommonJS files, and to each entry where those of other chunks are.
pub(crate) fn list(chunks: &mut [Chunk]) {
    let files: Vec<Vec<(String, String)>> =
        chunks.iter().map(|chunk| commonjs_files(&chunk.code)).collect();
    let names: Vec<String> = chunks.iter().map(|chunk| chunk.file.clone()).collect();
    for (number, chunk) in chunks.iter_mut().enumerate() {
        let mut own = String::new();
        for (path, name) in &files[number] {
            own.push_str(&format!("{}: () => {name}(), ", quote(path)));
        }
        let mut elsewhere = String::new();
        if chunk.is_entry {
            for (other, files) in
                names.iter().zip(&files).filter(|(other, _)| **other != chunk.file)
            {
                for (path, _) in files {
                    elsewhere.push_str(&format!("{}: {}, ", quote(path), quote(other)));
                }
            }
        }
        if own.is_empty() && elsewhere.is_empty() {
            continue;
        }
        let list = format!(
            "(globalThis[Symbol.for(\"transom.bundled\")] ??= []).push([import.meta.url, {{ {own}}}, {{ {elsewhere}}}]);\n"
        );
        chunk.code.insert_str(0, &list);
        // One line more before the first that is mapped.
        chunk.map =
            chunk.map.take().map(|map| map.replacen("\"mappings\":\"", "\"mappings\":\";", 1));
    }
}

/// The paths of the CommonJS files in the text of a chunk, with the names of their functions.
fn commonjs_files(code: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut lines = code.lines().peekable();
    while let Some(line) = lines.next() {
        let Some(path) = line.strip_prefix(REGION) else { continue };
        let declared = lines.peek().and_then(|line| line.strip_prefix(DECLARATION.0));
        if let Some((name, _)) = declared.and_then(|line| line.split_once(DECLARATION.1)) {
            found.push((path.to_owned(), name.to_owned()));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commonjs_files_are_listed() {
        let code = "//#region node_modules/a/i.js\n\
            var require_a = /* @__PURE__ */ __commonJSMin(((exports, module) => {\n}));\n\
            //#region src/b.ts\nvar b = 1;\n";
        let mut chunk = Chunk {
            code: code.to_owned(),
            map: Some(r#"{"version":3,"mappings":"AAAA"}"#.to_owned()),
            ..Chunk::default()
        };
        let entry = Chunk { file: "entries/e.js".to_owned(), is_entry: true, ..Chunk::default() };
        chunk.file = "chunks/c.js".to_owned();
        let mut chunks = [entry, chunk];
        list(&mut chunks);
        let [entry, chunk] = chunks;
        assert!(entry.code.ends_with(
            "[import.meta.url, { }, { \"node_modules/a/i.js\": \"chunks/c.js\", }]);\n"
        ));
        let (first, rest) = chunk.code.split_once('\n').expect("a line more");
        assert!(
            first.ends_with(r#"{ "node_modules/a/i.js": () => require_a(), }, { }]);"#),
            "{first}"
        );
        assert_eq!(rest, code);
        assert_eq!(chunk.map.as_deref(), Some(r#"{"version":3,"mappings":";AAAA"}"#));
    }

    #[test]
    fn other_chunks_stay_as_they_are() {
        let mut chunk = Chunk { code: "//#region a.js\nvar a;".to_owned(), ..Chunk::default() };
        list(std::slice::from_mut(&mut chunk));
        assert_eq!(chunk.code, "//#region a.js\nvar a;");
    }
}
