#!/bin/sh
# split.sh <table> <folder>: writes each edit of a table as FOLDER/NUMBER/{before,after[,then]}/edit.EXT
# and FOLDER/NUMBER/expected, and prints "NUMBER EXT FLAGS" for each. Files that did not change are left
# as they are.
set -eu
table=$1
folder=$2
new=$folder.new
rm -rf "$new"
mkdir -p "$new" "$folder"
awk -v folder="$new" '
  /^#/ { if (part == "") next }
  /^== / {
    ++count
    part = "expected"
    place = folder "/" count
    system("mkdir -p " place)
    ext[count] = "cpp"
    flags[count] = ""
    print "name: " substr($0, 4) > (place "/expected")
    next
  }
  /^-- (before|after|then)$/ { 
    part = $2
    system("mkdir -p " place "/" part)
    print "#include \"probe.h\"" > (place "/" part "/edit." ext[count])
    next
  }
  part == "expected" && /^language: / { ext[count] = $2; next }
  part == "expected" && /^flags: / { flags[count] = substr($0, 8); next }
  part == "expected" { if ($0 != "") print > (place "/expected"); next }
  part != "" { print > (place "/" part "/edit." ext[count]) }
  END { for (i = 1; i <= count; ++i) print i, ext[i], flags[i] }
' "$table"
(cd "$new" && find . -type f) | while read -r file; do
  if ! cmp -s "$new/$file" "$folder/$file"; then
    mkdir -p "$(dirname "$folder/$file")"
    mv "$new/$file" "$folder/$file"
  fi
done
rm -rf "$new"
