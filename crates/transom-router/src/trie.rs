//! The search tree of the route table: one level for each segment.
//!
//! Routes are added in rank order and known by their rank. A search walks only where a better rank
//! than the one already found is still possible, so it ends soon after the first match. Segments
//! without a rest parameter are levels; from the first rest parameter on, the remainder of a route is
//! one pattern, because it may reach across any number of slashes.

use rustc_hash::FxHashMap;

use crate::affix::AffixIndex;
use crate::pattern::{Pattern, literal_text};
use crate::route::EndSlash;
use crate::segment::{Part, Segment};

/// Position of a route in the order of trial.
pub(crate) type Rank = u32;

/// Worse than every rank.
const NONE: Rank = Rank::MAX;

#[derive(Debug, Default)]
struct Node {
    /// The best rank below and including this node; the first one added.
    best: Option<Rank>,
    /// Routes that end here, without a slash at the end of the path, and with one.
    ends: [Vec<Rank>; 2],
    literals: FxHashMap<Box<str>, usize>,
    /// Where a parameter that is the whole segment leads.
    param: Option<usize>,
    /// Where segments lead in which parameters and text mix.
    mixed: AffixIndex<usize>,
    /// Routes that go on with a rest parameter.
    tails: AffixIndex<Rank>,
}

/// See the file comment.
#[derive(Debug)]
pub(crate) struct Trie {
    nodes: Vec<Node>,
}

/// A trie in the making.
#[derive(Debug)]
pub(crate) struct TrieBuilder {
    nodes: Vec<Node>,
    /// Where the mixed segments of a node lead, by their texts; `None` stands for a parameter.
    mixed: FxHashMap<(usize, Vec<Option<String>>), usize>,
}

impl TrieBuilder {
    /// A trie without routes.
    pub(crate) fn new() -> Self {
        Self { nodes: vec![Node::default()], mixed: FxHashMap::default() }
    }

    /// Adds a route. Ranks must come in ascending order.
    pub(crate) fn insert(&mut self, rank: Rank, segments: &[Segment], end: EndSlash) {
        let mut node = 0;
        self.nodes[node].best.get_or_insert(rank);
        for (at, segment) in segments.iter().enumerate() {
            if segment.has_rest() {
                self.nodes[node].tails.insert(Pattern::of_segments(&segments[at..], end), rank);
                return;
            }
            node = self.child(node, segment);
            self.nodes[node].best.get_or_insert(rank);
        }
        let [without, with] = &mut self.nodes[node].ends;
        if end != EndSlash::Required {
            without.push(rank);
        }
        if end != EndSlash::Forbidden {
            with.push(rank);
        }
    }

    /// The finished trie.
    pub(crate) fn build(self) -> Trie {
        Trie { nodes: self.nodes }
    }

    fn child(&mut self, node: usize, segment: &Segment) -> usize {
        let new = self.nodes.len();
        let at = &mut self.nodes[node];
        let child = match segment.parts() {
            [Part::Param(_)] => *at.param.get_or_insert(new),
            _ if segment.is_static() => {
                let text = literal_text(&segment.to_text()).into_boxed_str();
                *at.literals.entry(text).or_insert(new)
            }
            parts => {
                let texts = parts.iter().map(|part| match part {
                    Part::Static(text) => Some(literal_text(text)),
                    Part::Param(_) | Part::Rest(_) => None,
                });
                *self.mixed.entry((node, texts.collect())).or_insert_with(|| {
                    at.mixed.insert(Pattern::within_segment(segment), new);
                    new
                })
            }
        };
        if child == new {
            self.nodes.push(Node::default());
        }
        child
    }
}

impl Trie {
    /// The best rank that matches `path` and that `accept` accepts.
    pub(crate) fn search(&self, path: &str, accept: impl Fn(Rank) -> bool + Copy) -> Option<Rank> {
        let mut best = NONE;
        self.search_node(0, path, &mut best, accept);
        (best != NONE).then_some(best)
    }

    /// `rest` is empty or begins with a slash, unless the whole path does not.
    fn search_node(
        &self,
        node: usize,
        rest: &str,
        best: &mut Rank,
        accept: impl Fn(Rank) -> bool + Copy,
    ) {
        let node = &self.nodes[node];
        if node.best.is_none_or(|rank| rank >= *best) {
            return;
        }
        if let Some((segment, rest)) = split_segment(rest) {
            if let Some(child) = node.literals.get(segment) {
                self.search_node(*child, rest, best, accept);
            }
            for candidates in node.mixed.candidates(segment, segment) {
                for (pattern, child) in candidates {
                    if self.nodes[*child].best < Some(*best) && pattern.matches(segment) {
                        self.search_node(*child, rest, best, accept);
                    }
                }
            }
            if let Some(child) = node.param {
                self.search_node(child, rest, best, accept);
            }
        } else if rest.len() <= 1 {
            let mut ends = node.ends[rest.len()].iter().copied();
            if let Some(rank) = ends.find(|rank| accept(*rank)).filter(|rank| rank < best) {
                *best = rank;
            }
        }
        let ending = rest.strip_suffix('/').unwrap_or(rest);
        for candidates in node.tails.candidates(rest, ending) {
            for (pattern, rank) in candidates {
                if *rank >= *best {
                    break;
                }
                if accept(*rank) && pattern.matches(rest) {
                    *best = *rank;
                }
            }
        }
    }
}

/// The first segment and what follows it; `None` if there is none, or an empty one.
fn split_segment(rest: &str) -> Option<(&str, &str)> {
    let text = rest.strip_prefix('/')?;
    let end = memchr::memchr(b'/', text.as_bytes()).unwrap_or(text.len());
    (end > 0).then(|| text.split_at(end))
}
