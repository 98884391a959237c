//! Single items: made, read, replaced, taken away; and what cannot be one.

use serde_json::{Value, json};

use crate::world::{Client, World, failure};

crate::cases!(
    an_item_is_made_read_replaced_and_taken_away,
    a_collection_begins_with_its_first_item,
    an_id_is_made_or_given_once,
    a_save_makes_or_replaces,
    all_values_come_back,
    unusual_names_are_kept,
    what_is_no_item_is_refused_with_a_code,
    an_item_has_a_limit,
    declared_fields_are_checked,
    an_item_may_be_called_query,
    dates_have_a_range,
);

fn item(collection: &str, data: &Value) -> Value {
    json!({ "dataCollectionId": collection, "dataItem": { "id": data["_id"], "data": data } })
}

async fn an_item_is_made_read_replaced_and_taken_away(world: World) {
    let app = world.app();
    let made =
        app.ok("/items", &item("Things", &json!({ "_id": "a", "title": "One", "n": 1 }))).await;
    let data = &made["dataItem"]["data"];
    assert_eq!((&data["_id"], &data["title"], &data["n"]), (&json!("a"), &json!("One"), &json!(1)));
    assert_eq!(data["_createdDate"], data["_updatedDate"]);
    let (status, got) = app.get("Things", "a").await;
    assert_eq!((status, &got["dataItem"]), (200, &made["dataItem"]));

    let body = item("Things", &json!({ "_id": "a", "other": true, "_createdDate": "mine" }));
    let updated = app.ok("/items/update", &body).await["dataItem"]["data"].take();
    assert_eq!(
        (&updated["other"], updated.get("title")),
        (&json!(true), None),
        "it is replaced whole"
    );
    assert_eq!(updated["_createdDate"], data["_createdDate"]);
    assert_eq!(app.get("Things", "a").await.1["dataItem"]["data"], updated);

    let remove = json!({ "dataCollectionId": "Things", "dataItemId": "a" });
    assert_eq!(app.ok("/items/remove", &remove).await["dataItem"]["data"], updated);
    let (status, gone) = app.get("Things", "a").await;
    assert_eq!((status, &gone["details"]["applicationError"]["code"]), (404, &json!("WDE0073")));
    assert_eq!(app.fails("/items/remove", &remove).await, failure(404, "WDE0073"));
    assert_eq!(app.fails("/items/update", &body).await, failure(404, "WDE0073"));
}

async fn a_collection_begins_with_its_first_item(world: World) {
    let app = world.app();
    let query = json!({ "dataCollectionId": "New", "query": {} });
    assert_eq!(app.fails("/items/query", &query).await, failure(404, "WDE0025"));
    app.fill("New", &[json!({ "a": 1 })]).await;
    assert_eq!(app.ok("/items/count", &query).await, json!({ "totalCount": 1 }));
    let other = world.client(&json!({ "Declared": {} }));
    assert_eq!(
        other.ok("/items/count", &query).await,
        json!({ "totalCount": 1 }),
        "another instance"
    );
    let query = json!({ "dataCollectionId": "Declared" });
    assert_eq!(other.ok("/items/count", &query).await, json!({ "totalCount": 0 }));
    assert_eq!(app.fails("/items/count", &json!({})).await, failure(400, "WDE0001"));
    let long = "x".repeat(256);
    assert_eq!(app.fails("/items", &item(&long, &json!({}))).await, failure(400, "WDE0001"));
}

async fn an_id_is_made_or_given_once(world: World) {
    let app = world.app();
    let one = app.ok("/items", &item("Things", &json!({ "n": 1 }))).await;
    let id = one["dataItem"]["id"].as_str().expect("an id");
    assert_eq!(id.len(), 36, "{id}");
    assert_eq!(one["dataItem"]["data"]["_id"], json!(id));
    app.ok("/items", &item("Things", &json!({ "_id": "x" }))).await;
    let again = item("Things", &json!({ "_id": "x", "n": 2 }));
    assert_eq!(app.fails("/items", &again).await, failure(409, "WDE0074"));
    assert_eq!(
        app.fails("/items", &item("Things", &json!({ "_id": 7 }))).await,
        failure(400, "WDE0007")
    );
    assert_eq!(
        app.fails("/items", &item("Things", &json!({ "_id": "" }))).await,
        failure(400, "WDE0002")
    );
    assert_eq!(
        app.fails("/items/update", &item("Things", &json!({ "n": 1 }))).await,
        failure(400, "WDE0007")
    );
}

async fn a_save_makes_or_replaces(world: World) {
    let app = world.app();
    let first = app.ok("/items/save", &item("Things", &json!({ "_id": "a", "n": 1 }))).await;
    assert_eq!(first["action"], "INSERTED");
    let second = app.ok("/items/save", &item("Things", &json!({ "_id": "a", "m": 2 }))).await;
    assert_eq!((&second["action"], second["dataItem"]["data"].get("n")), (&json!("UPDATED"), None));
    assert_eq!(
        second["dataItem"]["data"]["_createdDate"],
        first["dataItem"]["data"]["_createdDate"]
    );
    let third = app.ok("/items/save", &item("Things", &json!({ "m": 3 }))).await;
    assert_eq!(third["action"], "INSERTED");
    assert_eq!(
        app.ok("/items/count", &json!({ "dataCollectionId": "Things" })).await["totalCount"],
        2
    );
}

