//! Data in and out: imports, exports, backups, and the way to another store.

use std::io::Cursor;

use serde_json::{Value, json};
use transom_data::{Format, ImportOptions, OnConflict, OnReject, Reject, TransferError};
use transom_store::{Dialect, Statement};

use crate::world::{Client, World};

crate::cases!(
    an_export_is_imported_again,
    tables_of_values_are_imported_and_exported,
    rejects_are_told_by_line,
    a_broken_row_does_not_take_the_others_along,
    an_import_that_was_cut_off_goes_on,
    a_backup_is_restored_whole_or_not_at_all,
    collections_are_listed_and_described,
    what_is_restored_is_not_judged_again,
    a_table_is_exported_as_it_is_at_one_moment,
    an_import_writes_many_items_at_once,
    lots_end_as_items_one_by_one_would,
    a_restore_that_fails_in_the_middle_changes_nothing,
    a_migration_that_fails_in_the_middle_leaves_nothing,
);

fn options(format: Format) -> ImportOptions {
    ImportOptions {
        format,
        conflict: OnConflict::Refuse,
        reject: OnReject::Stop,
        mark: "a file".to_owned(),
        resume: false,
    }
}

fn exported(client: &Client, collection: &str, format: Format, filter: Option<&Value>) -> String {
    let mut out = Vec::new();
    client.service.export(collection, filter, format, &mut out, |_| {}).expect("it is written");
    String::from_utf8(out).expect("text")
}

fn import(
    client: &Client,
    collection: &str,
    text: &str,
    options: &ImportOptions,
) -> (Result<u64, TransferError>, Vec<Reject>) {
    let mut rejects = Vec::new();
    let file = Cursor::new(text.as_bytes());
    let done = client.service.import(
        collection,
        file,
        options,
        |reject| rejects.push(reject.clone()),
        |_| {},
    );
    (done.map(|imported| imported.items), rejects)
}

async fn count(client: &Client, collection: &str) -> u64 {
    let answer = client.ok("/items/count", &json!({ "dataCollectionId": collection })).await;
    answer["totalCount"].as_u64().expect("a number")
}

async fn an_export_is_imported_again(world: World) {
    let app = world.app();
    let items: Vec<Value> = (0..2500)
        .map(|n| json!({ "id": format!("{n:04}"), "data": { "_owner": "me", "n": n, "text": "ä\n\"", "d": { "$date": "2024-01-01" }, "o": { "x": [1] } } }))
        .collect();
    for lot in items.chunks(1000) {
        app.ok("/bulk/items/insert", &json!({ "dataCollectionId": "From", "dataItems": lot }))
            .await;
    }
    let text = exported(&app, "From", Format::JsonLines, None);
    assert_eq!(text.lines().count(), 2500);
    assert_eq!(
        import(&app, "To", &text, &options(Format::JsonLines)).0.expect("it is imported"),
        2500
    );
    assert_eq!(exported(&app, "To", Format::JsonLines, None), text, "dates and owners, too");
    let some = exported(&app, "From", Format::JsonLines, Some(&json!({ "n": { "$lt": 3 } })));
    assert_eq!(some.lines().count(), 3);
    // Once more: every line is there already.
    let refused = import(&app, "To", &text, &options(Format::JsonLines)).0;
    assert!(matches!(refused, Err(TransferError::Refused { line: 1, .. })), "{refused:?}");
    let replace = ImportOptions { conflict: OnConflict::Replace, ..options(Format::JsonLines) };
    assert_eq!(import(&app, "To", &text, &replace).0.expect("they are replaced"), 2500);
    assert_eq!(exported(&app, "To", Format::JsonLines, None), text, "dates and owners, again");
    assert_eq!(count(&app, "To").await, 2500);
}

