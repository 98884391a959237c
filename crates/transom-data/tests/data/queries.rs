//! The query model. Spec: section 10.1.

use serde_json::{Value, json};

use crate::world::{World, failure};

crate::cases!(
    operators_find_what_they_say,
    filters_are_combined,
    what_is_no_filter_is_refused_with_a_code,
    deep_filters_work_or_are_refused,
    items_are_sorted_by_type_and_value,
    pages_have_limits,
    cursors_walk_through_all_items_and_back,
    fields_can_be_left_out,
    a_query_travels_in_the_address,
    many_values_and_conditions_are_one_statement,
    what_has_no_order_is_not_sorted_by,
    a_page_has_a_size,
);

/// What items hold, by id.
fn items() -> Vec<Value> {
    vec![
        json!({ "_id": "missing" }),
        json!({ "_id": "null", "v": null }),
        json!({ "_id": "n1", "v": 1 }),
        json!({ "_id": "n2", "v": 2.5 }),
        json!({ "_id": "n-", "v": -3 }),
        json!({ "_id": "s1", "v": "1" }),
        json!({ "_id": "sa", "v": "Apple pie" }),
        json!({ "_id": "sb", "v": "banana" }),
        json!({ "_id": "se", "v": "" }),
        json!({ "_id": "sü", "v": "ÜBER-Maß" }),
        json!({ "_id": "t", "v": true }),
        json!({ "_id": "f", "v": false }),
        json!({ "_id": "d1", "v": { "$date": "2024-01-01T00:00:00.000Z" } }),
        json!({ "_id": "d2", "v": { "$date": "2025-01-01T00:00:00.000Z" } }),
        json!({ "_id": "ds", "v": "2024-01-01T00:00:00.000Z" }),
        json!({ "_id": "l12", "v": [1, "two"] }),
        json!({ "_id": "l3", "v": ["Three", 3] }),
        json!({ "_id": "le", "v": [] }),
        json!({ "_id": "o", "v": { "a": 1, "b": { "c": "x" } } }),
        json!({ "_id": "oe", "v": {} }),
    ]
}

/// Ids of all items but these.
fn without(ids: &str) -> String {
    let not: Vec<&str> = ids.split(' ').collect();
    let all = items();
    let all = all.iter().filter_map(|item| item["_id"].as_str());
    all.filter(|id| !not.contains(id)).collect::<Vec<_>>().join(" ")
}

/// Each row: a filter, and the ids of the items that it finds, with an index and without.
async fn check_filters(world: World, rows: &[(Value, String)]) {
    let app = world.app();
    app.fill("Values", &items()).await;
    // In an index, but without a type: the same answers in another way.
    let indexed = world.client(&json!({ "Values": { "indexes": ["v"] } }));
    for (filter, expected) in rows {
        for client in [&app, &indexed] {
            let query = json!({ "filter": filter });
            assert_eq!(&client.ids("Values", &query).await.join(" "), expected, "{filter}");
            let count = json!({ "dataCollectionId": "Values", "filter": filter });
            let count = client.ok("/items/count", &count).await["totalCount"].as_u64();
            assert_eq!(count, Some(expected.split_whitespace().count() as u64), "{filter}");
        }
    }
}

