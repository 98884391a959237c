//! Who may do what. Spec: section 10.4.

use serde_json::{Value, json};
use transom_data::{Caller, Role};

use crate::world::{Client, World, failure, member};

crate::cases!(
    each_subject_may_what_its_level_says,
    authors_are_limited_to_their_items_everywhere,
    owners_are_set_by_the_service,
    defaults_are_those_of_the_specification,
    whoever_may_not_read_learns_nothing,
);

const LEVELS: [&str; 5] =
    ["ANYONE", "SITE_MEMBER", "SITE_MEMBER_AUTHOR", "CMS_EDITOR", "PRIVILEGED"];

fn subjects() -> Vec<(&'static str, Caller, Vec<&'static str>)> {
    let user = |role| Caller::User { id: "me".to_owned(), role };
    vec![
        ("app", Caller::App, LEVELS.to_vec()),
        ("admin", user(Some(Role::Admin)), LEVELS.to_vec()),
        ("editor", user(Some(Role::Editor)), LEVELS[..4].to_vec()),
        ("user", user(None), LEVELS[..2].to_vec()),
        // An author passes on items of their own.
        ("member", member("me"), LEVELS[..2].to_vec()),
        ("visitor", Caller::Visitor { id: "me".to_owned() }, LEVELS[..1].to_vec()),
        ("unknown", Caller::Unknown, LEVELS[..1].to_vec()),
    ]
}

/// Each row: a subject, an action, a level, an item that is the subject's or not. Elevated is what the row `app` is.
async fn each_subject_may_what_its_level_says(world: World) {
    let everyone =
        json!({ "read": "ANYONE", "insert": "ANYONE", "update": "ANYONE", "remove": "ANYONE" });
    for level in LEVELS {
        let mut declarations = json!({});
        for action in ["read", "insert", "update", "remove"] {
            let mut permissions = everyone.clone();
            permissions[action] = json!(level);
            declarations[format!("{level}.{action}")] = json!({ "permissions": permissions });
        }
        let app = world.client(&declarations);
        for (name, caller, passed) in subjects() {
            let client = app.by(caller);
            for (owner, is_own) in [("me", true), ("other", false)] {
                let may = passed.contains(&level)
                    || (name == "member" && level == "SITE_MEMBER_AUTHOR" && is_own);
                for action in ["read", "update", "remove"] {
                    let collection = format!("{level}.{action}");
                    app.fill(&collection, &[json!({ "_id": "x", "_owner": owner, "n": 1 })]).await;
                    let row = format!("{name} {action} {level} {owner}");
                    try_action(&client, action, &collection, may, &row).await;
                    app.ok("/items/save", &json!({ "dataCollectionId": collection, "dataItem": { "data": { "_id": "x" } } })).await;
                    app.ok(
                        "/items/remove",
                        &json!({ "dataCollectionId": collection, "dataItemId": "x" }),
                    )
                    .await;
                }
            }
            let collection = format!("{level}.insert");
            let may =
                passed.contains(&level) || (name == "member" && level == "SITE_MEMBER_AUTHOR");
            let body =
                json!({ "dataCollectionId": collection, "dataItem": { "data": { "n": 1 } } });
            let (status, answer) = client.post("/items", &body).await;
            let code = &answer["details"]["applicationError"]["code"];
            assert_eq!(
                (status, code == "WDE0027"),
                if may { (200, false) } else { (403, true) },
                "{name} insert {level}"
            );
        }
    }
}

