//! Undoes the content codings of a response: gzip, deflate, br, zstd, in any combination.
//!
//! Spec: <https://fetch.spec.whatwg.org/#handle-content-codings>. The headers stay as they came.

use std::io;
use std::pin::Pin;

use async_compression::tokio::bufread::{
    BrotliDecoder, DeflateDecoder, GzipDecoder, ZlibDecoder, ZstdDecoder,
};
use async_compression::zstd::DParameter;
use futures_util::{TryStreamExt, stream};
use http::{HeaderMap, Method, StatusCode, header};
use tokio::io::{AsyncBufRead, AsyncBufReadExt, AsyncRead, BufReader};
use tokio_util::io::{ReaderStream, StreamReader};

use super::client::{ClientFailure, ResponseStream};

/// What fetch offers when the caller does not say.
pub(crate) const ACCEPT_ENCODING: &str = "gzip, deflate, br, zstd";
/// Size of the pieces that come out of a decoder.
const PIECE_BYTES: usize = 16 * 1024;
/// More codings than this are an attack.
const MAX_CODINGS: usize = 5;

/// Binary logarithm of the largest window of Zstandard, 8 MiB: <https://www.rfc-editor.org/rfc/rfc9659>.
const ZSTD_WINDOW_LOG: u32 = 23;

type Reader = Pin<Box<dyn AsyncBufRead>>;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Coding {
    Gzip,
    Deflate,
    Brotli,
    Zstd,
}

/// The decoded body; the same stream when nothing is encoded or a coding is unknown.
pub(crate) fn decode(
    body: ResponseStream,
    method: &Method,
    status: StatusCode,
    headers: &HeaderMap,
) -> ResponseStream {
    let bodyless = method == Method::HEAD || matches!(status.as_u16(), 101 | 103 | 204 | 205 | 304);
    let codings = codings(headers);
    if bodyless || codings.is_empty() {
        return body;
    }
    let reader: Reader = Box::pin(StreamReader::new(body.map_err(io::Error::other)));
    // What kind of deflate it is shows in the first byte, which must not delay the response's head.
    let pieces = stream::once(async move {
        let decoded = stack(reader, codings).await?;
        Ok::<_, io::Error>(ReaderStream::with_capacity(decoded, PIECE_BYTES))
    });
    Box::pin(pieces.try_flatten().map_err(failure))
}

async fn stack(mut reader: Reader, codings: Vec<Coding>) -> io::Result<Reader> {
    for coding in codings.into_iter().rev() {
        let Some(first) = reader.fill_buf().await?.first().copied() else {
            return Ok(reader); // An empty body is empty in every coding.
        };
        reader = match coding {
            Coding::Gzip => {
                let mut decoder = GzipDecoder::new(reader);
                decoder.multiple_members(true);
                buffered(decoder)
            }
            // "deflate" means zlib, but some servers send the bare format.
            Coding::Deflate if first & 0x0f == 8 => buffered(ZlibDecoder::new(reader)),
            Coding::Deflate => buffered(DeflateDecoder::new(reader)),
            Coding::Brotli => buffered(BrotliDecoder::new(reader)),
            Coding::Zstd => zstd(reader),
        };
    }
    Ok(reader)
}

fn zstd(reader: Reader) -> Reader {
    let window = DParameter::window_log_max(ZSTD_WINDOW_LOG);
    buffered(ZstdDecoder::with_params(reader, &[window]))
}

fn buffered(decoder: impl AsyncRead + 'static) -> Reader {
    Box::pin(BufReader::with_capacity(PIECE_BYTES, decoder))
}

/// In the order in which they were applied; empty when there is nothing to undo, or an unknown one.
fn codings(headers: &HeaderMap) -> Vec<Coding> {
    let mut found = Vec::new();
    for value in headers.get_all(header::CONTENT_ENCODING) {
        for name in value.to_str().unwrap_or("?").split(',') {
            found.push(match name.trim().to_ascii_lowercase().as_str() {
                "gzip" | "x-gzip" => Coding::Gzip,
                "deflate" => Coding::Deflate,
                "br" => Coding::Brotli,
                "zstd" => Coding::Zstd,
                "" | "identity" => continue,
                _ => return Vec::new(),
            });
        }
    }
    if found.len() > MAX_CODINGS { Vec::new() } else { found }
}

/// A failure of the connection under the decoder keeps its own name.
fn failure(error: io::Error) -> ClientFailure {
    match error.downcast::<ClientFailure>() {
        Ok(failure) => failure,
        Err(error) => ClientFailure::Decode { reason: error.to_string() },
    }
}

#[cfg(test)]
mod tests {
    use async_compression::tokio::bufread as encoders;
    use bytes::{Bytes, BytesMut};
    use futures_util::{StreamExt, stream};
    use http::{HeaderMap, Method, StatusCode, header};
    use tokio::io::AsyncReadExt;

    use super::{ClientFailure, decode};

    const TEXT: &[u8] = b"a text that repeats, a text that repeats, a text that repeats";

    async fn encode(coding: &str, text: &[u8]) -> Vec<u8> {
        let mut encoded = Vec::new();
        match coding {
            "gzip" => encoders::GzipEncoder::new(text).read_to_end(&mut encoded).await,
            "zlib" => encoders::ZlibEncoder::new(text).read_to_end(&mut encoded).await,
            "raw" => encoders::DeflateEncoder::new(text).read_to_end(&mut encoded).await,
            "br" => encoders::BrotliEncoder::new(text).read_to_end(&mut encoded).await,
            _ => encoders::ZstdEncoder::new(text).read_to_end(&mut encoded).await,
        }
        .expect("encoded");
        encoded
    }

    async fn decoded(coding: &str, body: &[u8], method: Method) -> Result<Bytes, ClientFailure> {
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_ENCODING, coding.parse().expect("a value"));
        let pieces: Vec<_> =
            body.chunks(7).map(|piece| Ok(Bytes::copy_from_slice(piece))).collect();
        let mut stream = decode(Box::pin(stream::iter(pieces)), &method, StatusCode::OK, &headers);
        let mut whole = BytesMut::new();
        while let Some(piece) = stream.next().await {
            whole.extend_from_slice(&piece?);
        }
        Ok(whole.freeze())
    }

    #[tokio::test]
    async fn every_coding_is_undone() {
        for (header, coding) in [
            ("gzip", "gzip"),
            ("deflate", "zlib"),
            ("deflate", "raw"),
            ("BR", "br"),
            ("zstd", "zstd"),
        ] {
            let body = encode(coding, TEXT).await;
            assert_eq!(
                decoded(header, &body, Method::GET).await.expect("decoded"),
                TEXT,
                "{header} {coding}"
            );
        }
        let twice = encode("br", &encode("gzip", TEXT).await).await;
        assert_eq!(decoded("gzip, br", &twice, Method::GET).await.expect("decoded"), TEXT);
    }

    #[tokio::test]
    async fn unknown_codings_and_bodyless_answers_are_left_alone() {
        assert_eq!(decoded("pied-piper", TEXT, Method::GET).await.expect("as it is"), TEXT);
        assert_eq!(decoded("gzip", TEXT, Method::HEAD).await.expect("as it is"), TEXT);
        assert_eq!(decoded("gzip", b"", Method::GET).await.expect("as it is").len(), 0);
    }

    #[tokio::test]
    async fn broken_codings_fail() {
        let whole = encode("gzip", TEXT).await;
        for body in [&whole[..whole.len() - 9], TEXT] {
            let result = decoded("gzip", body, Method::GET).await;
            assert!(matches!(result, Err(ClientFailure::Decode { .. })), "{result:?}");
        }
    }
}
