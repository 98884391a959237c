//! Large bodies stream through handlers: whatever their size, little of them is in memory at any time.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::thread;

use transom_testkit::{Project, Server};

/// Far more than what any server here may hold, and enough to be sure that it does not grow with the body.
const BODY_BYTES: usize = 256 << 20;
const PIECE_BYTES: usize = 64 << 10;
/// For both processes of a server.
const MOST_MEMORY_BYTES: usize = 100 << 20;

const PAGES: &[(&str, &str)] = &[
    (
        "count",
        "export const POST = async ({ request }) => {
           let length = 0;
           for await (const piece of request.body) length += piece.length;
           return new Response(`${length}`);
         };",
    ),
    ("echo", "export const POST = ({ request }) => new Response(request.body);"),
    (
        "pack",
        "export const POST = async ({ request }) => {
           let length = 0;
           const packed = request.body.pipeThrough(new CompressionStream('gzip'));
           for await (const piece of packed.pipeThrough(new DecompressionStream('gzip'))) length += piece.length;
           return new Response(`${length}`);
         };",
    ),
    (
        "download",
        "export const GET = ({ url }) => {
           let left = Number(url.searchParams.get('length'));
           const piece = new Uint8Array(65536);
           return new Response(new ReadableStream({
             pull(controller) {
               controller.enqueue(piece.slice());
               left -= piece.length;
               if (left <= 0) controller.close();
             },
           }));
         };",
    ),
    (
        "proxy",
        "export const GET = async ({ url }) => new Response((await fetch(`${url.origin}/download${url.search}`)).body);
         export const POST = async ({ request, url }) => {
           const headers = { 'content-type': 'application/octet-stream' };
           const sent = { method: 'POST', body: request.body, duplex: 'half', headers };
           return new Response((await fetch(`${url.origin}/count`, sent)).body);
         };",
    ),
];

fn serve() -> Server {
    let mut project = Project::new(env!("CARGO_BIN_EXE_transom"));
    for (name, source) in PAGES {
        project = project.file(&format!("src/pages/{name}.js"), source);
    }
    project.env("TRANSOM_ACCESS_LOG", "off").build_and_serve()
}

/// Sends one request whose body, if any, has `BODY_BYTES`, and returns how long the answer is and how it begins.
fn exchange(server: &Server, method: &str, target: &str) -> (usize, Vec<u8>) {
    let mut stream = TcpStream::connect(server.address()).expect("the server accepts");
    let length = if method == "POST" { BODY_BYTES } else { 0 };
    let head = format!(
        "{method} {target} HTTP/1.1\r\nhost: {}\r\ncontent-type: application/octet-stream\r\n\
         content-length: {length}\r\nconnection: close\r\n\r\n",
        server.address()
    );
    let mut sending = stream.try_clone().expect("a socket can be cloned");
    let sender = thread::spawn(move || {
        sending.write_all(head.as_bytes())?;
        let piece = vec![7; PIECE_BYTES];
        (0..length / PIECE_BYTES).try_for_each(|_| sending.write_all(&piece))
    });
    let mut reader = BufReader::new(&mut stream);
    let mut line = String::new();
    reader.read_line(&mut line).expect("a status line");
    assert!(line.contains(" 200 "), "{method} {target}: {line}");
    let mut chunked = false;
    while line.trim() != "" {
        line.clear();
        reader.read_line(&mut line).expect("a header");
        chunked |= line.eq_ignore_ascii_case("transfer-encoding: chunked\r\n");
    }
    let (mut total, mut first, mut buffer) = (0, Vec::new(), vec![0; PIECE_BYTES]);
    loop {
        let room = if chunked { next_chunk(&mut reader) } else { PIECE_BYTES };
        let mut left = room;
        while left > 0 {
            let most = left.min(buffer.len());
            let got = reader.read(&mut buffer[..most]).expect("the body goes on");
            if got == 0 {
                break;
            }
            if first.len() < 32 {
                first.extend_from_slice(&buffer[..got.min(32)]);
            }
            total += got;
            left -= got;
        }
        if left > 0 || room == 0 {
            break;
        }
        if chunked {
            reader.read_exact(&mut [0; 2]).expect("a chunk ends with a line break");
        }
    }
    sender.join().expect("the sender ends").expect("the whole body is taken");
    (total, first)
}

/// The length of the next chunk; 0 at the end.
fn next_chunk(reader: &mut impl BufRead) -> usize {
    let mut line = String::new();
    reader.read_line(&mut line).expect("a chunk begins");
    usize::from_str_radix(line.trim(), 16).expect("a length in hexadecimal")
}

/// The sum of the largest resident sizes of a server's processes so far.
fn peak_bytes(server: &Server) -> usize {
    let process = server.process();
    let peak = |pid: u32| {
        let status = fs::read_to_string(format!("/proc/{pid}/status")).expect("it runs");
        let line = status.lines().find(|line| line.starts_with("VmHWM:")).expect("it has memory");
        let kib = line.split_whitespace().nth(1).expect("a number");
        kib.parse::<usize>().expect("a number") * 1024
    };
    process.children().into_iter().chain([process.pid()]).map(peak).sum()
}

#[track_caller]
fn check(method: &str, target: &str, expected: (usize, &[u8])) {
    let server = serve();
    let (total, first) = exchange(&server, method, target);
    assert_eq!((total, &first[..expected.1.len()]), expected, "{method} {target}");
    let peak = peak_bytes(&server);
    assert!(peak < MOST_MEMORY_BYTES, "{method} {target} took {} MiB", peak >> 20);
}

#[test]
fn an_upload_streams_through_a_handler() {
    let length = BODY_BYTES.to_string();
    check("POST", "/count", (length.len(), length.as_bytes()));
    check("POST", "/echo", (BODY_BYTES, &[7; 32]));
}

#[test]
fn an_upload_streams_through_a_transform() {
    let length = BODY_BYTES.to_string();
    check("POST", "/pack", (length.len(), length.as_bytes()));
}

#[test]
fn a_download_streams_from_a_handler() {
    check("GET", &format!("/download?length={BODY_BYTES}"), (BODY_BYTES, &[0; 32]));
}

#[test]
fn fetch_streams_in_both_directions() {
    let length = BODY_BYTES.to_string();
    check("GET", &format!("/proxy?length={BODY_BYTES}"), (BODY_BYTES, &[0; 32]));
    check("POST", "/proxy", (length.len(), length.as_bytes()));
}