async fn try_action(client: &Client, action: &str, collection: &str, may: bool, row: &str) {
    // An author's reads do not see what others have; whoever may not read at all is told.
    let is_author = row.starts_with("member") && row.contains("SITE_MEMBER_AUTHOR");
    match action {
        "read" => {
            let (status, answer) = client.get(collection, "x").await;
            let expected = if may {
                200
            } else if is_author {
                404
            } else {
                403
            };
            assert_eq!(status, expected, "{row}: {answer}");
            let query = json!({ "dataCollectionId": collection, "query": {} });
            let (status, answer) = client.post("/items/query", &query).await;
            match (may, is_author) {
                (true, _) => assert_eq!(answer["dataItems"][0]["id"], "x", "{row}"),
                (false, true) => assert_eq!(answer["dataItems"], json!([]), "{row}"),
                (false, false) => assert_eq!(status, 403, "{row}"),
            }
        }
        "update" => {
            let data = json!({ "_id": "x", "n": 2 });
            let modifications = json!([{ "fieldPath": "n", "action": "SET_FIELD", "setFieldOptions": { "value": 2 } }]);
            for (path, body) in [
                ("/items/update", json!({ "dataItem": { "data": data } })),
                ("/items/save", json!({ "dataItem": { "data": data } })),
                (
                    "/items/patch",
                    json!({ "patch": { "dataItemId": "x", "fieldModifications": modifications } }),
                ),
                ("/bulk/items/update", json!({ "dataItems": [{ "data": data }] })),
                ("/bulk/items/save", json!({ "dataItems": [{ "data": data }] })),
                (
                    "/bulk/items/patch",
                    json!({ "patches": [{ "dataItemId": "x", "fieldModifications": modifications }] }),
                ),
            ] {
                check(client, path, body, collection, may, row).await;
            }
            let app = client.by(Caller::App);
            let n = &app.get(collection, "x").await.1["dataItem"]["data"]["n"];
            assert_eq!(n, if may { 2 } else { 1 }, "{row}");
        }
        _ => {
            if may {
                check(client, "/items/remove", json!({ "dataItemId": "x" }), collection, true, row)
                    .await;
            } else {
                check(
                    client,
                    "/bulk/items/remove",
                    json!({ "dataItemIds": ["x"] }),
                    collection,
                    false,
                    row,
                )
                .await;
                check(
                    client,
                    "/items/remove",
                    json!({ "dataItemId": "x" }),
                    collection,
                    false,
                    row,
                )
                .await;
                let body = json!({ "dataCollectionId": collection });
                assert_eq!(
                    client.fails("/items/truncate", &body).await,
                    failure(403, "WDE0027"),
                    "{row}"
                );
                assert_eq!(client.by(Caller::App).get(collection, "x").await.0, 200, "{row}");
            }
        }
    }
}

async fn check(
    client: &Client,
    path: &str,
    mut body: Value,
    collection: &str,
    may: bool,
    row: &str,
) {
    body["dataCollectionId"] = json!(collection);
    let (status, answer) = client.post(path, &body).await;
    // Of many, each has a result of its own, unless the level keeps all of them from the caller.
    let error = match answer["results"].get(0) {
        Some(result) => &result["itemMetadata"]["error"],
        None => &answer["details"]["applicationError"],
    };
    if may {
        assert_eq!((status, error), (200, &Value::Null), "{path} {row}: {answer}");
    } else {
        assert_eq!(error["code"], "WDE0027", "{path} {row}: {answer}");
        assert!(status == 403 || answer["results"].is_array(), "{path} {row}: {answer}");
    }
}

