//! Globals that programs for Node expect, and the order in which Node runs callbacks.

use transom_testkit::Project;

/// Serves one endpoint and answers with the JSON of what `body` returns.
fn run(body: &str) -> serde_json::Value {
    let source =
        format!("export const GET = async () => Response.json(await (async () => {{{body}}})());");
    let server = Project::new(env!("CARGO_BIN_EXE_transom"))
        .file("src/pages/index.ts", source)
        .build_and_serve();
    server.get("/").json()
}

#[test]
fn they_are_there_without_an_import() {
    let found = run("
        const names = ['Buffer', 'process', 'global', 'setImmediate', 'clearImmediate', 'console', 'queueMicrotask'];
        return names.map((name) => typeof globalThis[name]);
    ");
    let expected = ["function", "object", "object", "function", "function", "object", "function"];
    assert_eq!(found, serde_json::json!(expected));
}

#[test]
fn ticks_come_before_promise_jobs_and_immediates_before_timers() {
    let found = run("
        const order = [];
        const note = (name) => () => void order.push(name);
        // What is behind the names is loaded at their first use, which takes longer than the shortest timer.
        await new Promise((resolve) => setImmediate(resolve));
        await new Promise((resolve) => {
          setTimeout(() => { order.push('timeout'); resolve(); }, 20);
          setImmediate(() => {
            order.push('immediate');
            Promise.resolve().then(note('job of the immediate'));
            process.nextTick(note('tick of the immediate'));
          });
          setImmediate(note('second immediate'));
        });
        // From here on in a promise job: ticks wait until no job is left.
        await new Promise((resolve) => setTimeout(() => {
          Promise.resolve().then(() => { order.push('job'); process.nextTick(note('tick of the job')); }).then(note('second job'));
          process.nextTick(() => { order.push('tick'); process.nextTick(note('second tick')); });
          setTimeout(resolve, 2);
        }, 0));
        return order;
    ");
    let expected = [
        "immediate",
        "tick of the immediate",
        "job of the immediate",
        "second immediate",
        "timeout",
        "tick",
        "second tick",
        "job",
        "second job",
        "tick of the job",
    ];
    assert_eq!(found, serde_json::json!(expected));
}

#[test]
fn a_tick_runs_in_the_context_in_which_it_was_asked_for() {
    let found = run("
        const { AsyncLocalStorage } = await import('node:async_hooks');
        const storage = new AsyncLocalStorage();
        return await new Promise((resolve) => {
          storage.run('inside', () => process.nextTick(() => resolve([storage.getStore()])));
          storage.run('other', () => process.nextTick(() => {}));
        });
    ");
    assert_eq!(found, serde_json::json!(["inside"]));
}

#[test]
fn exceptions_that_nobody_catches_reach_the_process() {
    let found = run("
        const seen = [];
        process.on('uncaughtException', (error, origin) => seen.push(error.message, origin));
        process.on('unhandledRejection', (reason) => seen.push(reason.message));
        setTimeout(() => { throw new Error('timer'); }, 0);
        process.nextTick(() => { throw new Error('tick'); });
        Promise.reject(new Error('rejection'));
        await new Promise((resolve) => setTimeout(resolve, 20));
        return seen;
    ");
    let expected = ["tick", "uncaughtException", "rejection", "timer", "uncaughtException"];
    assert_eq!(found, serde_json::json!(expected));
}

#[test]
fn what_would_stop_the_server_says_what_to_do_instead() {
    let found = run("
        const cases = [() => process.exit(1), () => process.chdir('/'), () => process.kill(process.pid)];
        const spawn = (await import('node:child_process')).spawn;
        const { Worker } = await import('node:worker_threads');
        cases.push(() => spawn('ls'), () => new Worker('x.js'));
        return cases.map((call) => { try { call(); return 'nothing'; } catch (error) { return `${error.code}: ${error.message}`; } });
    ");
    for message in found.as_array().expect("a list") {
        let message = message.as_str().expect("a text");
        assert!(message.starts_with("ERR_NOT_SUPPORTED: "), "{message}");
        assert!(message.contains(" is not available in transom: "), "{message}");
    }
}

#[test]
fn packages_see_where_they_were_called_from() {
    let found = run("
        function sites() {
          const before = Error.prepareStackTrace;
          Error.prepareStackTrace = (_, sites) => sites;
          const target = {};
          Error.captureStackTrace(target, sites);
          const { stack } = target;
          const own = new Error('x').stack;
          Error.prepareStackTrace = before;
          return [stack[0].getFunctionName(), typeof stack[0].getLineNumber(), typeof stack[0].getFileName(), own[0].getFunctionName()];
        }
        function caller() { return sites(); }
        return [...caller(), typeof new Error('y').stack];
    ");
    assert_eq!(found, serde_json::json!(["caller", "number", "string", "sites", "string"]));
}