async fn operators_find_what_they_say(world: World) {
    let every = without("");
    let rows = [
        (json!({}), every.clone()),
        (json!(null), every.clone()),
        (json!({ "v": 1 }), "n1 l12".to_owned()),
        (json!({ "v": { "$eq": "1" } }), "s1".to_owned()),
        (json!({ "v": "two" }), "l12".to_owned()),
        (json!({ "v": "apple pie" }), String::new()),
        (json!({ "v": true }), "t".to_owned()),
        (json!({ "v": false }), "f".to_owned()),
        (json!({ "v": "" }), "se".to_owned()),
        (json!({ "v": null }), "missing null".to_owned()),
        (json!({ "v": { "$ne": null } }), without("missing null")),
        (json!({ "v": { "$ne": 1 } }), without("n1 l12")),
        (json!({ "v": { "$date": "2024-01-01" } }), "d1".to_owned()),
        (json!({ "v": { "$eq": { "$date": "2024-01-01T01:00+01:00" } } }), "d1".to_owned()),
        (json!({ "v": "2024-01-01T00:00:00.000Z" }), "ds".to_owned()),
        (json!({ "v": { "$gt": 1 } }), "n2 l3".to_owned()),
        (json!({ "v": { "$gte": 1 } }), "n1 n2 l12 l3".to_owned()),
        (json!({ "v": { "$lt": 1 } }), "missing null n-".to_owned()),
        (json!({ "v": { "$lte": 1 } }), "missing null n1 n- l12".to_owned()),
        (json!({ "v": { "$gte": -3, "$lt": 2.5 } }), "n1 n- l12".to_owned()),
        (json!({ "v": { "$gt": "Apple pie" } }), "sb sü l12 l3".to_owned()),
        (json!({ "v": { "$lt": "A" } }), "missing null s1 se ds".to_owned()),
        (
            json!({ "v": { "$gte": { "$date": "2024-01-01" }, "$lt": { "$date": "2025-01-01" } } }),
            "d1".to_owned(),
        ),
        (json!({ "v": { "$lt": { "$date": "2025-01-01" } } }), "missing null d1".to_owned()),
        (json!({ "v": { "$gt": false } }), "t".to_owned()),
        (json!({ "v": { "$contains": "PP" } }), "sa".to_owned()),
        (json!({ "v": { "$contains": "über-MASS" } }), String::new()),
        (json!({ "v": { "$contains": "über-MAß" } }), "sü".to_owned()),
        (json!({ "v": { "$startsWith": "ü" } }), "sü".to_owned()),
        (json!({ "v": { "$startsWith": "t" } }), "l12 l3".to_owned()),
        (json!({ "v": { "$endsWith": "E" } }), "sa l3".to_owned()),
        (json!({ "v": { "$startsWith": "" } }), "s1 sa sb se sü ds l12 l3".to_owned()),
        (json!({ "v": { "$contains": "%" } }), String::new()),
        (json!({ "v": { "$hasSome": [1, "banana", "Three"] } }), "n1 sb l12 l3".to_owned()),
        (json!({ "v": { "$hasAll": [1, "two"] } }), "l12".to_owned()),
        (json!({ "v": { "$hasAll": ["Two"] } }), String::new()),
        (json!({ "v": { "$hasSome": [] } }), String::new()),
        (json!({ "v": { "$hasAll": [] } }), every.clone()),
        (json!({ "_id": { "$hasAll": [] } }), every.clone()),
        (json!({ "v": { "$nin": [1, "banana"] } }), without("n1 sb l12")),
        (json!({ "v": { "$nin": [] } }), every.clone()),
        (json!({ "_id": { "$nin": ["n1"] } }), without("n1")),
        (json!({ "v": { "$isEmpty": true } }), "missing null".to_owned()),
        (json!({ "v": { "$isEmpty": false } }), without("missing null")),
        (json!({ "v": { "$in": [true, 2.5] } }), "n2 t".to_owned()),
        (json!({ "v": { "$exists": true } }), without("missing")),
        (json!({ "v": { "$exists": false } }), "missing".to_owned()),
    ];
    check_filters(world, &rows).await;
}

