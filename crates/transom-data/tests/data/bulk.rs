//! Many items at once, patches, conditions, and writers that meet.

use std::collections::HashMap;

use futures_util::future::join_all;
use serde_json::{Value, json};

use transom_data::Caller;
use transom_store::Statement;

use crate::world::{Client, World, failure};

crate::cases!(
    bulk_calls_do_what_they_can,
    bulk_calls_have_limits,
    patches_change_single_fields,
    patches_that_do_not_fit_change_nothing,
    unique_indexes_hold,
    a_condition_decides,
    writers_of_one_item_lose_nothing,
    a_collection_is_emptied,
    jobs_change_what_passes_a_filter,
    jobs_are_known_to_whoever_started_them_and_end,
    long_texts_do_not_fit_into_an_index,
    many_references_are_not_patched,
);

/// Numbers as the SDK counts them: inserted, updated, removed, failures by code.
fn counted(answer: &Value) -> (usize, usize, usize, HashMap<String, usize>) {
    let mut counts = (0, 0, 0, HashMap::new());
    for (index, result) in answer["results"].as_array().expect("a list").iter().enumerate() {
        let metadata = &result["itemMetadata"];
        assert_eq!(metadata["originalIndex"], json!(index));
        if metadata["success"] == true {
            assert!(metadata["id"].is_string());
            match result["action"].as_str() {
                Some("INSERT") => counts.0 += 1,
                Some("UPDATE" | "PATCH") => counts.1 += 1,
                Some("DELETE") => counts.2 += 1,
                other => panic!("{other:?}"),
            }
        } else {
            let code = metadata["error"]["code"].as_str().expect("a code").to_owned();
            *counts.3.entry(code).or_default() += 1;
        }
    }
    counts
}

fn failures(codes: &[(&str, usize)]) -> HashMap<String, usize> {
    codes.iter().map(|(code, count)| ((*code).to_owned(), *count)).collect()
}

fn wrapped(items: &[Value]) -> Vec<Value> {
    items.iter().map(|item| json!({ "id": item["_id"], "data": item })).collect()
}

async fn bulk_calls_do_what_they_can(world: World) {
    let app = world.app();
    let call = |action: &str, items: &[Value]| {
        let path = format!("/bulk/items/{action}");
        let body = json!({ "dataCollectionId": "Things", "dataItems": wrapped(items), "returnEntity": true });
        app.ok(&path, &body)
    };
    let items = [
        json!({ "_id": "a", "n": 1 }),
        json!({ "n": 2 }),
        json!({ "_id": "a", "n": 3 }),
        json!({ "_id": 7 }),
        json!({ "_id": "b" }),
    ];
    let answer = call("insert", &items).await;
    assert_eq!(counted(&answer), (3, 0, 0, failures(&[("WDE0074", 1), ("WDE0007", 1)])));
    assert_eq!(answer["results"][0]["dataItem"]["data"]["n"], 1);
    assert_eq!(
        answer["bulkActionMetadata"],
        json!({ "totalSuccesses": 3, "totalFailures": 2, "undetailedFailures": 0 })
    );
    let items = [
        json!({ "_id": "a", "m": 1 }),
        json!({ "_id": "nobody" }),
        json!({ "n": 1 }),
        json!({ "_id": "b", "m": 2 }),
    ];
    let answer = call("update", &items).await;
    assert_eq!(counted(&answer), (0, 2, 0, failures(&[("WDE0073", 1), ("WDE0007", 1)])));
    let answer =
        call("save", &[json!({ "_id": "a" }), json!({ "_id": "c" }), json!({ "x": 1 })]).await;
    assert_eq!(counted(&answer), (2, 1, 0, failures(&[])));
    let remove = json!({ "dataCollectionId": "Things", "dataItemIds": ["a", "nobody", "b", "a"] });
    let answer = app.ok("/bulk/items/remove", &remove).await;
    assert_eq!(counted(&answer), (0, 0, 2, failures(&[("WDE0073", 2)])));
    let patch = json!([{ "fieldPath": "x", "action": "INCREMENT_FIELD", "incrementFieldOptions": { "value": 2 } }]);
    let patches: Vec<Value> = ["c", "nobody", "c"]
        .iter()
        .map(|id| json!({ "dataItemId": id, "fieldModifications": patch }))
        .collect();
    let answer = app
        .ok("/bulk/items/patch", &json!({ "dataCollectionId": "Things", "patches": patches }))
        .await;
    assert_eq!(counted(&answer), (0, 2, 0, failures(&[("WDE0073", 1)])));
    assert_eq!(app.get("Things", "c").await.1["dataItem"]["data"]["x"], 4);
}

