//! Answering prerendered routes once, for the files that a server sends in their place.
//! Spec: `astro-endpoints.md` section 9.
//!
//! The program's part is in `endpoint/prerender.js` of `transom-app`; this file goes through the routes and their paths.
//! Not here: where files are written, and what the client folder holds already.

use std::collections::HashMap;
use std::rc::Rc;

use crate::bridge;
use crate::instance::Instance;
use crate::respond::{Reply, ReplyBody};
use bytes::{Bytes, BytesMut};
use futures_util::StreamExt;
use serde_json::Value;

/// A handler that the engine has ended says nothing itself.
const TOO_LONG: &str = "it ran too long or took too much memory";

/// What is to be sent for one path.
#[derive(Debug)]
pub struct StaticAnswer {
    /// The path without base, such as `/dogs/fido.json`: decoded, as a file system names it.
    pub path: String,
    /// Index of the route in the manifest.
    pub route: usize,
    /// The body; `None` when the handler gave none, and so there is nothing to send.
    pub body: Option<Bytes>,
}

/// The answers of all prerendered routes.
#[derive(Debug, Default)]
pub struct StaticAnswers {
    /// In the order of the routes.
    pub answers: Vec<StaticAnswer>,
    /// Paths that two routes would have answered: the path, the index of the route that does, and of the other.
    pub conflicts: Vec<(String, usize, usize)>,
}

/// A route could not be prerendered.
#[derive(Debug, thiserror::Error)]
#[error("{name}: {message}")]
pub struct PrerenderError {
    /// Index of the route in the manifest.
    pub route: usize,
    /// The path, unless it was `getStaticPaths` that failed.
    pub path: Option<String>,
    /// Class or name of the error.
    pub name: String,
    /// Its message.
    pub message: String,
    /// What to do about it, where that is known.
    pub hint: Option<String>,
}

/// One path to be answered.
struct Planned {
    path: String,
    /// As the request shows it: what the parameters are taken from.
    shown: String,
}

/// Answers every path of every prerendered route, one after the other. `origin` is under which the handlers see
/// themselves, such as `http://localhost:4321`.
///
/// # Errors
/// The first that a program or its `getStaticPaths` throws; it has been logged with its stack.
pub async fn prerender(
    instance: &Rc<Instance>,
    origin: &str,
) -> Result<StaticAnswers, PrerenderError> {
    let mut found = StaticAnswers::default();
    let mut planned: Vec<(usize, Planned)> = Vec::new();
    let mut winners: HashMap<String, usize> = HashMap::new();
    let routes = &instance.application().manifest().routes;
    for (index, route) in routes.iter().enumerate().filter(|(_, route)| route.prerender) {
        let is_dynamic = route.route.contains('[');
        let paths = match is_dynamic {
            true => paths_of(instance, index, origin).await?,
            false => vec![Planned { path: route.route.clone(), shown: route.route.clone() }],
        };
        for plan in paths {
            let key = plan.path.strip_suffix('/').unwrap_or(&plan.path).to_owned();
            match winners.get(&key) {
                Some(winner) => found.conflicts.push((key, *winner, index)),
                None => {
                    winners.insert(key, index);
                    planned.push((index, plan));
                }
            }
        }
    }
    for (route, plan) in planned {
        let body = answer(instance, route, Some(&plan), origin).await?;
        found.answers.push(StaticAnswer { path: plan.path, route, body });
    }
    Ok(found)
}

async fn paths_of(
    instance: &Rc<Instance>,
    route: usize,
    origin: &str,
) -> Result<Vec<Planned>, PrerenderError> {
    let listed = answer(instance, route, None, origin).await?.unwrap_or_default();
    let pairs = serde_json::from_slice::<Vec<(String, String)>>(&listed);
    let plan = |(path, shown)| Planned { path, shown };
    pairs.map(|pairs| pairs.into_iter().map(plan).collect()).map_err(|error| PrerenderError {
        route,
        path: None,
        name: "Error".to_owned(),
        message: format!("`getStaticPaths` gave no list of paths: {error}"),
        hint: None,
    })
}

/// The body for one path, or the list of paths.
async fn answer(
    instance: &Rc<Instance>,
    route: usize,
    plan: Option<&Planned>,
    origin: &str,
) -> Result<Option<Bytes>, PrerenderError> {
    let path = plan.map(|plan| plan.path.as_str());
    let answer = instance.call_main(c"prerender", |scope| {
        let table = instance.application().pipeline.table();
        let found = plan.and_then(|plan| table.of_index(route, &plan.shown));
        Ok(vec![
            scope.number(route as f64),
            match path {
                Some(path) => scope.string(path)?,
                None => scope.null(),
            },
            match &found {
                Some(found) => bridge::params(scope, found)?,
                None => scope.null(),
            },
            scope.string(origin)?,
        ])
    });
    let Reply { status, body, .. } = answer.await;
    match (status, whole(body).await) {
        (200, Some(bytes)) => Ok(Some(bytes)),
        (204, _) => Ok(None),
        (_, bytes) => {
            let thrown: Value =
                serde_json::from_slice(&bytes.unwrap_or_default()).unwrap_or_default();
            let text = |name: &str| thrown.get(name).and_then(Value::as_str).map(str::to_owned);
            Err(PrerenderError {
                route,
                path: path.map(str::to_owned),
                name: text("name").unwrap_or_else(|| "Error".to_owned()),
                message: text("message").unwrap_or_else(|| TOO_LONG.to_owned()),
                hint: text("hint"),
            })
        }
    }
}

/// All bytes of a body; `None` when it breaks off.
async fn whole(body: ReplyBody) -> Option<Bytes> {
    match body {
        ReplyBody::Empty => Some(Bytes::new()),
        ReplyBody::Full(bytes) => Some(bytes),
        ReplyBody::Stream(mut pieces) => {
            let mut all = BytesMut::new();
            while let Some(piece) = pieces.next().await {
                all.extend_from_slice(&piece.ok()?);
            }
            Some(all.freeze())
        }
    }
}
