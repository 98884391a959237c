//! Paths that lead through lists of objects: any of them passes.

use serde_json::{Value, json};
use transom_store::Dialect;

use crate::world::{World, member};

crate::cases!(
    paths_lead_through_lists,
    distinct_values_are_found_in_lists,
    pages_of_distinct_values_stay_whole,
    lists_are_seen_by_their_owner_alone,
    plain_paths_use_their_index,
    results_of_an_aggregation_are_filtered_alike,
);

/// Orders; `flat` has no list, `none` and `empty` have nothing at the path.
fn orders() -> Vec<Value> {
    vec![
        json!({ "_id": "ab", "lines": [{ "sku": "A", "n": 1 }, { "sku": "B", "n": 9, "size": { "w": 1 } }] }),
        json!({ "_id": "b", "lines": [{ "sku": "B", "n": 5, "tags": ["x", "y"] }, { "n": null }] }),
        json!({ "_id": "flat", "lines": { "sku": "A", "n": 3 } }),
        json!({ "_id": "null", "lines": [{ "sku": null }, "text", 7, [{ "sku": "deeper" }]] }),
        json!({ "_id": "empty", "lines": [] }),
        json!({ "_id": "none" }),
        json!({ "_id": "deep", "lines": [{ "parts": [{ "id": "p", "n": 1 }, { "id": "q" }] }, { "parts": { "id": "r" } }] }),
    ]
}

/// Each row: a filter, and whom it finds.
fn expected() -> Vec<(Value, &'static [&'static str])> {
    vec![
        (json!({ "lines.sku": "A" }), &["ab", "flat"]),
        (json!({ "lines.sku": "a" }), &[]),
        (json!({ "lines.sku": { "$eq": "B" } }), &["ab", "b"]),
        (json!({ "lines.sku": { "$ne": "A" } }), &["b", "null", "empty", "none", "deep"]),
        (json!({ "lines.sku": { "$in": ["A", "x"] } }), &["ab", "flat"]),
        (json!({ "lines.sku": { "$nin": ["A", "x"] } }), &["b", "null", "empty", "none", "deep"]),
        (json!({ "lines.sku": { "$hasSome": ["B"] } }), &["ab", "b"]),
        (json!({ "lines.sku": { "$hasAll": ["A", "B"] } }), &["ab"]),
        (json!({ "lines.tags": { "$hasAll": ["x", "y"] } }), &["b"]),
        (json!({ "lines.tags": "y" }), &["b"]),
        (json!({ "lines.n": { "$gt": 4 } }), &["ab", "b"]),
        (json!({ "lines.n": { "$gte": 9 } }), &["ab"]),
        (json!({ "lines.n": { "$lt": 2 } }), &["ab", "b", "null", "empty", "none", "deep"]),
        // Each operator is passed by any of them, not all by the same.
        (json!({ "lines.n": { "$lte": 3, "$gt": 2 } }), &["ab", "b", "flat"]),
        (json!({ "lines.sku": { "$contains": "b" } }), &["ab", "b"]),
        (json!({ "lines.sku": { "$startsWith": "a" } }), &["ab", "flat"]),
        (json!({ "lines.sku": { "$endsWith": "B" } }), &["ab", "b"]),
        (
            json!({ "lines.sku": { "$matches": { "ignoreCase": true, "spec": [{ "type": "literal", "value": "b" }] } } }),
            &["ab", "b"],
        ),
        (json!({ "lines.sku": { "$exists": true } }), &["ab", "b", "flat", "null"]),
        (json!({ "lines.sku": { "$exists": false } }), &["empty", "none", "deep"]),
        (json!({ "lines.sku": { "$isEmpty": true } }), &["null", "empty", "none", "deep"]),
        (json!({ "lines.sku": null }), &["null", "empty", "none", "deep"]),
        (json!({ "lines.sku": { "$isEmpty": false } }), &["ab", "b", "flat"]),
        (
            json!({ "lines.sku": { "$not": { "$startsWith": "a" } } }),
            &["b", "null", "empty", "none", "deep"],
        ),
        (json!({ "lines.size": { "w": 1 } }), &["ab"]),
        (json!({ "lines.size": { "w": 2 } }), &[]),
        (json!({ "lines.size.w": 1 }), &["ab"]),
        (json!({ "lines.parts.id": "q" }), &["deep"]),
        (json!({ "lines.parts.id": "r" }), &["deep"]),
        (json!({ "lines.parts.id": { "$hasAll": ["p", "r"] } }), &["deep"]),
        (json!({ "lines.sku": "deeper" }), &[]), // Of a list in a list, nothing is asked.
        (json!({ "$or": [{ "lines.sku": "B" }, { "lines.n": 3 }] }), &["ab", "b", "flat"]),
        (json!({ "$not": [{ "lines.sku": "B" }] }), &["flat", "null", "empty", "none", "deep"]),
    ]
}

