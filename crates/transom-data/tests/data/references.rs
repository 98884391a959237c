//! References, aggregation, distinct values and search.

use serde_json::{Value, json};

use crate::world::{Client, World, failure};

crate::cases!(
    references_are_made_followed_and_undone,
    referenced_items_are_included,
    items_are_aggregated,
    pipelines_flow,
    pipelines_have_a_budget,
    distinct_values_are_found,
    words_are_searched,
    what_a_search_cannot_do_is_refused,
);

async fn library(world: &World) -> Client {
    let app = world.client(&json!({
        "Books": { "fields": {
            "authors": { "type": "multi_reference", "to": "Authors" },
            "publisher": { "type": "reference", "to": "Publishers" },
            "title": "text",
        } },
        "Authors": {}, "Publishers": {},
    }));
    app.fill("Authors", &["a", "b", "c"].map(|id| json!({ "_id": id, "name": id.to_uppercase() })))
        .await;
    app.fill("Publishers", &[json!({ "_id": "p", "name": "P" })]).await;
    let books = [
        json!({ "_id": "1", "title": "One", "publisher": "p", "authors": ["b", { "_id": "a", "name": "in full" }] }),
        json!({ "_id": "2", "title": "Two", "publisher": "gone" }),
    ];
    for book in books {
        let body = json!({ "dataCollectionId": "Books", "dataItem": { "data": book }, "saveReferences": true });
        app.ok("/items", &body).await;
    }
    app
}

async fn followed(app: &Client, item: &str, more: &Value) -> Value {
    let mut query = json!({ "dataCollectionId": "Books", "referringItemId": item, "referringItemFieldName": "authors" });
    query.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
    app.ok("/items/query-referenced", &query).await
}

fn ids(found: &Value) -> Vec<&str> {
    let results = found["results"].as_array().expect("a list").iter();
    results.map(|result| result["dataItem"]["data"]["_id"].as_str().unwrap_or("-")).collect()
}

