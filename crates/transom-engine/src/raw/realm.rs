//! Realms: a global object with its modules. Dropping the handle lets the collector take all of it.

use std::cell::RefCell;
use std::rc::{Rc, Weak};

use mozjs::context::JSContext;
use mozjs::glue::JS_GetReservedSlot;
use mozjs::jsapi::{
    JS_GlobalObjectTraceHook, JS_SetReservedSlot, JSCLASS_RESERVED_SLOTS_SHIFT, JSClass,
    JSClassOps, JSObject, OnNewGlobalHookOption,
};
use mozjs::jsval::{Int32Value, JSVal, ObjectValue, UndefinedValue};
use mozjs::realm::AutoRealm;
use mozjs::rooted;
use mozjs::rust::RealmOptions;
use mozjs::rust::wrappers2::{InitRealmStandardClasses, JS_NewGlobalObject, JS_NewPlainObject};
use mozjs::{JSCLASS_GLOBAL_SLOT_COUNT, JSCLASS_IS_GLOBAL, JSCLASS_RESERVED_SLOTS_MASK};

use super::isolate::State;
use super::lazy_globals::{self, LazyGlobals};
use super::module_map::ModuleMap;
use super::roots::Persistent;

/// The first of the slots that the engine leaves to the embedder; ours holds the realm's number.
const NUMBER_SLOT: u32 = 0;

static GLOBAL_OPS: JSClassOps = JSClassOps {
    addProperty: None,
    delProperty: None,
    enumerate: Some(lazy_globals::enumerate),
    newEnumerate: None,
    resolve: Some(lazy_globals::resolve),
    mayResolve: Some(lazy_globals::may_resolve),
    finalize: None,
    call: None,
    construct: None,
    trace: Some(JS_GlobalObjectTraceHook),
};

static GLOBAL_CLASS: JSClass = JSClass {
    name: c"globalThis".as_ptr(),
    flags: JSCLASS_IS_GLOBAL
        | ((JSCLASS_GLOBAL_SLOT_COUNT & JSCLASS_RESERVED_SLOTS_MASK)
            << JSCLASS_RESERVED_SLOTS_SHIFT),
    cOps: &raw const GLOBAL_OPS,
    spec: std::ptr::null(),
    ext: std::ptr::null(),
    oOps: std::ptr::null(),
};

/// What an isolate knows of one realm.
pub(super) struct RealmState {
    pub(super) global: Persistent,
    /// Stands for "no async context", so that every reaction can store one.
    pub(super) root_context: Persistent,
    pub(super) modules: ModuleMap,
    /// Makes exception objects: `(class, message, code, cause) => Error`.
    pub(super) error_factory: RefCell<Option<Persistent>>,
    pub(super) lazy_globals: RefCell<Option<LazyGlobals>>,
    handle: RefCell<Weak<RealmHandle>>,
}

impl RealmState {
    /// The handle that others hold, if any still do.
    pub(super) fn handle(&self) -> Option<Realm> {
        self.handle.borrow().upgrade().map(Realm)
    }
}

/// A realm. The isolate forgets it when the last clone of the handle is dropped.
#[derive(Clone)]
pub struct Realm(Rc<RealmHandle>);

struct RealmHandle {
    number: u32,
    state: Weak<State>,
}

impl Drop for RealmHandle {
    fn drop(&mut self) {
        if let Some(state) = self.state.upgrade() {
            let gone = state.realms.borrow_mut().remove(&self.number);
            drop(gone); // After the borrow: the modules and handles in it release their roots.
        }
    }
}

impl Realm {
    pub(super) fn new(number: u32, state: &Rc<State>, realm: &RealmState) -> Self {
        let handle = Rc::new(RealmHandle { number, state: Rc::downgrade(state) });
        *realm.handle.borrow_mut() = Rc::downgrade(&handle);
        Self(handle)
    }

    /// Identifies the realm in its isolate; never used twice.
    pub fn number(&self) -> u32 {
        self.0.number
    }
}

/// The number of the realm whose global this is; 0 when it is none of ours.
pub(super) fn realm_number(global: *mut JSObject) -> u32 {
    let mut value: JSVal = UndefinedValue();
    // SAFETY: every global is made by `create` and has the slot.
    unsafe { JS_GetReservedSlot(global, NUMBER_SLOT, &mut value) };
    if value.is_int32() { value.to_int32() as u32 } else { 0 }
}

/// A new global object with the standard classes, which counts as realm `number`; `None` when the engine is out of
/// memory. The caller roots it at once.
pub(super) fn new_global(
    cx: &mut JSContext,
    number: u32,
    configure: impl FnOnce(&mut mozjs::jsapi::RealmOptions),
) -> Option<*mut JSObject> {
    let mut options = RealmOptions::default();
    // Nobody shares memory with another thread here, but packages ask for the class.
    options.creationOptions_.sharedMemoryAndAtomics_ = true;
    configure(&mut options);
    // SAFETY: class and options outlive the call; no principals.
    let global = unsafe {
        JS_NewGlobalObject(
            cx,
            &GLOBAL_CLASS,
            std::ptr::null_mut(),
            OnNewGlobalHookOption::FireOnNewGlobalHook,
            &raw const *options,
        )
    };
    if global.is_null() {
        return None;
    }
    rooted!(&in(cx) let global = global);
    // SAFETY: the slot exists in the class; the value is no garbage-collected thing.
    unsafe { JS_SetReservedSlot(global.get(), NUMBER_SLOT, &Int32Value(number as i32)) };
    let mut realm = AutoRealm::new_from_handle(cx, global.handle());
    // SAFETY: the new realm is entered.
    let done = unsafe { InitRealmStandardClasses(&mut realm) };
    done.then(|| global.get())
}

/// Makes a global with the standard classes; `None` when the engine is out of memory.
pub(super) fn create(cx: &mut JSContext, state: &State, number: u32) -> Option<RealmState> {
    let global = new_global(cx, number, |_| {})?;
    rooted!(&in(cx) let global = global);
    let mut realm = AutoRealm::new_from_handle(cx, global.handle());
    // SAFETY: the new realm is entered.
    let root = unsafe { JS_NewPlainObject(&mut realm) };
    if root.is_null() {
        return None;
    }
    let slab = &state.roots.slab;
    Some(RealmState {
        global: Persistent::new(slab, ObjectValue(global.get())),
        root_context: Persistent::new(slab, ObjectValue(root)),
        modules: ModuleMap::default(),
        error_factory: RefCell::new(None),
        lazy_globals: RefCell::new(None),
        handle: RefCell::default(),
    })
}
