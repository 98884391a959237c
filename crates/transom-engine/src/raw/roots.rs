//! Where values are kept alive: a stack of slots for scopes, a slab for [`Persistent`] handles, and the
//! async contexts. All three hang on one traceable root at the bottom of the engine's root stack, so that
//! minor and major collections trace them exactly and no write barrier is needed.

use std::cell::{Cell, RefCell, UnsafeCell};
use std::collections::VecDeque;
use std::ptr::NonNull;
use std::rc::Rc;

use mozjs::glue::CallValueRootTracer;
use mozjs::jsapi::JSTracer;
use mozjs::jsval::{JSVal, UndefinedValue};
use mozjs::rust::Trace;

/// Slots in one allocation.
pub(super) const CHUNK: usize = 256;

type Slot = UnsafeCell<JSVal>;

/// A stack of rooted slots whose addresses never move while they are in use.
pub(super) struct SlotStack {
    #[expect(
        clippy::vec_box,
        reason = "the boxes keep the slots where they are while the list grows"
    )]
    chunks: RefCell<Vec<Box<[Slot; CHUNK]>>>,
    length: Cell<usize>,
    /// First slot of the chunk that holds the slot `length`; meaningless while `length` is a multiple of [`CHUNK`].
    current: Cell<*const Slot>,
}

impl SlotStack {
    pub(super) fn new() -> Self {
        let (chunks, length) = (RefCell::new(Vec::new()), Cell::new(0));
        Self { chunks, length, current: Cell::new(std::ptr::null()) }
    }

    pub(super) fn length(&self) -> usize {
        self.length.get()
    }

    #[inline]
    pub(super) fn push(&self, value: JSVal) -> NonNull<JSVal> {
        let index = self.length.get();
        if index.is_multiple_of(CHUNK) {
            self.current.set(self.chunk(index / CHUNK));
        }
        // SAFETY: `current` is the chunk of this index, set above or by whoever last moved `length` into the middle of a
        // chunk. Chunks are never freed before the stack. No reference to the slot's content exists: slots are only read
        // and written through raw pointers.
        let slot = unsafe {
            let slot = UnsafeCell::raw_get(self.current.get().add(index % CHUNK));
            slot.write(value);
            slot
        };
        self.length.set(index + 1);
        // SAFETY: a slot lies inside a box.
        unsafe { NonNull::new_unchecked(slot) }
    }

    /// The first slot of a chunk, which is made if it is the next one.
    #[cold]
    fn chunk(&self, number: usize) -> *const Slot {
        let mut chunks = self.chunks.borrow_mut();
        if number == chunks.len() {
            chunks.push(Box::new(std::array::from_fn(|_| UnsafeCell::new(UndefinedValue()))));
        }
        chunks[number].as_ptr()
    }

    /// Pushes values so that they lie side by side, for the engine's lists; at most [`CHUNK`] of them.
    pub(super) fn push_run(&self, values: impl ExactSizeIterator<Item = JSVal>) -> NonNull<JSVal> {
        let count = values.len();
        assert!(count <= CHUNK, "a run lies inside one chunk");
        while self.length.get() % CHUNK + count > CHUNK {
            self.push(UndefinedValue());
        }
        let first = self.push(UndefinedValue());
        self.truncate(self.length.get() - 1);
        for value in values {
            self.push(value);
        }
        first
    }

    /// Ends every slot from `mark` on.
    pub(super) fn truncate(&self, mark: usize) {
        debug_assert!(mark <= self.length.get());
        if mark / CHUNK != self.length.get() / CHUNK && !mark.is_multiple_of(CHUNK) {
            self.current.set(self.chunk(mark / CHUNK));
        }
        self.length.set(mark);
    }

    fn trace(&self, tracer: *mut JSTracer) {
        let chunks = self.chunks.borrow();
        for index in 0..self.length.get() {
            // SAFETY: the slot is initialised (below `length`) and `tracer` is the collection under way.
            unsafe { trace_value(tracer, chunks[index / CHUNK][index % CHUNK].get()) };
        }
    }
}

/// Values that outlive scopes.
pub(super) struct Slab {
    values: UnsafeCell<Vec<JSVal>>,
    free: RefCell<Vec<usize>>,
}

impl Slab {
    pub(super) fn new() -> Rc<Self> {
        Rc::new(Self { values: UnsafeCell::new(Vec::new()), free: RefCell::new(Vec::new()) })
    }