async fn references_are_made_followed_and_undone(world: World) {
    let app = library(&world).await;
    assert_eq!(
        app.get("Books", "1").await.1["dataItem"]["data"].get("authors"),
        None,
        "kept beside the item"
    );
    assert_eq!(ids(&followed(&app, "1", &json!({})).await), ["b", "a"]);
    assert_eq!(ids(&followed(&app, "1", &json!({ "order": "DESC" })).await), ["a", "b"]);
    let link = |item: &str, target: &str| {
        let reference = json!({ "referringItemFieldName": "authors", "referringItemId": item, "referencedItemId": target });
        json!({ "dataCollectionId": "Books", "dataItemReferences": [reference] })
    };
    app.ok("/bulk/items/insert-references", &link("1", "c")).await;
    app.ok("/bulk/items/insert-references", &link("1", "c")).await;
    let page = followed(
        &app,
        "1",
        &json!({ "paging": { "limit": 2 }, "returnTotalCount": true, "fields": ["name"] }),
    )
    .await;
    assert_eq!((ids(&page), &page["pagingMetadata"]["total"]), (vec!["b", "a"], &json!(3)));
    assert_eq!(page["results"][0]["dataItem"]["data"], json!({ "_id": "b", "name": "B" }));
    let next = page["pagingMetadata"]["cursors"]["next"].clone();
    let next =
        json!({ "dataCollectionId": "Books", "cursorPaging": { "cursor": next, "limit": 2 } });
    assert_eq!(ids(&app.ok("/items/query-referenced", &next).await), ["c"]);
    let is = |item: &str, field: &str, target: &str| {
        let body = json!({ "dataCollectionId": "Books", "referringItemFieldName": field, "referringItemId": item, "referencedItemId": target });
        app.ok("/items/is-referenced", &body)
    };
    assert_eq!(is("1", "authors", "c").await["isReferenced"], true);
    assert_eq!(is("2", "authors", "c").await["isReferenced"], false);
    assert_eq!(is("1", "publisher", "p").await["isReferenced"], true);
    assert_eq!(is("1", "publisher", "q").await["isReferenced"], false);
    let no_id = json!({ "dataCollectionId": "Books", "referringItemFieldName": "authors", "referringItemId": "\0", "referencedItemId": "\0" });
    assert_eq!(app.fails("/items/is-referenced", &no_id).await, failure(400, "WDE0002"));
    assert_eq!(app.fails("/items/query-referenced", &no_id).await, failure(400, "WDE0002"));
    for (filter, expected) in [
        (json!({ "authors": { "$hasSome": ["c", "x"] } }), vec!["1"]),
        (json!({ "authors": { "$hasAll": ["a", "c"] } }), vec!["1"]),
        (json!({ "authors": { "$hasAll": ["a", "x"] } }), vec![]),
        (json!({ "authors": null }), vec!["2"]),
        (json!({ "authors": { "$in": ["c"] } }), vec!["1"]),
        (json!({ "authors": { "$ne": "c" } }), vec!["2"]),
        (json!({ "authors": { "$hasSome": [] } }), vec![]),
        (json!({ "authors": { "$hasAll": [] } }), vec!["1", "2"]),
        (json!({ "publisher": "p" }), vec!["1"]),
    ] {
        assert_eq!(app.ids("Books", &json!({ "filter": filter })).await, expected, "{filter}");
    }
    let again = json!({ "dataCollectionId": "Books", "dataItem": { "data": { "_id": "3", "publisher": "p" } }, "includeReferencedItems": [{ "field": "publisher" }] });
    let made = app.ok("/items", &again).await;
    assert_eq!(made["dataItem"]["data"]["publisher"]["name"], "P", "{made}");
    app.ok("/items/remove", &json!({ "dataCollectionId": "Books", "dataItemId": "3" })).await;
    app.ok("/bulk/items/remove-references", &link("1", "b")).await;
    let replace = |item: &str| json!({ "dataCollectionId": "Books", "referringItemFieldName": "authors", "referringItemId": item, "newReferencedItemIds": ["c", "x", "a"] });
    assert_eq!(ids(&followed(&app, "1", &json!({})).await), ["a", "c"]);
    app.ok("/items/replace-references", &replace("1")).await;
    let found = followed(&app, "1", &json!({})).await;
    assert_eq!(ids(&found), ["c", "-", "a"]);
    assert_eq!(found["results"][1]["unresolvedReference"]["referencedItemId"], "x");
    assert_eq!(
        app.fails("/items/replace-references", &replace("none")).await,
        failure(404, "WDE0073")
    );
    let mut wrong = replace("1");
    wrong["referringItemFieldName"] = json!("title");
    assert_eq!(app.fails("/items/replace-references", &wrong).await, failure(400, "WDE0020"));
    let both = json!({ "dataCollectionId": "Books", "referringItemIds": ["1", "2"], "referringItemFieldName": "publisher" });
    let both = app.ok("/items/query-referenced", &both).await;
    assert_eq!((ids(&both), &both["results"][1]["referringItemId"]), (vec!["p", "-"], &json!("2")));
    app.ok("/items/remove", &json!({ "dataCollectionId": "Books", "dataItemId": "1" })).await;
    assert_eq!(is("1", "authors", "a").await["isReferenced"], false);
}

async fn referenced_items_are_included(world: World) {
    let app = library(&world).await;
    let query = json!({
        "dataCollectionId": "Books", "query": { "fields": ["title", "authors", "publisher"] },
        "includeReferences": [{ "field": "publisher" }, { "field": "authors", "limit": 1 }],
    });
    let found = app.ok("/items/query", &query).await;
    let (one, two) = (&found["dataItems"][0]["data"], &found["dataItems"][1]["data"]);
    assert_eq!((&one["publisher"]["name"], &one["authors"][0]["name"]), (&json!("P"), &json!("B")));
    assert_eq!(one["authors"].as_array().map(Vec::len), Some(1));
    assert_eq!((&two["publisher"], &two["authors"]), (&json!("gone"), &json!([])));
    let wrong = json!({ "dataCollectionId": "Books", "query": {}, "includeReferences": [{ "field": "title" }] });
    assert_eq!(app.fails("/items/query", &wrong).await, failure(400, "WDE0020"));
}

async fn sales(world: &World) -> Client {
    let app = world.app();
    app.fill("Sales", &[
        json!({ "city": "Rome", "year": 2023, "sum": 10, "tags": ["x", "y"], "when": { "$date": "2023-05-01T00:00:00.000Z" } }),
        json!({ "city": "Rome", "year": 2024, "sum": 5.5, "tags": ["y"] }),
        json!({ "city": "Oslo", "year": 2024, "sum": 1, "when": { "$date": "2024-05-01T00:00:00.000Z" } }),
        json!({ "city": "Oslo", "year": 2024, "sum": "no number" }),
        json!({ "year": 2024, "sum": -3, "by": { "name": "Ann" } }),
    ]).await;
    app
}

