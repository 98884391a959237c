//! Compiled code to bytes and back. The engine's format is its own: bytes are only ever given back to the build of
//! the engine that made them (see [`build_id`]).

use std::ffi::{CStr, c_void};
use std::ptr::null;

use mozjs::context::JSContext;
use mozjs::glue::SetBuildId;
use mozjs::jsapi::js::frontend::InitialStencilAndDelazifications;
use mozjs::jsapi::mozilla::{Range, RangedPtr};
use mozjs::jsapi::{
    BuildIdCharVector, ConstUTF8CharsZ, Handle as RawHandle, JS_GetImplementationVersion,
    JSContext as RawContext, JSObject, ReadOnlyDecodeOptions, SetProcessBuildIdOp, TranscodeResult,
    already_AddRefed,
};
use mozjs::rust::wrappers2::{DecodeStencil, JS_ClearPendingException};
use mozjs::rust::{HandleObject, Stencil};

use super::process::is_debug_engine;

/// `JS::TranscodeBuffer`, a `mozilla::Vector<uint8_t>`, which the bindings leave out.
#[repr(C)]
struct TranscodeBuffer {
    begin: *mut u8,
    length: usize,
    capacity: usize,
    /// What the debug engine's vectors have besides: the reserved length, and whether they are being entered.
    debug: [usize; 2],
}

/// An empty vector without inline room begins at the size of its element.
const NOWHERE: *mut u8 = std::ptr::without_provenance_mut(1);

impl TranscodeBuffer {
    const EMPTY: Self = Self { begin: NOWHERE, length: 0, capacity: 0, debug: [0; 2] };
}

impl Drop for TranscodeBuffer {
    fn drop(&mut self) {
        if self.begin != NOWHERE {
            // SAFETY: `mozilla::MallocAllocPolicy` takes memory from `malloc`.
            unsafe { free(self.begin.cast()) };
        }
    }
}

unsafe extern "C" {
    fn free(memory: *mut c_void);

    #[link_name = "_ZN2JS13EncodeStencilEP9JSContextPN2js8frontend32InitialStencilAndDelazificationsERN7mozilla6VectorIhLm0ENS6_17MallocAllocPolicyEEE"]
    fn encode_stencil(
        cx: *mut RawContext,
        stencil: *mut InitialStencilAndDelazifications,
        buffer: *mut TranscodeBuffer,
    ) -> TranscodeResult;

    #[link_name = "_ZN2JS30StartCollectingDelazificationsEP9JSContextNS_6HandleIP8JSObjectEEPN2js8frontend32InitialStencilAndDelazificationsERNS_28CollectDelazificationsResultE"]
    fn start_collecting(
        cx: *mut RawContext,
        module: RawHandle<*mut JSObject>,
        stencil: *mut InitialStencilAndDelazifications,
        result: *mut u32,
    ) -> bool;

    #[link_name = "_ZN2JS31FinishCollectingDelazificationsEP9JSContextNS_6HandleIP8JSObjectEEPPN2js8frontend32InitialStencilAndDelazificationsE"]
    fn finish_collecting(
        cx: *mut RawContext,
        module: RawHandle<*mut JSObject>,
        stencil: *mut *mut InitialStencilAndDelazifications,
    ) -> bool;
}

/// Lets the engine stamp what it encodes. Once per process, before any context.
pub(super) fn install_build_id() {
    // SAFETY: registers a static function.
    unsafe { SetProcessBuildIdOp(Some(write_build_id)) };
}

/// What distinguishes builds of the engine whose encoded code is not interchangeable.
pub(crate) fn build_id() -> String {
    // SAFETY: the engine returns a static NUL-terminated string.
    let version = unsafe { CStr::from_ptr(JS_GetImplementationVersion()) };
    let kind = if is_debug_engine() { "debug" } else { "release" };
    format!("transom {} {} {kind}", env!("CARGO_PKG_VERSION"), version.to_string_lossy())
}

