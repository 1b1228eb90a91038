// The C++ face: what closes and takes itself back. C++17.
#include <thread>

#include "explicit/plug.h"
#include "support/catch.h"

namespace hrwatch::tests {

TEST_CASE("functions, tables and views of C++") {
  const Plug plug("cpp");
  hr::Library library(plug.path());
  const hr::Function<int(int)> twice(library, "plug_twice", [](int value) { return -value; });
  const hr::Function<int()> version(library, "plug_version");
  const hr::Table<PlugTable> table(library, "plug_table");
  CHECK(library.status() == HR_LIBRARY_WAITING);
  CHECK(twice(4) == -4);
  CHECK_FALSE(version);
  CHECK(table->plus == nullptr);
  CHECK_FALSE(hr::View(library));
  plug.truncate("1");
  CHECK(library.reload());
  CHECK(library.ok());
  CHECK(library.loaded() == 0);
  CHECK(twice(4) == 8);
  CHECK(version() == 1);
  CHECK(table->plus(1) == 2);
  const hr::View view(library);
  plug.rename("2");
  CHECK(library.reload());
  CHECK(view.call(version) == 1);
  CHECK(view[table].version == 1);
  CHECK(version() == 2);
  CHECK((*table).version == 2);
  CHECK(library.symbol<int()>("plug_version")() == 2);
  CHECK(library.symbol<int()>("no_such_thing") == nullptr);
  CHECK(library.unload_old() == 0);
  plug.rename("lacks");
  CHECK_FALSE(library.reload());
  CHECK(std::string(library.error().what).find("plug_twice") != std::string::npos);
  {
    const hr::Function<int()> calls(library, "plug_calls");
    CHECK(calls() == 1);
  }
  plug.rename("3");
  CHECK(library.reload());
  CHECK(version() == 3);
  CHECK(library.unload() == 0);
}

TEST_CASE("hooks of C++ refuse, and see the new library") {
  struct Hooks : hr::LibraryHooks {
    bool load(hr_library* library) override {
      const auto coming = reinterpret_cast<int (*)()>(hr_symbol(library, "plug_version"));
      return coming != nullptr && coming() != 2;
    }

    void freeze(hr_library*) override { ++frozen; }

    void thaw(hr_library*) override { --frozen; }

    int frozen = 0;
  };

  const Plug plug("cpp-hooks");
  plug.truncate("1");
  Hooks hooks;
  hr::Library library(plug.path(), hooks);
  const hr::Function<int()> version(library, "plug_version");
  plug.rename("2");
  CHECK_FALSE(library.reload());
  CHECK(version() == 1);
  plug.rename("3");
  CHECK(library.reload());
  CHECK(version() == 3);
  CHECK(hooks.frozen == 0);
}

}  // namespace hrwatch::tests
