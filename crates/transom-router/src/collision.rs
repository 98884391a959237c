//! Routes of which one can never answer.
//!
//! Spec: `astro-endpoints.md` section 1.8; the sentences are Astro's. A collision is a warning, not
//! an error: the first in the order of trial answers.

use rustc_hash::FxHashMap;
use transom_diag::{Diagnostic, Place};

use crate::route::Route;
use crate::segment::{Part, Segment};

/// One warning for each pair of routes that match the same paths. `routes` are in order of trial.
pub(crate) fn collisions<'r>(routes: impl Iterator<Item = &'r Route>) -> Vec<Diagnostic> {
    let mut by_shape: FxHashMap<String, Vec<(usize, &Route)>> = FxHashMap::default();
    for (rank, route) in routes.enumerate() {
        by_shape.entry(shape(route.segments())).or_default().push((rank, route));
    }
    let mut pairs = Vec::new();
    for group in by_shape.values() {
        for (at, (rank, higher)) in group.iter().enumerate() {
            let lower = group[at + 1..].iter().filter(|(_, lower)| {
                higher.is_static() || !(higher.is_prerendered() || lower.is_prerendered())
            });
            pairs.extend(lower.map(|(lower_rank, lower)| ((*rank, *lower_rank), *higher, *lower)));
        }
    }
    pairs.sort_by_key(|(ranks, ..)| *ranks);
    pairs.into_iter().map(|(_, higher, lower)| warning(higher, lower)).collect()
}

fn warning(higher: &Route, lower: &Route) -> Diagnostic {
    let (name, first, second) = (higher.name(), higher.file(), lower.file());
    let both = format!("The route \"{name}\" is defined in both \"{first}\" and \"{second}\"");
    let diagnostic = if higher.is_static() {
        let message = format!("{both}. A static route cannot be defined more than once.");
        Diagnostic::warning("route/static-collision", message)
    } else {
        let message =
            format!("{both} using SSR mode. A dynamic SSR route cannot be defined more than once.");
        Diagnostic::warning("route/dynamic-collision", message)
    };
    diagnostic
        .label(first, Place::File, "")
        .label(second, Place::File, "")
        .hint("A collision will result in a hard error in following versions of Astro.")
}

/// Equal for routes that match the same paths: the names of parameters do not matter.
fn shape(segments: &[Segment]) -> String {
    let mut shape = String::new();
    for segment in segments {
        shape.push('/');
        for part in segment.parts() {
            match part {
                Part::Static(text) => shape.push_str(text),
                // No name holds a slash, so these cannot be taken for text.
                Part::Param(_) => shape.push_str("//p"),
                Part::Rest(_) => shape.push_str("//r"),
            }
        }
    }
    shape
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::route::RouteKind;

    fn messages(routes: &[(&str, &str, bool)]) -> Vec<String> {
        let routes: Vec<_> = routes
            .iter()
            .map(|(name, file, is_prerendered)| {
                let route = Route::from_name(name, file, RouteKind::Endpoint).expect(name);
                route.prerendered(*is_prerendered)
            })
            .collect();
        collisions(routes.iter()).into_iter().map(|diagnostic| diagnostic.message).collect()
    }

    #[test]
    fn collisions_have_the_words_of_the_reference() {
        assert_eq!(
            messages(&[("/dupe", "a/dupe/index.ts", false), ("/dupe", "a/dupe.ts", true)]),
            ["The route \"/dupe\" is defined in both \"a/dupe/index.ts\" and \"a/dupe.ts\". \
              A static route cannot be defined more than once."]
        );
        assert_eq!(
            messages(&[("/d/[a]", "d/[a].ts", false), ("/d/[b]", "d/[b].ts", false)]),
            [
                "The route \"/d/[a]\" is defined in both \"d/[a].ts\" and \"d/[b].ts\" using SSR mode. \
              A dynamic SSR route cannot be defined more than once."
            ]
        );
    }

    #[test]
    fn routes_that_differ_in_a_path_do_not_collide() {
        for pair in [
            [("/a", "1", false), ("/b", "2", false)],
            [("/[a]", "1", false), ("/[...b]", "2", false)],
            [("/[a]-x", "1", false), ("/[a]-y", "2", false)],
            [("/[a]", "1", true), ("/[b]", "2", false)],
        ] {
            assert_eq!(messages(&pair), [""; 0]);
        }
    }

    #[test]
    fn pairs_come_in_order_of_trial() {
        let found = messages(&[
            ("/[a]", "1", false),
            ("/x", "2", false),
            ("/[b]", "3", false),
            ("/x", "4", false),
            ("/[c]", "5", false),
        ]);
        let files: Vec<_> = found
            .iter()
            .map(|text| text.split('"').skip(3).step_by(2).take(2).collect::<String>())
            .collect();
        assert_eq!(files, ["13", "15", "24", "35"]);
    }
}
