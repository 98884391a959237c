# The environment of every cargo call of this project. Source it from the project folder:
#
#     . scripts/env.sh
#
# cargo recompiles SpiderMonkey when one of these variables changes, so they are decided here and
# nowhere else. `make` sources this file in every recipe.
#
# - With MOZJS_ARCHIVE set (a file, or the base address of mozjs releases), that build of
#   SpiderMonkey is linked.
# - Else an archive in ../shared/mozjs is used when there is one for this machine.
# - Else SpiderMonkey is compiled from the source that the `mozjs_sys` crate carries. The crate's own
#   fallback, downloading a binary without a checksum, is turned off: what is built comes from
#   Cargo.lock alone.

mozjs_version=153.6.0-2
mozjs_folder=../shared/mozjs

if ! command -v cargo >/dev/null 2>&1 && [ -x "$HOME/.cargo/bin/cargo" ]; then
  PATH="$HOME/.cargo/bin:$PATH"
  export PATH
fi

# The archive that lies there for this machine, or nothing. mozjs_kind is "-debug" for the debug engine.
mozjs_archive() {
  archive="$mozjs_folder/libmozjs${mozjs_kind:-}-$mozjs_version-$(uname -m)-unknown-linux-gnu.tar.gz"
  if [ -f "$archive" ]; then
    echo "$(cd "$mozjs_folder" && pwd)/${archive##*/}"
  fi
}

# The folder of the newest libclang that bindgen can use (17 or later), or nothing.
libclang_folder() {
  for version in 19 20 21 22 18 17; do
    llvm=/usr/lib/llvm-$version/lib
    # The library alone is not enough: bindgen needs clang's own headers too.
    ls "$llvm"/clang/*/include/stddef.h >/dev/null 2>&1 || continue
    for library in "$llvm"/libclang.so* "$llvm"/libclang-[0-9]*.so*; do
      if [ -e "$library" ]; then
        echo "$llvm"
        return
      fi
    done
  done
}

if [ -n "${MOZJS_ARCHIVE:-}" ]; then
  # A relative path would be looked up in the wrong folder.
  case "$MOZJS_ARCHIVE" in
    /* | *://*) ;;
    *) MOZJS_ARCHIVE="$(pwd)/$MOZJS_ARCHIVE" ;;
  esac
else
  MOZJS_ARCHIVE=$(mozjs_archive)
fi
if [ -n "$MOZJS_ARCHIVE" ]; then
  export MOZJS_ARCHIVE
else
  unset MOZJS_ARCHIVE
  MOZJS_FROM_SOURCE=1
  export MOZJS_FROM_SOURCE
  if [ -z "${LIBCLANG_PATH:-}" ]; then
    LIBCLANG_PATH=$(libclang_folder)
    if [ -n "$LIBCLANG_PATH" ]; then export LIBCLANG_PATH; else unset LIBCLANG_PATH; fi
  fi
fi

# make's own job server is not for SpiderMonkey's build, which is run by cargo.
unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES
