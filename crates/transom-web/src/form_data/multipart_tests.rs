//! Table tests of the multipart reader: whole bodies and bodies in pieces, good and broken.

use bytes::Bytes;
use futures_util::{StreamExt, stream};
use transom_engine::ByteBuffer;

use super::{SPOOL_THRESHOLD_BYTES, parse};
use crate::fetch::incoming::{BodyFailure, BodyStream};
use crate::form_data::form_body::{FormFailure, PlacedEntry};
use crate::form_data::parts;
use crate::form_data::spool::Spool;

/// A body that arrives in pieces of `size` bytes, letting the reader run in between.
fn body(content: &[u8], size: usize) -> BodyStream {
    let pieces: Vec<_> = content.chunks(size).map(Bytes::copy_from_slice).collect();
    Box::pin(stream::iter(pieces).then(|piece| async move {
        tokio::task::yield_now().await;
        Ok(piece)
    }))
}

/// One line for each entry: `name=text`, or `name:filename:type=bytes`. What is found in the body when it is in memory
/// must be the same.
async fn read(content: &[u8], size: usize) -> Result<Vec<String>, FormFailure> {
    let arrived = read_arriving(content, size).await;
    let found = find(content);
    match (&arrived, &found) {
        (Ok(arrived), Ok(found)) => assert_eq!(arrived, found),
        (Err(FormFailure::Malformed { .. }), Err(FormFailure::Malformed { .. })) => {}
        _ => panic!("arriving: {arrived:?}, in memory: {found:?}"),
    }
    arrived
}

fn find(content: &[u8]) -> Result<Vec<String>, FormFailure> {
    let entries = parts::parse(content, "B")?;
    let line = |(name, text, filename, kind, place): PlacedEntry| match (text, place) {
        (Some(text), _) => format!("{name}={text}"),
        (None, Some((start, end))) => format!(
            "{name}:{}:{}={}",
            filename.unwrap_or_default(),
            kind.unwrap_or_default(),
            String::from_utf8_lossy(&content[start as usize..end as usize])
        ),
        (None, None) => panic!("{name} is nowhere"),
    };
    Ok(entries.into_iter().map(line).collect())
}

async fn read_arriving(content: &[u8], size: usize) -> Result<Vec<String>, FormFailure> {
    let entries = parse(body(content, size), "B", None).await?;
    let line = |(name, text, filename, kind, bytes, _): (
        String,
        Option<String>,
        _,
        _,
        Option<ByteBuffer>,
        _,
    )| match text {
        Some(text) => format!("{name}={text}"),
        None => {
            let (filename, kind): (Option<String>, Option<String>) = (filename, kind);
            let bytes = bytes.unwrap_or_default();
            let content = String::from_utf8_lossy(bytes.as_slice()).into_owned();
            format!(
                "{name}:{}:{}={content}",
                filename.unwrap_or_default(),
                kind.unwrap_or_default()
            )
        }
    };
    Ok(entries.into_iter().map(line).collect())
}

fn part(headers: &str, content: &str) -> String {
    format!("--B\r\n{headers}\r\n\r\n{content}\r\n")
}

#[tokio::test]
async fn entries_are_the_same_however_the_body_is_cut() {
    let form = [
        part("Content-Disposition: form-data; name=\"a\"", "1"),
        part("content-disposition: form-data; name=\"a\"", "line\r\n--Other\r\n"),
        part("Content-Disposition: form-data; name=\"f\"; filename=\"x.bin\"\r\nContent-Type: image/png", "\r\n\0\r"),
        part("Content-Disposition: form-data; name=\"g\"; filename=\"\"", ""),
        part("Content-Disposition: form-data; name=\"é\"", "ü"),
        "--B--\r\n".to_owned(),
    ]
    .concat();
    let expected =
        ["a=1", "a=line\r\n--Other\r\n", "f:x.bin:image/png=\r\n\0\r", "g::text/plain=", "é=ü"];
    for size in [1, 2, 3, 7, 64, 10_000] {
        assert_eq!(
            read(form.as_bytes(), size).await.expect("a form"),
            expected,
            "pieces of {size} bytes"
        );
    }
}