async fn paths_lead_through_lists(world: World) {
    // Declared or not, with an index or without: the same items.
    for (collection, declared) in [
        ("Loose", json!({})),
        ("List", json!({ "fields": { "lines": "any", "lines.sku": "text" } })),
        ("Indexed", json!({ "indexes": ["lines.sku", "lines.n"] })),
    ] {
        let app = world.client(&json!({ collection: declared }));
        app.fill(collection, &orders()).await;
        for (filter, found) in expected() {
            let ids = app.ids(collection, &json!({ "filter": filter })).await;
            assert_eq!(ids, found, "{collection}: {filter}");
        }
    }
    // There is nothing to sort by at a path through a list: such items come first, in the order of their age.
    let app = world.client(&json!({}));
    let sorted = json!({ "sort": [{ "fieldName": "lines.n" }], "filter": { "lines.n": { "$exists": true } } });
    assert_eq!(app.ids("Loose", &sorted).await, ["ab", "b", "flat"]);
}

async fn distinct_values_are_found_in_lists(world: World) {
    let app = world.app();
    app.fill("Orders", &orders()).await;
    for (field, values) in [
        ("lines.sku", json!(["A", "B"])),
        ("lines.tags", json!(["x", "y"])),
        ("lines.n", json!([1, 3, 5, 9])),
    ] {
        let body = json!({ "dataCollectionId": "Orders", "fieldName": field });
        assert_eq!(app.ok("/items/query-distinct-values", &body).await["distinctValues"], values);
    }
}

async fn pages_of_distinct_values_stay_whole(world: World) {
    let app = world.app();
    let item = |value: Value| json!({ "_id": value.to_string(), "v": value });
    app.fill("Values", &[2, 4, 6, 8].map(|n| item(json!(n)))).await;
    app.fill("Values", &[item(json!("b")), item(json!(true))]).await;
    let page = |order: &'static str, cursor: Option<Value>| {
        let paging = match cursor {
            Some(cursor) => json!({ "limit": 2, "cursor": cursor }),
            None => json!({ "limit": 2 }),
        };
        let body = json!({ "dataCollectionId": "Values", "fieldName": "v", "order": order, "cursorPaging": paging });
        let client = app.clone();
        async move {
            let answer = client.ok("/items/query-distinct-values", &body).await;
            let cursors = answer["pagingMetadata"]["cursors"].clone();
            (answer["distinctValues"].clone(), cursors["next"].clone(), cursors["prev"].clone())
        }
    };
    let (values, next, prev) = page("ASC", None).await;
    assert_eq!((values, prev), (json!([2, 4]), Value::Null));
    // One is gone that was shown, others come before and behind the place.
    app.ok("/items/remove", &json!({ "dataCollectionId": "Values", "dataItemId": "2" })).await;
    app.fill("Values", &[item(json!(1)), item(json!(3)), item(json!(5))]).await;
    let (values, next, prev) = page("ASC", Some(next)).await;
    assert_eq!(values, json!([5, 6]), "none is missed");
    assert_eq!(page("ASC", Some(next)).await.0, json!([8, "b"]));
    let (values, _, prev) = page("ASC", Some(prev)).await;
    assert_eq!(values, json!([3, 4]), "nor on the way back");
    assert_eq!(page("ASC", Some(prev)).await.0, json!([1]));
    let (values, next, _) = page("DESC", None).await;
    assert_eq!(values, json!([true, "b"]));
    app.fill("Values", &[item(json!("c"))]).await;
    let (values, next, _) = page("DESC", Some(next)).await;
    assert_eq!(values, json!([8, 6]), "none is repeated");
    assert_eq!(page("DESC", Some(next)).await.0, json!([5, 4]));
}

