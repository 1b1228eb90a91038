#!/bin/sh
# Breaks one law on purpose in a copy of the sources and expects check_layers.sh to name it.
# Usage: break_law.sh <source folder> <law> <file to break> <line to add>
set -eu
here=$(dirname "$0")
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
mkdir -p "$copy"
cp -r "$1/hrwatch" "$1/runtime" "$copy"
mkdir -p "$(dirname "$copy/$3")"
printf '%s\n' "$4" >> "$copy/$3"
if said=$(sh "$here/check_layers.sh" "$copy"); then
  echo "not noticed: $4 in $3"
  exit 1
fi
printf '%s\n' "$said"
# Exactly the law that was broken, at the file that broke it, and no other.
printf '%s\n' "$said" | grep -q "^$3:[0-9]*: \[$2\]"
[ "$(printf '%s\n' "$said" | wc -l)" -eq 1 ]
