//! Public files, as the recorded answers of Astro's Node adapter have them (cases P030 to P045).

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::sync::Arc;

use tempfile::TempDir;
use transom_server::StaticFiles;

use crate::harness::app::TestFactory;
use crate::harness::{Answer, TestServer, serve};

/// A server whose application tries the files of a temporary folder first.
struct Site {
    server: TestServer,
    files: Arc<StaticFiles>,
    folder: TempDir,
}

impl Site {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder can be made");
        let root = folder.path().join("client");
        let put = |name: &str, content: &str| {
            let path = root.join(name);
            fs::create_dir_all(path.parent().expect("below the root")).expect("folders are made");
            fs::write(path, content).expect("files are written");
        };
        put("static.txt", "static file\n");
        put("shadow.json", "{\"static\":true}\n");
        put("dir/index.html", "<h1>dir</h1>\n");
        put("empty/inner/x", "x");
        put("_astro/chunk.js", "1");
        put(".well-known/site-association", "{\"applinks\":{}}\n");
        put(".well-known/.inner", "dot");
        put(".hidden/file.json", "{}");
        put(".env", "SECRET=1");
        put("a b/ü.css", "p{}");
        put("large.bin", &"0123456789abcdef".repeat(100_000));
        put("large.css", &"p { color: red }\n".repeat(1000));
        fs::write(folder.path().join("secret.txt"), "secret").expect("files are written");
        symlink("../secret.txt", root.join("outside.txt")).expect("links are made");
        symlink("..", root.join("parent")).expect("links are made");
        symlink("static.txt", root.join("inside.txt")).expect("links are made");
        symlink(".", root.join("circle")).expect("links are made");
        let files = StaticFiles::open(&root).expect("the folder can be read");
        let server = serve();
        let mut shared = server.shared.clone();
        shared.files = Some(Arc::clone(&files));
        server.running().reload(TestFactory::new(shared)).expect("the files are there");
        Self { server, files, folder }
    }

    fn root(&self) -> std::path::PathBuf {
        self.folder.path().join("client")
    }

    #[track_caller]
    fn send(&self, request: &str, fields: &str) -> Answer {
        let mut client = self.server.connect();
        client.send(format!("{request} HTTP/1.1\r\nHost: a\r\n{fields}\r\n"));
        if request.starts_with("HEAD ") { client.head_answer() } else { client.answer() }
    }
}

/// The headers of an answer besides those that every answer has.
fn names(answer: &Answer) -> Vec<&str> {
    let mut names: Vec<_> = answer.headers.iter().map(|(name, _)| &**name).collect();
    names.retain(|name| *name != "date" && *name != "connection");
    names.sort_unstable();
    names
}

#[test]
fn a_file_is_served_for_any_method() {
    let site = Site::new();
    for method in ["GET", "POST", "DELETE", "HEAD"] {
        let answer = site.send(&format!("{method} /static.txt?x=1"), "");
        assert_eq!(answer.status, 200, "{method}");
        assert_eq!(answer.header("accept-ranges"), Some("bytes"));
        assert_eq!(answer.header("cache-control"), Some("public, max-age=0"));
        assert_eq!(answer.header("content-type"), Some("text/plain; charset=utf-8"));
        assert_eq!(answer.header("content-length"), Some("12"));
        let expected = [
            "accept-ranges",
            "cache-control",
            "content-length",
            "content-type",
            "etag",
            "last-modified",
        ];
        assert_eq!(names(&answer), expected, "{method}");
        assert_eq!(answer.text(), if method == "HEAD" { "" } else { "static file\n" });
    }
}

#[test]
fn the_tag_is_made_of_size_and_time() {
    let site = Site::new();
    let path = site.root().join("static.txt");
    let time = std::time::UNIX_EPOCH + std::time::Duration::from_millis(1_700_000_000_123);
    let file = fs::File::options().write(true).open(path).expect("the file is there");
    file.set_modified(time).expect("a time can be set");
    let answer = site.send("GET /static.txt", "");
    assert_eq!(answer.header("etag"), Some("W/\"c-18bcfe5687b\""));
    assert_eq!(answer.header("last-modified"), Some("Tue, 14 Nov 2023 22:13:20 GMT"));
    for (field, status) in [
        ("If-None-Match: W/\"c-18bcfe5687b\"", 304),
        ("If-None-Match: \"other\", \"c-18bcfe5687b\"", 304),
        ("If-None-Match: *", 304),
        ("If-None-Match: \"other\"", 200),
        ("If-None-Match: not a tag", 200),
        ("If-Modified-Since: Tue, 14 Nov 2023 22:13:20 GMT", 304),
        ("If-Modified-Since: Tue, 14 Nov 2023 22:13:19 GMT", 200),
        ("If-Modified-Since: yesterday", 200),
        ("If-None-Match: *\r\nCache-Control: no-cache", 200),
        ("If-Match: W/\"c-18bcfe5687b\"", 200),
        ("If-Match: \"other\"", 412),
        ("If-Unmodified-Since: Tue, 14 Nov 2023 22:13:19 GMT", 412),
        ("If-Unmodified-Since: yesterday", 200),
    ] {
        let answer = site.send("GET /static.txt", &format!("{field}\r\n"));
        assert_eq!(answer.status, status, "{field}");
        if status == 304 {
            assert_eq!(answer.header("etag"), Some("W/\"c-18bcfe5687b\""), "{field}");
            assert_eq!(answer.header("content-type"), None, "{field}");
        }
    }
}

