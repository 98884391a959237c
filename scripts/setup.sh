#!/bin/sh
# Sets up what a build of transom needs and this machine lacks. Says nothing when nothing is missing.
#
#     scripts/setup.sh build|test|packages|engine-debug|bench
#
# Supported: Debian 12 and 13, Ubuntu 24.04 and later. git, make, curl and rustup's Rust are expected;
# system packages come from apt, as root directly, else through sudo; cargo-nextest comes from cargo.
set -eu
cd "$(dirname "$0")/.."

purpose=${1:?"usage: scripts/setup.sh build|test|packages|engine-debug|bench"}
if [ "$purpose" = engine-debug ]; then . scripts/engine-debug-env.sh; else . scripts/env.sh; fi

nextest_version=0.9.143

say() { printf '%s\n' "$*" >&2; }
fail() { say "$@"; exit 1; }
has() { command -v "$1" >/dev/null 2>&1; }

# --- Rust ----------------------------------------------------------------------------------------

channel=$(sed -n 's/^channel = "\(.*\)"/\1/p' rust-toolchain.toml)
has rustup || fail "Rust $channel is missing. Install rustup, which provides it:

    curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs | sh -s -- -y --profile minimal
    . \"\$HOME/.cargo/env\"

then run make again."
if ! cargo clippy --version >/dev/null 2>&1 || ! cargo fmt --version >/dev/null 2>&1 ||
  ! rustc --version | grep -q "^rustc $channel "; then
  fail "Rust $channel with rustfmt and clippy is missing. Install it, then run make again:

    rustup toolchain install $channel --profile minimal --component rustfmt --component clippy"
fi

# --- System packages -----------------------------------------------------------------------------

packages=
need() { packages="$packages $*"; }

if ! has cc || ! has c++ || ! has ar; then need build-essential; fi
if [ "${MOZJS_FROM_SOURCE:-}" = 1 ]; then
  has python3 || need python3
  has pkg-config || need pkg-config
  has llvm-objdump || need llvm
  if [ -z "${LIBCLANG_PATH:-}" ]; then need libclang; fi
fi
if [ "$purpose" = bench ]; then
  has python3 || need python3
  has npm || need npm
  has wrk || need wrk
  ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || need postgresql
fi

if [ "$purpose" = test ]; then
  has chromium || need chromium
  has chromedriver || need chromium-driver
  has nginx || [ -x /usr/sbin/nginx ] || need nginx
  python3 -c 'import ensurepip, venv' >/dev/null 2>&1 || need python3 python3-venv
fi

# `make test` ends with the packages; what they need is asked for at its beginning.
if [ "$purpose" = packages ] || [ "$purpose" = test ]; then
  has npm || need npm
  has openssl || need openssl
  has redis-server || need redis-server
  ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || need postgresql
fi

# Debian starts a server when it is installed; here the tests start their own.
quiet_install() {
  policy=/usr/sbin/policy-rc.d
  if [ -e "$policy" ]; then policy=; else
    printf '#!/bin/sh\nexit 101\n' | $root tee "$policy" >/dev/null
    $root chmod +x "$policy"
  fi
  status=0
  # shellcheck disable=SC2086 # the list is meant to be split
  $root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends \
    -o Dpkg::Options::=--force-confold $packages >&2 || status=$?
  if [ -n "$policy" ]; then $root rm -f "$policy"; fi
  return $status
}

# Debian 12's own libclang is 14, which bindgen cannot use with SpiderMonkey's headers: 17 is the least.
name_libclang() {
  for version in 19 20 21 22 18 17; do
    if apt-cache show "libclang-$version-dev" >/dev/null 2>&1; then
      echo "clang-$version libclang-$version-dev"
      return
    fi
  done
  echo "clang-19 libclang-19-dev"
}

if [ -n "$packages" ]; then
  has apt-get || fail "These are missing, and this system has no apt to install them:$packages"
  if [ "$(id -u)" = 0 ]; then
    root=
  elif has sudo; then
    root=sudo
  else
    case "$packages" in
      *libclang*) packages="$(echo "$packages" | sed 's/ libclang//') $(name_libclang)" ;;
    esac
    fail "System packages are missing, and neither root nor sudo is at hand. Run this as root, then make again:

    apt-get update && apt-get install -y --no-install-recommends$packages"
  fi
  say "Installing system packages:$packages"
  $root apt-get update -q >&2
  case "$packages" in
    *libclang*) packages="$(echo "$packages" | sed 's/ libclang//') $(name_libclang)" ;;
  esac
  # Tests start their own PostgreSQL; the package shall not make and start one for the machine.
  if [ ! -e /etc/postgresql-common/createcluster.conf ]; then
    case "$packages" in
      *postgresql*) $root mkdir -p /etc/postgresql-common
        echo "create_main_cluster = false" | $root tee /etc/postgresql-common/createcluster.conf >/dev/null ;;
    esac
  fi
  quiet_install
fi

# --- Test runner ---------------------------------------------------------------------------------

if [ "$purpose" = test ] || [ "$purpose" = engine-debug ]; then
  if ! cargo nextest --version >/dev/null 2>&1; then
    say "Installing cargo-nextest $nextest_version, which runs the tests; this takes some minutes, once"
    env -u CARGO_TARGET_DIR cargo install cargo-nextest --version "$nextest_version" --locked
  fi
fi

# --- Packages of PyPI that tests use ------------------------------------------------------------------

# The schemas of Kubernetes. The test `deploy` of the crate `transom` looks for them in the same place.
if [ "$purpose" = test ]; then
  schemas="${XDG_CACHE_HOME:-$HOME/.cache}/transom/kubernetes-validate-1.37.0"
  if [ ! -e "$schemas/installed" ]; then
    say "Installing kubernetes-validate, which has the schemas of Kubernetes, into $schemas"
    rm -rf "$schemas"
    python3 -m venv "$schemas"
    "$schemas/bin/pip" install --quiet --disable-pip-version-check kubernetes-validate==1.37.0 >&2
    touch "$schemas/installed"
  fi
fi

# --- Packages of npm that tests use ------------------------------------------------------------------

# Installs what the lock file in a folder names, unless just that is there.
install_packages() {
  if ! cmp -s "$1/package-lock.json" "$1/node_modules/installed-lock.json"; then
    say "Installing $2 into $1/node_modules"
    (cd "$1" && npm ci --no-audit --no-fund --loglevel=error >&2)
    cp "$1/package-lock.json" "$1/node_modules/installed-lock.json"
  fi
}

if [ "$purpose" = test ]; then
  install_packages crates/transom/tests/types "the TypeScript compiler"
  install_packages crates/transom/tests/wix "the packages of the SDK"
fi

# --- What is about to happen ---------------------------------------------------------------------

if [ "${MOZJS_FROM_SOURCE:-}" = 1 ]; then
  built=$(find "${CARGO_TARGET_DIR:-target}/release/build" -path '*/mozjs_sys-*/out/build/js/src/build/libjs_static.a' \
    2>/dev/null | head -n 1)
  if [ -z "$built" ]; then
    minutes=14
    if [ "$purpose" = engine-debug ]; then minutes=21; fi
    say "SpiderMonkey, the JavaScript engine, will now be compiled from source: about $minutes minutes on two cores.
It is C++ that comes with the \`mozjs_sys\` crate. This happens once; later builds reuse it.
(cargo shows only \`mozjs_sys(build)\` meanwhile. MOZJS_ARCHIVE can name a ready build instead.)"
  fi
fi
