// The real cmake.exe, ninja.exe, clang and lld-link on a small project: edit, build, reload, with a
// program that holds each new .pdb as a debugger does. What reloads is the explicit mode; the
// copies are published as for hot modules.
#include <windows.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <hr/hr.hpp>
#include <iterator>
#include <map>
#include <memory>
#include <optional>

#include "build/linker_outputs.h"
#include "build/ninja.h"
#include "core/pe_image.h"
#include "project/command.h"
#include "project/project.h"
#include "publish/publish.h"
#include "support/catch.h"
#include "support/sandbox.h"
#include "support/turned_loop.h"
#include "windows/debug_lines.h"
#include "windows/holder.h"
#include "windows/work_folder.h"

using namespace hrwatch;
namespace fs = std::filesystem;

namespace {

constexpr std::chrono::minutes patience(2);
constexpr int edits = 20;

std::string bytes_of(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

core::PeImage image_of(const fs::path& path) {
  const std::string bytes = bytes_of(path);
  auto image = core::read_pe_image(std::as_bytes(std::span(bytes)));
  REQUIRE(image.ok());
  return std::move(image).value();
}

constexpr const char* project_text = R"(cmake_minimum_required(VERSION 3.23)
project(sample LANGUAGES CXX)
add_library(game SHARED game.cpp)
target_compile_options(game PRIVATE -gcodeview)
# Through this file hrwatch gives the .pdb another name for one link.
file(WRITE ${CMAKE_BINARY_DIR}/.hrwatch/link/game.rsp "")
target_link_options(game PRIVATE -Wl,--pdb= "-Wl,@${CMAKE_BINARY_DIR}/.hrwatch/link/game.rsp")
)";

// The project, and the tool's parts that work on it.
class Rig {
 public:
  Rig() {
    files_.write("CMakeLists.txt", project_text);
    edit(0);
    configure();
    load();
  }

  ~Rig() {
    project_.reset();
    ninja_.reset();
    CHECK(loop_.close());
  }

  // `number`: what the function returns. It stands on line number + 3.
  void edit(int number) const {
    files_.write("game.cpp", std::string(static_cast<std::size_t>(number), '\n') +
                                 "struct State { int calls; };\n\n"
                                 "extern \"C\" int game_step(State* state) {\n"
                                 "  ++state->calls; return " +
                                 std::to_string(number) + ";\n}\n");
  }

  core::BuildFinished build(bool make_way) {
    finished_.reset();
    output.clear();
    build::Request request;
    request.program = model_->ninja;
    request.build_dir = model_->build_dir;
    request.source_dir = model_->source_dir;
    request.targets = {"game"};
    if (make_way)
      request.linker_files = build::linker_outputs(*model_);
    ninja_->start(request);
    REQUIRE(loop_.wait_until([&] { return finished_.has_value(); }, patience));
    return *finished_;
  }

  const core::ProjectModel& model() const { return *model_; }

  fs::path library() const {
    for (const core::Target& target : model_->targets) {
      if (target.name == "game")
        return target.artifact;
    }
    return {};
  }

  fs::path folder(const std::string& name) const { return files_.path(name); }

  std::string output;

 private:
  void configure() {
    std::string told;
    std::optional<project::Command::Ended> ended;
    project::Command::Request request;
    request.arguments = {HR_TEST_CMAKE,
                         "-G",
                         "Ninja",
                         "-S",
                         files_.path().generic_string(),
                         "-B",
                         files_.path("build").generic_string(),
                         "-DCMAKE_MAKE_PROGRAM=" HR_TEST_NINJA,
                         "-DCMAKE_CXX_COMPILER=" HR_TEST_COMPILER,
                         "-DCMAKE_BUILD_TYPE=Debug"};
    request.with_errors = true;
    const project::Command command(
        loop_.get(), request, [&](std::string_view text) { told += text; },
        [&](project::Command::Ended end) { ended = end; });
    REQUIRE(loop_.wait_until([&] { return ended.has_value(); }, patience));
    INFO(told);
    REQUIRE(ended->status == 0);
  }

  void load() {
    std::optional<hr::wire::Failure> failure;
    project::ProjectListener listener;
    listener.on_model = [this](std::shared_ptr<const core::ProjectModel> model) {
      model_ = std::move(model);
    };
    listener.on_failure = [&](hr::wire::Failure why) {
      failure = std::move(why);
    };
    project_ = std::make_unique<project::Project>(
        loop_.get(), project::ProjectSettings{files_.path("build").generic_string(), ""}, listener);
    project_->load();
    REQUIRE(loop_.wait_until([&] { return model_ != nullptr || failure.has_value(); }, patience));
    INFO((failure ? failure->what + ": " + failure->why : std::string()));
    REQUIRE(model_ != nullptr);
    ninja_ = std::make_unique<build::Ninja>(loop_.get(), [this](core::Event event) {
      if (const auto* text = std::get_if<core::BuildOutput>(&event))
        output += text->text;
      if (auto* end = std::get_if<core::BuildFinished>(&event))
        finished_ = std::move(*end);
    });
  }

  tests::Sandbox files_{tests::in_work_folder("end-to-end")};
  tests::TurnedLoop loop_;
  std::unique_ptr<project::Project> project_;
  std::unique_ptr<build::Ninja> ninja_;
  std::shared_ptr<const core::ProjectModel> model_;
  std::optional<core::BuildFinished> finished_;
};

// A program that opens each new .pdb and never lets go.
struct Debugger {
  struct Held {
    std::unique_ptr<tests::Holder> holder;
    std::string bytes;
  };

  explicit Debugger(const tests::Sharing& its_sharing) : sharing(its_sharing) {}

  void attach(const fs::path& pdb) {
    held.push_back({std::make_unique<tests::Holder>(pdb, sharing.mode), bytes_of(pdb)});
    REQUIRE(held.back().holder->holds());
    REQUIRE_FALSE(held.back().bytes.empty());
  }

  bool reads_what_it_opened() const {
    for (const Held& one : held) {
      if (one.holder->read() != one.bytes)
        return false;
    }
    return true;
  }

  const tests::Sharing& sharing;
  std::vector<Held> held;
};

struct State {
  int calls = 0;
};

void edit_and_reload(Rig& rig, const tests::Sharing& sharing) {
  INFO(sharing.name);
  rig.edit(100);
  REQUIRE(rig.build(true).outcome == core::BuildOutcome::succeeded);
  hr_library* library = hr_open(rig.library().generic_string().c_str());
  int (*step)(State*) = nullptr;
  REQUIRE(hr_bind(library, "game_step", &step) == 1);
  State state;
  Debugger debugger(sharing);
  debugger.attach(image_of(rig.library()).pdb->path);

  rig.edit(101);
  const core::BuildFinished refused = rig.build(false);
  CHECK(refused.outcome == core::BuildOutcome::failed);
  CHECK(rig.output.find("LNK1201") != std::string::npos);
  CHECK(step(&state) == 100);

  for (int number = 1; number <= edits; ++number) {
    INFO(number);
    rig.edit(number);
    const core::BuildFinished built = rig.build(true);
    INFO(rig.output);
    REQUIRE(built.outcome == core::BuildOutcome::succeeded);
    REQUIRE(hr_reload(library) == 1);
    CHECK(step(&state) == number);
    const core::PeImage image = image_of(rig.library());
    REQUIRE(image.pdb.has_value());
    debugger.attach(image.pdb->path);

    publish::Request request;
    request.library = rig.library();
    request.folder = rig.folder("build/.hrwatch/gen");
    request.module = "game";
    request.generation = publish::next_generation(request.folder, "game");
    request.build_id = image.build_id();
    const auto copy = publish::publish(request);
    REQUIRE(copy.ok());
    const core::PeImage published = image_of(copy.value());
    CHECK(published.pdb->path == "game." + std::to_string(request.generation) + ".pdb");
    CHECK(published.pdb->identity == image.pdb->identity);
    const auto exported =
        std::find_if(published.exports.begin(), published.exports.end(),
                     [](const core::PeExport& one) { return one.name == "game_step"; });
    REQUIRE(exported != published.exports.end());
    CHECK(tests::line_of(copy.value(), exported->address) == static_cast<unsigned>(number + 3));
  }
  CHECK(debugger.reads_what_it_opened());
  CHECK(state.calls == edits + 1);
  hr_unload(library, HR_UNLOAD_ALL);
  hr_close(library);
  debugger.held.clear();
  build::remove_asides(build::linker_outputs(rig.model()));
  for (const auto& entry : fs::directory_iterator(rig.library().parent_path()))
    CHECK(entry.path().extension() != ".old");
}

}  // namespace

TEST_CASE("Edit and reload with real tools, while each new .pdb is held") {
  SetEnvironmentVariableA("HR_TEST_LINKER", "microsoft");
  Rig rig;
  REQUIRE(rig.model().targets.size() >= 1);
  REQUIRE_FALSE(rig.library().empty());
  for (const tests::Sharing& sharing : tests::sharings)
    edit_and_reload(rig, sharing);
}