#[test]
fn ranges_are_served() {
    let site = Site::new();
    let answer = site.send("GET /static.txt", "Range: bytes=0-3\r\n");
    assert_eq!((answer.status, answer.text()), (206, "stat"));
    assert_eq!(answer.header("content-range"), Some("bytes 0-3/12"));
    assert_eq!(answer.header("content-type"), Some("text/plain; charset=utf-8"));
    let answer = site.send("GET /static.txt", "Range: bytes=-5\r\n");
    assert_eq!((answer.status, answer.text()), (206, "file\n"));
    let answer = site.send("GET /static.txt", "Range: bytes=100-200\r\n");
    assert_eq!((answer.status, answer.text()), (416, ""));
    assert_eq!(answer.header("content-range"), Some("bytes */12"));
    assert_eq!(answer.header("content-type"), Some("text/plain; charset=utf-8"));
    assert_eq!(answer.header("cache-control"), Some("public, max-age=0"));
    for whole in [
        "Range: bytes=0-1,3-4\r\n",
        "Range: lines=1\r\n",
        "Range: bytes=0-3\r\nIf-Range: \"x\"\r\n",
    ] {
        assert_eq!(site.send("GET /static.txt", whole).status, 200, "{whole}");
    }
    let answer = site.send("GET /large.bin", "Range: bytes=1599990-\r\n");
    assert_eq!((answer.status, answer.text()), (206, "6789abcdef"));
}

#[test]
fn a_large_file_arrives_whole() {
    let site = Site::new();
    let answer = site.send("GET /large.bin", "");
    assert_eq!(answer.header("content-type"), Some("application/octet-stream"));
    assert_eq!(answer.header("content-length"), Some("1600000"));
    assert!(answer.complete);
    assert_eq!(answer.body, "0123456789abcdef".repeat(100_000).as_bytes());
}

#[test]
fn text_is_compressed_but_not_its_ranges() {
    let site = Site::new();
    let answer = site.send("GET /large.css", "Accept-Encoding: br\r\n");
    assert_eq!(answer.header("content-encoding"), Some("br"));
    let answer = site.send("GET /large.css", "Accept-Encoding: br\r\nRange: bytes=0-4999\r\n");
    assert_eq!((answer.status, answer.header("content-encoding")), (206, None));
}

/// Each row: a path, and the beginning of the file that answers; nothing when it is not public.
#[test]
fn only_public_paths_lead_to_files() {
    let site = Site::new();
    let rows: &[(&str, Option<&str>)] = &[
        ("/shadow.json", Some("{\"static\"")),
        ("/dir", Some("<h1>")),
        ("/dir/", Some("<h1>")),
        ("//dir//index.html", Some("<h1>")),
        ("/x/../static.txt", Some("static")),
        ("/a%20b/%C3%BC.css", Some("p{}")),
        ("/_astro/chunk.js", Some("1")),
        ("/.well-known/site-association", Some("{\"app")),
        ("/.well-known/.inner", Some("dot")),
        ("/inside.txt", Some("static")),
        ("/empty", None),
        ("/static.txt/", None),
        ("/STATIC.TXT", None),
        ("/.env", None),
        ("/.hidden/file.json", None),
        ("/.well-known/../.hidden/file.json", None),
        ("/..%2fsecret.txt", None),
        ("/../secret.txt", None),
        ("/%2e%2e/secret.txt", None),
        ("/outside.txt", None),
        ("/parent/secret.txt", None),
        ("/circle/static.txt", None),
        ("/static.txt%00", None),
        ("/%ff", None),
        ("/", None),
    ];
    for (path, expected) in rows {
        let answer = site.send(&format!("GET {path}"), "");
        match expected {
            Some(start) => assert!(answer.text().starts_with(start), "{path}: {answer:?}"),
            None => assert_eq!((answer.status, answer.text()), (404, "nothing here"), "{path}"),
        }
    }
}

#[test]
fn hashed_files_are_immutable() {
    let site = Site::new();
    let answer = site.send("GET /_astro/chunk.js", "");
    assert_eq!(answer.header("cache-control"), Some("public, max-age=31536000, immutable"));
    assert_eq!(answer.header("content-type"), Some("text/javascript; charset=utf-8"));
}

#[test]
fn changes_of_the_tree_show_after_a_refresh() {
    let site = Site::new();
    let get = |path: &str| site.send(&format!("GET {path}"), "").text().to_owned();
    fs::write(site.root().join("new.txt"), "new").expect("files are written");
    fs::write(site.root().join("static.txt"), "changed").expect("files are written");
    fs::remove_file(site.root().join("shadow.json")).expect("files are removed");
    assert_eq!(get("/static.txt"), "changed", "contents are read when they are asked for");
    assert_eq!(get("/shadow.json"), "nothing here");
    site.files.refresh().expect("the folder can be read");
    assert_eq!(get("/new.txt"), "new");
}

#[test]
fn a_link_that_leaves_the_root_after_the_index_was_made_is_refused() {
    let site = Site::new();
    let path = site.root().join("static.txt");
    fs::remove_file(&path).expect("files are removed");
    symlink("../secret.txt", &path).expect("links are made");
    assert_eq!(site.send("GET /static.txt", "").text(), "nothing here");
}

#[test]
fn a_folder_that_is_not_there_is_empty() {
    let files = StaticFiles::open(Path::new("/nonexistent/client")).expect("that is no error");
    assert!(matches!(files.reader().find("/"), transom_server::Found::Nothing));
}