    fn insert(&self, value: JSVal) -> usize {
        // SAFETY: the vector is only touched by the four methods here, none of which calls out while it
        // holds the reference, and the slab is not `Sync`.
        let values = unsafe { &mut *self.values.get() };
        if let Some(index) = self.free.borrow_mut().pop() {
            values[index] = value;
            return index;
        }
        values.push(value);
        values.len() - 1
    }

    fn get(&self, index: usize) -> JSVal {
        // SAFETY: as in `insert`.
        unsafe { (&*self.values.get())[index] }
    }

    fn remove(&self, index: usize) {
        // SAFETY: as in `insert`.
        unsafe { (&mut *self.values.get())[index] = UndefinedValue() };
        self.free.borrow_mut().push(index);
    }

    /// Forgets every value, before the isolate ends. Handles that are still around read `undefined`.
    pub(super) fn clear(&self) {
        // SAFETY: as in `insert`.
        unsafe { (&mut *self.values.get()).fill(UndefinedValue()) };
    }

    fn trace(&self, tracer: *mut JSTracer) {
        // SAFETY: as in `insert`; tracing a value updates it in place and calls nothing back.
        let values = unsafe { &mut *self.values.get() };
        for value in values {
            // SAFETY: the element is initialised and `tracer` is the collection under way.
            unsafe { trace_value(tracer, value) };
        }
    }
}

/// A script value that is kept until the handle is dropped. Belongs to its isolate's thread.
#[derive(Debug)]
pub struct Persistent {
    slab: Rc<Slab>,
    index: usize,
}

impl Persistent {
    pub(super) fn new(slab: &Rc<Slab>, value: JSVal) -> Self {
        Self { slab: Rc::clone(slab), index: slab.insert(value) }
    }

    pub(super) fn get(&self) -> JSVal {
        self.slab.get(self.index)
    }
}

impl Clone for Persistent {
    fn clone(&self) -> Self {
        Self::new(&self.slab, self.get())
    }
}

impl Drop for Persistent {
    fn drop(&mut self) {
        self.slab.remove(self.index);
    }
}

impl std::fmt::Debug for Slab {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Slab")
    }
}

/// The async contexts: the current one, and one for each job in the engine's queue (see `jobs`).
pub(super) struct Contexts {
    current: Cell<JSVal>,
    queued: RefCell<VecDeque<JSVal>>,
}

impl Contexts {
    pub(super) fn new() -> Self {
        Self { current: Cell::new(UndefinedValue()), queued: RefCell::new(VecDeque::new()) }
    }

    pub(super) fn current(&self) -> JSVal {
        self.current.get()
    }

    pub(super) fn set_current(&self, value: JSVal) {
        self.current.set(value);
    }

    /// Extends the queue with the current context up to `count` entries.
    pub(super) fn pad(&self, count: usize) {
        let mut queued = self.queued.borrow_mut();
        while queued.len() < count {
            queued.push_back(self.current.get());
        }
    }

    pub(super) fn pop(&self) -> Option<JSVal> {
        self.queued.borrow_mut().pop_front()
    }

    fn trace(&self, tracer: *mut JSTracer) {
        // SAFETY: `Cell::as_ptr` points to an initialised value; `tracer` is the collection under way.
        unsafe { trace_value(tracer, self.current.as_ptr()) };
        for value in self.queued.borrow_mut().iter_mut() {
            // SAFETY: as above.
            unsafe { trace_value(tracer, value) };
        }
    }
}

/// Everything that [`RootSet`] traces.
pub(super) struct Roots {
    pub(super) slots: SlotStack,
    pub(super) slab: Rc<Slab>,
    pub(super) contexts: Contexts,
}

/// The traceable that stands at the bottom of the engine's root stack.
pub(super) struct RootSet(pub(super) Rc<Roots>);

// SAFETY: traces every value that the set holds; nothing else in it is a garbage-collected thing.
unsafe impl Trace for RootSet {
    unsafe fn trace(&self, tracer: *mut JSTracer) {
        self.0.slots.trace(tracer);
        self.0.slab.trace(tracer);
        self.0.contexts.trace(tracer);
    }
}

impl mozjs_sys::jsgc::Rootable for RootSet {}

/// Traces one root.
///
/// # Safety
/// `value` points to an initialised value and `tracer` belongs to a running collection.
unsafe fn trace_value(tracer: *mut JSTracer, value: *mut JSVal) {
    // SAFETY: passed on from the caller; the name is static.
    unsafe { CallValueRootTracer(tracer, value, c"transom".as_ptr()) };
}
