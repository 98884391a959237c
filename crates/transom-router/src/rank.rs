//! The order of routes: the first one that matches answers.
//!
//! Spec: `astro-endpoints.md` section 1.3. Texts are compared by the ICU root collation, as
//! JavaScript's `localeCompare` does.
//!
//! The comparison is not an order: `/a` comes before `/a/x-[...s]`, that before `/a/[p]`, and that
//! before `/a`. What becomes of such routes depends on the sorting algorithm, and a standard library
//! may refuse them. So the algorithm is spelled out: binary insertion into runs, as JavaScript
//! engines have it, which settles every table of less than 64 routes as they do. Runs are then
//! merged, which for all other tables gives the one stable order.

use std::cmp::Ordering;

use icu_collator::options::CollatorOptions;
use icu_collator::{Collator, CollatorBorrowed, CollatorPreferences};

use crate::route::Route;
use crate::segment::Segment;

/// Lists shorter than this are one run.
const SHORT_LIST: usize = 64;

/// Puts items in the order in which their routes are tried. Equal ones keep their order.
pub(crate) fn sort_by_rank<T>(items: Vec<T>, key: impl Fn(&T) -> &RouteKey) -> Vec<T> {
    let order = sorted_positions(&items, |a, b| key(a).compare(key(b)));
    let mut items: Vec<_> = items.into_iter().map(Some).collect();
    order.into_iter().filter_map(|at| items[at].take()).collect()
}

/// The comparison of texts.
pub(crate) fn root_collator() -> CollatorBorrowed<'static> {
    Collator::try_new(CollatorPreferences::default(), CollatorOptions::default())
        .expect("the data of the root collation is compiled in")
}

/// What of a route is compared, made once so that comparing is cheap.
#[derive(Debug)]
pub(crate) struct RouteKey {
    segments: Vec<SegmentKey>,
    is_endpoint: bool,
    /// The collation key of the name; empty for static routes, of which no two with different names
    /// are compared by them.
    name: Vec<u8>,
}

/// What of a segment is compared.
#[derive(Debug)]
struct SegmentKey {
    is_all_dynamic: bool,
    has_rest: bool,
    /// The text, if the segment is static, and its collation key.
    text: Option<(String, Vec<u8>)>,
}

impl RouteKey {
    /// The key of a route.
    pub(crate) fn new(route: &Route, collator: &CollatorBorrowed<'_>) -> Self {
        let collation_key = |text: &str| {
            let mut key = Vec::new();
            let Ok(()) = collator.write_sort_key_to(text, &mut key);
            key
        };
        let segment_key = |segment: &Segment| SegmentKey {
            is_all_dynamic: segment.is_all_dynamic(),
            has_rest: segment.has_rest(),
            text: segment.is_static().then(|| {
                let text = segment.to_text();
                let key = collation_key(&text);
                (text, key)
            }),
        };
        Self {
            segments: route.segments().iter().map(segment_key).collect(),
            is_endpoint: route.sorts_as_endpoint(),
            name: if route.is_static() { Vec::new() } else { collation_key(route.name()) },
        }
    }

    fn compare(&self, other: &Self) -> Ordering {
        for (a, b) in self.segments.iter().zip(&other.segments) {
            match (&a.text, &b.text) {
                (Some((a, _)), Some((b, _))) if a == b => continue,
                (Some((_, a)), Some((_, b))) => return a.cmp(b),
                _ => {}
            }
            let order = (b.text.is_some().cmp(&a.text.is_some()))
                .then(a.is_all_dynamic.cmp(&b.is_all_dynamic))
                .then(a.has_rest.cmp(&b.has_rest));
            if order.is_ne() {
                return order;
            }
        }
        compare_lengths(&self.segments, &other.segments)
            .then(other.is_endpoint.cmp(&self.is_endpoint))
            .then_with(|| self.name.cmp(&other.name))
    }
}

/// The longer one first, except that `/foo` comes before `/foo/[...bar]`.
fn compare_lengths(a: &[SegmentKey], b: &[SegmentKey]) -> Ordering {
    let ends_in_rest =
        |segments: &[SegmentKey]| segments.last().is_some_and(|segment| segment.has_rest);
    if a.len() + 1 == b.len() && ends_in_rest(b) && !ends_in_rest(a) {
        return Ordering::Less;
    }
    if b.len() + 1 == a.len() && ends_in_rest(a) && !ends_in_rest(b) {
        return Ordering::Greater;
    }
    b.len().cmp(&a.len())
}

/// The positions of the items in sorted order.
fn sorted_positions<T>(items: &[T], compare: impl Fn(&T, &T) -> Ordering) -> Vec<usize> {
    let mut order: Vec<usize> = (0..items.len()).collect();
    let compare = |a: &usize, b: &usize| compare(&items[*a], &items[*b]);
    let mut length = least_run(order.len());
    for run in order.chunks_mut(length.max(1)) {
        insert_into_run(run, compare);
    }
    while length < order.len() {
        order = order.chunks(length * 2).flat_map(|pair| merge(pair, length, compare)).collect();
        length *= 2;
    }
    order
}