async fn tables_of_values_are_imported_and_exported(world: World) {
    let fields = json!({ "price": "number", "on": "boolean", "made": "date", "tags": "array" });
    let app = world.client(&json!({ "Things": { "fields": fields } }));
    let text = "\u{FEFF}_id,name,price,on,made,tags\r\n\
                a,\"One, \"\"quoted\"\"\nand long\",1.5,true,2024-01-01,\"[1,\"\"x\"\"]\"\r\n\
                \r\n\
                b,12,,,,\n";
    assert_eq!(import(&app, "Things", text, &options(Format::Csv)).0.expect("it is imported"), 2);
    let item = app.get("Things", "a").await.1["dataItem"]["data"].take();
    assert_eq!(item["name"], "One, \"quoted\"\nand long");
    assert_eq!(
        (&item["price"], &item["on"], &item["tags"]),
        (&json!(1.5), &json!(true), &json!([1, "x"]))
    );
    assert_eq!(item["made"], json!({ "$date": "2024-01-01T00:00:00.000Z" }));
    let item = app.get("Things", "b").await.1["dataItem"]["data"].take();
    assert_eq!((&item["name"], item.get("price")), (&json!("12"), None));
    let csv = exported(&app, "Things", Format::Csv, None);
    assert!(csv.starts_with("_id,_createdDate,_updatedDate,"), "{csv}");
    app.ok("/items/truncate", &json!({ "dataCollectionId": "Things" })).await;
    assert_eq!(import(&app, "Things", &csv, &options(Format::Csv)).0.expect("it comes back"), 2);
    assert_eq!(exported(&app, "Things", Format::Csv, None), csv);
    let wrong = "_id,price\nc,much\nd,1,2\n";
    let skip = ImportOptions { reject: OnReject::Skip, ..options(Format::Csv) };
    let (done, rejects) = import(&app, "Things", wrong, &skip);
    assert_eq!((done.expect("it goes on"), rejects.len()), (0, 2));
    assert_eq!((rejects[0].line, rejects[1].line), (2, 3));
}

async fn rejects_are_told_by_line(world: World) {
    let indexes = json!([{ "fields": ["mail"], "unique": true }]);
    let app = world.client(&json!({ "Users": { "fields": { "mail": { "type": "text", "required": true } }, "indexes": indexes } }));
    let lines = [
        "{\"_id\":\"a\",\"mail\":\"a@x\"}",
        "{\"_id\":\"b\"}",
        "no json",
        "",
        "{\"_id\":\"a\",\"mail\":\"again@x\"}",
        "{\"_id\":\"c\",\"mail\":\"a@x\"}",
        "{\"_id\":\"d\",\"mail\":\"d@x\"}",
        "[]",
        "{\"_id\":\"e\",\"mail\":\"\\ud800\"}",
    ];
    let text = lines.join("\n");
    let skip = ImportOptions { reject: OnReject::Skip, ..options(Format::JsonLines) };
    let (done, rejects) = import(&app, "Users", &text, &skip);
    assert_eq!(done.expect("it goes on"), 2);
    let mut lines: Vec<u64> = rejects.iter().map(|reject| reject.line).collect();
    lines.sort_unstable();
    assert_eq!(lines, [2, 3, 5, 6, 8, 9], "{rejects:?}");
    assert_eq!(app.ids("Users", &json!({})).await, ["a", "d"]);
    app.ok("/items/truncate", &json!({ "dataCollectionId": "Users" })).await;
    let stopped = import(&app, "Users", &text, &options(Format::JsonLines)).0;
    assert!(matches!(stopped, Err(TransferError::Refused { line: 2, .. })), "{stopped:?}");
    assert_eq!(count(&app, "Users").await, 0, "nothing of its batch is written");
}

async fn an_import_that_was_cut_off_goes_on(world: World) {
    let app = world.app();
    let line =
        |n: usize| if n == 2400 { "broken\n".to_owned() } else { format!("{{\"n\":{n}}}\n") };
    let text: String = (1..=3000).map(line).collect();
    let stopped = import(&app, "Many", &text, &options(Format::JsonLines)).0;
    assert!(matches!(stopped, Err(TransferError::Refused { line: 2400, .. })), "{stopped:?}");
    assert_eq!(count(&app, "Many").await, 2000, "whole batches stay");
    let text = text.replace("broken", "{\"n\":2400}");
    let again = ImportOptions { resume: true, ..options(Format::JsonLines) };
    assert_eq!(import(&app, "Many", &text, &again).0.expect("it goes on"), 1000);
    assert_eq!(count(&app, "Many").await, 3000);
    assert_eq!(
        import(&app, "Many", &text, &again).0.expect("it was whole, so it begins anew"),
        3000
    );
}