async fn items_are_aggregated(world: World) {
    let app = sales(&world).await;
    let body = json!({
        "dataCollectionId": "Sales", "initialFilter": { "year": { "$gt": 2000 } },
        "aggregation": { "groupingFields": ["city"], "operations": [
            { "resultFieldName": "total", "sum": { "itemFieldName": "sum" } },
            { "resultFieldName": "mean", "average": { "itemFieldName": "sum" } },
            { "resultFieldName": "least", "min": { "itemFieldName": "sum" } },
            { "resultFieldName": "last", "max": { "itemFieldName": "when" } },
            { "resultFieldName": "count", "itemCount": {} },
        ] },
        "finalFilter": { "count": { "$gte": 2 } }, "sort": [{ "fieldName": "total", "order": "DESC" }], "returnTotalCount": true,
    });
    let answer = app.ok("/items/aggregate", &body).await;
    assert_eq!(
        answer["results"],
        json!([
            { "_id": { "city": "Rome" }, "total": 15.5, "mean": 7.75, "least": 5.5, "last": { "$date": "2023-05-01T00:00:00.000Z" }, "count": 2 },
            { "_id": { "city": "Oslo" }, "total": 1, "mean": 1, "least": 1, "last": { "$date": "2024-05-01T00:00:00.000Z" }, "count": 2 },
        ])
    );
    assert_eq!(answer["pagingMetadata"]["total"], 2);
    let all = json!({ "dataCollectionId": "Sales", "aggregation": { "operations": [{ "resultFieldName": "n", "itemCount": {} }] } });
    assert_eq!(app.ok("/items/aggregate", &all).await["results"], json!([{ "n": 5 }]));
    let mut paged = json!({ "dataCollectionId": "Sales", "aggregation": { "groupingFields": ["city", "year"] }, "paging": { "limit": 3 } });
    let first = app.ok("/items/aggregate", &paged).await;
    assert_eq!(
        (first["results"].as_array().map(Vec::len), &first["pagingMetadata"]["hasNext"]),
        (Some(3), &json!(true))
    );
    paged = json!({ "dataCollectionId": "Sales", "cursorPaging": { "limit": 3, "cursor": first["pagingMetadata"]["cursors"]["next"] } });
    assert_eq!(
        app.ok("/items/aggregate", &paged).await["results"].as_array().map(Vec::len),
        Some(1)
    );
    let wrong = json!({ "dataCollectionId": "Sales", "aggregation": { "operations": [{ "resultFieldName": "n" }] } });
    assert_eq!(app.fails("/items/aggregate", &wrong).await, failure(400, "WDE0055"));
}

async fn pipelines_flow(world: World) {
    let app = sales(&world).await;
    let run = |stages: Value| {
        let body = json!({ "dataCollectionId": "Sales", "pipeline": { "stages": stages } });
        app.ok("/items/aggregate-pipeline", &body)
    };
    let path = |name: &str| json!({ "fieldPath": name });
    let answer = run(json!([
        { "filter": { "city": { "$ne": null } } },
        { "unwindArray": { "arrayFieldName": "tags" } },
        { "group": { "groupIds": [{ "key": "tag", "expression": path("tags") }],
            "accumulators": [{ "resultFieldName": "cities", "push": { "expression": { "toUpper": { "expression": path("city") } } } }] } },
        { "sort": { "values": [{ "fieldName": "_id.tag", "order": "DESC" }] } },
    ])).await;
    assert_eq!(
        answer["results"],
        json!([
            { "_id": { "tag": "y" }, "cities": ["ROME", "ROME"] }, { "_id": { "tag": "x" }, "cities": ["ROME"] },
        ])
    );
    let computed = json!({ "divide": { "firstExpression": { "multiply": { "expressions": [path("sum"), { "numeric": 3 }] } }, "secondExpression": { "numeric": 2 } } });
    let text = json!({ "concat": { "expressions": [{ "substring": { "expression": path("city"), "startExpression": { "numeric": 1 }, "lengthExpression": { "numeric": 2 } } }, { "text": "-" }, { "stringify": { "expression": path("year") } }] } });
    let answer = run(json!([
        { "sort": { "values": [{ "fieldName": "year" }, { "fieldName": "sum" }] } }, { "skip": 1 }, { "limit": 3 },
        { "projection": { "fields": [
            { "include": { "fieldName": "by.name" } },
            { "reshape": { "resultFieldName": "x", "expression": computed } },
            { "reshape": { "resultFieldName": "t", "expression": text } },
            { "exclude": { "fieldName": "_id" } },
        ] } },
    ])).await;
    assert_eq!(
        answer["results"],
        json!([
            { "by": { "name": "Ann" }, "x": -4.5, "t": null }, { "x": 1.5, "t": "sl-2024" }, { "x": 8.25, "t": "om-2024" },
        ])
    );
    let answer = run(json!([{ "filter": { "by": { "$exists": true } } }, { "objectToArray": { "objectFieldName": "by", "destinationFieldName": "pairs" } }])).await;
    assert_eq!(answer["results"][0]["pairs"], json!([{ "k": "name", "v": "Ann" }]));
    for wrong in [
        json!([{ "explode": 1 }]),
        json!([{ "limit": -1 }]),
        json!([{}]),
        json!([{ "group": { "groupIds": [{}] } }]),
        json!([{ "projection": { "fields": [{ "reshape": { "resultFieldName": "x", "expression": { "eval": "1" } } }] } }]),
    ] {
        let body = json!({ "dataCollectionId": "Sales", "pipeline": { "stages": wrong } });
        assert_eq!(
            app.fails("/items/aggregate-pipeline", &body).await,
            failure(400, "WDE0055"),
            "{wrong}"
        );
    }
}

