//! The async context follows every await, reaction and thenable, through pending and settled promises,
//! while flows interleave and a collection runs between jobs.

#[allow(dead_code, reason = "each test file uses a part of it")]
mod support;

use transom_engine::{Isolate, IsolateOptions, Op};

const FLOWS: &str = r"
    const log = [];
    let checks = 0;
    const expect = (id, where) => {
        checks++;
        const now = ops.context_get();
        if (now?.id !== id) log.push(`${where}: expected ${id}, got ${now?.id}`);
    };
    const run = (id, work) => {
        const before = ops.context_get();
        ops.context_set(id === undefined ? undefined : { id });
        try { return work(); } finally { ops.context_set(before); }
    };
    const doors = [];
    const door = () => new Promise((resolve) => doors.push(resolve));
    async function* ticks(id) { for (let i = 0; i < 3; i++) { expect(id, 'generator'); yield await door(); } }
    const flow = async (id) => {
        expect(id, 'start');
        for (let i = 0; i < 4; i++) {
            await null; expect(id, 'settled await');
            await door(); expect(id, 'pending await');
            await door().then((v) => { expect(id, 'then'); return v; }).finally(() => expect(id, 'finally'));
            await Promise.all([door(), null, door().then(() => expect(id, 'all'))]); expect(id, 'after all');
            await { then(resolve) { expect(id, 'thenable'); door().then(resolve); } }; expect(id, 'after thenable');
            try { await door().then(() => { throw new Error('x'); }); } catch { expect(id, 'catch'); }
        }
        for await (const _ of ticks(id)) expect(id, 'for await');
        expect(id, 'end');
        return id;
    };
    const finished = [];
    for (const id of ['a', 'b', undefined]) run(id, () => flow(id).then((v) => { expect(id, 'done'); finished.push(v); }));
    expect(undefined, 'outside');
    globalThis.knock = () => {
        // Doors are opened by a stranger, in an order of its own, in a context of its own.
        const waiting = doors.splice(0);
        run('stranger', () => { for (const open of waiting.reverse()) open(1); });
        return waiting.length;
    };
    globalThis.report = () => `${finished.length} ${checks} ${log.join('; ')}`;
";

#[test]
fn three_interleaved_flows_keep_their_contexts() {
    let (mut isolate, realm) = support::isolate(vec![]);
    isolate.scope(&realm, |scope| {
        support::install_ops(scope);
        scope.eval("flows.js", FLOWS).expect("starts");
        scope.run_jobs();
    });
    loop {
        let opened = isolate.scope(&realm, |scope| {
            let opened = scope.eval("knock.js", "knock()").expect("runs").as_f64();
            scope.run_jobs();
            opened
        });
        if opened == Some(0.0) {
            break;
        }
    }
    let report = isolate.scope(&realm, |scope| {
        let report = scope.eval("report.js", "report()").expect("runs");
        support::text(scope, report)
    });
    assert_eq!(report, "3 136 ", "finished flows, checks, and what was wrong");
}

#[test]
fn async_ops_settle_in_the_context_of_their_caller() {
    use std::cell::RefCell;
    use std::rc::Rc;
    let waiting: Rc<RefCell<Vec<futures_channel::Sender>>> = Rc::default();
    let list = Rc::clone(&waiting);
    let op = Op::future("wait", move |id: f64| {
        let (sender, receiver) = futures_channel::channel();
        list.borrow_mut().push(sender);
        async move {
            receiver.await;
            Ok(id * 2.0)
        }
    });
    let now = Op::future("now", |id: f64| async move { Ok(id) });
    let mut isolate =
        Isolate::new(&IsolateOptions { stress: true, ..Default::default() }, vec![op, now])
            .expect("starts");
    let pending: Rc<RefCell<Vec<transom_engine::PendingOp>>> = Rc::default();
    let spawned = Rc::clone(&pending);
    isolate.set_spawner(Rc::new(move |work| spawned.borrow_mut().push(work)));
    let realm = isolate.new_realm().expect("memory");
    isolate.scope(&realm, |scope| {
        support::install_ops(scope);
        let source = "globalThis.out = []; for (const id of [1, 2, 3]) {
            ops.context_set({ id });
            (async () => { await ops.now(id); const v = await ops.wait(id); out.push(v, ops.context_get().id); })();
        }";
        scope.eval("wait.js", source).expect("runs");
        scope.run_jobs();
    });
    assert_eq!(pending.borrow().len(), 3, "what is ready at once needs no event loop");
    for sender in waiting.borrow_mut().drain(..).rev() {
        sender.send();
    }
    for mut work in pending.borrow_mut().drain(..).rev() {
        let context = &mut std::task::Context::from_waker(std::task::Waker::noop());
        let std::task::Poll::Ready(settlement) = work.as_mut().poll(context) else {
            panic!("was woken")
        };
        isolate.settle(settlement);
        isolate.scope(&realm, |scope| scope.run_jobs());
    }
    let out = isolate.scope(&realm, |scope| {
        let out = scope.eval("out.js", "out.join()").expect("runs");
        support::text(scope, out)
    });
    assert_eq!(out, "6,3,4,2,2,1");
}

/// A one-shot signal without a runtime.
mod futures_channel {
    use std::cell::Cell;
    use std::rc::Rc;

    pub struct Sender(Rc<Cell<bool>>);

    pub fn channel() -> (Sender, impl std::future::Future<Output = ()>) {
        let flag = Rc::new(Cell::new(false));
        let seen = Rc::clone(&flag);
        let future = std::future::poll_fn(move |_| {
            if seen.get() { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
        });
        (Sender(flag), future)
    }

    impl Sender {
        pub fn send(self) {
            self.0.set(true);
        }
    }
}
