//! The two allocators of the process: Rust's is mimalloc, the engine and other C code use glibc's `malloc`.

/// `mi_option_purge_delay`, the same in all versions of mimalloc.
const PURGE_DELAY: libmimalloc_sys::mi_option_t = 15;

/// `M_TRIM_THRESHOLD` and `M_MMAP_THRESHOLD` of `malloc.h`.
#[cfg(target_env = "gnu")]
const M_TRIM_THRESHOLD: i32 = -1;
#[cfg(target_env = "gnu")]
const M_MMAP_THRESHOLD: i32 = -3;

/// What glibc keeps at the end of each arena, in bytes: more than the engine's collector frees at once. Given back, it
/// would come again page by page, and a page costs more than filling it.
#[cfg(target_env = "gnu")]
const KEPT_BYTES: i32 = 16 << 20;

/// From this many bytes on a piece of memory is mapped by itself, and given back when it is freed.
#[cfg(target_env = "gnu")]
const MAPPED_FROM_BYTES: i32 = 3 << 20;

#[cfg(target_env = "gnu")]
unsafe extern "C" {
    fn malloc_trim(pad: usize) -> i32;
    fn mallopt(parameter: i32, value: i32) -> i32;
}

/// How long free pages stay with Rust's allocator, in milliseconds, instead of its own second: the buffers of large
/// bodies come and go many times in a second, and each size class would keep the most that it ever needed. Given back at
/// once, a tenth of all requests would meet a page fault.
const PURGE_AFTER_MS: i64 = 10;

/// How a server's memory is kept. Rust's allocator gives pages back soon after they become free. The engine's allocator keeps some: strings and buffers of the same few sizes follow each other there. To be
/// called before there are threads.
pub fn set_allocators_up() {
    // SAFETY: sets a documented option.
    unsafe { libmimalloc_sys::mi_option_set(PURGE_DELAY, PURGE_AFTER_MS) };
    #[cfg(target_env = "gnu")]
    // SAFETY: sets documented parameters.
    unsafe {
        mallopt(M_TRIM_THRESHOLD, KEPT_BYTES);
        mallopt(M_MMAP_THRESHOLD, MAPPED_FROM_BYTES);
    }
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

/// Has both allocators give back what is free, as [`trim_allocator`] has one of them.
pub fn trim_allocators() {
    // SAFETY: has no preconditions.
    unsafe { libmimalloc_sys::mi_collect(true) };
    trim_allocator();
}
