// Which object file a function or variable of the library comes from, and what it says.
#include <elf.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "analysis/describe.h"
#include "analysis/lineage.h"
#include "analysis/object_file.h"

namespace hrwatch::analysis {

namespace {

// How many folders and names, from the end, an object file's path shares with a source's:
// "CMakeFiles/game.dir/src/ai/main.cpp.o" and "/home/me/src/ai/main.cpp" share three.
int shared_tail(const std::filesystem::path& object, const std::filesystem::path& source) {
  const std::vector<std::filesystem::path> ours(source.begin(), source.end());
  std::vector<std::filesystem::path> theirs(object.begin(), object.end());
  if (!theirs.empty())
    theirs.back().replace_extension();
  int shared = 0;
  auto one = ours.rbegin();
  for (auto two = theirs.rbegin(); one != ours.rend() && two != theirs.rend() && *one == *two;
       ++one, ++two)
    ++shared;
  return shared;
}

class ObjectFiles final : public ObjectReferences {
 public:
  explicit ObjectFiles(std::vector<std::filesystem::path> objects) {
    for (std::filesystem::path& path : objects)
      files_.emplace_back(std::move(path));
  }

  std::optional<Target> target(const Function& function, std::uint64_t offset,
                               std::int32_t addend) override {
    const auto meaning = agreed(
        {STT_FUNC, function.name, function.unit, function.binding, function.size, offset}, true);
    // operand = S + A - P, and S + distance + addend - P (psABI 4.4.1): what is left is the
    // distance.
    return meaning ? std::optional(Target{meaning->variable, meaning->offset - addend}) : meaning;
  }

  std::optional<Target> data_target(const Variable& variable, std::uint64_t offset) override {
    return agreed(
        {STT_OBJECT, variable.name, variable.unit, variable.binding, variable.size, offset}, false);
  }

 private:
  struct Question {
    int type;
    const std::string& name;
    const std::string& unit;
    Binding binding;
    std::uint64_t size;
    std::uint64_t offset;
  };

  std::vector<ObjectFile> files_;

  // The object files that may hold the definition: of the unit, if it is known and was compiled to
  // one of them; for other than local definitions else any.
  std::vector<ObjectFile*> candidates(const Question& question) {
    std::vector<ObjectFile*> result;
    const std::filesystem::path unit = question.unit;
    int best = 0;
    for (ObjectFile& file : files_) {
      if (unit.empty() || file.source_name() != unit.filename() ||
          !file.defines(question.type, question.name, question.size))
        continue;
      const int score = shared_tail(file.path(), unit);
      if (score > best || result.empty())
        result.clear();
      if (score >= best || result.empty())
        result.push_back(&file);
      best = std::max(best, score);
    }
    if (!result.empty() || (question.binding == Binding::local && !unit.empty()))
      return result;
    for (ObjectFile& file : files_)
      if (file.defines(question.type, question.name, question.size))
        result.push_back(&file);
    return result;
  }

  // The answer on which all candidates agree: an inline function may be in many object files, and
  // the linker took any of them.
  std::optional<Target> agreed(const Question& question, bool relative) {
    std::optional<Target> answer;
    for (ObjectFile* file : candidates(question)) {
      const auto meaning =
          file->meaning(question.type, question.name, question.size, question.offset);
      if (!meaning || meaning->relative != relative)
        return std::nullopt;
      if (answer && (answer->variable != meaning->target.variable ||
                     answer->offset != meaning->target.offset))
        return std::nullopt;
      answer = meaning->target;
    }
    return answer;
  }
};

}  // namespace

std::unique_ptr<ObjectReferences> open_objects(std::vector<std::filesystem::path> objects) {
  return std::make_unique<ObjectFiles>(std::move(objects));
}

}  // namespace hrwatch::analysis