unsafe extern "C" fn write_build_id(id: *mut BuildIdCharVector) -> bool {
    let text = build_id();
    // SAFETY: the engine's vector is live; the text is copied.
    unsafe { SetBuildId(id, text.as_ptr().cast(), text.len()) }
}

/// The bytes of a stencil; `None` when the engine cannot encode it.
pub(super) fn encode(cx: &mut JSContext, stencil: &Stencil) -> Option<Vec<u8>> {
    let mut buffer = TranscodeBuffer::EMPTY;
    // SAFETY: the stencil is live; the buffer has the layout of the engine's own and outlives the call.
    let result = unsafe { encode_stencil(cx.raw_cx(), **stencil, &raw mut buffer) };
    if result != TranscodeResult::Ok {
        // SAFETY: drops an exception of the live context, if one is pending.
        unsafe { JS_ClearPendingException(cx) };
        return None;
    }
    // SAFETY: the engine has filled the buffer up to its length.
    Some(unsafe { std::slice::from_raw_parts(buffer.begin, buffer.length) }.to_vec())
}

/// The stencil of bytes that [`encode`] made; `None` when they are of another engine. The stencil refers to the bytes.
pub(super) fn decode(cx: &mut JSContext, bytes: &'static [u8]) -> Option<Stencil> {
    let options = ReadOnlyDecodeOptions {
        borrowBuffer: true,
        usePinnedBytecode: true,
        introducerFilename_: ConstUTF8CharsZ { data_: null() },
        introductionType: null(),
        introductionLineno: 0,
        introductionOffset: 0,
    };
    let ends = bytes.as_ptr_range();
    let pointer = |at: *const u8| RangedPtr {
        _phantom_0: std::marker::PhantomData,
        mPtr: at.cast_mut(),
        #[cfg(feature = "debug-engine")]
        mRangeStart: ends.start.cast_mut(),
        #[cfg(feature = "debug-engine")]
        mRangeEnd: ends.end.cast_mut(),
    };
    let range = Range {
        _phantom_0: std::marker::PhantomData,
        mStart: pointer(ends.start),
        mEnd: pointer(ends.end),
    };
    let mut stencil = std::ptr::null_mut();
    // SAFETY: the bytes live as long as the process, are aligned (see `CodeCache`) and came out of `encode` of the same
    // engine: their checksum was compared, and the engine compares its build id.
    let result =
        unsafe { DecodeStencil(cx, &raw const options, &raw const range, &raw mut stencil) };
    if result != TranscodeResult::Ok {
        // SAFETY: drops an exception of the live context, if one is pending.
        unsafe { JS_ClearPendingException(cx) };
        return None;
    }
    Some(owned(stencil))
}

/// From now on the engine notes which functions of `module` it compiles.
pub(super) fn collect_functions(cx: &mut JSContext, module: HandleObject<'_>, stencil: &Stencil) {
    let mut result = 0;
    // SAFETY: the module is rooted and was made from the live stencil.
    unsafe { start_collecting(cx.raw_cx(), module.into(), **stencil, &raw mut result) };
}

/// The stencil of `module` with the functions that were compiled since [`collect_functions`].
pub(super) fn collected(cx: &mut JSContext, module: HandleObject<'_>) -> Option<Stencil> {
    let mut stencil = std::ptr::null_mut();
    // SAFETY: the module is rooted.
    let done = unsafe { finish_collecting(cx.raw_cx(), module.into(), &raw mut stencil) };
    (done && !stencil.is_null()).then(|| owned(stencil))
}

/// Takes over the reference that the engine has given.
fn owned(stencil: *mut InitialStencilAndDelazifications) -> Stencil {
    let reference = already_AddRefed { mRawPtr: stencil, _phantom_0: std::marker::PhantomData };
    // SAFETY: the caller owns one reference to the live stencil.
    unsafe { Stencil::from_raw(reference) }
}
