//! Declared indexes are used, on both back ends: the database says how it would answer.

use serde_json::{Value, json};
use transom_store::{Dialect, Statement};

use crate::world::{Client, World};

crate::cases!(
    indexes_answer_queries,
    indexes_follow_their_declaration,
    an_older_instance_leaves_the_indexes_of_a_newer_one,
);

const ITEMS: i64 = 100_000;

async fn large(world: &World) -> Client {
    let app = world.client(&json!({ "Products": {} }));
    // Written past the service, and before there are indexes: this is about reading.
    let rows = match app.store.dialect() {
        Dialect::Sqlite => {
            "WITH RECURSIVE n (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM n WHERE n < $1 - 1) \
             INSERT INTO data_1 (id, created, updated, data) SELECT 'id' || n, n, n, json_object(\
             'price', (n * 7919) % 100000, 'brand', 'b' || (n % 100), 'sku', 's' || n, 'loose', n % 1000, \
             'made', json_object('$date', strftime('%Y-%m-%dT%H:%M:%S.000Z', n * 1000, 'unixepoch'))) FROM n"
        }
        Dialect::Postgres => {
            "INSERT INTO data_1 (id, created, updated, data) SELECT 'id' || n, n, n, jsonb_build_object(\
             'price', (n * 7919) % 100000, 'brand', 'b' || (n % 100), 'sku', 's' || n, 'loose', n % 1000, \
             'made', jsonb_build_object('$date', to_char(to_timestamp(n * 1000) AT TIME ZONE 'UTC', \
             'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"'))) FROM generate_series(0, $1 - 1) AS n"
        }
    };
    app.store.write(Statement::new(rows).bind(ITEMS).into()).await.expect("it is written");
    let app = world.client(&json!({
        "Products": {
            "fields": { "price": "number", "brand": "text", "made": "date", "sku": "text" },
            "indexes": ["price", ["brand", "-price"], "made", "loose", "_createdDate", { "fields": ["sku"], "unique": true }],
        },
    }));
    if app.store.dialect() == Dialect::Postgres {
        app.store.define("ANALYZE data_1").expect("it is analysed");
    }
    app
}

async fn indexes_answer_queries(world: World) {
    let app = large(&world).await;
    let by = |field: &str, order: &str| json!([{ "fieldName": field, "order": order }]);
    // Each row: a query, whether its order must come from the index as well, and its first item.
    for (query, sorted, first) in [
        (json!({ "filter": { "price": 77 } }), false, None),
        (
            json!({ "filter": { "price": { "$gte": 500, "$lt": 90_000 } }, "sort": by("price", "ASC") }),
            true,
            Some(500),
        ),
        (
            json!({ "filter": { "price": { "$gt": 500 } }, "sort": by("price", "DESC") }),
            true,
            Some(99_999),
        ),
        (
            json!({ "filter": { "price": { "$lt": 900 } }, "sort": by("price", "DESC") }),
            true,
            Some(899),
        ),
        (json!({ "sort": by("price", "ASC") }), true, Some(0)),
        (json!({ "filter": { "brand": "b7" }, "sort": by("price", "DESC") }), false, None),
        (
            json!({ "filter": { "$and": [{ "brand": "b7" }, { "price": { "$gte": 50_000 } }, { "price": { "$lt": 60_000 } }] } }),
            false,
            None,
        ),
        (
            json!({ "filter": { "made": { "$gte": { "$date": "1970-06-01" }, "$lt": { "$date": "1970-06-02" } } } }),
            false,
            None,
        ),
        (json!({ "filter": { "loose": 5 } }), false, None),
        (json!({ "filter": { "sku": "s5" } }), false, None),
        (json!({ "filter": { "_id": "id5" } }), false, None),
        (
            json!({ "filter": { "_createdDate": { "$gte": { "$date": 99_990 } } }, "sort": by("_createdDate", "ASC") }),
            true,
            None,
        ),
    ] {
        let mut query = query;
        query["paging"] = json!({ "limit": 20 });
        let plan =
            app.service.explain("Products", &query).await.expect("it is explained").join("\n");
        let scans =
            plan.contains("SCAN t") && !plan.contains("USING INDEX") || plan.contains("Seq Scan");
        assert!(!scans && (plan.contains("INDEX") || plan.contains("Index")), "{query}:\n{plan}");
        let sorts = plan.contains("TEMP B-TREE") || plan.contains("Sort");
        assert!(!sorted || !sorts, "{query} is sorted:\n{plan}");
        let body = json!({ "dataCollectionId": "Products", "query": query });
        let found = app.ok("/items/query", &body).await;
        assert_ne!(found["dataItems"], json!([]), "{query}");
        if let Some(first) = first {
            assert_eq!(found["dataItems"][0]["data"]["price"], json!(first), "{query}");
        }
    }
    // Without an index the answer is the same, and long: it is looked for elsewhere than on this thread.
    let query = json!({ "filter": { "none": { "$exists": true } } });
    assert_eq!(app.ids("Products", &query).await, [""; 0]);
    let aggregated = json!({ "dataCollectionId": "Products", "aggregation": { "operations": [{ "resultFieldName": "n", "itemCount": {} }] } });
    assert_eq!(app.ok("/items/aggregate", &aggregated).await["results"], json!([{ "n": ITEMS }]));
    let owner = json!({ "filter": { "_owner": "me" } });
    let plan = app.service.explain("Products", &owner).await.expect("it is explained").join("\n");
    assert!(plan.contains("data_1_owner"), "{plan}");
}

