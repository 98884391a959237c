//! ES modules: from specifier to evaluated module. The engine asks through one hook for every static and
//! dynamic import; the answer is always at hand (modules live in memory), so graphs load synchronously.

use std::cell::RefCell;
use std::collections::HashMap;
use std::ptr::NonNull;
use std::rc::Rc;
use std::sync::Arc;

use mozjs::context::JSContext;
use mozjs::glue::{JS_GetModulePrivate, JS_GetScriptPrivate};
use mozjs::jsapi::{
    ColumnNumberOneOrigin, ExceptionStackBehavior, Handle as RawHandle, JSContext as RawContext,
    JSObject, JSPROP_ENUMERATE, JSScript, SetModuleLoadHook, SetModuleMetadataHook,
    SetModulePrivate,
};
use mozjs::jsval::{Int32Value, JSVal, ObjectValue, UndefinedValue};
use mozjs::panic::{maybe_resume_unwind, wrap_panic};
use mozjs::rooted;
use mozjs::rust::Handle;
use mozjs::rust::wrappers2::{
    FinishLoadingImportedModule, FinishLoadingImportedModuleFailedWithPendingException,
    GetModuleNamespace, GetModuleRequestSpecifier, IsPromiseObject, JS_DefineProperty,
    JS_GetRuntime, JS_SetPendingException, LoadRequestedModules, ModuleEvaluate, ModuleLink,
};

use super::callbacks::{report, state_of};
use super::isolate::State;
use super::promises::PromiseState;
use super::roots::Persistent;
use super::scope::Scope;
use super::stencil::SharedCode;
use super::transcode;
use super::value::{Args, Value};
use crate::code_cache::Gathered;
use crate::error::{OpError, ScriptError};
use crate::modules::ModuleLoader;

/// The modules of one realm.
#[derive(Default)]
pub(super) struct ModuleMap {
    by_specifier: RefCell<HashMap<Rc<str>, usize>>,
    records: RefCell<Vec<Record>>,
    loader: RefCell<Option<Rc<dyn ModuleLoader>>>,
}

struct Record {
    specifier: Rc<str>,
    url: Rc<str>,
    code: Arc<SharedCode>,
    module: Persistent,
}

impl ModuleMap {
    pub(super) fn set_loader(&self, loader: Rc<dyn ModuleLoader>) {
        *self.loader.borrow_mut() = Some(loader);
    }

    fn specifier_of(&self, index: usize) -> Rc<str> {
        self.records
            .borrow()
            .get(index)
            .map_or_else(|| "".into(), |record| Rc::clone(&record.specifier))
    }
}

pub(super) fn install_hooks(cx: &JSContext) {
    // SAFETY: the context is live; both hooks are static functions.
    unsafe {
        let runtime = JS_GetRuntime(cx);
        SetModuleLoadHook(runtime, Some(load_hook));
        SetModuleMetadataHook(runtime, Some(metadata_hook));
    }
}

impl<'s> Scope<'s> {
    /// Says where this realm's modules come from.
    pub fn set_module_loader(&mut self, loader: Rc<dyn ModuleLoader>) {
        if let Some(realm) = self.realm_state() {
            realm.modules.set_loader(loader);
        }
    }

    /// Loads, links and evaluates the module and everything it imports, once per realm. Returns its
    /// namespace object and the promise of its evaluation (pending while a top-level `await` is).
    ///
    /// # Errors
    /// When a module is missing or has a syntax error, or a binding is not exported. What the module throws
    /// rejects the promise.
    pub fn import(&mut self, specifier: &str) -> Result<(Value<'s>, Value<'s>), ScriptError> {
        let imported = self.import_or_throw(specifier);
        maybe_resume_unwind();
        match imported {
            Some(imported) => Ok(imported),
            None => {
                let state = self.state();
                Err(Self::take_error(self.cx(), state))
            }
        }
    }

    /// As [`Scope::import`]; on failure the reason is pending.
    fn import_or_throw(&mut self, specifier: &str) -> Option<(Value<'s>, Value<'s>)> {
        let module = self.find_or_make(specifier, "")?;
        rooted!(&in(self.cx()) let module = module);
        let handle = module.handle();
        let promise = self.undefined();
        let state = self.state();
        // SAFETY: module and promise are rooted; the graph is loaded before it is linked, and linked before its
        // namespace is made.
        let namespace = unsafe {
            let done = load_graph(self.cx(), state, handle)
                && ModuleLink(self.cx(), handle)
                && ModuleEvaluate(self.cx(), handle, Self::handle_mut(promise));
            if !done {
                return None;
            }
            GetModuleNamespace(self.cx(), handle)
        };
        if namespace.is_null() {
            return None;
        }
        Some((self.root(ObjectValue(namespace)), promise))
    }

