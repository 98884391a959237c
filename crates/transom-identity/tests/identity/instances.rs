//! Several instances of one project are one service.

use std::sync::Arc;

use transom_identity::{AccountKind, SCHEMA, Settings};
use transom_store::{Schema, Statement};

use crate::world::{PASSWORD, World, anonymous, kind, log_in, member, refresh};

crate::cases!(
    instances_that_start_together_are_one_project,
    what_one_issues_the_other_accepts,
    what_one_revokes_the_other_refuses_after_following,
    a_refresh_token_is_good_for_one_instance_only,
    following_happens_by_itself,
    tables_of_each_earlier_version_are_brought_up_to_date,
);

async fn tables_of_each_earlier_version_are_brought_up_to_date(world: World) {
    // The second version added a table to what the first one made.
    let first = Schema { migrations: &SCHEMA.migrations[..1], ..SCHEMA };
    let store = world.open_store(&[first]);
    let insert = "INSERT INTO transom_project (name, value) VALUES ('client_id', 'kept')";
    store.write(Statement::new(insert).into()).await.expect("the table is there");
    drop(store);
    let identity = world.open().await;
    assert_eq!(identity.client_id(), "kept");
    let store = world.open_store(&[SCHEMA]);
    let rows = store.read(Statement::new("SELECT count(*) FROM transom_rate")).await;
    assert_eq!(rows.expect("the table is there")[0].integer(0), Ok(0));
}

async fn instances_that_start_together_are_one_project(world: World) {
    let world = Arc::new(world);
    let instances = (0..4).map(|_| world.open());
    let instances = futures_util::future::join_all(instances).await;
    for instance in &instances {
        assert_eq!(instance.key_set().keys.len(), 1, "all sign with the same key from the start");
        assert_eq!(instance.client_id(), instances[0].client_id());
        assert_eq!(instance.client_secret(), instances[0].client_secret());
        let (token, _) = anonymous(instance).await;
        for other in &instances {
            assert_eq!(kind(other, &token).await, "VISITOR");
        }
    }
}

async fn what_one_issues_the_other_accepts(world: World) {
    let (one, two) = (world.open().await, world.open().await);
    member(&one).await;
    let session = log_in(&two, "ann@example.org", PASSWORD).await.session().expect("a cookie");
    let cookies = format!("transom_session={session}");
    assert!(matches!(one.caller(None, Some(&cookies), false), transom_identity::Caller::Known(_)));
    let (_, token) = anonymous(&one).await;
    let renewed = refresh(&two, &token).await;
    assert_eq!(refresh(&one, &renewed.field("refresh_token")).await.status, 200);
}

async fn what_one_revokes_the_other_refuses_after_following(world: World) {
    let (one, two) = (world.open().await, world.open().await);
    member(&one).await;
    let (access, token) = anonymous(&one).await;
    let subject = transom_identity::Subject::new(transom_identity::SubjectType::Member, "m1");
    let of_member = one.issue(&subject, None, std::time::Duration::from_secs(60));
    let of_member = of_member.expect("it can sign");
    assert_eq!(kind(&two, &access).await, "VISITOR");
    assert_eq!(kind(&two, &of_member).await, "MEMBER");
    assert_eq!(refresh(&one, &token).await.status, 200);
    assert_eq!(refresh(&one, &token).await.status, 400);
    one.disable_account(AccountKind::Member, "m1").await.expect("there is one");
    two.follow().await.expect("the store answers");
    assert_eq!(kind(&two, &access).await, "UNKNOWN");
    assert_eq!(kind(&two, &of_member).await, "UNKNOWN");
    let restarted = world.open().await;
    assert_eq!(kind(&restarted, &access).await, "UNKNOWN");
    one.maintain().await.expect("the store answers");
    assert_eq!(kind(&one, &access).await, "UNKNOWN", "what still matters is kept");
}

async fn a_refresh_token_is_good_for_one_instance_only(world: World) {
    let (one, two) = (world.open().await, world.open().await);
    let (_, token) = anonymous(&one).await;
    let (first, second) = tokio::join!(refresh(&one, &token), refresh(&two, &token));
    let mut statuses = [first.status.as_u16(), second.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 400]);
}

async fn following_happens_by_itself(world: World) {
    let (one, two) = (world.open().await, world.open_with(Settings::default(), None).await);
    two.follow_in_background().expect("a thread");
    let (access, token) = anonymous(&one).await;
    assert_eq!(refresh(&one, &token).await.status, 200);
    assert_eq!(refresh(&one, &token).await.status, 400);
    let begun = std::time::Instant::now();
    while two.verify(&access).is_ok() {
        assert!(begun.elapsed() < transom_testkit::PATIENCE, "it never followed");
        tokio::task::yield_now().await;
    }
}
