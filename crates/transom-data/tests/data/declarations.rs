//! Declarations that change while the service is in use: all of them count, or none does.

use std::sync::Arc;

use serde_json::{Value, json};
use transom_data::{Call, Caller, OnDemand};
use transom_store::{Options, SharedStore};

use crate::world::{World, declared};

crate::cases!(
    changed_declarations_count_from_then_on,
    declarations_that_are_not_accepted_leave_nothing,
    declarations_that_items_violate_leave_nothing,
);

fn service(world: &World, declarations: &Value) -> OnDemand {
    let store = SharedStore::new(world.location.clone(), Options::default(), Vec::new());
    OnDemand::new(Arc::new(store), declared(declarations))
}

/// The status of an insertion by somebody who has not said who they are.
async fn insert(service: &OnDemand, collection: &str, item: Value) -> u16 {
    let body = json!({ "dataCollectionId": collection, "dataItem": { "data": item } }).to_string();
    let call = Call { method: "POST", path: "/items", query: None, body: body.as_bytes() };
    service.answer(&Caller::Visitor { id: "v".to_owned() }, call).await.status
}

fn open(indexes: &Value) -> Value {
    json!({ "indexes": indexes, "permissions": { "insert": "ANYONE" } })
}

/// An index that keeps `n` from standing in two items.
fn unique() -> Value {
    json!([{ "fields": ["n"], "unique": true }])
}

async fn changed_declarations_count_from_then_on(world: World) {
    let service = service(&world, &json!({ "Open": open(&json!([])) }));
    assert_eq!(insert(&service, "Open", json!({ "n": 1 })).await, 200);
    let next = json!({ "Open": open(&unique()), "Other": {} });
    let accepted = service.redeclare(declared(&next), || Ok::<_, ()>("accepted")).await;
    assert_eq!(accepted, Ok(Ok("accepted")));
    assert_eq!(insert(&service, "Open", json!({ "n": 1 })).await, 409, "the index is there");
    // What is not declared any more is gone, index and permissions.
    let next = json!({ "Open": open(&json!(["n"])) });
    assert_eq!(service.redeclare(declared(&next), || Ok::<_, ()>(())).await, Ok(Ok(())));
    assert_eq!(insert(&service, "Open", json!({ "n": 1 })).await, 200);
    assert_eq!(service.redeclare(declared(&json!({})), || Ok::<_, ()>(())).await, Ok(Ok(())));
    assert_eq!(insert(&service, "Open", json!({ "n": 2 })).await, 403);
}

async fn declarations_that_are_not_accepted_leave_nothing(world: World) {
    let service = service(&world, &json!({ "Open": open(&json!([])) }));
    assert_eq!(insert(&service, "Open", json!({ "n": 1 })).await, 200);
    for next in [json!({ "Open": { "indexes": unique() } }), json!({})] {
        let refused = service.redeclare(declared(&next), || Err::<(), _>("no")).await;
        assert_eq!(refused, Ok(Err("no")));
        assert_eq!(insert(&service, "Open", json!({ "n": 1 })).await, 200, "{next}");
    }
}

async fn declarations_that_items_violate_leave_nothing(world: World) {
    let service = service(&world, &json!({ "Open": open(&json!([])), "Zoo": open(&json!([])) }));
    for collection in ["Open", "Zoo", "Zoo"] {
        assert_eq!(insert(&service, collection, json!({ "n": 1 })).await, 200);
    }
    // The first of them could have its index.
    let next = json!({ "Open": { "indexes": unique() }, "Zoo": { "indexes": unique() } });
    let refused = service.redeclare(declared(&next), || -> Result<(), ()> { unreachable!() }).await;
    assert_eq!(refused.expect_err("two items are the same").code(), "WDE0074");
    for collection in ["Open", "Zoo"] {
        assert_eq!(insert(&service, collection, json!({ "n": 1 })).await, 200, "{collection}");
    }
}