async fn indexes_follow_their_declaration(world: World) {
    let names = |client: &Client| {
        let find = match client.store.dialect() {
            Dialect::Sqlite => {
                "SELECT name FROM sqlite_schema WHERE type = 'index' AND name LIKE 'data_1_x%'"
            }
            Dialect::Postgres => {
                "SELECT CAST(indexname AS TEXT) FROM pg_indexes WHERE indexname LIKE 'data_1_x%'"
            }
        };
        let (store, find) = (client.store.clone(), Statement::new(find));
        async move {
            let rows = store.read(find).await.expect("it answers");
            let mut names: Vec<String> =
                rows.iter().map(|row| row.text(0).expect("a name").to_owned()).collect();
            names.sort();
            names
        }
    };
    let with = |indexes: Value| json!({ "A": { "indexes": indexes } });
    let one = names(&world.client(&with(json!(["a", "b.c"])))).await;
    assert_eq!(one.len(), 2);
    assert_eq!(
        names(&world.client(&with(json!(["a", "b.c"])))).await,
        one,
        "nothing is made twice"
    );
    let newer = with(json!(["a", "-b.c", { "fields": ["x", "y"], "unique": true }]));
    let app = world.client(&newer);
    app.service.drop_undeclared_indexes().expect("it answers");
    let two = names(&app).await;
    assert_eq!((two.len(), two.iter().filter(|name| one.contains(name)).count()), (4, 1));
    let none = world.client(&with(json!([])));
    none.service.drop_undeclared_indexes().expect("it answers");
    assert_eq!(names(&none).await, [""; 0]);
}

async fn an_older_instance_leaves_the_indexes_of_a_newer_one(world: World) {
    if world.store().dialect() == Dialect::Sqlite {
        return; // Its file is one machine's.
    }
    let unique = json!([{ "fields": ["mail"], "unique": true }, "n"]);
    let newer = world.client(&json!({ "A": { "indexes": unique } }));
    newer.fill("A", &[json!({ "_id": "1", "mail": "x", "n": 1 })]).await;
    // The older one starts again during the update, and goes on.
    let older = world.client(&json!({ "A": { "indexes": ["m"] } }));
    let again =
        json!({ "dataCollectionId": "A", "dataItem": { "data": { "_id": "2", "mail": "x" } } });
    let (status, answer) = older.post("/items", &again).await;
    let error = &answer["details"]["applicationError"];
    assert_eq!((status, error["code"].as_str()), (409, Some("WDE0074")));
    let description = error["description"].as_str().expect("a description");
    assert!(description.contains("transom data drop-indexes"), "{description}");
    let indexes = "SELECT COUNT(*) FROM pg_indexes WHERE indexname LIKE 'data_1_x%'";
    let count = async |client: &crate::world::Client| {
        client.store.read(Statement::new(indexes)).await.expect("it answers")[0].integer(0)
    };
    assert_eq!(count(&older).await, Ok(4), "two for the unique one");
    // Nor does a reload of the older one, which drops what it has declared itself.
    let store = transom_store::SharedStore::new(
        world.location.clone(),
        transom_store::Options::default(),
        Vec::new(),
    );
    let served = transom_data::OnDemand::new(
        std::sync::Arc::new(store),
        crate::world::declared(&json!({ "A": { "indexes": ["m"] } })),
    );
    let next = crate::world::declared(&json!({ "A": { "indexes": ["k"] } }));
    assert_eq!(served.redeclare(next, || Ok::<_, ()>(())).await, Ok(Ok(())));
    assert_eq!(count(&older).await, Ok(4), "`k` in the place of `m`");
    // When the update is over.
    let dropped = newer.service.drop_undeclared_indexes().expect("it answers");
    assert_eq!((dropped.len(), count(&newer).await), (1, Ok(3)));
    assert_eq!(newer.fails("/items", &again).await, (409, "WDE0074".to_owned()));
}