async fn distinct_values_are_found(world: World) {
    let app = sales(&world).await;
    let distinct = |field: &str, more: Value| {
        let mut body =
            json!({ "dataCollectionId": "Sales", "fieldName": field, "returnTotalCount": true });
        body.as_object_mut()
            .expect("an object")
            .extend(more.as_object().expect("an object").clone());
        app.ok("/items/query-distinct-values", &body)
    };
    let found = distinct("city", json!({})).await;
    assert_eq!(
        (&found["distinctValues"], &found["pagingMetadata"]["total"]),
        (&json!(["Oslo", "Rome"]), &json!(2))
    );
    assert_eq!(
        distinct("city", json!({ "order": "DESC" })).await["distinctValues"],
        json!(["Rome", "Oslo"])
    );
    assert_eq!(distinct("tags", json!({})).await["distinctValues"], json!(["x", "y"]));
    assert_eq!(
        distinct("sum", json!({})).await["distinctValues"],
        json!([-3, 1, 5.5, 10, "no number"])
    );
    assert_eq!(
        distinct("when", json!({ "filter": { "city": "Oslo" } })).await["distinctValues"],
        json!([{ "$date": "2024-05-01T00:00:00.000Z" }])
    );
    assert_eq!(distinct("nothing", json!({})).await["distinctValues"], json!([]));
    assert_eq!(
        distinct("_id", json!({ "paging": { "limit": 3 } })).await["pagingMetadata"]["hasNext"],
        true
    );
    assert_eq!(distinct("_owner", json!({})).await["distinctValues"], json!([]));
    assert!(distinct("_createdDate", json!({})).await["distinctValues"][0]["$date"].is_string());
    let wrong = json!({ "dataCollectionId": "Sales" });
    assert_eq!(app.fails("/items/query-distinct-values", &wrong).await, failure(400, "WDE0003"));
}

async fn words_are_searched(world: World) {
    let app = world.app();
    app.fill("Texts", &[
        json!({ "_id": "a", "title": "The quick brown fox", "n": 1 }),
        json!({ "_id": "b", "title": "A lazy dog", "body": { "text": ["quick", "Ümlaut"] }, "n": 2 }),
        json!({ "_id": "c", "title": "quickly", "n": 3 }),
    ]).await;
    let search = |details: Value, more: Value| {
        let mut search = json!({ "search": details, "sort": [{ "fieldName": "n" }] });
        search
            .as_object_mut()
            .expect("an object")
            .extend(more.as_object().expect("an object").clone());
        let body = json!({ "dataCollectionId": "Texts", "search": search });
        let app = &app;
        async move {
            let found = app.ok("/items/search", &body).await;
            let items = found["dataItems"].as_array().expect("a list").iter();
            items
                .map(|item| item["id"].as_str().expect("an id").to_owned())
                .collect::<Vec<_>>()
                .join(" ")
        }
    };
    let words = |expression: &str, mode: &str| json!({ "expression": expression, "mode": mode });
    assert_eq!(search(words("QUICK", "OR"), json!({})).await, "a b");
    assert_eq!(search(words("quick dog", "OR"), json!({})).await, "a b");
    assert_eq!(search(words("quick dog", "AND"), json!({})).await, "b");
    assert_eq!(search(words("ümlaut", "OR"), json!({})).await, "b");
    assert_eq!(search(words("\"' OR 1=1 --; NEAR(a b) *:", "AND"), json!({})).await, "");
    assert_eq!(search(json!({ "expression": "quic", "fuzzy": true }), json!({})).await, "a b c");
    assert_eq!(search(words("quick", "OR"), json!({ "filter": { "n": { "$gt": 1 } } })).await, "b");
    assert_eq!(search(words("", "OR"), json!({})).await, "a b c");
    // The index follows what happens to items.
    app.ok("/items/update", &json!({ "dataCollectionId": "Texts", "dataItem": { "data": { "_id": "a", "title": "slow", "n": 1 } } })).await;
    app.ok("/items/remove", &json!({ "dataCollectionId": "Texts", "dataItemId": "b" })).await;
    app.fill("Texts", &[json!({ "_id": "d", "x": "quick!", "n": 4 })]).await;
    assert_eq!(search(words("quick slow", "OR"), json!({})).await, "a d");
    app.ok("/items/truncate", &json!({ "dataCollectionId": "Texts" })).await;
    app.fill("Texts", &[json!({ "_id": "e", "x": "quick" })]).await;
    assert_eq!(search(words("quick", "OR"), json!({})).await, "e");
}

