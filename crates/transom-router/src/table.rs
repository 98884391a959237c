//! The route table: all routes in the order of trial, and which of them answers a path.
//!
//! Invariant: `resolve` gives the first route, in the order of `rank.rs`, whose pattern matches. The
//! tests hold that against regular expressions tried one after the other.
//!
//! Every path that a route without parameters can match is looked up in one hash map, whose entries
//! are settled when the table is made: a route with parameters may well come first. All other paths
//! go to the trie.

use std::borrow::Cow;

use icu_collator::CollatorBorrowed;
use rustc_hash::{FxHashMap, FxHashSet};
use transom_diag::Diagnostic;

use crate::collision::collisions;
use crate::path::TrailingSlash;
use crate::pattern::{Capture, Pattern, literal_text};
use crate::rank::{RouteKey, root_collator, sort_by_rank};
use crate::redirect::{RedirectAnswer, RedirectPlan};
use crate::route::{Builtin, EndSlash, Route, RouteKind};
use crate::segment::Segment;
use crate::trie::{Rank, Trie, TrieBuilder};

/// Routes in the order of trial.
#[derive(Debug)]
pub struct RouteTable {
    entries: Vec<Entry>,
    statics: FxHashMap<Box<str>, Winners>,
    trie: Trie,
    trailing_slash: TrailingSlash,
}

#[derive(Debug)]
struct Entry {
    route: Route,
    own: Option<Own>,
    pattern: Pattern,
    redirect: Option<RedirectPlan>,
}

/// What is known of the project's routes, and not of built-in ones.
#[derive(Debug, Clone, Copy)]
struct Own {
    /// Position in the list that the table was made from.
    index: usize,
    /// Position among the project's routes when these alone were sorted.
    order: usize,
}

/// What answers one path.
#[derive(Debug, Clone, Copy)]
struct Winners {
    first: Rank,
    on_demand: Option<Rank>,
}

impl RouteTable {
    /// Makes a table of the project's routes, files first, then configured redirects, in the order
    /// in which they were found. Built-in routes are added; files whose route is redirected are left
    /// out, as in the reference.
    pub fn new(routes: Vec<Route>, trailing_slash: TrailingSlash) -> Self {
        let collator = root_collator();
        let mut sorted = sort_by_rank(prepare(routes, &collator), |prepared| &prepared.key);
        for (order, prepared) in sorted.iter_mut().enumerate() {
            prepared.own = prepared.own.map(|own| Own { order, ..own });
        }
        // The built-in routes join the sorted list, which is then sorted again. Like the reference's
        // two sorts, this decides what equal routes do.
        let has_not_found = sorted.iter().any(|prepared| prepared.route.name() == "/404");
        let builtin = |builtin| Prepared::new(Route::builtin(builtin), None, None, &collator);
        let mut all = vec![builtin(Builtin::ServerIslands), builtin(Builtin::Image)];
        all.extend(sorted);
        if !has_not_found {
            all.push(builtin(Builtin::NotFound));
        }
        let entries: Vec<_> = sort_by_rank(all, |prepared| &prepared.key)
            .into_iter()
            .map(|Prepared { route, own, redirect, .. }| {
                let end = route.end_slash(trailing_slash);
                let pattern = Pattern::of_segments(route.segments(), end);
                Entry { route, own, pattern, redirect }
            })
            .collect();
        let mut trie = TrieBuilder::new();
        for (rank, entry) in (0..).zip(&entries) {
            let route = &entry.route;
            trie.insert(rank, route.segments(), route.end_slash(trailing_slash));
        }
        let trie = trie.build();
        let mut table = Self { entries, statics: FxHashMap::default(), trie, trailing_slash };
        table.settle_statics();
        table
    }

