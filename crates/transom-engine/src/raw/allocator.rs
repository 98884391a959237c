//! Rust's allocator: mimalloc, without its detour for alignments that it keeps anyway.

use std::alloc::{GlobalAlloc, Layout};

use libmimalloc_sys::{
    mi_free, mi_malloc, mi_malloc_aligned, mi_realloc, mi_realloc_aligned, mi_zalloc,
    mi_zalloc_aligned,
};

/// mimalloc. Its functions that take an alignment may ask for more memory than is wanted and cut a piece out of it,
/// also where every piece of that size is aligned well enough: a connection's read buffer took five times as long.
#[derive(Debug)]
pub struct Allocator;

/// Whether mimalloc aligns all pieces of this size so: to 16 bytes (`MI_MAX_ALIGN_SIZE`), smaller ones to 8.
const fn is_natural(layout: Layout, size: usize) -> bool {
    layout.align() <= 8 || layout.align() <= 16 && size >= 16
}

// SAFETY: each function passes on to the allocator's function of the same meaning, which keeps the contract; pieces
// with a natural alignment get it from the plain ones.
unsafe impl GlobalAlloc for Allocator {
    #[inline]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: no preconditions; the size is not 0 by the contract of `GlobalAlloc`.
        unsafe {
            if is_natural(layout, layout.size()) {
                mi_malloc(layout.size()).cast()
            } else {
                mi_malloc_aligned(layout.size(), layout.align()).cast()
            }
        }
    }

    #[inline]
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: as in `alloc`.
        unsafe {
            if is_natural(layout, layout.size()) {
                mi_zalloc(layout.size()).cast()
            } else {
                mi_zalloc_aligned(layout.size(), layout.align()).cast()
            }
        }
    }

    #[inline]
    unsafe fn dealloc(&self, pointer: *mut u8, _: Layout) {
        // SAFETY: the caller gives a piece of this allocator, once.
        unsafe { mi_free(pointer.cast()) }
    }

    #[inline]
    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // SAFETY: the caller gives a live piece of this allocator; both functions take any of them.
        unsafe {
            if is_natural(layout, size) {
                mi_realloc(pointer.cast(), size).cast()
            } else {
                mi_realloc_aligned(pointer.cast(), size, layout.align()).cast()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_piece_is_aligned_and_keeps_its_content() {
        for align in [1, 2, 4, 8, 16, 32, 64, 4096] {
            for size in [1, 3, 8, 9, 16, 24, 48, 100, 1000, 8192, 10_000, 1 << 20] {
                let layout = Layout::from_size_align(size, align).expect("a layout");
                // SAFETY: sizes are not 0, and each piece is freed once with the layout that it has then.
                unsafe {
                    let piece = Allocator.alloc(layout);
                    assert_eq!(piece.addr() % align, 0, "{size} bytes aligned to {align}");
                    piece.write_bytes(7, size);
                    let piece = Allocator.realloc(piece, layout, size * 2);
                    assert_eq!(piece.addr() % align, 0, "{size} bytes, grown, aligned to {align}");
                    assert!(std::slice::from_raw_parts(piece, size).iter().all(|byte| *byte == 7));
                    let grown = Layout::from_size_align(size * 2, align).expect("a layout");
                    Allocator.dealloc(piece, grown);
                    let zeroed = Allocator.alloc_zeroed(layout);
                    assert_eq!(zeroed.addr() % align, 0, "{size} zero bytes aligned to {align}");
                    assert!(std::slice::from_raw_parts(zeroed, size).iter().all(|byte| *byte == 0));
                    Allocator.dealloc(zeroed, layout);
                }
            }
        }
    }
}