async fn filters_are_combined(world: World) {
    let every = without("");
    let rows = [
        (json!({ "v": { "$not": { "$gt": 1 } } }), without("n2 l3")),
        (json!({ "$not": [{ "v": 1 }] }), without("n1 l12")),
        (json!({ "$not": { "v": 1 } }), without("n1 l12")),
        (json!({ "$not": [{}] }), String::new()),
        (json!({ "$or": [{ "v": 1 }, { "v": true }] }), "n1 t l12".to_owned()),
        (json!({ "$or": [{}, { "v": true }] }), every.clone()),
        (json!({ "$or": [] }), every.clone()),
        (json!({ "$and": [] }), every.clone()),
        (json!({ "$and": [{ "v": { "$gte": 1 } }, { "v": { "$lt": 2 } }] }), "n1 l12".to_owned()),
        (
            json!({ "$and": [{ "v": { "$gte": 1 } }, { "$not": [{ "v": { "$gt": 2 } }] }] }),
            "n1 l12".to_owned(),
        ),
        (json!({ "v": { "$gte": 1, "$ne": 1 } }), "n2 l3".to_owned()),
        (json!({ "v": [1, "two"] }), "l12".to_owned()),
        (json!({ "v": ["two", 1] }), String::new()),
        (json!({ "v": [] }), "le".to_owned()),
        (json!({ "v": {} }), "oe".to_owned()),
        (json!({ "v": { "b": { "c": "x" }, "a": 1 } }), "o".to_owned()),
        (json!({ "v": { "a": 1 } }), String::new()),
        (json!({ "v.a": 1 }), "o".to_owned()),
        (json!({ "v.b.c": { "$startsWith": "X" } }), "o".to_owned()),
        (json!({ "v.a.b": 1 }), String::new()),
        (json!({ "_id": "n1" }), "n1".to_owned()),
        (json!({ "_id": 1 }), String::new()),
        (json!({ "_id": { "$hasSome": ["n1", "t"] } }), "n1 t".to_owned()),
        (json!({ "_id": { "$startsWith": "D" } }), "d1 d2 ds".to_owned()),
        (json!({ "_id": { "$gt": "sb" } }), "se sü t".to_owned()),
        (json!({ "_createdDate": { "$lt": { "$date": "2020-01-01" } } }), String::new()),
        (json!({ "_updatedDate": { "$gte": { "$date": "2020-01-01" } } }), every.clone()),
        (json!({ "_owner": null }), every.clone()),
        (json!({ "_owner": "me" }), String::new()),
        (
            matching(&[("literal", "apple"), ("anyOf", " \t\n-"), ("literal", "PIE")]),
            "sa".to_owned(),
        ),
        (
            matching(&[("literal", "über"), ("anyOf", " \t\n-"), ("literal", "Maß")]),
            "sü".to_owned(),
        ),
        (matching(&[("literal", "*")]), String::new()),
        (matching(&[("literal", "apple.pie")]), String::new()),
    ];
    check_filters(world, &rows).await;
}

fn matching(spec: &[(&str, &str)]) -> Value {
    let spec: Vec<Value> =
        spec.iter().map(|(kind, value)| json!({ "type": kind, "value": value })).collect();
    json!({ "v": { "$matches": { "ignoreCase": true, "spec": spec } } })
}