    fn settle_statics(&mut self) {
        let routes = self.entries.iter().map(|entry| &entry.route);
        let routes = routes.filter(|route| route.is_static());
        let paths = routes.flat_map(|route| static_paths(route, self.trailing_slash));
        let winners = paths.filter_map(|path| {
            let first = self.trie.search(&path, |_| true)?;
            let on_demand = self.on_demand(first, &path);
            Some((path.into_boxed_str(), Winners { first, on_demand }))
        });
        self.statics = winners.collect();
    }

    /// The routes in the order of trial, built-in ones included.
    pub fn routes(&self) -> impl ExactSizeIterator<Item = &Route> {
        self.entries.iter().map(|entry| &entry.route)
    }

    /// The route of this name, such as `/404`: the first in the order of trial.
    pub fn by_name<'t>(&'t self, name: &str) -> Option<Matched<'t, 'static>> {
        let entry = self.entries.iter().find(|entry| entry.route.name() == name)?;
        Some(Matched { entry, path: Cow::Borrowed(""), captures: Vec::new() })
    }

    /// One warning for each two routes of which one can never answer.
    pub fn collisions(&self) -> Vec<Diagnostic> {
        let own = self.entries.iter().filter_map(|entry| Some((entry.own?.order, &entry.route)));
        let mut routes: Vec<_> = own.collect();
        routes.sort_by_key(|(order, _)| *order);
        collisions(routes.into_iter().map(|(_, route)| route))
    }

    /// The route at this position of the list that the table was made from, if it matches `path`, which is decoded,
    /// without base, and begins with a slash.
    pub fn of_index<'t, 'p>(&'t self, index: usize, path: &'p str) -> Option<Matched<'t, 'p>> {
        let entry =
            self.entries.iter().find(|entry| entry.own.is_some_and(|own| own.index == index))?;
        let captures = entry.pattern.captures(path)?;
        Some(Matched { entry, path: Cow::Borrowed(path), captures })
    }

    /// The first route that matches. `path` is decoded, without base, and begins with a slash.
    pub fn resolve<'t, 'p>(&'t self, path: &'p str) -> Option<Matched<'t, 'p>> {
        let rank = match self.statics.get(path) {
            Some(winners) => winners.first,
            None => self.trie.search(path, |_| true)?,
        };
        Some(self.matched(rank, Cow::Borrowed(path)))
    }

    /// The route that answers when no file does: the first that matches, except that a prerendered
    /// one has only the paths for which there are files. If it has parameters, the next one that is
    /// not prerendered answers the others.
    pub fn resolve_on_demand<'t, 'p>(&'t self, path: &'p str) -> Option<Matched<'t, 'p>> {
        Some(self.matched(self.find_on_demand(path)?, Cow::Borrowed(path)))
    }

    /// The rank of the route of [`Self::resolve_on_demand`].
    pub(crate) fn find_on_demand(&self, path: &str) -> Option<Rank> {
        if let Some(winners) = self.statics.get(path) {
            return winners.on_demand;
        }
        self.on_demand(self.trie.search(path, |_| true)?, path)
    }

    fn on_demand(&self, first: Rank, path: &str) -> Option<Rank> {
        let route = &self.entry(first).route;
        if !route.is_prerendered() {
            return Some(first);
        }
        let accept = |rank| !self.entry(rank).route.is_prerendered();
        if route.is_static() { None } else { self.trie.search(path, accept) }
    }

    /// The route of this rank, with the parameters that its pattern finds in `path`: none at all if
    /// it does not match.
    pub(crate) fn matched<'p>(&self, rank: Rank, path: Cow<'p, str>) -> Matched<'_, 'p> {
        let entry = self.entry(rank);
        let captures = if entry.route.is_static() {
            Vec::new()
        } else {
            entry.pattern.captures(&path).unwrap_or_default()
        };
        Matched { entry, path, captures }
    }

    fn entry(&self, rank: Rank) -> &Entry {
        &self.entries[rank as usize]
    }
}

/// A route on its way into the table.
struct Prepared {
    route: Route,
    key: RouteKey,
    own: Option<Own>,
    redirect: Option<RedirectPlan>,
}

