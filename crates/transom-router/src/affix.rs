//! An index of patterns by the literal text that they begin and end with.
//!
//! Among thousands of patterns such as `item-7-[id]` only those are tried whose beginning and end
//! occur in the text. Patterns are grouped by the lengths of the two; a look-up costs one hash for
//! each group, of which a project has a handful.

use std::hash::Hasher;

use rustc_hash::{FxHashMap, FxHasher};

use crate::pattern::Pattern;

/// Patterns with something to find by each.
#[derive(Debug)]
pub(crate) struct AffixIndex<T> {
    groups: Vec<Group>,
    entries: Vec<(Pattern, T)>,
}

impl<T> Default for AffixIndex<T> {
    fn default() -> Self {
        Self { groups: Vec::new(), entries: Vec::new() }
    }
}

/// The patterns whose literal beginning and end have these lengths, in bytes.
#[derive(Debug)]
struct Group {
    prefix: usize,
    suffix: usize,
    by_affixes: FxHashMap<u64, Vec<usize>>,
}

impl<T> AffixIndex<T> {
    /// Adds a pattern.
    pub(crate) fn insert(&mut self, pattern: Pattern, value: T) {
        let (prefix, suffix) = (pattern.prefix(), pattern.suffix());
        let lengths = (prefix.len(), suffix.len());
        let key = hash(prefix, suffix);
        let known = self.groups.iter().position(|group| (group.prefix, group.suffix) == lengths);
        let group = known.unwrap_or_else(|| {
            let (prefix, suffix) = lengths;
            self.groups.push(Group { prefix, suffix, by_affixes: FxHashMap::default() });
            self.groups.len() - 1
        });
        self.groups[group].by_affixes.entry(key).or_default().push(self.entries.len());
        self.entries.push((pattern, value));
    }

    /// Entries whose pattern begins as `text` does and ends as `ending` does: all that can match and
    /// few others, group by group, within a group in the order in which they were added.
    pub(crate) fn candidates<'t>(
        &'t self,
        text: &'t str,
        ending: &'t str,
    ) -> impl Iterator<Item = impl Iterator<Item = &'t (Pattern, T)>> {
        self.groups.iter().filter_map(move |group| {
            let prefix = text.as_bytes().get(..group.prefix)?;
            let suffix = ending.as_bytes();
            let suffix = &suffix[suffix.len().checked_sub(group.suffix)?..];
            let entries = group.by_affixes.get(&hash(prefix, suffix))?;
            Some(entries.iter().map(|entry| &self.entries[*entry]))
        })
    }
}

fn hash(prefix: &[u8], suffix: &[u8]) -> u64 {
    let mut hasher = FxHasher::default();
    hasher.write(prefix);
    hasher.write_u8(0xff); // A byte that occurs in no text keeps the two apart.
    hasher.write(suffix);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::route::{EndSlash, Route, RouteKind};

    #[test]
    fn only_patterns_with_the_same_affixes_are_candidates() {
        let mut index = AffixIndex::default();
        for name in ["/a-[x]", "/b-[x]", "/[x]-c", "/a-[x]-c", "/[x]", "/[...r]/end"] {
            let route = Route::from_name(name, "", RouteKind::Endpoint).expect(name);
            index.insert(Pattern::of_segments(route.segments(), EndSlash::Forbidden), name);
        }
        let found = |text| {
            let mut names: Vec<_> =
                index.candidates(text, text).flatten().map(|(_, name)| *name).collect();
            names.sort_unstable();
            names
        };
        assert_eq!(found("/a-1"), ["/[x]", "/a-[x]"]);
        assert_eq!(found("/a-1-c"), ["/[x]", "/[x]-c", "/a-[x]", "/a-[x]-c"]);
        assert_eq!(found("/x/end"), ["/[...r]/end", "/[x]"]);
        assert_eq!(found(""), [""; 0]);
    }
}
