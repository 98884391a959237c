//! Code that isolates of several threads share.
//!
//! Not for the debug engine, which wants to see compiled code end with the context that compiled it.
#![cfg(not(feature = "debug-engine"))]

#[allow(dead_code, reason = "each test file uses a part of it")]
mod support;

use std::rc::Rc;
use std::sync::{Arc, Barrier};
use std::thread;

use support::Memory;
use transom_engine::{Isolate, IsolateOptions, SharedCode};

/// Sources are compressed a few collections after their first use, by threads of the engine; the process ends when one
/// of them finds a source that is compressed already. Two isolates that use the same code for the first time at the
/// same moment must not both ask for it.
#[test]
fn a_source_that_isolates_share_is_compressed_once() {
    const ISOLATES: usize = 2;
    const MODULES: usize = 300;
    // Shorter texts are not compressed.
    let padding = "x".repeat(1000);
    let code = |number| {
        let text = format!("export const padding = '{padding}', number = {number};");
        let name = format!("module {number}");
        (name.clone(), Arc::new(SharedCode::new(name, text)))
    };
    let shared: Vec<_> = (0..MODULES).map(code).collect();
    let together = Barrier::new(ISOLATES);
    thread::scope(|threads| {
        for _ in 0..ISOLATES {
            threads.spawn(|| {
                let mut isolate = Isolate::new(&IsolateOptions::default(), vec![]).expect("starts");
                let realm = isolate.new_realm().expect("memory");
                let loader = Rc::new(Memory::of(shared.clone()));
                isolate.scope(&realm, |scope| {
                    scope.set_module_loader(loader);
                    for (name, _) in &shared {
                        together.wait();
                        scope.import(name).map(|_| ()).expect("loads");
                        scope.run_jobs();
                    }
                });
                for _ in 0..10 {
                    isolate.collect_garbage();
                }
            });
        }
    });
}
