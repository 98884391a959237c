//! Compiled code that workers share: the text is parsed once per process, every worker instantiates the
//! same stencil.

use std::borrow::Cow;
use std::ffi::CString;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};

use mozjs::context::JSContext;
use mozjs::jsapi::{InstantiateOptions, JSObject};
#[cfg(not(feature = "debug-engine"))]
use mozjs::rust::wrappers2::CompileModuleScriptToStencil as compile_module;
use mozjs::rust::wrappers2::InstantiateModuleStencil;
use mozjs::rust::{CompileOptionsWrapper, Stencil, transform_str_to_source_text};

use super::transcode;
use crate::code_cache;
use crate::declarations::{self, Form};

/// The text of one module and, after its first use, its compiled form.
pub struct SharedCode {
    file: Cow<'static, str>,
    text: Cow<'static, str>,
    form: Form,
    compiled: OnceLock<Compiled>,
    /// Whether it was ever instantiated; see [`SharedCode::instantiate`].
    used: AtomicBool,
    first_use: Mutex<()>,
}

struct Compiled(Stencil);

// SAFETY: a stencil is immutable after compilation and its reference count is atomic; the engine documents
// it as usable from any thread.
unsafe impl Send for Compiled {}
// SAFETY: as above; instantiation only reads it.
unsafe impl Sync for Compiled {}

/// The debug engine's `already_AddRefed` has a destructor, so C++ returns it by way of a pointer that comes before the
/// arguments (Itanium C++ ABI, section 3.1.3.1). The bindings return it as a number, as the release engine does.
///
/// # Safety
/// `options` and `source` are live, and the text of `source` is.
#[cfg(feature = "debug-engine")]
unsafe fn compile_module(
    cx: &mut JSContext,
    options: *const mozjs::jsapi::ReadOnlyCompileOptions,
    source: *mut mozjs::jsapi::SourceText<mozjs::jsapi::mozilla::Utf8Unit>,
) -> Compilation {
    unsafe extern "C" {
        #[link_name = "_ZN2JS28CompileModuleScriptToStencilEP9JSContextRKNS_22ReadOnlyCompileOptionsERNS_10SourceTextIN7mozilla8Utf8UnitEEE"]
        fn compile(
            stencil: *mut Compilation,
            cx: *mut mozjs::jsapi::JSContext,
            options: *const mozjs::jsapi::ReadOnlyCompileOptions,
            source: *mut mozjs::jsapi::SourceText<mozjs::jsapi::mozilla::Utf8Unit>,
        );
    }
    let mut stencil = std::mem::MaybeUninit::uninit();
    // SAFETY: the caller's; the engine writes its result, null included, before it returns.
    unsafe {
        compile(stencil.as_mut_ptr(), cx.raw_cx(), options, source);
        stencil.assume_init()
    }
}

#[cfg(feature = "debug-engine")]
type Compilation =
    mozjs::jsapi::already_AddRefed<mozjs::jsapi::js::frontend::InitialStencilAndDelazifications>;

impl SharedCode {
    /// The output of a bundler, compiled on first use. `file` is its name in stack traces.
    pub fn new(file: impl Into<Cow<'static, str>>, text: impl Into<Cow<'static, str>>) -> Self {
        Self::of_form(file.into(), text.into(), Form::Bundled)
    }

    /// As [`SharedCode::new`], for modules that come with the program: each of their `import` and `export`
    /// statements begins a line, and nothing else does with these words.
    pub fn builtin(file: impl Into<Cow<'static, str>>, text: impl Into<Cow<'static, str>>) -> Self {
        Self::of_form(file.into(), text.into(), Form::Builtin)
    }

    fn of_form(file: Cow<'static, str>, text: Cow<'static, str>, form: Form) -> Self {
        let (compiled, used) = (OnceLock::new(), AtomicBool::new(false));
        Self { file, text, form, compiled, used, first_use: Mutex::new(()) }
    }

    /// The text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Its name in stack traces.
    pub(super) fn file(&self) -> &str {
        &self.file
    }

    /// The compiled form; `None` with an exception pending on failure.
    pub(super) fn stencil(&self, cx: &mut JSContext) -> Option<&Stencil> {
        if self.compiled.get().is_none() {
            let _one_at_a_time = self.first_use.lock().unwrap_or_else(PoisonError::into_inner);
            if self.compiled.get().is_none() {
                let kept = code_cache::find(&self.file, &self.text);
                let stencil = match kept.and_then(|code| transcode::decode(cx, code)) {
                    Some(stencil) => stencil,
                    None => self.compile(cx)?,
                };
                let _first = self.compiled.set(Compiled(stencil));
            }
        }
        self.compiled.get().map(|Compiled(stencil)| stencil)
    }

    fn compile(&self, cx: &mut JSContext) -> Option<Stencil> {
        let options = self.options(cx);
        let text = declarations::last(&self.text, self.form);
        let mut source = transform_str_to_source_text(&text);
        // SAFETY: `options` and `source` outlive the call, the text is valid UTF-8 and not owned by the source, which
        // copies it.
        let stencil = unsafe { Stencil::from_raw(compile_module(cx, options.ptr, &mut source)) };
        (!stencil.is_null()).then_some(stencil)
    }

    fn options(&self, cx: &JSContext) -> CompileOptionsWrapper {
        let file = CString::new(self.file.replace('\0', "")).unwrap_or_default();
        CompileOptionsWrapper::new(cx, file, 1)
    }

    /// Instantiates the module in the current realm; null with an exception pending on failure.
    ///
    /// The first time, no other thread does. The engine queues the compression of a source when it is instantiated
    /// unless it has done so before, which it notes in the source without a lock. Two workers that came at the same
    /// moment would both queue it, and the task that finds the source compressed ends the process, some collections
    /// later.
    pub(super) fn instantiate(&self, cx: &mut JSContext) -> *mut JSObject {
        let options = self.options(cx);
        let Some(stencil) = self.stencil(cx) else { return std::ptr::null_mut() };
        // SAFETY: the options pointer is valid while `options` lives.
        let base = unsafe { &(*options.ptr)._base };
        let instantiate = InstantiateOptions {
            skipFilenameValidation: base.skipFilenameValidation_,
            hideScriptFromDebugger: base.hideScriptFromDebugger_,
            deferDebugMetadata: base.deferDebugMetadata_,
            eagerDelazificationStrategy_: base.eagerDelazificationStrategy_,
            eagerBaselineStrategy_: base.eagerBaselineStrategy_,
        };
        let used = self.used.load(Ordering::Acquire);
        let alone = (!used).then(|| self.first_use.lock().unwrap_or_else(PoisonError::into_inner));
        // SAFETY: the stencil was compiled as a module and is kept alive by `self`; no storage is passed.
        let module =
            unsafe { InstantiateModuleStencil(cx, &instantiate, **stencil, std::ptr::null_mut()) };
        if alone.is_some() {
            self.used.store(!module.is_null(), Ordering::Release);
        }
        module
    }
}