async fn bulk_calls_have_limits(world: World) {
    let app = world.app();
    let items: Vec<Value> =
        (0..1000).map(|n| json!({ "_id": format!("{n:04}"), "n": n })).collect();
    let body = json!({ "dataCollectionId": "Things", "dataItems": wrapped(&items) });
    assert_eq!(counted(&app.ok("/bulk/items/insert", &body).await).0, 1000);
    let many: Vec<Value> = (0..1001).map(|n| json!({ "n": n })).collect();
    let many = json!({ "dataCollectionId": "Things", "dataItems": wrapped(&many) });
    assert_eq!(app.fails("/bulk/items/save", &many).await, failure(400, "WDE0006"));
    let ids: Vec<String> = (0..1001).map(|n| n.to_string()).collect();
    let many = json!({ "dataCollectionId": "Things", "dataItemIds": ids });
    assert_eq!(app.fails("/bulk/items/remove", &many).await, failure(400, "WDE0069"));
    let wrong = json!({ "dataCollectionId": "Things", "dataItemIds": [1] });
    assert_eq!(app.fails("/bulk/items/remove", &wrong).await, failure(400, "WDE0068"));
    let wrong = json!({ "dataCollectionId": "Things", "dataItems": {} });
    assert_eq!(app.fails("/bulk/items/insert", &wrong).await, failure(400, "WDE0005"));
}

fn patch(id: &str, modifications: &[(&str, &str, Value)]) -> Value {
    let modification = |(field, action, value): &(&str, &str, Value)| {
        let options = match *action {
            "SET_FIELD" => "setFieldOptions",
            "INCREMENT_FIELD" => "incrementFieldOptions",
            "APPEND_TO_ARRAY" => "appendToArrayOptions",
            _ => "removeFromArrayOptions",
        };
        json!({ "fieldPath": field, "action": action, options: { "value": value } })
    };
    let modifications: Vec<Value> = modifications.iter().map(modification).collect();
    json!({ "dataCollectionId": "Things", "patch": { "dataItemId": id, "fieldModifications": modifications } })
}

async fn patches_change_single_fields(world: World) {
    let app = world.app();
    let first = json!({ "_id": "a", "n": 1, "l": [1, "1", { "$date": "2024-01-01T00:00:00.000Z" }, { "x": 1 }], "o": { "p": 1 }, "gone": 1 });
    app.fill("Things", &[first]).await;
    let done = app
        .ok(
            "/items/patch",
            &patch(
                "a",
                &[
                    ("n", "INCREMENT_FIELD", json!(0.5)),
                    ("new", "INCREMENT_FIELD", json!(-2)),
                    ("l", "APPEND_TO_ARRAY", json!("end")),
                    ("fresh", "APPEND_TO_ARRAY", json!({ "y": 1 })),
                    ("l", "REMOVE_FROM_ARRAY", json!(1.0)),
                    ("l", "REMOVE_FROM_ARRAY", json!({ "$date": "2024-01-01T01:00+01:00" })),
                    ("l", "REMOVE_FROM_ARRAY", json!({ "x": 1 })),
                    ("o.p", "SET_FIELD", json!([true])),
                    ("o.q.r", "SET_FIELD", json!({ "$date": "2024-01-01" })),
                    ("gone", "REMOVE_FIELD", json!(null)),
                    ("o.never.there", "REMOVE_FIELD", json!(null)),
                    ("nothing", "SET_FIELD", json!(null)),
                ],
            ),
        )
        .await;
    let mut data = done["dataItem"]["data"].clone();
    assert_ne!(data["_updatedDate"], Value::Null);
    for system in ["_createdDate", "_updatedDate"] {
        data.as_object_mut().expect("an object").shift_remove(system);
    }
    assert_eq!(
        data,
        json!({
            "_id": "a", "n": 1.5, "new": -2, "l": ["1", "end"], "fresh": [{ "y": 1 }], "nothing": null,
            "o": { "p": [true], "q": { "r": { "$date": "2024-01-01T00:00:00.000Z" } } },
        })
    );
    assert_eq!(app.get("Things", "a").await.1["dataItem"], done["dataItem"]);
    assert_eq!(app.fails("/items/patch", &patch("nobody", &[])).await, failure(404, "WDE0073"));
}

