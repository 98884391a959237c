//! How the command is linked.

use std::path::{Path, PathBuf};
use std::process::Command;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    if std::env::var("CARGO_CFG_TARGET_ENV").is_ok_and(|env| env == "gnu") {
        // The relocations of this large program are 2.5 MB otherwise, which each start reads, page by page.
        println!("cargo::rustc-link-arg-bins=-Wl,-z,pack-relative-relocs");
        link_cxx_library_into_the_program();
        put_used_functions_together();
    }
}

/// A server runs a tenth of the program, strewn over all of it, and the system maps program text in steps of 64 KB. Side
/// by side those functions take several MB less of each process. `bench/function-order` writes the list.
fn put_used_functions_together() {
    println!("cargo::rerun-if-changed=function-order.txt");
    let set = |name| std::env::var(name).is_ok_and(|value| !value.is_empty());
    // Only lld knows the option. It is what the compiler links with on this target, unless it is told otherwise.
    let is_lld = std::env::var("TARGET").is_ok_and(|target| target == "x86_64-unknown-linux-gnu")
        && !set("RUSTC_LINKER")
        && !set("CARGO_ENCODED_RUSTFLAGS");
    if is_lld {
        // A copy beside the build's output: a target directory may outlive the checkout that filled it.
        let list = output_folder().join("function-order.txt");
        if std::fs::copy("function-order.txt", &list).is_ok() {
            println!("cargo::rustc-link-arg-bins=-Wl,--symbol-ordering-file={}", list.display());
            println!("cargo::rustc-link-arg-bins=-Wl,--no-warn-symbol-ordering");
        }
    }
}

/// The engine needs a part of the C++ library. As a shared object it takes a third of the time before `main`, to look
/// up thousands of names, and 1 MB of each process; and it would have to be on every machine that runs the program.
fn link_cxx_library_into_the_program() {
    let Some(archive) = static_cxx_library() else { return };
    // The linker takes `-lstdc++` from the first folder that has either form of it: here, one with this form alone.
    let folder = output_folder();
    let copy = folder.join("libstdc++.a");
    if std::fs::copy(archive, copy).is_ok() {
        println!("cargo::rustc-link-search=native={}", folder.display());
    }
}

fn output_folder() -> PathBuf {
    std::env::var_os("OUT_DIR").unwrap_or_default().into()
}

/// Where the C++ compiler keeps the library; the compiler that links asks the same one.
fn static_cxx_library() -> Option<PathBuf> {
    println!("cargo::rerun-if-env-changed=CXX");
    let compiler = std::env::var_os("CXX").unwrap_or_else(|| "c++".into());
    let output = Command::new(compiler).arg("-print-file-name=libstdc++.a").output().ok()?;
    let path = PathBuf::from(String::from_utf8(output.stdout).ok()?.trim());
    // A compiler that has none repeats the name.
    (path.is_absolute() && Path::exists(&path)).then_some(path)
}
