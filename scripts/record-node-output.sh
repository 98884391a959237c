#!/bin/sh
# Records what Node 22 prints for the scripts in crates/transom/tests/node, which tests/node_output.rs compares with.
# Usage: scripts/record-node-output.sh [path of node 22]
set -eu
node=${1:-node}
case $("$node" --version) in
v22.*) ;;
*) echo "$node is not Node 22" >&2; exit 1 ;;
esac
cd "$(dirname "$0")/../crates/transom/tests/node"
for script in *.js; do
  "$node" --no-warnings "$script" > "${script%.js}.txt" 2> /dev/null
done
"$node" exports.mjs > exports.json
