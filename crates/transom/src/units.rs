//! Values with a unit, as people write them: `30s`, `512MiB`.
//!
//! One notation serves flags, environment variables and `transom.toml`. A duration always names its
//! unit; a bare number is accepted only where it cannot be misread (bytes, and zero).

use std::fmt;
use std::time::Duration;

/// A number of bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct ByteSize(u64);

/// The units of [`ByteSize`], largest first, as [`ByteSize`]'s `Display` picks them.
const SIZE_UNITS: [(&str, u64); 7] = [
    ("GiB", 1 << 30),
    ("GB", 1_000_000_000),
    ("MiB", 1 << 20),
    ("MB", 1_000_000),
    ("KiB", 1 << 10),
    ("KB", 1_000),
    ("B", 1),
];

/// The units of a duration in milliseconds, largest first.
const TIME_UNITS: [(&str, u64); 4] = [("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1)];

impl ByteSize {
    /// A size of exactly `bytes` bytes.
    pub(crate) const fn bytes(bytes: u64) -> Self {
        Self(bytes)
    }

    /// The size as a number of bytes.
    pub(crate) const fn as_bytes(self) -> u64 {
        self.0
    }

    /// Reads `16KiB`, `512MB` or a bare number of bytes.
    ///
    /// # Errors
    /// A sentence that says what is accepted.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let complaint = || {
            format!(
                "`{text}` is not a size; write a number of bytes or one such as `16KiB`, `512MB` or `1GiB`"
            )
        };
        let (number, unit) = split_unit(text);
        let number: u64 = number.parse().map_err(|_| complaint())?;
        let factor = if unit.is_empty() {
            1
        } else {
            let named = SIZE_UNITS.iter().find(|(name, _)| name.eq_ignore_ascii_case(unit));
            named.ok_or_else(complaint)?.1
        };
        number.checked_mul(factor).map(Self).ok_or_else(complaint)
    }
}

impl fmt::Display for ByteSize {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let exact = SIZE_UNITS
            .iter()
            .find(|(_, factor)| self.0 >= *factor && self.0.is_multiple_of(*factor));
        match exact {
            Some((unit, factor)) => write!(f, "{}{unit}", self.0 / factor),
            None => f.write_str("0"),
        }
    }
}

/// Reads `500ms`, `30s`, `5m`, `1h`, or `0`.
///
/// # Errors
/// A sentence that says what is accepted.
pub(crate) fn parse_duration(text: &str) -> Result<Duration, String> {
    if text == "0" {
        return Ok(Duration::ZERO);
    }
    let complaint =
        || format!("`{text}` is not a duration; write one such as `500ms`, `30s`, `5m` or `1h`");
    let (number, unit) = split_unit(text);
    let number: u64 = number.parse().map_err(|_| complaint())?;
    let (_, factor) = TIME_UNITS.iter().find(|(name, _)| *name == unit).ok_or_else(complaint)?;
    number.checked_mul(*factor).map(Duration::from_millis).ok_or_else(complaint)
}

/// Cuts `30 s` into `30` and `s`.
fn split_unit(text: &str) -> (&str, &str) {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    (&text[..end], text[end..].trim_start())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_and_shown_in_their_largest_exact_unit() {
        let rows = [
            ("0", 0, "0"),
            ("17", 17, "17B"),
            ("16KiB", 16 << 10, "16KiB"),
            ("16 kib", 16 << 10, "16KiB"),
            ("512MB", 512_000_000, "512MB"),
            ("1GiB", 1 << 30, "1GiB"),
            ("1048576", 1 << 20, "1MiB"),
        ];
        for (text, bytes, shown) in rows {
            let size = ByteSize::parse(text).expect(text);
            assert_eq!((size.as_bytes(), size.to_string().as_str()), (bytes, shown), "{text}");
        }
        for text in ["", "MB", "-1", "1.5GB", "10 apples", "99999999999GiB"] {
            assert!(ByteSize::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn durations_need_a_unit() {
        let rows = [("0", 0), ("500ms", 500), ("30s", 30_000), ("5m", 300_000), ("1h", 3_600_000)];
        for (text, milliseconds) in rows {
            assert_eq!(parse_duration(text), Ok(Duration::from_millis(milliseconds)), "{text}");
        }
        for text in ["", "30", "s", "-1s", "1.5s", "1d", "1S"] {
            assert!(parse_duration(text).is_err(), "{text}");
        }
    }
}