async fn a_backup_is_restored_whole_or_not_at_all(world: World) {
    let declared = json!({ "Books": { "fields": { "authors": { "type": "multi_reference", "to": "Authors" } } }, "Authors": {} });
    let app = world.client(&declared);
    app.fill(
        "Authors",
        &[json!({ "_id": "x", "n": 1.0 }), json!({ "_id": "y", "b": { "z": 1, "a": [2, 1e21] } })],
    )
    .await;
    let book = json!({ "dataCollectionId": "Books", "dataItem": { "data": { "_id": "1", "authors": ["y", "x"] } }, "saveReferences": true });
    app.ok("/items", &book).await;
    let mut file = Vec::new();
    let written = app.service.backup(&mut file).expect("it is written");
    assert_eq!(
        (written["Books"].items, written["Books"].references, written["Authors"].items),
        (1, 2, 2)
    );
    let open = || Ok(Cursor::new(file.clone()));
    let refused = app.service.restore(open, OnConflict::Refuse);
    assert!(matches!(refused, Err(TransferError::Archive(_))), "{refused:?}");
    app.fill("Authors", &[json!({ "_id": "later" })]).await;
    let text = String::from_utf8(file.clone()).expect("text");
    for broken in [
        text.lines().take(4).collect::<Vec<_>>().join("\n"),
        text.replace("\"_id\":\"x\"", "\"_id\":\"q\""),
        text.replacen("{\"transomData\":1}", "{\"transomData\":2}", 1),
        "{}".to_owned(),
        String::new(),
    ] {
        let refused = app
            .service
            .restore(|| Ok(Cursor::new(broken.clone().into_bytes())), OnConflict::Replace);
        assert!(matches!(refused, Err(TransferError::Archive(_))), "{refused:?}");
        assert_eq!(count(&app, "Authors").await, 3, "nothing has happened");
    }
    assert_eq!(app.service.restore(open, OnConflict::Replace).expect("it is restored"), written);
    assert_eq!(app.service.summary().expect("it answers"), written);
    assert_eq!(app.ids("Authors", &json!({})).await, ["x", "y"]);
    let query = json!({ "dataCollectionId": "Books", "referringItemId": "1", "referringItemFieldName": "authors" });
    let found = app.ok("/items/query-referenced", &query).await;
    assert_eq!(found["results"][0]["dataItem"]["data"]["_id"], "y");
    // To a store of the other kind than half of the cases, and back.
    let other = World::on_sqlite();
    let target = other.client(&declared);
    assert_eq!(app.service.migrate_to(&target.service, |_| {}).expect("it arrives"), written);
    assert_eq!(target.service.summary().expect("it answers"), written);
    let again = app.service.migrate_to(&target.service, |_| {});
    assert!(matches!(again, Err(TransferError::Archive(_))), "{again:?}");
    app.ok("/items/truncate", &json!({ "dataCollectionId": "Authors" })).await;
    app.ok("/items/truncate", &json!({ "dataCollectionId": "Books" })).await;
    assert_eq!(target.service.migrate_to(&app.service, |_| {}).expect("it comes back"), written);
}

async fn what_is_restored_is_not_judged_again(world: World) {
    let app = world.app();
    app.fill("Users", &[json!({ "_id": "a", "mail": "x" }), json!({ "_id": "b", "mail": "x" })])
        .await;
    app.fill("Things", &[json!({ "_id": "old", "likes": ["a"], "n": "text" })]).await;
    let mut file = Vec::new();
    let written = app.service.backup(&mut file).expect("it is written");
    let open = || Ok(Cursor::new(file.clone()));
    let remove = json!({ "dataCollectionId": "Users", "dataItemId": "b" });
    app.ok("/items/remove", &remove).await;
    // Two users with one mail: a new index does not take them, and nothing makes way for them.
    let fields = json!({ "n": { "type": "number", "required": true }, "likes": { "type": "multi_reference", "to": "Users" }, "m": { "type": "text", "required": true } });
    let stricter =
        |indexes: Value| json!({ "Users": { "indexes": indexes }, "Things": { "fields": fields } });
    let unique = world.client(&stricter(json!([{ "fields": ["mail"], "unique": true }])));
    let refused = unique.service.restore(open, OnConflict::Replace);
    assert!(
        matches!(&refused, Err(TransferError::Archive(reason)) if reason.contains("mail")),
        "{refused:?}"
    );
    assert_eq!((count(&unique, "Users").await, count(&unique, "Things").await), (1, 1));
    // What else is declared by now does not matter.
    let later = world.client(&stricter(json!(["mail"])));
    // On PostgreSQL a start leaves the unique index to whoever may want it.
    later.service.drop_undeclared_indexes().expect("it answers");
    assert_eq!(later.service.restore(open, OnConflict::Replace).expect("it is restored"), written);
    assert_eq!(later.service.summary().expect("it answers"), written);
    let other = World::on_sqlite();
    let target = other.client(&stricter(json!(["mail"])));
    assert_eq!(later.service.migrate_to(&target.service, |_| {}).expect("it arrives"), written);
}

async fn collections_are_listed_and_described(world: World) {
    let fields = json!({ "price": { "type": "number", "min": 0 } });
    let app = world.client(&json!({ "A": { "fields": fields, "indexes": ["-price"] } }));
    app.fill("B", &[json!({})]).await;
    let list = app.service.collections().await.expect("it answers");
    let list: Vec<(&str, i64, bool)> = list
        .iter()
        .map(|overview| (overview.id.as_str(), overview.items, overview.declared))
        .collect();
    assert_eq!(list, [("A", 0, true), ("B", 1, false)]);
    let described = app.service.describe("A").await.expect("it is there");
    assert_eq!(described["fields"], json!({ "price": { "type": "number", "min": 0.0 } }));
    assert_eq!(described["indexes"], json!([{ "fields": ["-price"], "unique": false }]));
    assert_eq!(app.service.describe("C").await.expect_err("nobody has made it").code(), "WDE0025");
}

/// A file that somebody writes an item beside, as soon as its first line is there.
struct Meddled {
    client: Client,
    bytes: Vec<u8>,
}