async fn patches_that_do_not_fit_change_nothing(world: World) {
    let app = world
        .client(&json!({ "Things": { "fields": { "stock": { "type": "integer", "min": 0 } } } }));
    app.fill("Things", &[json!({ "_id": "a", "t": "x", "l": [], "stock": 1 })]).await;
    let before = app.get("Things", "a").await.1;
    for (field, action, value) in [
        ("t", "INCREMENT_FIELD", json!(1)),
        ("l", "INCREMENT_FIELD", json!("1")),
        ("t", "APPEND_TO_ARRAY", json!(1)),
        ("t", "REMOVE_FROM_ARRAY", json!(1)),
        ("t.x", "SET_FIELD", json!(1)),
        ("stock", "INCREMENT_FIELD", json!(-2)),
        ("stock", "SET_FIELD", json!("many")),
        ("_id", "SET_FIELD", json!("b")),
        ("_owner", "SET_FIELD", json!("me")),
        ("t", "EXPLODE", json!(1)),
        ("t", "SET_FIELD", json!("\0")),
        ("t", "SET_FIELD", json!({ "$date": "never" })),
    ] {
        let set = ("l", "APPEND_TO_ARRAY", json!(1));
        let body = patch("a", &[set, (field, action, value)]);
        assert_eq!(
            app.fails("/items/patch", &body).await,
            failure(400, "WDE0004"),
            "{field} {action}"
        );
    }
    let large = patch("a", &[("t", "SET_FIELD", json!("x".repeat(600 << 10)))]);
    assert_eq!(app.fails("/items/patch", &large).await, failure(413, "WDE0109"));
    assert_eq!(app.get("Things", "a").await.1, before);
}

async fn unique_indexes_hold(world: World) {
    let declared = json!({ "Users": { "fields": { "mail": "text" }, "indexes": [{ "fields": ["mail"], "unique": true }] } });
    let app = world.client(&declared);
    let insert = |data: Value| {
        let body = json!({ "dataCollectionId": "Users", "dataItem": { "data": data } });
        let app = &app;
        async move { app.post("/items", &body).await }
    };
    app.fill(
        "Users",
        &[
            json!({ "_id": "a", "mail": "a@x" }),
            json!({ "_id": "b", "mail": "b@x" }),
            json!({ "_id": "c" }),
            json!({ "_id": "d", "mail": null }),
        ],
    )
    .await;
    let (status, answer) = insert(json!({ "mail": "a@x" })).await;
    let error = &answer["details"]["applicationError"];
    assert_eq!(
        (status, &error["code"], &error["data"]),
        (409, &json!("WDE0074"), &json!({ "fields": ["mail"] }))
    );
    let update = json!({ "dataCollectionId": "Users", "dataItem": { "data": { "_id": "b", "mail": "a@x" } } });
    assert_eq!(app.fails("/items/update", &update).await, failure(409, "WDE0074"));
    assert_eq!(app.fails("/items/save", &update).await, failure(409, "WDE0074"));
    let items = [
        json!({ "_id": "x", "mail": "x@x" }),
        json!({ "_id": "y", "mail": "a@x" }),
        json!({ "_id": "z", "mail": "z@x" }),
    ];
    let body = json!({ "dataCollectionId": "Users", "dataItems": wrapped(&items) });
    assert_eq!(
        counted(&app.ok("/bulk/items/insert", &body).await),
        (2, 0, 0, failures(&[("WDE0074", 1)]))
    );
    assert_eq!(app.ids("Users", &json!({ "filter": { "mail": "a@x" } })).await, ["a"]);
    // Many at once: half of them are there already, or twice in the call.
    let many: Vec<Value> = (0..1000)
        .map(|n| match n % 4 {
            0 => json!({ "mail": "a@x" }),
            1 => json!({ "mail": format!("{}@m", n / 8) }),
            _ => json!({ "n": n }),
        })
        .collect();
    let body = json!({ "dataCollectionId": "Users", "dataItems": wrapped(&many) });
    assert_eq!(
        counted(&app.ok("/bulk/items/insert", &body).await),
        (625, 0, 0, failures(&[("WDE0074", 375)]))
    );
    let changed = [
        json!({ "_id": "a", "mail": "new@x" }),
        json!({ "_id": "b", "mail": "a@x" }),
        json!({ "_id": "c", "mail": "new@x" }),
        json!({ "_id": "fresh", "mail": "new@x" }),
        json!({ "_id": "d", "mail": "d@x" }),
    ];
    let body = json!({ "dataCollectionId": "Users", "dataItems": wrapped(&changed) });
    let saved = app.ok("/bulk/items/save", &body).await;
    assert_eq!(counted(&saved), (0, 3, 0, failures(&[("WDE0074", 2)])));
    assert_eq!(app.ids("Users", &json!({ "filter": { "mail": "a@x" } })).await, ["b"]);
    let set = json!([{ "fieldPath": "mail", "action": "SET_FIELD", "setFieldOptions": { "value": "one@x" } }]);
    let patches: Vec<Value> = ["c", "d"]
        .iter()
        .map(|id| json!({ "dataItemId": id, "fieldModifications": set }))
        .collect();
    let body = json!({ "dataCollectionId": "Users", "patches": patches });
    let patched = app.ok("/bulk/items/patch", &body).await;
    assert_eq!(counted(&patched), (0, 1, 0, failures(&[("WDE0074", 1)])));
    // An index that the items violate is told at the start, and nothing has happened.
    app.fill("Others", &[json!({ "n": 1 }), json!({ "n": 1 })]).await;
    let declared = crate::world::declared(
        &json!({ "Others": { "indexes": [{ "fields": ["n"], "unique": true }] } }),
    );
    let store = app.store.clone();
    let refused =
        transom_data::DataService::open(store, declared).expect_err("two items are the same");
    assert_eq!(refused.code(), "WDE0074", "{refused}");
    assert_eq!(app.ids("Others", &json!({ "filter": { "n": 1 } })).await.len(), 2);
}

