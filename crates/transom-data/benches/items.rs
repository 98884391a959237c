//! The service on SQLite without a server: `cargo bench -p transom-data`. Sizes are those of the goals in the
//! repository's benchmarks: reads by id, a query of 20 out of 100,000, durable inserts, an import of a million.

use std::io::{BufReader, Read};
use std::time::Instant;

use futures_util::future::join_all;
use serde_json::{Value, json};
use transom_data::{
    Call, Caller, Collections, DataService, Declaration, Format, ImportOptions, OnConflict,
    OnReject,
};
use transom_store::{Location, Options, Store};

const ITEMS: usize = 100_000;
const IMPORTED: usize = 1_000_000;

fn main() {
    let folder = tempfile::tempdir_in(".").expect("a folder on the disk");
    let store = Store::open(&Location::in_folder(folder.path()), &Options::default(), &[]);
    let declaration: Declaration = serde_json::from_value(json!({
        "fields": { "price": "number", "name": "text" }, "indexes": ["price"],
    }))
    .expect("a declaration");
    let collections =
        Collections::new([("Products".to_owned(), declaration)]).expect("it is right");
    let service = DataService::open(store.expect("it opens"), collections).expect("it opens");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.expect("an event loop");

    let rate = |what: &str, count: usize, begun: Instant| {
        println!("{what:<42} {:>10.0} per second", count as f64 / begun.elapsed().as_secs_f64());
    };
    let begun = Instant::now();
    import(&service, "Products", ITEMS);
    rate("import with an index", ITEMS, begun);

    let begun = Instant::now();
    runtime.block_on(async {
        for n in 0..200_000 {
            let (path, query) = (format!("/items/{}", n % ITEMS), "dataCollectionId=Products");
            let call = Call { method: "GET", path: &path, query: Some(query), body: b"" };
            assert_eq!(service.answer(&Caller::App, call).await.status, 200);
        }
    });
    rate("get by id", 200_000, begun);

    let begun = Instant::now();
    runtime.block_on(async {
        for n in 0..20_000 {
            let filter = json!({ "price": { "$gte": n * 4, "$lt": n * 4 + 10_000 } });
            let query = json!({ "filter": filter, "sort": [{ "fieldName": "price" }], "paging": { "limit": 20 } });
            let found = post(&service, "/items/query", &json!({ "dataCollectionId": "Products", "query": query })).await;
            assert!(found.contains("\"count\":20"), "{found}");
        }
    });
    rate("20 of 100,000 by an index, sorted", 20_000, begun);

    for writers in [1, 32] {
        let count = if writers == 1 { 1000 } else { 20_000 };
        let begun = Instant::now();
        runtime.block_on(join_all((0..writers).map(|_| async {
            for n in 0..count / writers {
                let item = json!({ "data": { "n": n, "text": "x".repeat(200) } });
                post(&service, "/items", &json!({ "dataCollectionId": "Notes", "dataItem": item }))
                    .await;
            }
        })));
        rate(&format!("durable inserts, {writers} at a time"), count, begun);
    }

    let begun = Instant::now();
    import(&service, "Many", IMPORTED);
    rate("import of a million", IMPORTED, begun);
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find(|line| line.starts_with("VmHWM")).unwrap_or_default();
    println!("memory at most: {}", peak.trim_start_matches("VmHWM:").trim());
}

async fn post(service: &DataService, path: &str, body: &Value) -> String {
    let body = body.to_string();
    let call = Call { method: "POST", path, query: None, body: body.as_bytes() };
    let answer = service.answer(&Caller::App, call).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer.body
}

fn import(service: &DataService, collection: &str, items: usize) {
    let options = ImportOptions {
        format: Format::JsonLines,
        conflict: OnConflict::Refuse,
        reject: OnReject::Stop,
        mark: collection.to_owned(),
        resume: false,
    };
    let file = BufReader::new(Lines { next: 0, items, left: Vec::new() });
    let imported =
        service.import(collection, file, &options, |_| {}, |_| {}).expect("it is imported");
    assert_eq!(imported.items, items as u64);
}

/// A file of items that is made while it is read.
struct Lines {
    next: usize,
    items: usize,
    left: Vec<u8>,
}

impl Read for Lines {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        if self.left.is_empty() && self.next < self.items {
            let n = self.next;
            self.next += 1;
            let price = n * 7919 % ITEMS;
            let line = format!(
                "{{\"_id\":\"{n}\",\"price\":{price},\"name\":\"product {n}\",\"tags\":[\"a\",\"b\"],\"text\":\"{}\"}}\n",
                "x".repeat(150)
            );
            self.left = line.into_bytes();
        }
        let size = self.left.len().min(out.len());
        out[..size].copy_from_slice(&self.left[..size]);
        self.left.drain(..size);
        Ok(size)
    }
}