async fn what_is_no_filter_is_refused_with_a_code(world: World) {
    let app = world.app();
    app.fill("Values", &[json!({})]).await;
    let many: Vec<u32> = (0..10_001).collect();
    for (filter, code) in [
        (json!({ "v": { "$regex": ".*" } }), "WDE0070"),
        (json!({ "$or": [{ "a": 1 }, { "v": { "$not": { "$regex": "x" } } }] }), "WDE0070"),
        (json!({ "$regex": "x" }), "WDE0070"),
        (json!([]), "WDE0056"),
        (json!("v"), "WDE0056"),
        (json!({ "$and": {} }), "WDE0057"),
        (json!({ "$or": [1] }), "WDE0056"),
        (json!({ "$not": [] }), "WDE0057"),
        (json!({ "$where": "1" }), "WDE0056"),
        (json!({ "v": { "$near": 1 } }), "WDE0056"),
        (json!({ "v": { "$gt": null } }), "WDE0058"),
        (json!({ "v": { "$lt": [1] } }), "WDE0058"),
        (json!({ "v": { "$contains": 1 } }), "WDE0059"),
        (json!({ "v": { "$contains": "\0" } }), "WDE0059"),
        (json!({ "v": { "$hasSome": "x" } }), "WDE0057"),
        (json!({ "v": { "$in": [{}] } }), "WDE0060"),
        (json!({ "v": { "$in": many } }), "WDE0060"),
        (json!({ "v": { "$exists": 1 } }), "WDE0058"),
        (json!({ "v": { "$isEmpty": "yes" } }), "WDE0058"),
        (json!({ "v": { "$nin": 1 } }), "WDE0057"),
        (json!({ "v": { "$matches": { "spec": [] } } }), "WDE0063"),
        (json!({ "v": { "$matches": { "ignoreCase": true } } }), "WDE0062"),
        (
            json!({ "v": { "$matches": { "ignoreCase": true, "spec": [{ "type": "anyOf", "value": "a-z" }] } } }),
            "WDE0064",
        ),
        (json!({ "v": { "a\"b": 1 } }), "WDE0048"),
    ] {
        let query = json!({ "dataCollectionId": "Values", "query": { "filter": filter } });
        let found = app.fails("/items/query", &query).await;
        assert_eq!(
            found,
            failure(400, code),
            "{}",
            filter.to_string().chars().take(200).collect::<String>()
        );
    }
    for (sort, code) in [
        (json!({}), "WDE0065"),
        (json!(["v"]), "WDE0066"),
        (json!([{ "v": "asc" }]), "WDE0067"),
        (json!([{ "fieldName": "v", "order": "up" }]), "WDE0067"),
    ] {
        let query = json!({ "dataCollectionId": "Values", "query": { "sort": sort } });
        assert_eq!(app.fails("/items/query", &query).await, failure(400, code), "{sort}");
    }
}

async fn deep_filters_work_or_are_refused(world: World) {
    let app = world.app();
    app.fill("Values", &items()).await;
    let nested = |depth: usize| {
        (0..depth).fold(json!({ "v": 1 }), |inner, level| match level % 3 {
            0 => json!({ "$and": [inner, { "v": { "$ne": 2.5 } }] }),
            1 => json!({ "$or": [inner, { "v": "never" }] }),
            _ => json!({ "$not": [inner] }),
        })
    };
    let found = app.ids("Values", &json!({ "filter": nested(50) })).await;
    assert_eq!(found.join(" "), "n1 l12");
    let deep = format!("{}{{}}{}", "{\"$not\":[".repeat(5000), "]}".repeat(5000));
    let body = format!("{{\"dataCollectionId\":\"Values\",\"query\":{{\"filter\":{deep}}}}}");
    let answer = app.raw("POST", "/items/query", None, body.as_bytes()).await;
    assert_eq!(answer.status, 400, "{}", answer.body);
}

async fn items_are_sorted_by_type_and_value(world: World) {
    let app = world.app();
    app.fill("Values", &items()).await;
    let indexed = world.client(&json!({ "Values": { "indexes": ["v"] } }));
    let up = "missing null n- n1 n2 se s1 ds sa sb sü f t d1 d2 o oe l12 l3 le";
    for client in [&app, &indexed] {
        let sort = |order: &str| json!({ "sort": [{ "fieldName": "v", "order": order }] });
        assert_eq!(client.ids("Values", &sort("ASC")).await.join(" "), up);
        let mut down: Vec<&str> = up.split(' ').collect();
        down.reverse();
        assert_eq!(client.ids("Values", &sort("DESC")).await, down);
    }
    let by_two =
        json!({ "sort": [{ "fieldName": "nothing" }, { "fieldName": "_id", "order": "DESC" }] });
    assert_eq!(app.ids("Values", &by_two).await[0], "t");
    let random = |seed: i64| json!({ "dataCollectionId": "Values", "query": {}, "sortMode": "RANDOM", "randomOptions": { "seed": seed } });
    let one = app.ok("/items/query", &random(1)).await;
    assert_eq!(one["dataItems"], app.ok("/items/query", &random(1)).await["dataItems"]);
    assert_ne!(one["dataItems"], app.ok("/items/query", &random(2)).await["dataItems"]);
}

