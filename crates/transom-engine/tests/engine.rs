//! What the layers above rely on, with a collection before every entry: values, calls, ops, errors, realms.

#[allow(dead_code, reason = "each test file uses a part of it")]
mod support;

use support::{Memory, isolate, text};
use transom_engine::{
    ByteBuffer, Bytes, Isolate, IsolateOptions, Op, OpError, ScriptError, StopReason, Watchdog,
};

#[test]
fn scripts_give_values_and_throw_described_exceptions() {
    let (mut isolate, realm) = isolate(vec![]);
    isolate.scope(&realm, |scope| {
        let value = scope.eval("sum.js", "[1, 2, 3].reduce((a, b) => a + b)").expect("runs");
        assert_eq!(value.as_f64(), Some(6.0));
        let error =
            scope.eval("boom.js", "\n  throw new TypeError('no luck')").expect_err("throws");
        let exception = error.exception().expect("is an exception");
        assert_eq!(exception.to_string(), "TypeError: no luck");
        assert!(exception.stack.contains("boom.js:2:9"), "stack: {}", exception.stack);
        let error = scope.eval("bad.js", "let x = ;").expect_err("is no program");
        let exception = error.exception().expect("is an exception");
        assert_eq!(exception.position, Some(("bad.js".to_owned(), 1, 9)));
        let error = scope.eval("odd.js", "throw 42").expect_err("throws");
        assert_eq!(error.to_string(), "Uncaught 42");
    });
}

#[test]
fn strings_cross_in_every_width() {
    let echo = Op::new("echo", |text: String| text);
    let (mut isolate, realm) = isolate(vec![echo]);
    for sample in
        ["", "plain", "grüße", "snow ☃ and \u{1F600}", &"long ".repeat(4000), &"ü☃".repeat(3000)]
    {
        let back = isolate.scope(&realm, |scope| {
            let ops = scope.ops_object().expect("memory");
            let echo = scope.get(ops, c"echo").expect("is there");
            let argument = scope.string(sample).expect("memory");
            let back = scope.call(echo, &[argument]).expect("echoes");
            text(scope, back)
        });
        assert_eq!(back, sample);
    }
}

#[test]
fn ops_convert_and_fail_with_the_class_they_name() {
    let ops = vec![
        Op::new("add", |a: f64, b: Option<f64>| a + b.unwrap_or(100.0)),
        Op::new("reverse", |bytes: Bytes| {
            Bytes::from(bytes.iter().rev().copied().collect::<Vec<_>>())
        }),
        Op::new("big", |size: u32| Bytes::from(vec![7u8; size as usize])),
        Op::new("pair", |list: Vec<String>| (list.len() as u32, list.join("+"), true)),
        Op::new("fail", || -> Result<(), OpError> { Err(OpError::range_error("too far")) }),
    ];
    let (mut isolate, realm) = isolate(ops);
    let source = "JSON.stringify([ops.add(1, 2), ops.add(1), [...ops.reverse(new Uint8Array([1, 2, 3]))], \
        ops.big(100000).length, ops.big(100000)[99999], ops.pair(['a', 'b']), \
        [...ops.reverse(new Uint8Array([1, 2, 3, 4]).subarray(1, 3))]])";
    isolate.scope(&realm, |scope| {
        support::install_ops(scope);
        let value = scope.eval("ops.js", source).expect("runs");
        assert_eq!(text(scope, value), r#"[3,101,[3,2,1],100000,7,[2,"a+b",true],[3,2]]"#);
        let error = scope.eval("fail.js", "ops.fail()").expect_err("fails");
        assert_eq!(error.exception().expect("thrown").to_string(), "RangeError: too far");
        let error = scope.eval("type.js", "ops.add('x')").expect_err("fails");
        assert_eq!(
            error.exception().expect("thrown").to_string(),
            "TypeError: expected a number, got a string"
        );
    });
}

#[test]
fn arrays_of_every_length_keep_their_elements() {
    let count = Op::new("count", |to: u32| -> Vec<String> {
        (0..to).map(|number| format!("no. {number}")).collect()
    });
    let (mut isolate, realm) = isolate(vec![count]);
    let source = "for (const to of [0, 1, 5, 200, 256, 257, 300, 700]) {
        const list = ops.count(to);
        if (!Array.isArray(list) || list.length !== to) throw new Error(`length ${list.length} of ${to}`);
        list.forEach((text, i) => { if (text !== `no. ${i}`) throw new Error(`${text} at ${i} of ${to}`); });
    } 'same'";
    isolate.scope(&realm, |scope| {
        support::install_ops(scope);
        let value = scope.eval("arrays.js", source).expect("runs");
        assert_eq!(text(scope, value), "same");
    });
}