async fn a_condition_decides(world: World) {
    let app = world.app();
    app.fill("Things", &[json!({ "_id": "a", "stock": 1 })]).await;
    let mut take = patch("a", &[("stock", "INCREMENT_FIELD", json!(-1))]);
    take["condition"] = json!({ "filter": { "stock": { "$gt": 0 } } });
    app.ok("/items/patch", &take).await;
    assert_eq!(app.fails("/items/patch", &take).await, failure(409, "WD_CONDITION_NOT_MET"));
    let mut update =
        json!({ "dataCollectionId": "Things", "dataItem": { "data": { "_id": "a", "stock": 5 } } });
    update["condition"] = json!({ "filter": { "stock": 7 } });
    assert_eq!(app.fails("/items/update", &update).await, failure(409, "WD_CONDITION_NOT_MET"));
    let remove = json!({ "dataCollectionId": "Things", "dataItemId": "a", "condition": { "filter": { "stock": 7 } } });
    assert_eq!(app.fails("/items/remove", &remove).await, failure(409, "WD_CONDITION_NOT_MET"));
    update["condition"] = json!({ "filter": { "stock": 0 } });
    app.ok("/items/update", &update).await;
    let wrong = json!({ "dataCollectionId": "Things", "dataItemId": "a", "condition": { "filter": { "$regex": 7 } } });
    assert_eq!(app.fails("/items/remove", &wrong).await, failure(400, "WDE0070"));
}

