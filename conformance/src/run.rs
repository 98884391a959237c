//! Replaying: one server per fixture project, one connection per case.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use transom_testkit::{Connection, Project, Reply, Server};

use crate::case::Case;
use crate::compare::differences;
use crate::fixture::Fixture;
use crate::outcome::Outcome;

/// How long one answer may take.
const CASE_PATIENCE: Duration = Duration::from_secs(5);

/// Replays all cases, `parallel` projects at a time. The outcomes come in the order of the cases.
pub(crate) fn all(
    binary: &Path,
    fixtures: &Path,
    cases: Vec<Case>,
    parallel: usize,
) -> Vec<Outcome> {
    let mut by_project: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (index, case) in cases.iter().enumerate() {
        by_project.entry(&case.project).or_default().push(index);
    }
    // The longest first, so that the threads end at about the same time.
    let mut projects: Vec<_> = by_project.into_iter().collect();
    projects.sort_by_key(|(_, indexes)| std::cmp::Reverse(indexes.len()));
    let next = AtomicUsize::new(0);
    let results = Mutex::new(BTreeMap::new());
    let work = || {
        while let Some((name, indexes)) = projects.get(next.fetch_add(1, Ordering::Relaxed)) {
            let selected: Vec<&Case> = indexes.iter().map(|index| &cases[*index]).collect();
            let found = project(binary, &fixtures.join(name), &selected);
            let mut results = results.lock().expect("no thread panics with the lock");
            results.extend(indexes.iter().copied().zip(found));
        }
    };
    thread::scope(|scope| {
        for _ in 0..parallel {
            scope.spawn(work);
        }
    });
    let mut results = results.into_inner().expect("all threads have ended");
    let outcome = |(index, case)| Outcome {
        case,
        differences: results.remove(&index).unwrap_or_else(|| vec!["not replayed".to_owned()]),
    };
    cases.into_iter().enumerate().map(outcome).collect()
}

/// The differences of each case of one project.
fn project(binary: &Path, folder: &Path, cases: &[&Case]) -> Vec<Vec<String>> {
    // The test kit panics when a build fails or a server does not come up, and prints what they said.
    let server = thread::scope(|scope| scope.spawn(|| serve(binary, folder)).join());
    let server = match server {
        Ok(Ok(server)) => server,
        Ok(Err(message)) => return vec![vec![message]; cases.len()],
        Err(_) => return vec![vec!["the project did not come up".to_owned()]; cases.len()],
    };
    let mut sessions = Sessions::default();
    cases.iter().map(|case| replay(&server, &mut sessions, case)).collect()
}

fn serve(binary: &Path, folder: &Path) -> Result<Server, String> {
    let fixture = Fixture::read(folder)?;
    let project = Project::copy_of(binary, folder);
    project.build();
    let start_env = fixture.start_env.iter();
    Ok(start_env.fold(project, |project, (name, value)| project.env(name, value)).start())
}

fn replay(server: &Server, sessions: &mut Sessions, case: &Case) -> Vec<String> {
    match exchange(server, sessions, case) {
        Ok(reply) => {
            sessions.follow(&reply);
            differences(case, &reply, server.address().port())
        }
        Err(message) => vec![message],
    }
}

fn exchange(server: &Server, sessions: &Sessions, case: &Case) -> Result<Reply, String> {
    let bytes = case.to_bytes(|line| sessions.fill(line))?;
    let answer = || {
        let mut connection = Connection::open_with(server.address(), CASE_PATIENCE)?;
        // A server may answer and close before it has read everything.
        let sent = connection.send(bytes);
        connection.reply_to(case.method()).map_err(|error| sent.err().unwrap_or(error))
    };
    answer().map_err(|error| format!("no answer: {error}"))
}

/// The ids behind `{{SID}}` and `{{PREV}}`.
#[derive(Debug, Default)]
struct Sessions {
    current: String,
    previous: String,
}

impl Sessions {
    fn fill(&self, line: &str) -> String {
        line.replace("{{SID}}", &self.current).replace("{{PREV}}", &self.previous)
    }

    fn follow(&mut self, reply: &Reply) {
        for cookie in reply.all("set-cookie") {
            let Some(rest) = cookie.strip_prefix("astro-session=") else { continue };
            let id = rest.split(';').next().unwrap_or_default();
            if id == "deleted" {
                self.previous.clone_from(&self.current);
            } else if id != self.current {
                self.previous = std::mem::replace(&mut self.current, id.to_owned());
            }
        }
    }
}