async fn lists_are_seen_by_their_owner_alone(world: World) {
    let permissions =
        json!({ "permissions": { "read": "SITE_MEMBER_AUTHOR", "insert": "SITE_MEMBER" } });
    let app = world.client(&json!({ "Orders": permissions }));
    for who in ["ann", "bob"] {
        let items = [json!({ "_id": who, "lines": [{ "sku": "A" }, { "sku": who }] })];
        app.by(member(who)).fill("Orders", &items).await;
    }
    let by_bob = app.by(member("bob"));
    for filter in [
        json!({ "lines.sku": "A" }),
        json!({ "lines.sku": { "$ne": "x" } }),
        json!({ "$or": [{ "lines.sku": "ann" }, { "lines.sku": "A" }] }),
    ] {
        assert_eq!(by_bob.ids("Orders", &json!({ "filter": filter })).await, ["bob"], "{filter}");
    }
}

async fn plain_paths_use_their_index(world: World) {
    let fields = json!({ "city": "object", "city.name": "text" });
    let declared = json!({ "A": { "fields": fields, "indexes": ["city.name", "lines.sku"] } });
    let app = world.client(&declared);
    let text: Vec<Value> = (0..3000)
        .map(|n| json!({ "data": { "city": { "name": format!("c{n}") }, "lines": { "sku": format!("s{n}") } } }))
        .collect();
    for lot in text.chunks(1000) {
        app.ok("/bulk/items/insert", &json!({ "dataCollectionId": "A", "dataItems": lot })).await;
    }
    if app.store.dialect() == Dialect::Postgres {
        app.store.define("ANALYZE data_1").expect("it is analysed");
    }
    for (field, value) in [("city.name", "c7"), ("lines.sku", "s7")] {
        let query = json!({ "filter": { field: value } });
        assert_eq!(app.ids("A", &query).await.len(), 1);
        let plan = app.service.explain("A", &query).await.expect("it is explained").join("\n");
        let scans =
            plan.contains("SCAN t") && !plan.contains("USING INDEX") || plan.contains("Seq Scan");
        assert!(!scans && plan.contains("data_1_x"), "{field}:\n{plan}");
    }
    let plan = app.service.explain("A", &json!({ "filter": { "city.name": "c7" } })).await;
    let plan = plan.expect("it is explained").join("\n");
    assert!(!plan.contains("OR"), "what is declared as an object is no list:\n{plan}");
}

async fn results_of_an_aggregation_are_filtered_alike(world: World) {
    let app = world.app();
    app.fill("Orders", &orders()).await;
    for (filter, found) in expected() {
        let stages = json!([{ "filter": filter }]);
        let pipeline = json!({ "dataCollectionId": "Orders", "pipeline": { "stages": [{ "skip": 0 }, stages[0]] } });
        let answer = app.ok("/items/aggregate-pipeline", &pipeline).await;
        let items = answer["results"].as_array().expect("a list").iter();
        let ids: Vec<&str> = items.map(|item| item["_id"].as_str().expect("an id")).collect();
        assert_eq!(ids, found, "{filter}");
    }
}