async fn authors_are_limited_to_their_items_everywhere(world: World) {
    let author = "SITE_MEMBER_AUTHOR";
    let permissions =
        json!({ "read": author, "insert": author, "update": author, "remove": author });
    let app = world.client(&json!({ "Notes": { "permissions": permissions, "fields": { "links": { "type": "multi_reference", "to": "Notes" } } } }));
    let (me, you) = (app.by(member("me")), app.by(member("you")));
    me.fill(
        "Notes",
        &[
            json!({ "_id": "m1", "n": 1, "text": "hello mine" }),
            json!({ "_id": "m2", "n": 2, "_owner": "you" }),
        ],
    )
    .await;
    you.fill("Notes", &[json!({ "_id": "y1", "n": 10, "text": "hello yours" })]).await;
    let all = json!({ "dataCollectionId": "Notes" });
    assert_eq!(me.ids("Notes", &json!({})).await, ["m1", "m2"], "nobody gives items away");
    assert_eq!(
        me.ids("Notes", &json!({ "filter": { "$or": [{ "_owner": "you" }, { "n": 10 }] } })).await,
        [""; 0]
    );
    assert_eq!(me.ok("/items/count", &all).await["totalCount"], 2);
    let distinct = json!({ "dataCollectionId": "Notes", "fieldName": "n" });
    assert_eq!(
        me.ok("/items/query-distinct-values", &distinct).await["distinctValues"],
        json!([1, 2])
    );
    let search =
        json!({ "dataCollectionId": "Notes", "search": { "search": { "expression": "hello" } } });
    assert_eq!(you.ok("/items/search", &search).await["dataItems"][0]["id"], "y1");
    assert_eq!(you.ok("/items/search", &search).await["dataItems"][1], Value::Null);
    let sum = json!({ "dataCollectionId": "Notes", "aggregation": { "operations": [{ "resultFieldName": "sum", "sum": { "itemFieldName": "n" } }] } });
    assert_eq!(me.ok("/items/aggregate", &sum).await["results"], json!([{ "sum": 3 }]));
    // A cursor of somebody else's shows nothing of theirs.
    let page = you.ok("/items/query", &json!({ "dataCollectionId": "Notes", "query": { "sort": [{ "fieldName": "n", "order": "DESC" }], "paging": { "limit": 1 } } })).await;
    assert_eq!(page["pagingMetadata"]["hasNext"], false);
    let link = |item: &str, target: &str| {
        let reference = json!({ "referringItemFieldName": "links", "referringItemId": item, "referencedItemId": target });
        json!({ "dataCollectionId": "Notes", "dataItemReferences": [reference] })
    };
    assert_eq!(
        me.fails("/bulk/items/insert-references", &link("y1", "m1")).await,
        failure(403, "WDE0027")
    );
    me.ok("/bulk/items/insert-references", &link("m1", "y1")).await;
    let query = json!({ "dataCollectionId": "Notes", "referringItemId": "m1", "referringItemFieldName": "links" });
    let found = me.ok("/items/query-referenced", &query).await;
    assert_eq!(found["results"][0]["dataItem"], Value::Null, "{found}");
    let include = json!({ "dataCollectionId": "Notes", "query": { "filter": { "_id": "m1" } }, "includeReferences": [{ "field": "links" }] });
    assert_eq!(me.ok("/items/query", &include).await["dataItems"][0]["data"]["links"], json!([]));
    let job = me
        .ok(
            "/bulk/items/async-remove-by-filter",
            &json!({ "dataCollectionId": "Notes", "filter": {} }),
        )
        .await;
    let path = format!("/async-jobs/{}/status", job["jobId"].as_str().expect("an id"));
    assert_eq!(you.raw("GET", &path, None, b"").await.status, 404, "a job is its caller's");
    let begun = std::time::Instant::now();
    while !me.raw("GET", &path, None, b"").await.body.contains("SUCCEEDED") {
        assert!(begun.elapsed() < transom_testkit::PATIENCE);
        tokio::task::yield_now().await;
    }
    assert_eq!(app.ids("Notes", &json!({})).await, ["y1"]);
}

async fn owners_are_set_by_the_service(world: World) {
    let permissions =
        json!({ "read": "ANYONE", "insert": "ANYONE", "update": "ANYONE", "remove": "ANYONE" });
    let app = world.client(&json!({ "Notes": { "permissions": permissions } }));
    for (name, caller, _) in subjects() {
        let client = app.by(caller.clone());
        let gives = matches!(caller, Caller::App | Caller::User { role: Some(_), .. });
        client
            .fill(
                "Notes",
                &[
                    json!({ "_id": format!("{name}1"), "_owner": "given" }),
                    json!({ "_id": format!("{name}2") }),
                ],
            )
            .await;
        let own = match caller {
            Caller::App | Caller::Unknown => Value::Null,
            _ => json!("me"),
        };
        let app = &app;
        let owner = |id: String| async move {
            app.get("Notes", &id).await.1["dataItem"]["data"]["_owner"].take()
        };
        assert_eq!(
            owner(format!("{name}1")).await,
            if gives { json!("given") } else { own.clone() },
            "{name}"
        );
        assert_eq!(owner(format!("{name}2")).await, own, "{name}");
        let body = json!({ "dataCollectionId": "Notes", "dataItem": { "data": { "_id": format!("{name}2"), "_owner": "taken" } } });
        client.ok("/items/update", &body).await;
        assert_eq!(
            owner(format!("{name}2")).await,
            if gives { json!("taken") } else { own },
            "{name}"
        );
    }
}