    /// `(specifier)`: the namespace of a module, which is evaluated now if it never was; `undefined` while it waits
    /// for a top-level `await`. Besides `script_run` the one op that runs script.
    pub(super) fn load_module(&mut self, args: Args<'s>) -> Result<Value<'s>, OpError> {
        let specifier = self.string_of(args.get(0)).unwrap_or_default();
        let Some((namespace, evaluation)) = self.import_or_throw(&specifier) else {
            return Err(self.pending_exception());
        };
        let state = self.promise_state(evaluation);
        if state == Some(PromiseState::Pending) {
            return Ok(self.undefined());
        }
        if state == Some(PromiseState::Rejected) {
            self.mark_handled(evaluation);
            let reason = self.promise_result(evaluation);
            // SAFETY: the reason is rooted.
            unsafe {
                JS_SetPendingException(
                    self.cx(),
                    Self::handle(reason),
                    ExceptionStackBehavior::Capture,
                );
            }
            return Err(self.pending_exception());
        }
        Ok(namespace)
    }

    /// The module object for an import, from the map or freshly compiled; `None` with an exception pending.
    fn find_or_make(&mut self, specifier: &str, referrer: &str) -> Option<*mut JSObject> {
        let realm = self.realm_state()?;
        let map = &realm.modules;
        let loader = map.loader.borrow().clone();
        let found = match loader {
            Some(loader) => loader.load(specifier, referrer),
            None => Err(format!("cannot import `{specifier}`: this realm has no modules")),
        };
        let source = match found {
            Ok(source) => source,
            Err(message) => {
                self.throw(&OpError::type_error(message));
                return None;
            }
        };
        if let Some(index) = map.by_specifier.borrow().get(&source.specifier) {
            return Some(map.records.borrow()[*index].module.get().to_object());
        }
        let module = source.code.instantiate(self.cx());
        if module.is_null() {
            return None;
        }
        rooted!(&in(self.cx()) let module = module);
        if self.state().keep_code
            && let Some(stencil) = source.code.stencil(self.cx())
        {
            transcode::collect_functions(self.cx(), module.handle(), stencil);
        }
        let module = module.get();
        let mut records = map.records.borrow_mut();
        let index = records.len();
        // SAFETY: the module is live; the value is no garbage-collected thing.
        unsafe { SetModulePrivate(module, &Int32Value(index as i32)) };
        let module_value = Persistent::new(&self.state().roots.slab, ObjectValue(module));
        records.push(Record {
            specifier: Rc::clone(&source.specifier),
            url: source.url,
            code: source.code,
            module: module_value,
        });
        map.by_specifier.borrow_mut().insert(source.specifier, index);
        Some(module)
    }
}

impl Scope<'_> {
    /// Adds the code of every module that the realm has loaded, and returns what was added.
    pub(super) fn gather_modules(&mut self, gathered: &mut Gathered) -> Vec<Arc<SharedCode>> {
        let Some(realm) = self.realm_state() else { return Vec::new() };
        let records = realm.modules.records.borrow();
        for record in records.iter() {
            rooted!(&in(self.cx()) let module = record.module.get().to_object());
            let stencil = transcode::collected(self.cx(), module.handle());
            if let Some(bytes) = stencil.and_then(|it| transcode::encode(self.cx(), &it)) {
                gathered.at_start(record.code.file(), record.code.text(), bytes);
            }
        }
        records.iter().map(|record| Arc::clone(&record.code)).collect()
    }
}

unsafe extern "C" fn loaded(_: *mut RawContext, _: RawHandle<JSVal>) -> bool {
    true
}

/// Remembers why a graph did not load; `load_graph` throws it.
unsafe extern "C" fn load_failed(
    cx: *mut RawContext,
    _: RawHandle<JSVal>,
    error: RawHandle<JSVal>,
) -> bool {
    // SAFETY: `cx` is a live isolate context.
    let state = unsafe { state_of(cx) };
    *state.load_error.borrow_mut() = Some(Persistent::new(&state.roots.slab, error.get()));
    true
}

/// Loads everything that `module` imports. On failure the reason is pending.
fn load_graph(cx: &mut JSContext, state: &State, module: Handle<'_, *mut JSObject>) -> bool {
    rooted!(&in(cx) let none = UndefinedValue());
    // SAFETY: the module is rooted, the callbacks are static. Loading is synchronous, see `load_hook`.
    let done =
        unsafe { LoadRequestedModules(cx, module, none.handle(), Some(loaded), Some(load_failed)) };
    let Some(error) = state.load_error.borrow_mut().take() else { return done };
    rooted!(&in(cx) let error = error.get());
    // SAFETY: the error is rooted.
    unsafe { JS_SetPendingException(cx, error.handle(), ExceptionStackBehavior::Capture) };
    false
}

