#!/bin/sh
# Serves examples/storefront for `make demo`, and puts the first products into it when it is empty.
#
#     scripts/demo.sh TRANSOM
set -eu
cd "$(dirname "$0")/.."

origin=http://localhost:4321
store=examples/storefront

# Waits until the store answers, and gives up when the server does.
fill() {
  until listed=$(curl -sf "$origin/api/products"); do
    kill -0 $$ 2>/dev/null || return 0
    sleep 0.2
  done
  case "$listed" in *'"total":0'*) ;; *) return 0 ;; esac
  while IFS= read -r product; do
    id=$(printf '%s' "$product" | sed 's/^{"_id":"\([^"]*\)".*/\1/')
    curl -sf -o /dev/null -X PUT --json "$product" "$origin/api/products/$id"
  done <"$store/seed/products.jsonl"
  while IFS= read -r stock; do
    id=$(printf '%s' "$stock" | sed 's/^{"_id":"\([^"]*\)".*/\1/')
    count=$(printf '%s' "$stock" | sed 's/.*"count":\([0-9]*\).*/\1/')
    # In development the staff needs no token.
    curl -sf -o /dev/null --json "{\"quantity\":$count}" -H "X-Transom-As: user:demo" "$origin/api/stock/$id"
  done <"$store/seed/stock.jsonl"
}

cat scripts/demo.txt
fill &
exec "$1" dev "$store" --port 4321
