#!/bin/sh
# The laws of the house, read off the #include lines. Usage: check_layers.sh <source folder>
# Prints "file:line: [law] text" for each breach and exits 1 when there is one.
#
#   rooms      a room includes only the rooms named for it below; adapters never each other
#   runtime    nothing in runtime/ knows hrwatch/
#   pure       core and wire include only plain standard headers (wire: and the JSON library)
#   clock      core and wire ask no clock, start no thread, touch no file
#   platform   a platform is another file, never an #ifdef
set -eu
cd "$1"

sources() { find hrwatch runtime -name '*.h' -o -name '*.hpp' -o -name '*.c' -o -name '*.cpp'; }

breaches=$(sources | sort | xargs awk '
  BEGIN {
    allowed["main"] = "cli"
    allowed["cli"] = "cli app core wire"
    allowed["app"] = "app watcher project build analysis publish server stacks report core transport wire"
    allowed["server"] = "server core transport wire"
    allowed["core"] = "core wire"
    split("watcher project build analysis publish stacks report", adapters)
    for (i in adapters) allowed[adapters[i]] = adapters[i] " core wire"
    allowed["src"] = "src hr transport wire"
    allowed["transport"] = "transport wire"
    allowed["wire"] = "wire"
    allowed["hr"] = "hr"
    tool = " main cli app watcher project build analysis publish server stacks report core "
    rooms = tool "src transport wire hr "
    plain = " algorithm array bit cctype charconv chrono cmath compare concepts cstddef cstdint cstring" \
            " deque functional initializer_list iterator limits map memory numeric optional queue" \
            " ranges set span string string_view tuple type_traits unordered_map unordered_set" \
            " utility variant vector "
    # Exported symbols are spelled differently per platform: the one place where a header must ask.
    may_ask_platform["runtime/include/hr/export.h"] = 1
  }
  function breach(law, text) { print FILENAME ":" FNR ": [" law "] " text }
  function among(word, list) { return index(" " list " ", " " word " ") > 0 }
  FNR == 1 {
    split(FILENAME, part, "/")
    room = FILENAME ~ /^runtime\/include\// ? "hr" : FILENAME ~ /^hrwatch\/main(_windows)?[.]cpp$/ ? "main" : part[2]
    pure = room == "core" || room == "wire"
  }
  /^[ \t]*#[ \t]*include/ {
    name = $0
    sub(/^[^<"]*[<"]/, "", name)
    sub(/[>"].*$/, "", name)
    first = name
    sub(/\/.*$/, "", first)
    if (name ~ /\.\.\//) breach("rooms", "includes by a path with .. in it: " name)
    else if (index(name, "/") && among(first, rooms)) {
      if (FILENAME ~ /^runtime\// && among(first, tool)) breach("runtime", room " includes " name)
      else if (!(room in allowed)) breach("rooms", "no law says what " room " may include")
      else if (!among(first, allowed[room])) breach("rooms", room " includes " name)
    } else if (pure && !among(name, plain) && !(room == "wire" && name == "nlohmann/json.hpp"))
      breach("pure", room " includes " name)
  }
  /^[ \t]*#[ \t]*(if|elif)/ && /_WIN32|_WIN64|_MSC_VER|__linux|__unix|__APPLE__/ {
    if (!(FILENAME in may_ask_platform)) breach("platform", $0)
  }
  pure {
    code = $0
    sub(/\/\/.*$/, "", code)
    if (code ~ /(steady|system|high_resolution)_clock|std::(this_)?thread|std::[io]?fstream|getenv|fopen/)
      breach("clock", code)
  }')

if [ -n "$breaches" ]; then
  printf '%s\n' "$breaches"
  exit 1
fi
echo "the layers hold in $(sources | wc -l) files"