/// The length of the runs that a list is cut into.
fn least_run(mut length: usize) -> usize {
    let mut remainder = 0;
    while length >= SHORT_LIST {
        remainder |= length & 1;
        length >>= 1;
    }
    length + remainder
}

fn insert_into_run(run: &mut [usize], compare: impl Fn(&usize, &usize) -> Ordering) {
    let sorted = sorted_start(run, &compare);
    for next in sorted..run.len() {
        let pivot = run[next];
        let (mut left, mut right) = (0, next);
        while left < right {
            let middle = left + (right - left) / 2;
            if compare(&pivot, &run[middle]).is_lt() {
                right = middle;
            } else {
                left = middle + 1;
            }
        }
        run[left..=next].rotate_right(1);
    }
}

/// Makes the start of the list ascending if it is descending, and says how far it is ascending.
fn sorted_start(run: &mut [usize], compare: impl Fn(&usize, &usize) -> Ordering) -> usize {
    if run.len() < 2 {
        return run.len();
    }
    let is_descending = compare(&run[1], &run[0]).is_lt();
    let continues = |pair: &&[usize]| compare(&pair[1], &pair[0]).is_lt() == is_descending;
    let length = 1 + run.windows(2).take_while(continues).count();
    if is_descending {
        run[..length].reverse();
    }
    length
}

fn merge(
    pair: &[usize],
    length: usize,
    compare: impl Fn(&usize, &usize) -> Ordering,
) -> Vec<usize> {
    let (mut left, mut right) = pair.split_at(length.min(pair.len()));
    let mut merged = Vec::with_capacity(pair.len());
    while let ([a, left_rest @ ..], [b, right_rest @ ..]) = (left, right) {
        if compare(b, a).is_lt() {
            merged.push(*b);
            right = right_rest;
        } else {
            merged.push(*a);
            left = left_rest;
        }
    }
    merged.extend_from_slice(left);
    merged.extend_from_slice(right);
    merged
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::route::RouteKind;

    #[track_caller]
    fn check(names: &[&str]) {
        let collator = root_collator();
        let routes = |names: &mut dyn Iterator<Item = &&str>| {
            names
                .map(|name| Route::from_name(name, "", RouteKind::Endpoint).expect(name))
                .map(|route| {
                    let key = RouteKey::new(&route, &collator);
                    (route, key)
                })
                .collect::<Vec<_>>()
        };
        for given in [routes(&mut names.iter()), routes(&mut names.iter().rev())] {
            let sorted = sort_by_rank(given, |(_, key)| key);
            let found: Vec<_> = sorted.iter().map(|(route, _)| route.name()).collect();
            assert_eq!(found, names);
        }
    }

    #[test]
    fn the_rules_of_the_comparison() {
        check(&["/a", "/b", "/[x]"]);
        check(&["/posts/[pid]", "/posts/[...slug]"]);
        check(&["/modules", "/modules/[...slug]"]);
        check(&["/a/b/c", "/a/b", "/a"]);
        check(&["/[lang]/about", "/[lang]", "/", "/[...rest]"]);
        check(&["/x-[p]", "/[p]"]);
        check(&["/[folder]/[...rest]", "/[...rest]/static"]);
        check(&["/[lang]-[version]", "/v[ver]"]);
        check(&["/[lang]-[version]", "/[lang]-v2"]);
        check(&["/[c]-d", "/a-[b]"]);
    }

    #[test]
    fn texts_are_compared_by_the_root_collation() {
        check(&[
            "/ a", "/_a", "/-a", "/,a", "/;a", "/:a", "/!a", "/.a", "/'a", "/(a", "/)a", "/{a",
            "/}a", "/@a", "/*a", "/&a", "/^a", "/+a", "/=a", "/|a", "/~a", "/$a", "/1", "/10",
            "/2", "/a", "/A", "/ä", "/b", "/B", "/z", "/日本",
        ]);
    }

    #[test]
    fn a_circle_of_routes_is_sorted_without_complaint() {
        let names = ["/a", "/a/x-[...s]", "/a/[p]"];
        let collator = root_collator();
        let key = |name: &&str| {
            let route = Route::from_name(name, "", RouteKind::Endpoint).expect(name);
            RouteKey::new(&route, &collator)
        };
        let many: Vec<_> = names.iter().cycle().take(500).map(key).collect();
        assert_eq!(sort_by_rank(many, |key| key).len(), 500);
    }

    #[test]
    fn sorting_is_stable_at_every_length() {
        for length in (0..200).chain([1_000, 4_097]) {
            let items: Vec<_> = (0..length).map(|at| ((at * 7_919) % 23, at)).collect();
            let sorted = sorted_positions(&items, |a, b| a.0.cmp(&b.0));
            let sorted: Vec<_> = sorted.into_iter().map(|at| items[at]).collect();
            let mut expected = items;
            expected.sort_by_key(|item| item.0);
            assert_eq!(sorted, expected, "{length}");
        }
    }
}