async fn pipelines_have_a_budget(world: World) {
    let app = world.app();
    let list: Vec<u32> = (0..4000).collect();
    app.fill("Large", &[json!({ "_id": "a", "l": list, "m": list, "t": "x".repeat(400 << 10) })])
        .await;
    let unwind = |field: &str| json!({ "unwindArray": { "arrayFieldName": field } });
    let twice = |field: &str| {
        let part = json!({ "fieldPath": field });
        json!({ "projection": { "fields": [{ "reshape": {
            "resultFieldName": field, "expression": { "concat": { "expressions": [part, part] } } } }] } })
    };
    let many = |part: Value, count: usize| vec![part; count];
    let nested = json!({ "projectNested": { "resultFieldName": "n", "fields": [{ "include": { "fieldName": "t" } }] } });
    let each: Vec<Value> = (0..2000)
        .map(|n| {
            let mut nested = nested.clone();
            nested["projectNested"]["resultFieldName"] = json!(format!("n{n}"));
            nested
        })
        .collect();
    let all = json!([{ "resultFieldName": "all", "push": { "expression": { "fieldPath": "t" } } }]);
    let texts = json!({ "concat": { "expressions": many(json!({ "fieldPath": "t" }), 3000) } });
    for stages in [
        vec![unwind("l"), unwind("m")],
        vec![unwind("l"), json!({ "group": { "groupIds": [], "accumulators": all } })],
        vec![unwind("l"), json!({ "sort": { "values": [{ "fieldName": "m" }] } })],
        many(twice("t"), 40),
        vec![json!({ "projection": { "fields": each } })],
        vec![
            json!({ "projection": { "fields": [{ "reshape": { "resultFieldName": "r", "expression": texts } }] } }),
        ],
    ] {
        let shown: String = json!(stages).to_string().chars().take(200).collect();
        let body = json!({ "dataCollectionId": "Large", "pipeline": { "stages": stages } });
        let refused = app.fails("/items/aggregate-pipeline", &body).await;
        assert_eq!(refused, failure(400, "WDE0055"), "{shown}");
    }
    let count = json!([{ "resultFieldName": "n", "sum": { "expression": { "numeric": 1 } } }]);
    let small = json!({ "projection": { "fields": [{ "include": { "fieldName": "l" } }] } });
    let group = json!({ "group": { "groupIds": [], "accumulators": count } });
    let body = json!({ "dataCollectionId": "Large", "pipeline": { "stages": [small, unwind("l"), group] } });
    assert_eq!(app.ok("/items/aggregate-pipeline", &body).await["results"], json!([{ "n": 4000 }]));
}

async fn what_a_search_cannot_do_is_refused(world: World) {
    let app = world.app();
    app.fill("Texts", &[json!({ "a": "word", "b": "other" })]).await;
    for search in [
        json!({ "search": { "expression": "word", "fields": ["b"] } }),
        json!({ "search": { "expression": "word" }, "aggregations": [{ "name": "n" }] }),
        json!({ "search": { "expression": "word" }, "timeZone": "Europe/Berlin" }),
    ] {
        let body = json!({ "dataCollectionId": "Texts", "search": search });
        let refused = app.fails("/items/search", &body).await;
        assert_eq!(refused, failure(501, "NOT_EMULATED"), "{search}");
    }
}
