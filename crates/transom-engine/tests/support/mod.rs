//! What the engine tests share: an isolate under stress, and modules from a table.

use std::rc::Rc;
use std::sync::Arc;

use transom_engine::{
    Isolate, IsolateOptions, ModuleLoader, ModuleSource, Op, Realm, Scope, SharedCode, Value,
};

/// An isolate that collects before every entry, and, on the debug engine, at every allocation.
pub fn isolate(ops: Vec<Op>) -> (Isolate, Realm) {
    if cfg!(feature = "debug-engine") {
        assert!(
            transom_engine::is_debug_engine(),
            "the release engine was linked: check MOZJS_ARCHIVE"
        );
    }
    let options = IsolateOptions { stress: true, ..IsolateOptions::default() };
    let mut isolate = Isolate::new(&options, ops).expect("starts");
    isolate.collect_at_every_allocation();
    let realm = isolate.new_realm().expect("memory");
    (isolate, realm)
}

/// The text of a string value.
pub fn text<'s>(scope: &mut Scope<'s>, value: Value<'s>) -> String {
    scope.string_of(value).expect("is a string")
}

/// Makes `ops` a global, with an error factory.
pub fn install_ops(scope: &mut Scope<'_>) {
    let ops = scope.ops_object().expect("memory");
    let global = scope.global();
    scope.set(global, c"ops", ops).expect("is extensible");
    let factory = "ops.error_factory_set((name, message, code, cause) => {
        const error = new (globalThis[name] ?? Error)(message, cause ? { cause } : undefined);
        if (code) error.code = code;
        return error;
    })";
    scope.eval("factory.js", factory).expect("runs");
}

/// Modules from a table of specifier and text.
pub struct Memory(Vec<(String, Arc<SharedCode>)>);

impl Memory {
    /// A loader for these modules.
    pub fn new(modules: &[(&'static str, &'static str)]) -> Rc<Self> {
        let shared = |(name, text): &(&'static str, &'static str)| {
            ((*name).to_owned(), Arc::new(SharedCode::new(*name, *text)))
        };
        Rc::new(Self::of(modules.iter().map(shared).collect()))
    }

    /// A loader for code that others may use too.
    pub fn of(modules: Vec<(String, Arc<SharedCode>)>) -> Self {
        Self(modules)
    }
}

impl ModuleLoader for Memory {
    fn load(&self, specifier: &str, referrer: &str) -> Result<ModuleSource, String> {
        match self.0.iter().find(|(name, _)| *name == specifier) {
            Some((name, code)) => Ok(ModuleSource {
                specifier: name.as_str().into(),
                url: format!("memory:{name}").into(),
                code: Arc::clone(code),
            }),
            None => Err(format!("cannot find module `{specifier}` imported by `{referrer}`")),
        }
    }
}