async fn pages_have_limits(world: World) {
    let app = world.app();
    let items: Vec<Value> = (0..120).map(|n| json!({ "_id": format!("{n:03}"), "n": n })).collect();
    app.fill("Many", &items).await;
    assert_eq!(app.ids("Many", &json!({})).await.len(), 50, "when nothing is said");
    assert_eq!(app.ids("Many", &json!({ "paging": { "limit": 1000 } })).await.len(), 120);
    let page = json!({ "dataCollectionId": "Many", "query": { "paging": { "limit": 7, "offset": 115 } }, "returnTotalCount": true });
    let page = app.ok("/items/query", &page).await;
    let metadata = &page["pagingMetadata"];
    assert_eq!(page["dataItems"].as_array().map(Vec::len), Some(5));
    assert_eq!(
        (&metadata["count"], &metadata["offset"], &metadata["total"]),
        (&json!(5), &json!(115), &json!(120))
    );
    assert_eq!((&metadata["hasNext"], &metadata["tooManyToCount"]), (&json!(false), &json!(false)));
    for (paging, code) in [
        (json!({ "limit": 1001 }), "WDE0036"),
        (json!({ "limit": 0 }), "WDE0033"),
        (json!({ "limit": "x" }), "WDE0035"),
        (json!({ "limit": 1.5 }), "WDE0035"),
        (json!({ "limit": [] }), "WDE0032"),
        (json!({ "offset": -1 }), "WDE0034"),
    ] {
        let query = json!({ "dataCollectionId": "Many", "query": { "paging": paging } });
        assert_eq!(app.fails("/items/query", &query).await, failure(400, code), "{paging}");
    }
    for cursor in ["", "x", "eyJmIjp7fX0"] {
        let query = json!({ "dataCollectionId": "Many", "query": { "cursorPaging": { "cursor": cursor } } });
        assert_eq!(app.fails("/items/query", &query).await, failure(400, "WDE0094"), "{cursor}");
    }
}

async fn cursors_walk_through_all_items_and_back(world: World) {
    let app = world.app();
    app.fill("Values", &items()).await;
    for sort in [
        json!([]),
        json!([{ "fieldName": "v" }]),
        json!([{ "fieldName": "v", "order": "DESC" }]),
        json!([{ "fieldName": "x", "order": "DESC" }, { "fieldName": "v" }]),
    ] {
        let whole =
            app.ids("Values", &json!({ "sort": sort, "filter": { "v": { "$ne": 2.5 } } })).await;
        let mut query =
            json!({ "sort": sort, "filter": { "v": { "$ne": 2.5 } }, "paging": { "limit": 4 } });
        let (mut forward, mut pages) = (Vec::new(), Vec::new());
        let mut previous;
        loop {
            let page = app
                .ok("/items/query", &json!({ "dataCollectionId": "Values", "query": query }))
                .await;
            let ids: Vec<String> = page["dataItems"]
                .as_array()
                .expect("a list")
                .iter()
                .map(|item| item["id"].as_str().expect("an id").to_owned())
                .collect();
            forward.extend(ids.clone());
            pages.push(ids);
            let cursors = &page["pagingMetadata"]["cursors"];
            previous = cursors["prev"].clone();
            assert_eq!(previous.is_string(), pages.len() > 1);
            assert_eq!(cursors["next"].is_string(), page["pagingMetadata"]["hasNext"] == true);
            let Some(next) = cursors["next"].as_str() else { break };
            query = json!({ "cursorPaging": { "limit": 4, "cursor": next } });
        }
        assert_eq!(forward, whole, "{sort}");
        pages.pop();
        while let (Some(cursor), Some(expected)) = (previous.as_str(), pages.pop()) {
            let query = json!({ "cursorPaging": { "limit": 4, "cursor": cursor } });
            let page = app
                .ok("/items/query", &json!({ "dataCollectionId": "Values", "query": query }))
                .await;
            let ids: Vec<&str> = page["dataItems"]
                .as_array()
                .expect("a list")
                .iter()
                .map(|item| item["id"].as_str().expect("an id"))
                .collect();
            assert_eq!(ids, expected, "{sort}");
            assert_eq!(page["pagingMetadata"]["hasNext"], true);
            previous = page["pagingMetadata"]["cursors"]["prev"].clone();
        }
        assert!(pages.is_empty(), "{sort}: the way back ends at the first page");
    }
}

