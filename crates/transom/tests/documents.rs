//! The examples in the documentation: what a page shows as a file becomes one of a project, and its requests get the
//! answers that it promises.
//!
//! A fenced block with a title is that file; blocks in the form of `requests.http` are sent in order. `{{ann}}` and
//! `{{bob}}` stand for tokens of members.

use std::path::Path;

use transom_testkit::{HttpFile, Mode, Project};

/// A fenced block: its language and title, and its text.
struct Block {
    language: String,
    title: Option<String>,
    text: String,
}

fn blocks(page: &str) -> Vec<Block> {
    let mut found = Vec::new();
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        let Some(info) = line.strip_prefix("```").filter(|info| !info.is_empty()) else { continue };
        let text: Vec<_> = lines.by_ref().take_while(|line| *line != "```").collect();
        let (language, rest) = info.split_once(' ').unwrap_or((info, ""));
        let title = rest.strip_prefix("title=\"").and_then(|rest| rest.strip_suffix('"'));
        found.push(Block {
            language: language.to_owned(),
            title: title.map(str::to_owned),
            text: text.join("\n") + "\n",
        });
    }
    found
}

#[track_caller]
fn check(page: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs").join(page);
    let blocks = blocks(&std::fs::read_to_string(&path).expect("the page can be read"));
    let requests: String = blocks
        .iter()
        .filter(|block| block.language == "http")
        .map(|block| block.text.as_str())
        .collect();
    assert!(!requests.is_empty(), "{page} shows no requests");
    for mode in [Mode::Dev, Mode::Start] {
        let mut project = Project::new(env!("CARGO_BIN_EXE_transom"));
        for block in &blocks {
            if let Some(title) = &block.title {
                project = project.file(title, &block.text);
            }
        }
        let server = project.serve(mode);
        let mut text = format!("\n{requests}");
        for member in ["ann", "bob"] {
            let ended = server.project().run(&["token", "--as", "member", "--id", member]);
            assert!(ended.status.success(), "{}", ended.stderr);
            text = text.replace(&format!("{{{{{member}}}}}"), ended.stdout.trim());
        }
        let file = server.project().path("requests.http");
        std::fs::write(&file, text).expect("the project can be written to");
        if let Err(failures) = HttpFile::read(&file).replay(server.address()) {
            panic!("{page}, {mode:?}: {failures}");
        }
    }
}

#[test]
fn the_page_on_data_shows_what_works() {
    check("data.md");
}