#[test]
fn a_byte_buffer_takes_whole_buffers_and_copies_parts() {
    let sum = Op::new("sum", |bytes: ByteBuffer| {
        bytes.as_slice().iter().map(|byte| f64::from(*byte)).sum::<f64>()
    });
    let back = Op::new("back", |bytes: ByteBuffer| bytes);
    let (mut isolate, realm) = isolate(vec![sum, back]);
    let source = "const small = new Uint8Array([1, 2, 3]), large = new Uint8Array(100000).fill(2);
        const part = large.subarray(10, 20), of = new Uint8Array(new ArrayBuffer(8), 0, 4).fill(1);
        const sums = [ops.sum(part), ops.sum(of), large.length, of.length];
        const again = ops.back(large);
        JSON.stringify([...sums, ops.sum(small), small.length, large.length, part.length, again.length,
          ops.sum(again), again.length, ops.sum(again), ops.sum(new Uint8Array(0))])";
    isolate.scope(&realm, |scope| {
        support::install_ops(scope);
        let value = scope.eval("taken.js", source).expect("runs");
        assert_eq!(text(scope, value), "[20,4,100000,4,6,0,0,0,100000,200000,0,0,0]");
        let error = scope.eval("type.js", "ops.sum('x')").expect_err("is no buffer");
        let thrown = error.exception().expect("thrown").to_string();
        assert_eq!(thrown, "TypeError: expected an ArrayBuffer or a view of one");
    });
}

#[test]
fn text_is_read_where_it_lies_or_as_a_copy() {
    let (mut isolate, realm) = isolate(vec![]);
    isolate.scope(&realm, |scope| {
        for sample in ["", "plain", "grüße", "snow ☃"] {
            let value = scope.string(sample).expect("memory");
            assert_eq!(scope.with_text(value, str::to_owned).as_deref(), Some(sample));
        }
        let lone = scope.eval("lone.js", "'a\\ud800b'").expect("runs");
        assert_eq!(scope.with_text(lone, str::to_owned).as_deref(), Some("a\u{fffd}b"));
        let number = scope.number(1.0);
        assert_eq!(scope.with_text(number, str::to_owned), None);
    });
}

#[test]
fn a_panic_in_an_op_continues_on_the_rust_side() {
    let op = Op::new("explode", || -> bool { panic!("on purpose") });
    let (mut isolate, realm) = isolate(vec![op]);
    let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        isolate.scope(&realm, |scope| {
            support::install_ops(scope);
            scope.eval("panic.js", "try { ops.explode() } catch { 'caught' }").is_ok()
        })
    }));
    assert!(outcome.is_err(), "the panic must not be catchable by script");
}

#[test]
fn modules_load_from_memory_with_meta_and_dynamic_import() {
    let memory = Memory::new(&[
        (
            "main",
            "import { two } from './dep'; export const four = two * 2; export const url = import.meta.url;\
            export const late = (await import('./late')).default;",
        ),
        ("./dep", "export const two = 2;"),
        ("./late", "export default 'late';"),
        ("broken", "export const x = ;"),
        ("missing", "import './nowhere';"),
        ("unbound", "import { three } from './dep'; export const x = three;"),
        ("throws", "throw new Error('at load');"),
    ]);
    let (mut isolate, realm) = isolate(vec![]);
    isolate.scope(&realm, |scope| {
        support::install_ops(scope);
        scope.set_module_loader(memory.clone());
        let (namespace, promise) = scope.import("main").expect("loads");
        scope.run_jobs();
        assert_eq!(scope.promise_state(promise), Some(transom_engine::PromiseState::Fulfilled));
        let late = scope.get(namespace, c"late").expect("exported");
        assert_eq!(text(scope, late), "late");
        let url = scope.get(namespace, c"url").expect("exported");
        assert_eq!(text(scope, url), "memory:main");
        let message = |error: ScriptError| error.to_string();
        let error = scope.import("broken").map(|_| ()).expect_err("has a syntax error");
        assert_eq!(error.exception().expect("thrown").position, Some(("broken".into(), 1, 18)));
        let error = scope.import("missing").map(|_| ()).expect_err("is not there");
        assert_eq!(
            message(error),
            "TypeError: cannot find module `./nowhere` imported by `missing`"
        );
        let error = scope.import("unbound").map(|_| ()).expect_err("does not export it");
        assert!(message(error).starts_with("SyntaxError"), "wrong class");
        let (_, promise) = scope.import("throws").expect("links");
        assert_eq!(scope.promise_state(promise), Some(transom_engine::PromiseState::Rejected));
        scope.mark_handled(promise);
    });
    drop(memory); // The debug engine wants to see compiled code end with the context that compiled it.
}

