// What a load hook binds goes live with the library it is asked about, or not at all.
#include <cstring>
#include <functional>
#include <string>

#include "explicit/plug.h"
#include "support/catch.h"

namespace hrwatch::tests {

namespace {

// Opens plugs with a load hook of the test's.
struct Asked {
  explicit Asked(const Plug& plug, std::function<bool(hr_library*)> load)
      : answer(std::move(load)) {
    hr_hooks hooks = {};
    hooks.struct_size = sizeof(hooks);
    hooks.user = this;
    hooks.load = [](hr_library* asked, void* user) {
      return static_cast<Asked*>(user)->answer(asked) ? 1 : 0;
    };
    library = hr_open_with(plug.path().c_str(), &hooks);
  }

  ~Asked() { hr_close(library); }

  Asked(const Asked&) = delete;
  Asked& operator=(const Asked&) = delete;

  std::function<bool(hr_library*)> answer;
  hr_library* library = nullptr;
};

}  // namespace

TEST_CASE("a load hook publishes a table in each build") {
  const Plug plug("publishes");
  plug.truncate("1");
  PlugTable table = {};
  int answer = -1;
  int seen_before = -1;
  const Asked asked(plug, [&](hr_library* library) {
    seen_before = table.version;
    answer = hr_bind_table(library, "plug_table", &table);
    CHECK(table.version == seen_before);  // not before it is taken in
    return true;
  });
  CHECK(answer == 1);
  CHECK(seen_before == 0);
  CHECK(table.version == 1);
  plug.rename("2");
  CHECK(hr_reload(asked.library) == 1);
  CHECK(answer == 1);
  CHECK(seen_before == 1);
  CHECK(table.version == 2);
  CHECK(table.plus(1) == 3);
  CHECK(hr_view_table(hr_look(asked.library), &table) != nullptr);
}

TEST_CASE("what a load hook binds and then refuses is as it was") {
  const Plug plug("refuses");
  plug.truncate("1");
  PlugTable table = {};
  PlugTable other = {};
  bool wanted = true;
  const Asked asked(plug, [&](hr_library* library) {
    if (wanted)
      return hr_bind_table(library, "plug_table", &table, offsetof(PlugTable, version_again)) == 1;
    CHECK(hr_bind_table(library, "plug_table", &table) == 1);
    CHECK(hr_bind_table(library, "plug_table", &other) == 1);
    return false;
  });
  REQUIRE(table.version == 1);
  wanted = false;
  plug.rename("2");
  CHECK(hr_reload(asked.library) == 0);
  CHECK(table.version == 1);
  CHECK(table.plus(1) == 2);
  CHECK(other.version == 0);
  // The smaller table is bound still, and the other one was never: a build with less is taken in.
  wanted = true;
  plug.rename("small");
  CHECK(hr_reload(asked.library) == 1);
  CHECK(table.version == 5);
  CHECK(other.version == 0);
}

TEST_CASE("a load hook that binds what is not there is told, and the load refused") {
  const Plug plug("lacks");
  plug.truncate("1");
  int (*twice)(int) = nullptr;
  int answer = -1;
  const Asked asked(plug, [&](hr_library* library) {
    answer = hr_bind(library, "plug_twice", &twice);
    if (answer == 0)
      CHECK(std::strstr(hr_error(library).what, "has no function plug_twice") != nullptr);
    return true;
  });
  CHECK(answer == 1);
  REQUIRE(twice != nullptr);
  int (*const before)(int) = twice;
  hr_unbind(asked.library, &twice);
  plug.rename("lacks");
  CHECK(hr_reload(asked.library) == 0);
  CHECK(answer == 0);
  CHECK(twice == before);
  CHECK(hr_status(asked.library) == HR_LIBRARY_ERROR);
  CHECK(std::strstr(hr_error(asked.library).what, "has no function plug_twice") != nullptr);
  plug.rename("2");
  CHECK(hr_reload(asked.library) == 1);
  CHECK(twice(4) == 8);
  CHECK(twice != before);
}

TEST_CASE("a load hook takes back what it bound") {
  const Plug plug("takes-back");
  plug.truncate("1");
  int (*version)() = nullptr;
  const Asked asked(plug, [&](hr_library* library) {
    CHECK(hr_bind(library, "plug_version", &version) == 1);
    CHECK(hr_bind(library, "plug_no_such", &version) == 0);
    CHECK(hr_unbind(library, &version) == 1);
    CHECK(hr_unbind(library, &version) == 0);
    return true;
  });
  CHECK(version == nullptr);
  CHECK(hr_status(asked.library) == HR_LIBRARY_OK);
}

}  // namespace hrwatch::tests
