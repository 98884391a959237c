#!/bin/sh
# Serves examples/storefront for `make demo`, with products and stock in it the first time.
#
#     scripts/demo.sh TRANSOM
set -eu
cd "$(dirname "$0")/.."

transom=$1
store=examples/storefront

if [ -z "$("$transom" data query products --limit 1 --project "$store" 2>/dev/null)" ]; then
  for collection in products stock; do
    "$transom" data import "$collection" "$store/seed/$collection.jsonl" --replace --project "$store"
  done
fi
cat scripts/demo.txt
exec "$transom" dev "$store" --port 4321
