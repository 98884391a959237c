//! The two allocators of the process: Rust's is mimalloc, the engine and other C code use glibc's `malloc`.

/// `mi_option_purge_delay`, the same in all versions of mimalloc.
const PURGE_DELAY: libmimalloc_sys::mi_option_t = 15;

#[cfg(target_env = "gnu")]
unsafe extern "C" {
    fn malloc_trim(pad: usize) -> i32;
}

/// Has Rust's allocator give pages back as they become free, and not a second later: the buffers of large bodies come
/// and go many times in that second, and each size class would keep the most that it ever needed.
pub fn return_pages_at_once() {
    // SAFETY: sets a documented option.
    unsafe { libmimalloc_sys::mi_option_set(PURGE_DELAY, 0) };
}

/// Has glibc's allocator give back what is free. It keeps it otherwise, for each thread apart: what the engine's compiler
/// threads once needed stays theirs. Takes up to some milliseconds.
pub fn trim_allocator() {
    #[cfg(target_env = "gnu")]
    // SAFETY: has no preconditions.
    unsafe {
        malloc_trim(0);
    }
}
