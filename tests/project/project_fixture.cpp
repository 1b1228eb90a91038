#include "project/project_fixture.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <utility>

#include "support/catch.h"

namespace hrwatch::test {
namespace fs = std::filesystem;

namespace {

constexpr std::chrono::seconds patience(60);

}  // namespace

ProjectFixture::ProjectFixture(std::string build) : build_(std::move(build)) {
  std::string pattern = (fs::temp_directory_path() / "hrwatch-project-XXXXXX").string();
  REQUIRE(mkdtemp(pattern.data()) != nullptr);
  root_ = fs::canonical(pattern).string();
}

ProjectFixture::~ProjectFixture() {
  project_.reset();
  CHECK(loop_.close());
  std::error_code ignored;
  fs::remove_all(root_, ignored);
}

std::string ProjectFixture::path(const std::string& name) const {
  return name == "." ? root_ : root_ + "/" + name;
}

std::string ProjectFixture::built(const std::string& name) const {
  return name == "." ? path(build_) : path(build_) + "/" + name;
}

void ProjectFixture::write(const std::string& name, const std::string& text) const {
  fs::create_directories(fs::path(path(name)).parent_path());
  std::ofstream(path(name), std::ios::binary) << text;
}

void ProjectFixture::write_module_file(const std::string& name, const std::string& artifact,
                                       const std::string& config,
                                       const std::vector<std::string>& objects) const {
  const fs::path folder = built(".hrwatch/modules");
  fs::create_directories(folder);
  nlohmann::json file = {
      {"name", name},     {"target", name},   {"artifact", built(artifact)},
      {"config", config}, {"kind", "SHARED"}, {"objects", nlohmann::json::array()}};
  for (const std::string& object : objects) {
    file["objects"].push_back(built(object));
  }
  std::ofstream(folder / (name + "." + config + ".json")) << file.dump();
}

void ProjectFixture::run(const std::string& command) const {
  const std::string line =
      "cd '" + root_ + "' && { " + command + " ; } >'" + root_ + "/.output' 2>&1";
  const int status = std::system(line.c_str());
  std::ifstream output(root_ + "/.output");
  INFO(command << "\n" << std::string(std::istreambuf_iterator<char>(output), {}));
  REQUIRE(status == 0);
}

void ProjectFixture::configure(const std::string& options) const {
  run("cmake -S . -B '" + build_ + "' " + options);
}

void ProjectFixture::build() const {
  run("ninja -C '" + build_ + "'");
}

void ProjectFixture::open(const std::string& config) {
  project::ProjectListener listener;
  listener.on_model = [this](auto model) {
    models_.push_back(std::move(model));
  };
  listener.on_failure = [this](hr::wire::Failure failure) {
    failures_.push_back(std::move(failure));
  };
  project_ = std::make_unique<project::Project>(
      loop_.get(), project::ProjectSettings{built("."), config}, listener);
}

std::shared_ptr<const core::ProjectModel> ProjectFixture::load() {
  if (!project_) {
    open();
  }
  const std::size_t models = models_.size();
  const std::size_t failures = failures_.size();
  project_->load();
  CHECK(models_.size() == models);  // never from within load()
  REQUIRE(wait_until([&] { return models_.size() + failures_.size() > models + failures; }));
  return models_.size() > models ? models_.back() : nullptr;
}

bool ProjectFixture::wait_until(const std::function<bool()>& condition) {
  return loop_.wait_until(condition, patience);
}

std::string owners_of(const core::ProjectModel& model, const std::string& path) {
  const auto place = model.owners.find(path);
  if (place == model.owners.end()) {
    return "nobody";
  }
  std::vector<std::string> names;
  for (const std::uint32_t index : place->second) {
    names.push_back(model.targets.at(index).name);
  }
  std::sort(names.begin(), names.end());
  std::string text;
  for (const std::string& name : names) {
    text += (text.empty() ? "" : " ") + name;
  }
  return text;
}

const core::Target& target(const core::ProjectModel& model, const std::string& name) {
  const auto place = std::find_if(model.targets.begin(), model.targets.end(),
                                  [&](const core::Target& one) { return one.name == name; });
  INFO("target " << name);
  REQUIRE(place != model.targets.end());
  return *place;
}

bool watches(const core::ProjectModel& model, const std::string& folder) {
  return std::find(model.watched_folders.begin(), model.watched_folders.end(), folder) !=
         model.watched_folders.end();
}

}  // namespace hrwatch::test