async fn defaults_are_those_of_the_specification(world: World) {
    let app = world.app();
    app.fill("Plain", &[json!({ "_id": "a", "_owner": "me" }), json!({ "_id": "b" })]).await;
    let me = app.by(member("me"));
    assert_eq!(me.ids("Plain", &json!({})).await, ["a"]);
    let insert = json!({ "dataCollectionId": "Plain", "dataItem": { "data": {} } });
    assert_eq!(me.fails("/items", &insert).await, failure(403, "WDE0027"));
    let query = json!({ "dataCollectionId": "Plain" });
    assert_eq!(
        app.by(Caller::Unknown).fails("/items/query", &query).await,
        failure(403, "WDE0027")
    );
    let insert = json!({ "dataCollectionId": "Fresh", "dataItem": { "data": {} } });
    assert_eq!(
        me.fails("/items", &insert).await,
        failure(403, "WDE0027"),
        "nobody makes a collection who may not"
    );
    assert_eq!(
        app.fails("/items/query", &json!({ "dataCollectionId": "Fresh" })).await,
        failure(404, "WDE0025")
    );
    app.by(Caller::User { id: "e".to_owned(), role: Some(Role::Editor) })
        .ok("/items", &insert)
        .await;
}

async fn whoever_may_not_read_learns_nothing(world: World) {
    let permissions = json!({ "read": "SITE_MEMBER_AUTHOR", "insert": "ANYONE", "update": "ANYONE", "remove": "ANYONE" });
    let app = world.client(&json!({ "Notes": { "permissions": permissions } }));
    app.fill("Notes", &[json!({ "_id": "a", "_owner": "you", "secret": 7 })]).await;
    let set =
        json!([{ "fieldPath": "n", "action": "SET_FIELD", "setFieldOptions": { "value": 1 } }]);
    let patch = json!({ "dataCollectionId": "Notes", "patch": { "dataItemId": "a", "fieldModifications": set } });
    let bulk = json!({ "dataCollectionId": "Notes", "patches": [{ "dataItemId": "a", "fieldModifications": set }], "returnEntity": true });
    let condition = json!({ "filter": { "secret": { "$gt": 5 } } });
    let denied = failure(403, "WDE0027");
    for caller in [Caller::Visitor { id: "v".to_owned() }, Caller::Unknown, member("me")] {
        let client = app.by(caller);
        let answer = client.ok("/items/patch", &patch).await;
        assert_eq!(answer["dataItem"]["data"], json!({ "_id": "a" }));
        let answer = client.ok("/bulk/items/patch", &bulk).await;
        assert_eq!(answer["results"][0]["dataItem"]["data"], json!({ "_id": "a" }));
        for wanted in [condition.clone(), json!({ "filter": { "secret": 0 } })] {
            let mut guess = patch.clone();
            guess["condition"] = wanted.clone();
            assert_eq!(client.fails("/items/patch", &guess).await, denied);
            let remove =
                json!({ "dataCollectionId": "Notes", "dataItemId": "a", "condition": wanted });
            assert_eq!(client.fails("/items/remove", &remove).await, denied);
        }
    }
    let by_filter = json!({ "dataCollectionId": "Notes", "filter": { "secret": 7 }, "fieldModifications": set });
    let visitor = app.by(Caller::Visitor { id: "v".to_owned() });
    assert_eq!(visitor.fails("/bulk/items/async-patch-by-filter", &by_filter).await, denied);
    // Whoever may read it sees it.
    let mut fits = patch.clone();
    fits["condition"] = condition;
    let answer = app.by(member("you")).ok("/items/patch", &fits).await;
    assert_eq!(answer["dataItem"]["data"]["secret"], 7);
    let remove = json!({ "dataCollectionId": "Notes", "dataItemId": "a" });
    let answer = app.by(Caller::Unknown).ok("/items/remove", &remove).await;
    assert_eq!(answer["dataItem"]["data"], json!({ "_id": "a" }));
    assert_eq!(app.get("Notes", "a").await.0, 404);
}
