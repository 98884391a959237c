//! Dates as `Date.prototype.toJSON` writes them, and milliseconds since 1970.

/// Milliseconds in a day.
const DAY: i64 = 86_400_000;
/// Milliseconds since 1970 beyond which script has no dates.
pub(crate) const LAST: i64 = 8_640_000_000_000_000;

/// Now.
pub(crate) fn now() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.map_or(0, |since| i64::try_from(since.as_millis()).unwrap_or(LAST))
}

/// Writes a time, such as `2026-01-31T12:00:00.000Z`; years beyond 9999 have a sign and six digits.
pub(crate) fn print(time: i64) -> String {
    let mut out = String::with_capacity(27);
    write(&mut out, time);
    out
}

/// As [`print()`], at the end of `out`.
pub(crate) fn write(out: &mut String, time: i64) {
    let (days, rest) = (time.div_euclid(DAY), time.rem_euclid(DAY));
    let (year, month, day) = civil(days);
    let (second, millisecond) = (rest / 1000, rest % 1000);
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    match year {
        0..=9999 => digits(out, year, 4),
        _ => {
            out.push(if year < 0 { '-' } else { '+' });
            digits(out, year.abs(), 6);
        }
    }
    let clock = [('-', month), ('-', day), ('T', hour), (':', minute), (':', second)];
    for (before, number) in clock {
        out.push(before);
        digits(out, number, 2);
    }
    out.push('.');
    digits(out, millisecond, 3);
    out.push('Z');
}

/// Writes a number of `count` digits at most with just that many; the machinery of `format!` takes ten times as long.
fn digits(out: &mut String, number: i64, count: u32) {
    for place in (0..count).rev() {
        let digit = number / 10_i64.pow(place) % 10;
        #[expect(clippy::cast_sign_loss, reason = "it is below ten")]
        out.push(char::from(b'0' + digit as u8));
    }
}

/// Reads a date with an optional time and zone (no zone with a time is refused: nobody knows whose it would be).
pub(crate) fn parse(text: &str) -> Option<i64> {
    let (date, clock) = match text.split_once(['T', ' ']) {
        Some((date, clock)) => (date, Some(clock)),
        None => (text, None),
    };
    let (sign, digits) = match date.as_bytes().first()? {
        b'+' => (1, &date[1..]),
        b'-' => (-1, &date[1..]),
        _ => (1, date),
    };
    let mut parts = digits.split('-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    let year_digits = if digits.len() == date.len() { 4 } else { 6 };
    if parts.next().is_some() {
        return None;
    }
    let (year, month, day) = (
        sign * number(year, year_digits..=year_digits)?,
        number(month, 2..=2)?,
        number(day, 2..=2)?,
    );
    let days = days(year, month, day);
    if civil(days) != (year, month, day) {
        return None; // Such as the 30th of February.
    }
    let time = days * DAY + clock.map_or(Some(0), time_of_day)?;
    (-LAST..=LAST).contains(&time).then_some(time)
}

/// Milliseconds from midnight in UTC on, of `12:00`, `12:00:00.5Z`, `12:00:00+02:00`.
fn time_of_day(text: &str) -> Option<i64> {
    let zone_at = text.find(['Z', 'z', '+', '-'])?;
    let (clock, zone) = text.split_at(zone_at);
    let offset = match zone {
        "Z" | "z" => 0,
        zone => {
            let (hours, minutes) = match zone[1..].split_once(':') {
                Some(parts) => parts,
                None => zone.get(1..3).zip(zone.get(3..))?,
            };
            let minutes = number(hours, 2..=2)? * 60 + number(minutes, 2..=2)?;
            if zone.starts_with('-') { -minutes } else { minutes }
        }
    };
    let mut parts = clock.split(':');
    let (hour, minute) = (number(parts.next()?, 2..=2)?, number(parts.next()?, 2..=2)?);
    let seconds = parts.next().unwrap_or("00");
    let (second, fraction) = seconds.split_once('.').unwrap_or((seconds, "0"));
    if parts.next().is_some() {
        return None;
    }
    number(fraction, 1..=9)?;
    let milliseconds = number(&format!("{fraction:0<3}")[..3], 3..=3)?;
    let second = number(second, 2..=2)?;
    if hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    Some((((hour * 60 + minute - offset) * 60) + second) * 1000 + milliseconds)
}

fn number(text: &str, digits: std::ops::RangeInclusive<usize>) -> Option<i64> {
    let fits = digits.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    if fits { text.parse().ok() } else { None }
}

/// Days since 1970 of a date in the Gregorian calendar, which is taken as if it had always been used.
fn days(year: i64, month: i64, day: i64) -> i64 {
    // Years begin in March here, so that the leap day is their last.
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

/// The date of a day.
fn civil(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Option<&str>) {
        assert_eq!(parse(text).map(print).as_deref(), expected, "{text}");
    }

    #[test]
    fn dates_are_read_in_all_forms_and_written_in_one() {
        check("1970-01-01T00:00:00.000Z", Some("1970-01-01T00:00:00.000Z"));
        check("2024-02-29", Some("2024-02-29T00:00:00.000Z"));
        check("2024-02-29T23:59:59.9876Z", Some("2024-02-29T23:59:59.987Z"));
        check("2024-03-01T00:30:00+02:00", Some("2024-02-29T22:30:00.000Z"));
        check("2024-03-01T00:30-0130", Some("2024-03-01T02:00:00.000Z"));
        check("0000-01-01", Some("0000-01-01T00:00:00.000Z"));
        check("-000001-12-31", Some("-000001-12-31T00:00:00.000Z"));
        check("+275760-09-13T00:00:00.000Z", Some("+275760-09-13T00:00:00.000Z"));
        check("+275760-09-13T00:00:00.001Z", None);
        for wrong in [
            "",
            "now",
            "2023-02-29",
            "2024-13-01",
            "2024-1-1",
            "2024-01-01T24:00Z",
            "2024-01-01T00:00",
        ] {
            check(wrong, None);
        }
    }

    #[test]
    fn days_and_dates_agree_over_the_whole_range() {
        for time in (-LAST..=LAST).step_by(997_003 * 86_400) {
            assert_eq!(parse(&print(time)), Some(time));
        }
    }
}