async fn fields_can_be_left_out(world: World) {
    let app = world.app();
    app.fill("Things", &[json!({ "_id": "a", "x": 1, "y": { "z": 2, "w": 3 }, "v": 4 })]).await;
    let query =
        json!({ "dataCollectionId": "Things", "query": { "fields": ["x", "y.z", "nothing"] } });
    let found = app.ok("/items/query", &query).await;
    assert_eq!(found["dataItems"][0]["data"], json!({ "_id": "a", "x": 1, "y": { "z": 2 } }));
    let answer =
        app.raw("GET", "/items/a", Some("dataCollectionId=Things&fields=x&fields=v"), b"").await;
    let got: Value = serde_json::from_str(&answer.body).expect("JSON");
    assert_eq!(got["dataItem"]["data"], json!({ "_id": "a", "x": 1, "v": 4 }));
}

async fn a_query_travels_in_the_address(world: World) {
    use base64::Engine;
    let app = world.app();
    app.fill("Things", &[json!({ "_id": "a", "x": "ü" }), json!({ "_id": "b" })]).await;
    let query =
        json!({ "dataCollectionId": "Things", "query": { "filter": { "x": "ü" } } }).to_string();
    let encoded = base64::engine::general_purpose::URL_SAFE.encode(query);
    for encoded in [encoded.as_str(), encoded.trim_end_matches('=')] {
        let answer = app.raw("GET", "/items/query", Some(&format!(".r={encoded}")), b"").await;
        let found: Value = serde_json::from_str(&answer.body).expect("JSON");
        assert_eq!(found["dataItems"][0]["id"], "a", "{found}");
    }
    let answer = app.raw("GET", "/items/query", Some(".r=!!"), b"").await;
    assert_eq!(answer.status, 400);
}