async fn writers_of_one_item_lose_nothing(world: World) {
    let (one, two) = (world.app(), world.app());
    one.fill("Things", &[json!({ "_id": "a", "n": 0, "stock": 30, "l": [] })]).await;
    let add =
        patch("a", &[("n", "INCREMENT_FIELD", json!(1)), ("l", "APPEND_TO_ARRAY", json!("x"))]);
    join_all((0..100).map(|n| {
        if n % 2 == 0 { one.ok("/items/patch", &add) } else { two.ok("/items/patch", &add) }
    }))
    .await;
    let item = one.get("Things", "a").await.1["dataItem"]["data"].take();
    assert_eq!((&item["n"], item["l"].as_array().map(Vec::len)), (&json!(100), Some(100)));
    let mut take = patch("a", &[("stock", "INCREMENT_FIELD", json!(-1))]);
    take["condition"] = json!({ "filter": { "stock": { "$gt": 0 } } });
    let taken = join_all((0..50).map(|n| {
        if n % 2 == 0 { one.post("/items/patch", &take) } else { two.post("/items/patch", &take) }
    }))
    .await;
    assert_eq!(taken.iter().filter(|(status, _)| *status == 200).count(), 30);
    assert_eq!(one.get("Things", "a").await.1["dataItem"]["data"]["stock"], 0);
    // Saves of an item that is not there yet: one makes it, the others replace it.
    let save = json!({ "dataCollectionId": "Things", "dataItem": { "data": { "_id": "new" } } });
    let saved = join_all((0..20).map(|n| {
        if n % 2 == 0 { one.ok("/items/save", &save) } else { two.ok("/items/save", &save) }
    }))
    .await;
    assert_eq!(saved.iter().filter(|answer| answer["action"] == "INSERTED").count(), 1);
    // Collections that are made at the same time are one.
    let insert = |n: usize| json!({ "dataCollectionId": format!("C{}", n % 3), "dataItem": { "data": { "n": n } } });
    let bodies: Vec<Value> = (0..30).map(insert).collect();
    join_all(
        bodies.iter().enumerate().map(|(n, body)| {
            if n % 2 == 0 { one.ok("/items", body) } else { two.ok("/items", body) }
        }),
    )
    .await;
    for collection in ["C0", "C1", "C2"] {
        let count = one.ok("/items/count", &json!({ "dataCollectionId": collection })).await;
        assert_eq!(count["totalCount"], 10);
    }
}

async fn a_collection_is_emptied(world: World) {
    let app = world.app();
    app.fill("Things", &[json!({}), json!({})]).await;
    app.ok("/items/truncate", &json!({ "dataCollectionId": "Things" })).await;
    assert_eq!(
        app.ok("/items/count", &json!({ "dataCollectionId": "Things" })).await["totalCount"],
        0
    );
    assert_eq!(
        app.fails("/items/truncate", &json!({ "dataCollectionId": "No" })).await,
        failure(404, "WDE0025")
    );
}

async fn jobs_change_what_passes_a_filter(world: World) {
    let app = world.app();
    let items: Vec<Value> =
        (0..1000).map(|n| json!({ "_id": format!("{n:04}"), "n": n })).collect();
    app.ok(
        "/bulk/items/insert",
        &json!({ "dataCollectionId": "Many", "dataItems": wrapped(&items) }),
    )
    .await;
    let finished = |job: Value| {
        let app = &app;
        async move {
            let path = format!("/async-jobs/{}/status", job["jobId"].as_str().expect("an id"));
            let begun = std::time::Instant::now();
            loop {
                let answer = app.raw("GET", &path, None, b"").await;
                let status: Value = serde_json::from_str(&answer.body).expect("JSON");
                match status["status"].as_str() {
                    Some("SUCCEEDED") => return status["successCount"].clone(),
                    Some("INITIALIZED" | "PROCESSING") => {}
                    _ => panic!("{status}"),
                }
                assert!(begun.elapsed() < transom_testkit::PATIENCE, "{status}");
                tokio::task::yield_now().await;
            }
        }
    };
    let modification = json!([{ "fieldPath": "n", "action": "INCREMENT_FIELD", "incrementFieldOptions": { "value": 1000 } }]);
    let body = json!({ "dataCollectionId": "Many", "filter": { "n": { "$gte": 300, "$lt": 1500 } }, "fieldModifications": modification });
    let job = app.ok("/bulk/items/async-patch-by-filter", &body).await;
    assert_eq!(finished(job).await, 700);
    let count = |filter: Value| {
        app.ok("/items/count", &json!({ "dataCollectionId": "Many", "filter": filter }))
    };
    assert_eq!(count(json!({ "n": { "$gte": 1300 } })).await["totalCount"], 700);
    let job = app
        .ok(
            "/bulk/items/async-remove-by-filter",
            &json!({ "dataCollectionId": "Many", "filter": { "n": { "$lt": 300 } } }),
        )
        .await;
    assert_eq!(finished(job).await, 300);
    assert_eq!(count(json!({})).await["totalCount"], 700);
    let answer = app.raw("GET", "/async-jobs/none/status", None, b"").await;
    assert_eq!(answer.status, 404);
}

