//! Durable writes and reads by key on SQLite, each write acknowledged after `fsync`: `cargo bench -p transom-store`.

use std::time::Instant;

use transom_store::{Location, Migration, Options, Schema, Statement, Store};

const SCHEMA: Schema = Schema {
    component: "bench",
    migrations: &[Migration {
        name: "items",
        sql: "CREATE TABLE item (id BIGINT PRIMARY KEY, data TEXT NOT NULL)",
    }],
};
const WRITES: i64 = 20_000;
const READS: i64 = 200_000;

fn main() {
    let folder = tempfile::tempdir_in(".").expect("a folder on the disk");
    let location = Location::in_folder(folder.path());
    let store = Store::open(&location, &Options::default(), &[SCHEMA]).expect("it opens");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.expect("an event loop");
    for writers in [1, 8, 32, 128] {
        let begun = Instant::now();
        let first = writers * 1_000_000;
        let count = if writers == 1 { WRITES / 10 } else { WRITES };
        runtime.block_on(async {
            let flows = (0..writers).map(|writer| {
                let store = &store;
                async move {
                    for id in (first + writer..first + count).step_by(writers as usize) {
                        let put = "INSERT INTO item (id, data) VALUES ($1, $2)";
                        let put = Statement::new(put).bind(id).bind("x".repeat(200));
                        store.write(put.into()).await.expect("the row is new");
                    }
                }
            });
            futures_util::future::join_all(flows).await;
        });
        let rate = count as f64 / begun.elapsed().as_secs_f64();
        println!("{writers:>4} writers: {rate:>9.0} durable inserts per second");
    }
    let begun = Instant::now();
    runtime.block_on(async {
        for id in 0..READS {
            let find = Statement::new("SELECT data FROM item WHERE id = $1");
            store.read(find.bind(32_000_000 + id % WRITES)).await.expect("it answers");
        }
    });
    let each = begun.elapsed().as_secs_f64() * 1e6 / READS as f64;
    println!("a read by key: {each:.2} µs");
}
