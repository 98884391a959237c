# The environment of `make test-engine-debug`. Source it instead of scripts/env.sh.
#
# The debug engine has a target directory of its own: an archive and the cargo feature
# `debugmozjs` must agree, and mixing the two engines in one directory would compile both again and
# again. MOZJS_DEBUG_ARCHIVE names a debug build of SpiderMonkey, as MOZJS_ARCHIVE a release one.

mozjs_kind=-debug
MOZJS_ARCHIVE=${MOZJS_DEBUG_ARCHIVE:-}
. scripts/env.sh
CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-target}/engine-debug
export CARGO_TARGET_DIR
