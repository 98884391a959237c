//! File names of entry chunks: safe on every file system and in every URL, unique, and stable for the same input.

use std::collections::HashSet;

/// Longest readable part; the rest of a name is only hashed.
const MAX_READABLE: usize = 60;

/// Chunk names for `names`, in the same order.
///
/// Letters, digits, `-` and `_` of a name stay, everything else becomes `_`. A name that lost something by that
/// gets a hash of its original text, so that two names can only meet by accident; then a number is added.
pub(crate) fn chunk_names<'a>(names: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let mut taken = HashSet::new();
    names
        .into_iter()
        .map(|name| {
            let wanted = chunk_name(name);
            let mut unique = wanted.clone();
            let mut number = 2;
            // Compared without case: some file systems do not keep `A.js` and `a.js` apart.
            while !taken.insert(unique.to_ascii_lowercase()) {
                unique = format!("{wanted}-{number}");
                number += 1;
            }
            unique
        })
        .collect()
}

fn chunk_name(name: &str) -> String {
    let trimmed = name.trim_matches('/');
    let mut readable: String = trimmed
        .chars()
        .take(MAX_READABLE)
        .map(|c| match c {
            'a'..='z' | 'A'..='Z' | '0'..='9' | '-' | '_' => c,
            '/' => '-',
            _ => '_',
        })
        .collect();
    if readable.is_empty() {
        readable.push_str("index");
    }
    let lossless = trimmed.chars().all(|c| c.is_ascii_alphanumeric() || c == '/')
        && trimmed.len() <= MAX_READABLE;
    if lossless { readable } else { format!("{readable}.{:08x}", fnv1a(name)) }
}

/// FNV-1a, folded to 32 bits: stable across versions and platforms, which `DefaultHasher` does not promise.
pub(crate) fn fnv1a(text: &str) -> u32 {
    let hash = text.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    (hash ^ (hash >> 32)) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_safe_and_stay_apart() {
        let names = [
            "/",
            "/api/users",
            "api/users",
            "/api/[id]",
            "/api/(id)",
            "/a b",
            "/ä",
            "/'\"`",
            "/..",
            "/API/users",
        ];
        let chunks = chunk_names(names);
        assert_eq!(chunks[..3], ["index", "api-users", "api-users-2"]);
        assert!(chunks[3].starts_with("api-_id_."), "{}", chunks[3]);
        assert_eq!(chunks[9], "API-users-3");
        for chunk in &chunks {
            assert!(
                chunk.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c)),
                "{chunk}"
            );
            assert!(!chunk.starts_with('.'), "{chunk}");
        }
        let unique: HashSet<String> = chunks.iter().map(|c| c.to_lowercase()).collect();
        assert_eq!(unique.len(), names.len());
        assert_eq!(chunks, chunk_names(names), "the same input gives the same names");
    }

    #[test]
    fn a_long_name_is_cut() {
        let chunk = &chunk_names(["/x".repeat(400).as_str()])[0];
        assert!(chunk.len() < 80, "{chunk}");
    }
}
