// Reads what `ninja -t deps` prints: which headers each object was made from. Pure: text in pieces
// in, pairs out; knows no ninja process and no project.
#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace hrwatch::project {

// The text is, for each object,
//     <output>: #deps <n>, deps mtime <t> (VALID|STALE)
//         <dependency>
// with an empty line between objects. Lines that are neither are skipped.
class NinjaDepsParser {
 public:
  // `output` and `dependency` as ninja prints them; valid during the call only.
  using Sink = std::function<void(std::string_view output, std::string_view dependency)>;

  explicit NinjaDepsParser(Sink sink);

  // A piece of text, cut anywhere.
  void feed(std::string_view piece);

  // The text is over; a last line without its newline counts.
  void finish();

 private:
  void take_line(std::string_view line);

  Sink sink_;
  std::string rest_;  // the beginning of a line whose end has not come
  std::string output_;
};

// The CMake target in whose folder an object lies ("CMakeFiles/<target>.dir/"), as CMake's Ninja
// generators name it; "" when the path is not of that form. For "Ninja Multi-Config" give `config`:
// objects of other configurations (".dir/<config>/") have no target then.
std::string_view target_of_object(std::string_view object, std::string_view config = {});

}  // namespace hrwatch::project