/// With numbers as what they are worth: PostgreSQL writes all of their digits, and serde_json keeps those when another crate
/// of the program asks for `arbitrary_precision`.
fn by_value(mut value: Value) -> Value {
    match &mut value {
        Value::Number(number) => {
            return json!(number.as_f64().expect("it is not too large"));
        }
        Value::Array(items) => items.iter_mut().for_each(|item| *item = by_value(item.take())),
        Value::Object(fields) => {
            fields.values_mut().for_each(|field| *field = by_value(field.take()));
        }
        _ => {}
    }
    value
}

async fn all_values_come_back(world: World) {
    let app = world.app();
    let data = json!({
        "_id": "a", "null": null, "yes": true, "no": false, "zero": 0, "minus": -7, "half": 0.5, "large": 1e300,
        "small": 5e-324, "safe": 9_007_199_254_740_991_i64, "empty": "", "text": "a\u{1F980}\"'\\; --\n\u{FFFD}\u{301}",
        "list": [1, "1", [], {}, null], "object": { "a": { "b": [1] } },
        "date": { "$date": "2024-02-29T12:00:00.000Z" }, "dates": [{ "$date": "+275760-09-13T00:00:00.000Z" }],
    });
    app.ok("/items", &item("Things", &data)).await;
    let mut got = app.get("Things", "a").await.1["dataItem"]["data"].take();
    for system in ["_createdDate", "_updatedDate"] {
        got.as_object_mut().expect("an object").shift_remove(system);
    }
    assert_eq!(by_value(got), by_value(data));
    let body =
        item("Things", &json!({ "_id": "b", "date": { "$date": "2024-03-01T00:30+02:00" } }));
    let made = app.ok("/items", &body).await;
    assert_eq!(made["dataItem"]["data"]["date"], json!({ "$date": "2024-02-29T22:30:00.000Z" }));
}

async fn unusual_names_are_kept(world: World) {
    let app = world.app();
    let names = [
        "__proto__",
        "constructor",
        "a.b",
        "'; DROP TABLE data_1; --",
        "\"q\"",
        "\\",
        "",
        "$x",
        "\u{1F980}",
        "a b",
    ];
    for name in names {
        let mut data = json!({ "_id": format!("id {name}") });
        data[name] = json!({ name: name });
        let made = app.ok("/items", &item("Odd; names", &data)).await;
        assert_eq!(made["dataItem"]["data"][name], json!({ name: name }));
        let id = made["dataItem"]["id"].as_str().expect("an id").to_owned();
        let query = json!({ "filter": { "_id": id } });
        assert_eq!(app.ids("Odd; names", &query).await, [id], "{name}");
    }
    for name in ["__proto__", "constructor", "'; DROP TABLE data_1; --", "\u{1F980}", "a b"] {
        let nested = format!("{name}.{name}");
        let found = app.ids("Odd; names", &json!({ "filter": { nested: name } })).await;
        assert_eq!(found, [format!("id {name}")]);
        let sorted =
            json!({ "sort": [{ "fieldName": name, "order": "DESC" }], "paging": { "limit": 1 } });
        assert_eq!(app.ids("Odd; names", &sorted).await, [format!("id {name}")]);
    }
    for name in ["\"q\"", "\\", "", "a..b", "tab\t"] {
        let query = json!({ "dataCollectionId": "Odd; names", "query": { "filter": { name: 1 } } });
        assert_eq!(app.fails("/items/query", &query).await, failure(400, "WDE0048"), "{name:?}");
    }
}