unsafe extern "C" fn load_hook(
    cx: *mut RawContext,
    referrer: RawHandle<*mut JSScript>,
    request: RawHandle<*mut JSObject>,
    _host_defined: RawHandle<JSVal>,
    payload: RawHandle<JSVal>,
    _line: u32,
    _column: ColumnNumberOneOrigin,
) -> bool {
    let mut done = false;
    wrap_panic(&mut || {
        // SAFETY: `cx` is a live isolate context, and its only one during the hook.
        let (state, mut context) =
            unsafe { (state_of(cx), JSContext::from_ptr(NonNull::new_unchecked(cx))) };
        // SAFETY: the handles are the engine's, rooted for the time of the call.
        let (referrer, request, payload) = unsafe {
            (Handle::from_raw(referrer), Handle::from_raw(request), Handle::from_raw(payload))
        };
        // SAFETY: as above; the scope ends before `context` is used again.
        let copy = unsafe { JSContext::from_ptr(NonNull::new_unchecked(context.raw_cx())) };
        let module = {
            let mut scope = Scope::nested(copy, state);
            let from = referrer_of(&mut scope, referrer.get());
            // SAFETY: the request is live.
            let specifier = unsafe { GetModuleRequestSpecifier(scope.cx(), request) };
            // SAFETY: the engine returns a live string.
            let specifier = scope.root(mozjs::jsval::StringValue(unsafe { &*specifier }));
            let specifier = scope.string_of(specifier).unwrap_or_default();
            scope.find_or_make(&specifier, &from)
        };
        rooted!(&in(context) let mut module = module.unwrap_or(std::ptr::null_mut()));
        rooted!(&in(context) let promise = payload.get().to_object());
        // A static import's graph is loaded by the engine; for a dynamic one the host does it.
        // SAFETY: the payload is rooted.
        let is_dynamic = unsafe { IsPromiseObject(promise.handle()) };
        let complete = module.get().is_null()
            || !is_dynamic
            || load_graph(&mut context, state, module.handle());
        if !complete {
            module.set(std::ptr::null_mut());
        }
        // SAFETY: everything is rooted; a failure leaves its exception pending, as the function demands.
        done = unsafe {
            if module.get().is_null() {
                FinishLoadingImportedModuleFailedWithPendingException(&mut context, payload)
            } else {
                FinishLoadingImportedModule(
                    &mut context,
                    referrer,
                    request,
                    payload,
                    module.handle(),
                    false,
                )
            }
        };
    });
    done
}

/// Specifier of the module whose script `referrer` is; empty for the embedder.
fn referrer_of(scope: &mut Scope<'_>, referrer: *mut JSScript) -> Rc<str> {
    let mut private = UndefinedValue();
    if !referrer.is_null() {
        // SAFETY: a live script.
        unsafe { JS_GetScriptPrivate(referrer, handle_to(&mut private)) };
    }
    match scope.realm_state() {
        Some(realm) if private.is_int32() => {
            realm.modules.specifier_of(private.to_int32() as usize)
        }
        _ => "".into(),
    }
}

/// A handle for an out-parameter that only ever holds integers, so that it need not be rooted.
fn handle_to(value: &mut JSVal) -> mozjs::jsapi::MutableHandle<JSVal> {
    // SAFETY: the location is live for the call it is made for.
    unsafe { mozjs::jsapi::MutableHandle::from_marked_location(value) }
}

unsafe extern "C" fn metadata_hook(
    cx: *mut RawContext,
    module: RawHandle<*mut JSObject>,
    meta: RawHandle<*mut JSObject>,
) -> bool {
    let mut done = false;
    wrap_panic(&mut || {
        let mut private = UndefinedValue();
        // SAFETY: a live module.
        unsafe { JS_GetModulePrivate(module.get(), handle_to(&mut private)) };
        // SAFETY: `cx` is a live isolate context, and its only one during the hook.
        let (state, context) =
            unsafe { (state_of(cx), JSContext::from_ptr(NonNull::new_unchecked(cx))) };
        let mut scope = Scope::nested(context, state);
        let url = scope.realm_state().and_then(|realm| {
            let records = realm.modules.records.borrow();
            let record = records.get(private.is_int32().then(|| private.to_int32() as usize)?)?;
            Some(Rc::clone(&record.url))
        });
        let Some(url) = url else {
            report(scope.cx(), "import.meta of a module that was not imported");
            return;
        };
        if let Ok(value) = scope.string(&url) {
            // SAFETY: the engine's handle, rooted for the time of the call.
            let meta = unsafe { Handle::from_raw(meta) };
            let value = Scope::handle(value);
            // SAFETY: object and value are rooted, the name is NUL-terminated.
            done = unsafe {
                JS_DefineProperty(
                    scope.cx(),
                    meta,
                    c"url".as_ptr(),
                    value,
                    u32::from(JSPROP_ENUMERATE),
                )
            };
        }
    });
    done
}