impl Prepared {
    fn new(
        route: Route,
        own: Option<Own>,
        redirect: Option<RedirectPlan>,
        collator: &CollatorBorrowed<'_>,
    ) -> Self {
        Self { key: RouteKey::new(&route, collator), route, own, redirect }
    }
}

/// Finds the targets of redirects, and leaves out the files that are redirected.
fn prepare(routes: Vec<Route>, collator: &CollatorBorrowed<'_>) -> Vec<Prepared> {
    let is_redirect = |route: &&Route| matches!(route.kind(), RouteKind::Redirect(_));
    // Of files with one name the last is the target, as in the reference.
    let files = routes.iter().filter(|route| !is_redirect(route));
    let files: FxHashMap<_, _> = files.map(|file| (file.name(), file)).collect();
    let plan = |route: &Route| match route.kind() {
        RouteKind::Redirect(to) => {
            Some(RedirectPlan::new(to, files.get(to.destination.as_str()).copied()))
        }
        _ => None,
    };
    let plans: Vec<_> = routes.iter().map(plan).collect();
    let redirected = routes.iter().filter(is_redirect).map(|route| route.name().to_owned());
    let redirected: FxHashSet<_> = redirected.collect();
    let numbered = routes.into_iter().zip(plans).enumerate();
    numbered
        .filter(|(_, (route, plan))| plan.is_some() || !redirected.contains(route.name()))
        .map(|(index, (route, plan))| {
            Prepared::new(route, Some(Own { index, order: index }), plan, collator)
        })
        .collect()
}

/// All paths that a route without parameters matches.
fn static_paths(route: &Route, trailing_slash: TrailingSlash) -> Vec<String> {
    let texts = route.segments().iter().map(Segment::to_text);
    let path: String = texts.map(|text| format!("/{}", literal_text(&text))).collect();
    match route.end_slash(trailing_slash) {
        EndSlash::Required => vec![path + "/"],
        EndSlash::Forbidden => vec![path],
        EndSlash::Optional => vec![format!("{path}/"), path],
    }
}

/// A route with the path that it was found by.
#[derive(Debug, Clone)]
pub struct Matched<'t, 'p> {
    entry: &'t Entry,
    path: Cow<'p, str>,
    captures: Vec<Capture>,
}

impl<'t, 'p> Matched<'t, 'p> {
    /// The route.
    pub fn route(&self) -> &'t Route {
        &self.entry.route
    }

    /// The position of the route in the list that the table was made from; `None` for built-in ones.
    pub fn index(&self) -> Option<usize> {
        self.entry.own.map(|own| own.index)
    }

    /// The path that the parameters were taken from: decoded, without base.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The same, to keep.
    pub fn into_path(self) -> Cow<'p, str> {
        self.path
    }

    /// Parameters in the order of the route's name, each name once; of several with one name the
    /// last value counts. A rest parameter that is absent or empty has the value `None`. There are
    /// none at all if the path is not one of the route's, which happens only when it holds the base
    /// twice.
    pub fn params(&self) -> impl Iterator<Item = (&'t str, Option<&str>)> {
        let route = &self.entry.route;
        let names = route.param_names().take(self.captures.len()).enumerate();
        names
            .filter(|(at, name)| route.param_names().take(*at).all(|earlier| earlier != *name))
            .map(|(_, name)| {
                let same =
                    route.param_names().zip(&self.captures).filter(|(other, _)| *other == name);
                let range = same.last().and_then(|(_, capture)| capture.clone());
                let value = range.and_then(|range| self.path.get(range));
                (name, value.filter(|value| !value.is_empty()))
            })
    }

    /// What a redirect answers; `None` for other routes, and where the reference fails with 500
    /// because the destination needs a parameter that the path does not give.
    pub fn redirect(&self, method: &str, trailing_slash: TrailingSlash) -> Option<RedirectAnswer> {
        self.entry.redirect.as_ref()?.answer(method, self.params(), trailing_slash)
    }
}