impl std::io::Write for Meddled {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let is_first = !self.bytes.contains(&b'\n');
        self.bytes.extend_from_slice(bytes);
        if is_first && self.bytes.contains(&b'\n') {
            let client = self.client.clone();
            let meddling = move || {
                crate::world::wait(client.fill("Things", &[json!({ "_id": "b", "new": 1 })]))
            };
            std::thread::spawn(meddling).join().expect("it is written");
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

async fn a_table_is_exported_as_it_is_at_one_moment(world: World) {
    let app = world.app();
    app.fill("Things", &[json!({ "_id": "a", "n": 1 })]).await;
    let mut file = Meddled { client: app.clone(), bytes: Vec::new() };
    let count = app.service.export("Things", None, Format::Csv, &mut file, |_| {});
    assert_eq!(count.expect("it is written"), 1);
    assert_eq!(String::from_utf8(file.bytes).expect("text").lines().count(), 2);
    assert_eq!(app.ids("Things", &json!({})).await, ["a", "b"]);
}

async fn a_broken_row_does_not_take_the_others_along(world: World) {
    let app = world.app();
    let long = "x".repeat(3 << 20);
    let mut file = b"_id,text\na,\"two\nlines\"\nb,\"open\nc,3\nd,\xFF\n".to_vec();
    file.extend(format!("e,{long}\nf,\"closed\"\ng,\"never\nh,8\n").into_bytes());
    let skip = ImportOptions { reject: OnReject::Skip, ..options(Format::Csv) };
    let mut rejects = Vec::new();
    let reject = |reject: &Reject| rejects.push(reject.line);
    let imported = app.service.import("Things", file.as_slice(), &skip, reject, |_| {});
    assert_eq!(imported.expect("it goes on").items, 4);
    assert_eq!(rejects, [4, 6, 7, 9]);
    assert_eq!(app.ids("Things", &json!({})).await, ["a", "c", "f", "h"]);
    let stop = app.service.import("Others", file.as_slice(), &options(Format::Csv), |_| {}, |_| {});
    assert!(matches!(stop, Err(TransferError::Refused { line: 4, .. })), "{stop:?}");
}

async fn an_import_writes_many_items_at_once(world: World) {
    let app = world.app();
    app.fill("Many", &[json!({ "_id": "first" })]).await;
    let note = match app.store.dialect() {
        Dialect::Sqlite => return, // It has no statements that cost a way over the network.
        Dialect::Postgres => {
            "CREATE TABLE statements (n BIGINT); \
             CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO statements VALUES (1); \
             RETURN NULL; END $$; \
             CREATE TRIGGER note AFTER INSERT ON data_1 FOR EACH STATEMENT EXECUTE FUNCTION note();"
        }
    };
    app.store.define(note).expect("it is made");
    let text: String = (0..2500).map(|n| format!("{{\"_id\":\"{n}\"}}\n")).collect();
    assert_eq!(import(&app, "Many", &text, &options(Format::JsonLines)).0.expect("imported"), 2500);
    let rows = app.store.read(Statement::new("SELECT COUNT(*) FROM statements")).await;
    assert_eq!(rows.expect("it answers")[0].integer(0), Ok(3), "one for each batch");
}

async fn lots_end_as_items_one_by_one_would(world: World) {
    let likes = json!({ "fields": { "likes": { "type": "multi_reference", "to": "Many" } } });
    let app = world.client(&json!({ "Many": likes }));
    let old = json!({ "_id": "b", "_owner": "bo", "n": "old" });
    let old =
        json!({ "dataCollectionId": "Many", "dataItem": { "data": old }, "saveReferences": true });
    app.ok("/items", &old).await;
    let made = app.get("Many", "b").await.1["dataItem"]["data"]["_createdDate"].take();
    let text = "{\"_id\":\"z\",\"n\":1e21,\"likes\":[\"a\",\"b\"]}\n\
                {\"_id\":\"b\",\"n\":[1.5,\"ä\\\"\\\\\",null],\"likes\":[\"z\"]}\n\
                {\"_id\":\"a\",\"_owner\":\"me\",\"deep\":{\"__proto__\":{\"a.b\":\"\\u0001\"}}}\n";
    let skip = ImportOptions { reject: OnReject::Skip, ..options(Format::JsonLines) };
    let (done, rejects) = import(&app, "Many", text, &skip);
    assert_eq!((done.expect("it goes on"), rejects[0].line, rejects.len()), (2, 2, 1));
    let linked = |id: &'static str| {
        let query = json!({ "dataCollectionId": "Many", "referringItemId": id, "referringItemFieldName": "likes" });
        let client = app.clone();
        async move {
            client.ok("/items/query-referenced", &query).await["results"]
                .as_array()
                .map_or(0, Vec::len)
        }
    };
    // What was left out refers to nothing either.
    assert_eq!((linked("z").await, linked("b").await), (2, 0));
    assert_eq!(app.ids("Many", &json!({})).await, ["b", "z", "a"], "in the order of the file");
    let item = app.get("Many", "a").await.1["dataItem"]["data"].take();
    assert_eq!(
        (&item["_owner"], &item["deep"]),
        (&json!("me"), &json!({ "__proto__": { "a.b": "\u{1}" } }))
    );
    assert_eq!(app.get("Many", "z").await.1["dataItem"]["data"]["n"].as_f64(), Some(1e21));
    assert_eq!(app.get("Many", "b").await.1["dataItem"]["data"]["n"], json!("old"));
    // Replaced: who owned it and when it was made stay, unless the file says otherwise.
    let replace = ImportOptions { conflict: OnConflict::Replace, ..options(Format::JsonLines) };
    assert_eq!(import(&app, "Many", text, &replace).0.expect("it is replaced"), 3);
    let item = app.get("Many", "b").await.1["dataItem"]["data"].take();
    assert_eq!((&item["_owner"], &item["_createdDate"]), (&json!("bo"), &made));
    assert_eq!((&item["n"], linked("b").await), (&json!([1.5, "ä\"\\", null]), 1));
    // The last of two with one id counts, as if each were written by itself.
    let twice = "{\"_id\":\"a\",\"n\":1}\n{\"_id\":\"a\",\"n\":2,\"_createdDate\":{\"$date\":\"2020-01-01\"}}\n";
    assert_eq!(import(&app, "Many", twice, &replace).0.expect("it is replaced"), 2);
    let item = app.get("Many", "a").await.1["dataItem"]["data"].take();
    assert_eq!(
        (&item["n"], &item["_createdDate"]),
        (&json!(2), &json!({ "$date": "2020-01-01T00:00:00.000Z" }))
    );
    // Of a batch that stops, nothing is written, references neither.
    let stopped =
        import(&app, "Many", "{\"_id\":\"new\"}\n{\"_id\":\"a\"}\n", &options(Format::JsonLines)).0;
    assert!(matches!(stopped, Err(TransferError::Refused { line: 2, .. })), "{stopped:?}");
    assert_eq!(count(&app, "Many").await, 3);
}

/// A backup of 2,500 items, and the same cut off in the middle.
async fn a_large_backup(app: &Client) -> (Vec<u8>, Vec<u8>) {
    let text: String = (0..2500).map(|n| format!("{{\"_id\":\"{n}\"}}\n")).collect();
    import(app, "Many", &text, &options(Format::JsonLines)).0.expect("it is imported");
    let mut file = Vec::new();
    app.service.backup(&mut file).expect("it is written");
    let cut = file[..file.len() / 2].to_vec();
    (file, cut)
}

async fn a_restore_that_fails_in_the_middle_changes_nothing(world: World) {
    let app = world.app();
    let (file, cut) = a_large_backup(&app).await;
    let other = json!({ "dataCollectionId": "Many", "dataItemId": "7" });
    app.ok("/items/remove", &other).await;
    app.fill("Many", &[json!({ "_id": "later" })]).await;
    let refused = app.service.restore(|| Ok(Cursor::new(cut.clone())), OnConflict::Replace);
    assert!(
        matches!(&refused, Err(TransferError::Archive(reason)) if reason.contains("EOF") || reason.contains("cut off")),
        "{refused:?}"
    );
    assert_eq!(count(&app, "Many").await, 2500);
    // Whole when it is looked at, and cut off when it is written.
    let mut readings = 0;
    let open = || {
        readings += 1;
        Ok(Cursor::new(if readings == 1 { file.clone() } else { cut.clone() }))
    };
    let refused = app.service.restore(open, OnConflict::Replace);
    assert!(matches!(refused, Err(TransferError::Archive(_))), "{refused:?}");
    assert_eq!(count(&app, "Many").await, 2500, "what was there is there");
    assert_eq!((app.get("Many", "7").await.0, app.get("Many", "later").await.0), (404, 200));
    let fresh = app.service.restore(|| Ok(Cursor::new(file.clone())), OnConflict::Replace);
    assert_eq!(fresh.expect("it is restored")["Many"].items, 2500);
    assert_eq!((app.get("Many", "7").await.0, app.get("Many", "later").await.0), (200, 404));
}

async fn a_migration_that_fails_in_the_middle_leaves_nothing(world: World) {
    let app = world.app();
    a_large_backup(&app).await;
    app.fill("Users", &[json!({ "_id": "a", "mail": "x" }), json!({ "_id": "b", "mail": "x" })])
        .await;
    let other = World::on_sqlite();
    let unique = json!({ "Users": { "indexes": [{ "fields": ["mail"], "unique": true }] } });
    let target = other.client(&unique);
    let refused = app.service.migrate_to(&target.service, |_| {});
    assert!(matches!(refused, Err(TransferError::Data(_))), "{refused:?}");
    let left: Vec<(String, i64)> = target
        .service
        .collections()
        .await
        .expect("it answers")
        .into_iter()
        .map(|found| (found.id, found.items))
        .collect();
    assert_eq!(left, [("Users".to_owned(), 0)], "no item of another one either");
}