#[test]
fn a_thousand_realms_leave_nothing_behind() {
    let memory =
        Memory::new(&[("main", "globalThis.ballast = new Array(1000).fill(0).map(() => ({}));")]);
    // Not with a collection at every allocation, of which a realm makes thousands.
    let mut isolate = Isolate::new(&IsolateOptions::default(), vec![]).expect("starts");
    let first = isolate.new_realm().expect("memory");
    let mut sizes = Vec::new();
    let step = if cfg!(feature = "debug-engine") { 10 } else { 100 };
    for round in 0..10 * step {
        let realm = isolate.new_realm().expect("memory");
        isolate.scope(&realm, |scope| {
            scope.set_module_loader(memory.clone());
            scope.import("main").map(|_| ()).expect("loads");
            scope.run_jobs();
        });
        drop(realm);
        if round % step == step - 1 {
            isolate.collect_garbage();
            sizes.push(isolate.cell_bytes());
        }
    }
    isolate.scope(&first, |scope| {
        scope.eval("alive.js", "1").map(|_| ()).expect("the first realm lives")
    });
    let (early, late) = (sizes[1], sizes[9]);
    assert!(late < early + early / 5, "cells grew from {early} to {late} bytes: {sizes:?}");
    drop(memory); // As above.
}

#[test]
fn an_endless_loop_ends_at_the_cpu_budget_and_script_goes_on() {
    let (mut isolate, realm) = isolate(vec![]);
    // The debug engine collects at every allocation: what is no loop takes longer there.
    let budget = if cfg!(feature = "debug-engine") { 5000 } else { 50 };
    let watchdog = Watchdog::start(std::time::Duration::from_millis(budget)).expect("a thread");
    watchdog.watch(&isolate.interrupter());
    isolate.scope(&realm, |scope| {
        let error = scope
            .eval("loop.js", "try { while (true) {} } catch { 'caught' }")
            .expect_err("is stopped");
        assert!(matches!(error, ScriptError::Stopped(StopReason::CpuBudget)), "{error}");
    });
    isolate.scope(&realm, |scope| {
        let value = scope.eval("after.js", "1 + 1").expect("runs again");
        assert_eq!(value.as_f64(), Some(2.0));
        scope
            .eval("jobs.js", "globalThis.n = 0; (async () => { for (;;) { n++; await null } })();")
            .expect("starts");
        scope.run_jobs();
    });
    let failed = isolate.take_failed_jobs();
    assert_eq!(failed.len(), 1, "the endless chain of jobs was ended");
}

#[test]
fn unhandled_rejections_are_reported_once() {
    let (mut isolate, realm) = isolate(vec![]);
    isolate.scope(&realm, |scope| {
        scope
            .eval("r.js", "Promise.reject(new Error('lost')); Promise.reject(1).catch(() => {}); 0")
            .expect("runs");
        scope.run_jobs();
    });
    let lost = isolate.take_unhandled_rejections(&realm);
    assert_eq!(lost.iter().map(ToString::to_string).collect::<Vec<_>>(), ["Error: lost"]);
    assert!(isolate.take_unhandled_rejections(&realm).is_empty());
}

#[test]
fn memory_beyond_the_heap_limit_ends_the_script() {
    let options = transom_engine::IsolateOptions { heap_limit: 32 << 20, ..Default::default() };
    let mut isolate = transom_engine::Isolate::new(&options, vec![]).expect("starts");
    let realm = isolate.new_realm().expect("memory");
    let interrupter = isolate.interrupter();
    // A backstop: without the limit the loops below would end only with the machine's memory.
    let watchdog = Watchdog::start(std::time::Duration::from_secs(10)).expect("a thread");
    watchdog.watch(&interrupter);
    let (done, stopped) = std::sync::mpsc::channel::<()>();
    let asker = std::thread::spawn(move || {
        while stopped.try_recv().is_err() {
            interrupter.measure_heap();
            std::thread::yield_now();
        }
    });
    let error = isolate.scope(&realm, |scope| {
        let source = "const kept = []; for (;;) kept.push(new Uint8Array(1 << 16).fill(1));";
        scope.eval("grow.js", source).map(|_| ()).expect_err("is stopped")
    });
    done.send(()).expect("the thread waits");
    asker.join().expect("no panic");
    assert!(matches!(error, ScriptError::Stopped(StopReason::HeapLimit)), "{error}");
    let error = isolate.scope(&realm, |scope| {
        let source = "const cells = []; for (;;) cells.push({ a: {} });";
        scope.eval("cells.js", source).map(|_| ()).expect_err("runs out of memory")
    });
    let exhausted = matches!(error, ScriptError::Stopped(StopReason::HeapLimit));
    assert!(exhausted || error.to_string().contains("out of memory"), "{error}");
}
