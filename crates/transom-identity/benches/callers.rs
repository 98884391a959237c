//! What it costs to know who is calling: `cargo bench -p transom-identity`.

use std::hint::black_box;
use std::time::{Duration, Instant};

use transom_identity::{Clock, Identity, SCHEMA, Settings, Subject, SubjectType, cookie_name};
use transom_store::{Location, Options, Store};

const ROUNDS: u32 = 100_000;

fn measure(what: &str, rounds: u32, mut work: impl FnMut()) {
    let begun = Instant::now();
    for _ in 0..rounds {
        work();
    }
    let each = begun.elapsed().as_secs_f64() * 1e6 / f64::from(rounds);
    println!("{what:<50} {each:>9.3} µs");
}

fn main() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let location = Location::in_folder(folder.path());
    let store = Store::open(&location, &Options::default(), &[SCHEMA]).expect("it opens");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.expect("an event loop");
    let identity = Identity::open(store, Settings::default(), Clock::default(), None);
    let identity = runtime.block_on(identity).expect("it opens");
    let subject = Subject::new(SubjectType::Member, "m1");
    let token = |_| identity.issue(&subject, None, Duration::from_secs(60)).expect("it can sign");
    let known = token(0);
    let (session, _) = identity.begin_visit().expect("it can sign");
    let cookies = format!("theme=dark; {}={session}", cookie_name(false));
    measure("a request without a token", ROUNDS, || {
        black_box(identity.caller(None, None, false));
    });
    measure("a token that was seen before", ROUNDS, || {
        black_box(identity.caller(Some(&known), None, false));
    });
    measure("a session cookie that was seen before", ROUNDS, || {
        black_box(identity.caller(None, Some(&cookies), false));
    });
    let fresh: Vec<String> = (0..1000).map(token).collect();
    let mut next = fresh.iter();
    measure("a token that is new", 1000, || {
        black_box(identity.verify(next.next().expect("enough")).is_ok());
    });
    measure("a broken token", ROUNDS, || {
        black_box(identity.caller(Some("Bearer x.y.z"), None, false));
    });
    measure("issuing a token", 1000, || {
        black_box(token(0));
    });
}
