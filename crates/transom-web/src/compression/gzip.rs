//! Header and trailer of gzip: <https://www.rfc-editor.org/rfc/rfc1952#section-2.3>

use std::io;

use flate2::Crc;

use super::unpack::invalid;

/// Names and comments in a header may be as long as they like; nobody writes longer ones.
const MAX_HEADER_BYTES: usize = 128 * 1024;

const HAS_HEADER_CRC: u8 = 2;
const HAS_EXTRA: u8 = 4;
const HAS_NAME: u8 = 8;
const HAS_COMMENT: u8 = 16;
const RESERVED: u8 = 0xe0;

/// The length of the header that `held` begins with; `None` when it is not complete.
///
/// # Errors
/// When it is no header.
pub(super) fn header_length(held: &[u8]) -> io::Result<Option<usize>> {
    let beginning = [0x1f, 0x8b, 8];
    let known = held.len().min(beginning.len());
    if held[..known] != beginning[..known] {
        return Err(invalid("there is no gzip header"));
    }
    if held.len() > MAX_HEADER_BYTES {
        return Err(invalid("the gzip header is too long"));
    }
    let Some(&flags) = held.get(3) else { return Ok(None) };
    if flags & RESERVED != 0 {
        return Err(invalid("the gzip header has unknown flags"));
    }
    let mut at = 10;
    if flags & HAS_EXTRA != 0 {
        let Some(length) = held.get(at..at + 2) else { return Ok(None) };
        at += 2 + usize::from(u16::from_le_bytes([length[0], length[1]]));
    }
    for flag in [HAS_NAME, HAS_COMMENT] {
        if flags & flag == 0 {
            continue;
        }
        let Some(rest) = held.get(at..) else { return Ok(None) };
        let Some(end) = rest.iter().position(|byte| *byte == 0) else { return Ok(None) };
        at += end + 1;
    }
    if flags & HAS_HEADER_CRC != 0 {
        let Some(expected) = held.get(at..at + 2) else { return Ok(None) };
        let mut crc = Crc::new();
        crc.update(&held[..at]);
        if crc.sum().to_le_bytes()[..2] != *expected {
            return Err(invalid("the gzip header was changed"));
        }
        at += 2;
    }
    Ok((held.len() >= at).then_some(at))
}

/// Whether the eight bytes of a trailer are those of the data that `crc` saw.
pub(super) fn is_trailer_of(trailer: &[u8], crc: &Crc) -> bool {
    trailer[..4] == crc.sum().to_le_bytes() && trailer[4..] == crc.amount().to_le_bytes()
}

#[cfg(test)]
mod tests {
    use super::header_length;

    #[test]
    fn headers_end_where_their_fields_do() {
        let plain = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3];
        assert_eq!(header_length(&plain).ok(), Some(Some(10)));
        assert_eq!(header_length(&plain[..9]).ok(), Some(None));
        let mut named = plain.to_vec();
        named[3] = 4 | 8;
        named.extend_from_slice(&[2, 0, 9, 9, b'a', 0, 7]);
        assert_eq!(header_length(&named).ok(), Some(Some(16)));
        assert_eq!(header_length(&named[..15]).ok(), Some(None));
        assert!(header_length(b"no").is_err());
        named[3] = 0x80;
        assert!(header_length(&named).is_err());
    }
}