#[tokio::test]
async fn forms_without_entries_and_with_a_preamble_are_forms() {
    assert!(read(b"--B--\r\n", 3).await.expect("a form").is_empty());
    assert!(read(b"--B--", 1).await.expect("a form").is_empty());
    let form =
        format!("preamble\r\n{}--B--epilogue", part("Content-Disposition: form-data; name=a", "1"));
    assert_eq!(read(form.as_bytes(), 5).await.expect("a form"), ["a=1"]);
}

#[tokio::test]
async fn broken_forms_are_refused() {
    let good = part("Content-Disposition: form-data; name=a", "1");
    let rows: [(&str, String); 7] = [
        ("nothing", String::new()),
        ("no boundary", "a=1".to_owned()),
        ("cut in the headers", good[..20].to_owned()),
        ("cut in the content", good[..good.len() - 3].to_owned()),
        ("no closing boundary", good.clone()),
        ("no name", format!("{}--B--", part("Content-Disposition: form-data", "1"))),
        ("no disposition", format!("{}--B--", part("Content-Type: text/plain", "1"))),
    ];
    for (what, form) in rows {
        for size in [1, 1000] {
            let result = read(form.as_bytes(), size).await;
            assert!(matches!(result, Err(FormFailure::Malformed { .. })), "{what}: {result:?}");
        }
    }
}

#[tokio::test]
async fn a_damaged_form_is_the_same_form_arriving_and_in_memory() {
    let form = [
        part("Content-Disposition: form-data; name=a", "1"),
        part("Content-Disposition: form-data; name=f; filename=x\r\nContent-Type: a/b", "\r\n--B"),
        "--B--\r\n".to_owned(),
    ]
    .concat()
    .into_bytes();
    for at in 0..form.len() {
        // `read` compares.
        let _ = read(&form[..at], 5).await;
        for byte in [b'\r', b'\n', b'-', b' ', b':', b';', b'"', 0, 0xff] {
            let mut damaged = form.clone();
            damaged[at] = byte;
            let _ = read(&damaged, 50).await;
            damaged.insert(at, byte);
            let _ = read(&damaged, 10_000).await;
        }
    }
}

#[tokio::test]
async fn headers_without_end_are_refused_before_they_fill_the_memory() {
    let mut form = b"--B\r\nContent-Disposition: form-data; name=".to_vec();
    form.resize(4 << 20, b'x');
    let result = parse(body(&form, 64 * 1024), "B", None).await;
    assert!(matches!(result, Err(FormFailure::Malformed { .. })), "{result:?}");
}

#[tokio::test]
async fn a_failing_body_fails_with_its_own_reason() {
    let pieces = [Ok(Bytes::from_static(b"--B\r\n")), Err(BodyFailure::Disconnected)];
    let result = parse(Box::pin(stream::iter(pieces)), "B", None).await;
    assert!(matches!(result, Err(FormFailure::Body(BodyFailure::Disconnected))), "{result:?}");
}

#[tokio::test]
async fn large_files_are_spooled_and_small_ones_and_texts_are_not() {
    let directory = tempfile::tempdir().expect("a temporary folder");
    let spool = Spool::new(directory.path());
    let file = |name: &str, content: &str| {
        part(
            &format!("Content-Disposition: form-data; name=\"{name}\"; filename=\"{name}\""),
            content,
        )
    };
    let large = "0123456789".repeat(SPOOL_THRESHOLD_BYTES / 10 + 1);
    let form = [
        file("large", &large),
        file("limit", &large[..SPOOL_THRESHOLD_BYTES]),
        part("Content-Disposition: form-data; name=\"text\"", &large),
        "--B--\r\n".to_owned(),
    ]
    .concat();
    for size in [1000, 100_000, 10_000_000] {
        let entries =
            parse(body(form.as_bytes(), size), "B", Some((&spool, 1.0))).await.expect("a form");
        let (handle, length) = entries[0].5.expect("the first file is spooled");
        assert_eq!(length, large.len() as f64, "pieces of {size} bytes");
        let copy = directory.path().join("copy");
        spool.copy_to(handle, copy.clone()).await.expect("copied");
        assert!(std::fs::read(&copy).expect("readable") == large.as_bytes(), "the copy is exact");
        assert_eq!(entries[1].4.as_ref().map(ByteBuffer::len), Some(SPOOL_THRESHOLD_BYTES));
        assert_eq!(entries[2].1.as_ref().map(String::len), Some(large.len()));
    }
}
