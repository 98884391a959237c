#!/bin/sh
# Serves examples/storefront for `make demo`, with products and stock in it the first time.
#
#     scripts/demo.sh TRANSOM      with PORT in the environment for another port than 4321
set -eu
transom=$(realpath "$1")
cd "$(dirname "$0")/../examples/storefront"

if [ -z "$("$transom" data query products --limit 1 2>/dev/null)" ]; then
  for collection in products stock; do
    "$transom" data import "$collection" "seed/$collection.jsonl" --replace
  done
fi
cat ../../scripts/demo.txt
exec "$transom" dev . --port "${PORT:-4321}"