async fn jobs_are_known_to_whoever_started_them_and_end(world: World) {
    let app = world.app();
    app.fill("Things", &[json!({ "n": 1 })]).await;
    let body = json!({ "dataCollectionId": "Things", "filter": { "n": 2 } });
    let status = |client: &Client, id: &str| {
        let (client, path) = (client.clone(), format!("/async-jobs/{id}/status"));
        async move {
            let answer = client.raw("GET", &path, None, b"").await;
            let body: Value = serde_json::from_str(&answer.body).expect("JSON");
            (answer.status, body["status"].as_str().map(str::to_owned))
        }
    };
    let start = || async {
        let (code, answer) = app.post("/bulk/items/async-remove-by-filter", &body).await;
        (code, answer["jobId"].as_str().map(str::to_owned))
    };
    // More at once than there are threads for: the others may come back.
    let started = join_all((0..100).map(|_| start())).await;
    let refused = started.iter().filter(|(code, _)| *code == 503).count();
    let ids: Vec<&str> = started.iter().filter_map(|(_, id)| id.as_deref()).collect();
    assert_eq!((refused, ids.len()), (84, 16));
    let begun = std::time::Instant::now();
    for id in &ids {
        while status(&app, id).await.1.as_deref() != Some("SUCCEEDED") {
            assert!(begun.elapsed() < transom_testkit::PATIENCE);
            tokio::task::yield_now().await;
        }
    }
    // Jobs of the project are nobody else's.
    for caller in [
        Caller::Visitor { id: String::new() },
        Caller::Unknown,
        crate::world::member("app"),
        crate::world::member(""),
    ] {
        assert_eq!(status(&app.by(caller), ids[0]).await.0, 404);
    }
    // One that was cut off, as by the end of the server, does not stand still for ever.
    let stop = "UPDATE data_job SET status = 'PROCESSING', changed = changed - $2 WHERE id = $1";
    for (minutes, expected) in [(0, "PROCESSING"), (60, "FAILED")] {
        let stop = Statement::new(stop).bind(ids[0]).bind(minutes * 60_000);
        app.store.write(stop.into()).await.expect("it is written");
        assert_eq!(status(&app, ids[0]).await.1.as_deref(), Some(expected));
    }
    // And the old ones are forgotten.
    let age = Statement::new("UPDATE data_job SET changed = 0 WHERE id = $1").bind(ids[1]);
    app.store.write(age.into()).await.expect("it is written");
    let begun = std::time::Instant::now();
    while start().await.0 == 503 {
        assert!(begun.elapsed() < transom_testkit::PATIENCE, "all of them have ended");
    }
    assert_eq!(status(&app, ids[1]).await.0, 404);
}

async fn long_texts_do_not_fit_into_an_index(world: World) {
    let app = world.client(&json!({ "Things": { "indexes": ["t", ["u", "-o.v"]] } }));
    // Without a pattern: a database cannot make it small.
    let random = |count: usize| {
        let mut generator = fastrand::Rng::with_seed(7);
        std::iter::repeat_with(|| generator.alphanumeric()).take(count).collect::<String>()
    };
    let insert =
        |data: Value| json!({ "dataCollectionId": "Things", "dataItem": { "data": data } });
    app.ok("/items", &insert(json!({ "_id": "a", "t": random(2500), "other": random(5000) })))
        .await;
    app.ok("/items", &insert(json!({ "u": random(1250), "o": { "v": random(1250) } }))).await;
    for data in [
        json!({ "t": random(5000) }),
        json!({ "u": random(1500), "o": { "v": random(1500) } }),
        json!({ "_owner": random(5000) }),
    ] {
        assert_eq!(app.fails("/items", &insert(data)).await, failure(400, "WDE0004"));
    }
    let grow = patch("a", &[("t", "SET_FIELD", json!(random(5000)))]);
    assert_eq!(app.fails("/items/patch", &grow).await, failure(400, "WDE0004"));
    assert_eq!(app.ids("Things", &json!({ "filter": { "t": random(2500) } })).await, ["a"]);
}

async fn many_references_are_not_patched(world: World) {
    let many = json!({ "type": "multi_reference", "to": "Things" });
    let app = world.client(&json!({ "Things": { "fields": { "others": many } } }));
    app.fill("Things", &[json!({ "_id": "a" })]).await;
    for action in ["SET_FIELD", "APPEND_TO_ARRAY", "REMOVE_FROM_ARRAY"] {
        let body = patch("a", &[("others", action, json!("a"))]);
        assert_eq!(app.fails("/items/patch", &body).await, failure(400, "WDE0004"), "{action}");
    }
    assert_eq!(app.get("Things", "a").await.1["dataItem"]["data"].get("others"), None);
}