async fn many_values_and_conditions_are_one_statement(world: World) {
    let likes = json!({ "type": "multi_reference", "to": "Values" });
    let app = world.client(&json!({ "Values": { "fields": { "likes": likes, "n": "number" } } }));
    app.fill("Values", &items()).await;
    app.fill("Values", &[json!({ "_id": "number", "n": 1 })]).await;
    let ids: Vec<String> = (0..5000).map(|n| format!("id{n}")).chain(["n1".to_owned()]).collect();
    let times: Vec<Value> = (0..3000).map(|n| json!({ "$date": n })).collect();
    let numbers: Vec<Value> = (100..9000).map(|n| json!(n)).chain([json!(1)]).collect();
    let equal: Vec<Value> = numbers[7902..].iter().map(|n| json!({ "n": n })).collect();
    let unequal: Vec<Value> =
        numbers[7902..].iter().map(|n| json!({ "n": { "$ne": n } })).collect();
    let lists: Vec<Value> = (0..240).map(|n| json!({ "v": [n, "two"] })).collect();
    for (filter, expected) in [
        (json!({ "_id": { "$hasSome": ids } }), "n1".to_owned()),
        (json!({ "_id": { "$hasAll": ids[..900] } }), String::new()),
        (json!({ "_owner": { "$in": ids } }), String::new()),
        (json!({ "_createdDate": { "$in": times } }), String::new()),
        (json!({ "likes": { "$hasSome": ids } }), String::new()),
        (json!({ "v": { "$in": numbers } }), "n1 l12".to_owned()),
        (json!({ "v": { "$hasAll": numbers[..100] } }), String::new()),
        (json!({ "$or": equal }), "number".to_owned()),
        (json!({ "$and": unequal }), without("")),
        (json!({ "$or": lists }), "l12".to_owned()),
    ] {
        let shown: String = filter.to_string().chars().take(80).collect();
        let query = json!({ "dataCollectionId": "Values", "query": { "filter": filter } });
        let (status, answer) = app.post("/items/query", &query).await;
        assert_eq!(status, 200, "{shown}: {answer}");
        let items = answer["dataItems"].as_array().expect("a list");
        let found: Vec<&str> = items.iter().filter_map(|item| item["id"].as_str()).collect();
        assert_eq!(found.join(" "), expected, "{shown}");
    }
    // More than a database plans.
    let more: Vec<Value> = (0..1000).map(|n| json!({ "n": { "$gt": n } })).collect();
    for filter in [
        json!({ "$or": more }),
        json!({ "$and": [{ "$or": more[..600] }, { "$or": more[..600] }] }),
        json!({ "v": { "$hasAll": numbers[..1001] } }),
        json!({ "v": numbers[..1001] }),
        json!({ "v": { "$not": { "$hasAll": numbers[..1001] } } }),
    ] {
        let query = json!({ "dataCollectionId": "Values", "query": { "filter": filter } });
        let (status, answer) = app.post("/items/query", &query).await;
        let code = &answer["details"]["applicationError"]["code"];
        assert_eq!((status, code), (400, &json!("WDE0060")), "{answer}");
    }
    // Each of these filters is allowed, and all of them together are more than a database binds.
    let path = "a.b.c.d.e.f.g.h.i.j.k.l.m.n.o.p.q.r.s.t";
    let deep: Vec<Value> = (0..900).map(|n| json!({ path: { "$gt": n } })).collect();
    let stages: Vec<Value> = (0..10).map(|_| json!({ "filter": { "$or": deep } })).collect();
    let body = json!({ "dataCollectionId": "Values", "pipeline": { "stages": stages } });
    let (status, answer) = app.post("/items/aggregate-pipeline", &body).await;
    let code = &answer["details"]["applicationError"]["code"];
    assert_eq!((status, code), (400, &json!("WDE0060")), "{answer}");
}

async fn what_has_no_order_is_not_sorted_by(world: World) {
    let app = world.client(&json!({
        "Values": { "fields": { "likes": { "type": "multi_reference", "to": "Values" } } },
    }));
    app.fill("Values", &items()).await;
    let query =
        json!({ "dataCollectionId": "Values", "query": { "sort": [{ "fieldName": "likes" }] } });
    assert_eq!(app.fails("/items/query", &query).await, failure(400, "WDE0065"));
}

async fn a_page_has_a_size(world: World) {
    let app = world.app();
    let large = |n: usize| json!({ "n": n, "text": "x".repeat(490 << 10) });
    for start in [0, 50, 100] {
        let items: Vec<Value> = (start..start + 50).map(|n| json!({ "data": large(n) })).collect();
        app.ok("/bulk/items/insert", &json!({ "dataCollectionId": "Large", "dataItems": items }))
            .await;
    }
    let page = |limit: usize| json!({ "dataCollectionId": "Large", "query": { "paging": { "limit": limit } } });
    assert_eq!(app.fails("/items/query", &page(1000)).await, failure(413, "WDE0109"));
    let found = app.ok("/items/query", &page(100)).await;
    assert_eq!(found["dataItems"].as_array().map(Vec::len), Some(100));
    let count = json!({ "dataCollectionId": "Large", "aggregation": { "operations": [{ "resultFieldName": "n", "itemCount": {} }] } });
    assert_eq!(app.ok("/items/aggregate", &count).await["results"], json!([{ "n": 150 }]));
}