async fn what_is_no_item_is_refused_with_a_code(world: World) {
    let app = world.app();
    let wrap = |data: &str| {
        format!("{{\"dataCollectionId\":\"Things\",\"dataItem\":{{\"data\":{data}}}}}").into_bytes()
    };
    let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
    for (body, status, code) in [
        (wrap("{\"a\":\"\\ud800\"}"), 400, "WDE0004"),
        (wrap("{\"\\udc00\":1}"), 400, "WDE0004"),
        (wrap("{\"a\":\"\\u0000\"}"), 400, "WDE0004"),
        (wrap("{\"a\\u0000\":1}"), 400, "WDE0004"),
        (wrap("{\"a\":NaN}"), 400, "WDE0004"),
        (wrap("{\"a\":undefined}"), 400, "WDE0004"),
        (wrap("{\"a\":1e999}"), 400, "WDE0004"),
        (wrap("{\"a\":{\"$date\":\"yesterday\"}}"), 400, "WDE0004"),
        (wrap(&format!("{{\"a\":{deep}}}")), 400, "WDE0004"),
        (wrap(&format!("{{\"a\":{}{}}}", "[".repeat(100), "]".repeat(100))), 400, "WDE0004"),
        (wrap("[]"), 400, "WDE0004"),
        (wrap("7"), 400, "WDE0004"),
        (b"{}".to_vec(), 400, "WDE0001"),
        (b"[]".to_vec(), 400, "WDE0004"),
        (b"".to_vec(), 400, "WDE0004"),
        (b"\xFF".to_vec(), 400, "WDE0004"),
    ] {
        let answer = app.raw("POST", "/items", None, &body).await;
        let json: Value = serde_json::from_str(&answer.body).expect("JSON");
        let shown = String::from_utf8_lossy(&body[..body.len().min(100)]).into_owned();
        assert_eq!(answer.status, status, "{shown}: {json}");
        assert_eq!(json["details"]["applicationError"]["code"], code, "{shown}: {json}");
    }
    let whole = format!("{{\"a\":{}{}}}", "[".repeat(99), "]".repeat(99));
    assert_eq!(app.raw("POST", "/items", None, &wrap(&whole)).await.status, 200);
    assert_eq!(app.fails("/nothing", &json!({})).await.0, 501);
}

async fn an_item_has_a_limit(world: World) {
    let app = world.app();
    let large = item("Things", &json!({ "text": "x".repeat(600 << 10) }));
    assert_eq!(app.fails("/items", &large).await, failure(413, "WDE0109"));
    app.ok("/items", &item("Things", &json!({ "_id": "a", "text": "x".repeat(499 << 10) }))).await;
    let large = item("Things", &json!({ "_id": "a", "text": "é".repeat(260 << 10) }));
    assert_eq!(app.fails("/items/update", &large).await, failure(413, "WDE0109"));
}

async fn declared_fields_are_checked(world: World) {
    let app = world.client(&json!({
        "Products": { "fields": {
            "name": { "type": "text", "required": true, "max": 5 },
            "price": { "type": "number", "min": 0 },
            "size": { "type": "text", "one_of": ["S", "M"] },
            "count": "integer", "on": "boolean", "when": "date", "tags": { "type": "array", "max": 2 },
            "shape": "object", "address.city": "text", "maker": { "type": "reference", "to": "Makers" },
        } },
        "Makers": {},
    }));
    let insert = |data: Value| {
        let body = item("Products", &data);
        let app: &Client = &app;
        async move { app.post("/items", &body).await }
    };
    for wrong in [
        json!({}),
        json!({ "name": null }),
        json!({ "name": 1 }),
        json!({ "name": "sixsix" }),
        json!({ "name": "a", "price": -1 }),
        json!({ "name": "a", "price": "1" }),
        json!({ "name": "a", "size": "L" }),
        json!({ "name": "a", "count": 1.5 }),
        json!({ "name": "a", "on": 1 }),
        json!({ "name": "a", "when": "2024-01-01" }),
        json!({ "name": "a", "tags": "x" }),
        json!({ "name": "a", "tags": [1, 2, 3] }),
        json!({ "name": "a", "shape": [] }),
        json!({ "name": "a", "address": { "city": 1 } }),
        json!({ "name": "a", "maker": 1 }),
    ] {
        let (status, answer) = insert(wrong.clone()).await;
        assert_eq!(
            (status, &answer["details"]["applicationError"]["code"]),
            (400, &json!("WDE0004")),
            "{wrong}"
        );
    }
    let (status, answer) = insert(json!({
        "name": "äöüß!", "price": 0, "size": "S", "count": 2, "on": false, "when": { "$date": "2024-01-01" },
        "tags": [], "shape": {}, "address": { "city": "x" }, "maker": { "_id": "m1", "name": "in full" }, "extra": 1,
    }))
    .await;
    assert_eq!(status, 200, "{answer}");
    assert_eq!(answer["dataItem"]["data"]["maker"], "m1", "a reference is kept as an id");
}

async fn an_item_may_be_called_query(world: World) {
    let app = world.app();
    app.fill("Things", &[json!({ "_id": "query", "n": 1 }), json!({ "_id": "other" })]).await;
    let (status, found) = app.get("Things", "query").await;
    assert_eq!((status, &found["dataItem"]["data"]["n"]), (200, &json!(1)), "{found}");
}

async fn dates_have_a_range(world: World) {
    let app = world.app();
    let insert = |time: i64| json!({ "dataCollectionId": "Things", "dataItem": { "data": { "d": { "$date": time } } } });
    for time in [8_640_000_000_000_001, i64::MAX, i64::MIN] {
        assert_eq!(app.fails("/items", &insert(time)).await, failure(400, "WDE0004"), "{time}");
    }
    let last = app.ok("/items", &insert(8_640_000_000_000_000)).await;
    assert_eq!(last["dataItem"]["data"]["d"], json!({ "$date": "+275760-09-13T00:00:00.000Z" }));
}
