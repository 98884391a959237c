//! Several servers count the calls of one caller together.

use std::sync::Arc;
use std::time::{Duration, Instant};

use transom_identity::{Rate, RateLimits};
use transom_store::Statement;

use crate::world::World;

crate::cases!(
    a_limit_holds_for_all_servers_together,
    what_one_has_counted_the_others_learn,
    callers_are_told_when_to_come_again,
    servers_that_count_at_once_grant_no_call_twice,
);

const HOUR: Duration = Duration::from_secs(3600);

/// Servers of one service; where the store is a file, there is just one.
fn servers(world: &World) -> Vec<RateLimits> {
    let count = if world.shared().is_shared_by_machines() { 3 } else { 1 };
    (0..count).map(|_| RateLimits::new(&world.shared())).collect()
}

async fn granted(server: &RateLimits, caller: &str, calls: u32, times: usize) -> usize {
    let mut granted = 0;
    for _ in 0..times {
        let taken = server.take("x", caller, Rate { calls, window: HOUR }).await;
        granted += usize::from(taken.is_ok());
    }
    granted
}

async fn a_limit_holds_for_all_servers_together(world: World) {
    let servers = servers(&world);
    for calls in [1, 2, 3, 4, 10, 100] {
        // First all on one server, then on the others.
        let caller = format!("in turn {calls}");
        let mut total = 0;
        for server in &servers {
            total += granted(server, &caller, calls, calls as usize + 2).await;
        }
        assert_eq!(total, calls as usize, "{caller}");
        // Then a call on each, over and over.
        let caller = format!("round robin {calls}");
        let mut total = 0;
        for _ in 0..calls + 2 {
            for server in &servers {
                total += granted(server, &caller, calls, 1).await;
            }
        }
        // What the others have counted in the last second may not be known: at most half of the limit for each.
        let most = calls as usize + (servers.len() - 1) * (calls as usize / 2);
        assert!((calls as usize..=most).contains(&total), "{caller}: {total}");
    }
}

async fn what_one_has_counted_the_others_learn(world: World) {
    let servers = servers(&world);
    let [one, other, ..] = &servers[..] else { return };
    assert_eq!(granted(one, "a", 100, 40).await, 40);
    // None of those 40 was worth a write by itself; they are handed in soon, with those of other callers.
    assert_eq!(granted(one, "b", 100, 1).await, 1);
    let store = world.shared().get().await.expect("it opens");
    let begun = Instant::now();
    loop {
        let rows = Statement::new("SELECT count(*) FROM transom_rate");
        let rows = store.read(rows).await.expect("it answers");
        if rows[0].integer(0) == Ok(2) {
            break;
        }
        assert!(begun.elapsed() < transom_testkit::PATIENCE, "nothing is handed in");
        tokio::task::yield_now().await;
    }
    assert_eq!(granted(other, "a", 100, 100).await, 60);
    // For a second the first one goes by what it heard, but not beyond half of the limit.
    let beyond = granted(one, "a", 100, 100).await;
    assert!(beyond <= 10, "{beyond}");
}

async fn callers_are_told_when_to_come_again(world: World) {
    for server in &servers(&world) {
        granted(server, "a", 4, 4).await;
        let wait = server.take("x", "a", Rate { calls: 4, window: HOUR }).await;
        let wait = wait.expect_err("it has used up everything");
        assert!(wait <= HOUR / 4 && wait > HOUR / 5, "{wait:?}");
    }
}

async fn servers_that_count_at_once_grant_no_call_twice(world: World) {
    let servers: Vec<Arc<RateLimits>> = servers(&world).into_iter().map(Arc::new).collect();
    let calls = (0..60).map(|number| {
        let server = Arc::clone(&servers[number % servers.len()]);
        tokio::spawn(async move {
            // Small enough that the store decides on each.
            usize::from(server.take("x", "a", Rate { calls: 3, window: HOUR }).await.is_ok())
        })
    });
    let mut total = 0;
    for call in calls.collect::<Vec<_>>() {
        total += call.await.expect("no panic");
    }
    assert_eq!(total, 3);
}
