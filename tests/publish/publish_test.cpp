#include "publish/publish.h"

#include <dlfcn.h>
#include <sys/stat.h>

#include <cstring>
#include <string>
#include <vector>

#include "publish/fixtures.h"
#include "support/catch.h"

using hrwatch::publish::publish;
using hrwatch::publish::Request;
using hrwatch::publish::set_words;

namespace {
// Never destroyed: a library that the system keeps loaded still reports while the program ends.
auto& ran = *new std::vector<std::string>;
}  // namespace

extern "C" __attribute__((visibility("default"))) void hr_fixture_ran(const char* what) {
  ran.emplace_back(what);
}

namespace {

// A loaded library, closed again.
class Loaded {
 public:
  explicit Loaded(const std::filesystem::path& path)
      : handle_(::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL)) {
    INFO((handle_ == nullptr ? ::dlerror() : ""));
    REQUIRE(handle_ != nullptr);
  }

  ~Loaded() { ::dlclose(handle_); }

  Loaded(const Loaded&) = delete;
  Loaded& operator=(const Loaded&) = delete;

  int* address_from(const char* function) const {
    void* symbol = ::dlsym(handle_, function);
    REQUIRE(symbol != nullptr);
    return reinterpret_cast<int* (*)()>(symbol)();
  }

 private:
  void* handle_;
};

}  // namespace

TEST_CASE("a copy runs no initialiser and no finaliser, whatever linker made it") {
  bool finalised = false;
  for (const auto& library : fixtures::libraries()) {
    INFO(library);
    const fixtures::Folder folder;
    const auto copy = publish(fixtures::request(library, folder.path()));
    REQUIRE(copy.ok());
    ran.clear();
    { const Loaded loaded(copy.value()); }
    CHECK(ran == std::vector<std::string>{});
    { const Loaded loaded(library); }  // the control: the library itself does run them
    CHECK(std::vector<std::string>(ran.begin(), ran.begin() + 3) ==
          std::vector<std::string>{"DT_INIT", "constructor", "object"});
    finalised = finalised || (ran.size() == 6 && ran.back() == "DT_FINI");
  }
  CHECK(finalised);  // one of them at least: a unique symbol keeps the first one loaded
}

TEST_CASE("a copy is bound to itself, and unique symbols are its own") {
  for (const auto& library : fixtures::libraries()) {
    INFO(library);
    const fixtures::Folder folder;
    Request request = fixtures::request(library, folder.path());
    const auto first = publish(request);
    request.generation = 2;
    const auto second = publish(request);
    REQUIRE(first.ok());
    REQUIRE(second.ok());
    // RTLD_GLOBAL: without DT_SYMBOLIC the second copy would take the first one's symbols.
    void* global = ::dlopen(first.value().c_str(), RTLD_NOW | RTLD_GLOBAL);
    REQUIRE(global != nullptr);
    const Loaded a(first.value());
    const Loaded b(second.value());
    for (const char* function : {"hr_fixture_value_address", "hr_fixture_unique_address"}) {
      CHECK(a.address_from(function) != b.address_from(function));
      CHECK(*a.address_from(function) == *b.address_from(function));
    }
    ::dlclose(global);
  }
}

TEST_CASE("a copy appears whole, for its owner only, and under a name never used before") {
  const fixtures::Folder folder;
  const auto gen = folder.path() / ".hrwatch" / "gen";
  Request request = fixtures::request(fixtures::libraries().at(0), gen);
  CHECK(hrwatch::publish::next_generation(gen, "game") == 1);
  const auto copy = publish(request);
  REQUIRE(copy.ok());
  CHECK(copy.value() == gen / "game.1.so");

  struct stat status {};

  REQUIRE(::stat(copy.value().c_str(), &status) == 0);
  CHECK((status.st_mode & 07777) == 0500);
  REQUIRE(::stat(gen.c_str(), &status) == 0);
  CHECK((status.st_mode & 07777) == 0700);
  CHECK(fixtures::names_in(gen) == std::vector<std::string>{"game.1.so"});

  const auto again = publish(request);
  REQUIRE_FALSE(again.ok());
  CHECK(again.failure().what == "game.1.so could not be published");
  CHECK(again.failure().why == "that generation is already in " + gen.native());
  CHECK(again.failure().fix == "end the other hrwatch that works on this build folder");
  CHECK(fixtures::names_in(gen) == std::vector<std::string>{"game.1.so"});
}

TEST_CASE(
    "the entry NOPs at the given addresses become one instruction, and nothing else in the code") {
  for (const auto& library : fixtures::libraries()) {
    INFO(library);
    const fixtures::Folder folder;
    const Request request = fixtures::request(library, folder.path());
    const auto copy = publish(request);
    REQUIRE(copy.ok());
    const auto before = fixtures::read(library);
    const auto after = fixtures::read(copy.value());
    REQUIRE(after.size() == before.size());
    REQUIRE(request.nops.size() >= HR_TEST_LEAST_NOP_PAIRS);
    std::size_t normalised = 0;
    for (std::size_t i = 0; i + 1 < before.size(); ++i) {
      normalised += before[i] == std::byte{0x90} && after[i] == std::byte{0x66} &&
                            after[i + 1] == std::byte{0x90}
                        ? 1
                        : 0;
    }
    CHECK(normalised == request.nops.size());
  }
}

TEST_CASE("a library that was replaced, is cut off or is gone is refused and leaves nothing") {
  const fixtures::Folder folder;
  const auto gen = folder.path() / "gen";
  const auto original = fixtures::libraries().at(0);
  const Request good = fixtures::request(original, gen);

  Request replaced = good;
  replaced.build_id = "00ff";
  const auto other = publish(replaced);
  REQUIRE_FALSE(other.ok());
  CHECK(other.failure().what == "the built library was replaced meanwhile");
  CHECK(other.failure().why ==
        original.native() + ": it is build " + good.build_id + " now; build 00ff was analysed");

  Request cut = good;
  cut.library = folder.path() / "cut.so";
  auto bytes = fixtures::read(original);
  bytes.resize(bytes.size() / 2);
  fixtures::write(cut.library, bytes);
  CHECK_FALSE(publish(cut).ok());
  fixtures::write(cut.library, {});
  CHECK_FALSE(publish(cut).ok());

  Request gone = good;
  gone.library = folder.path() / "gone.so";
  const auto missing = publish(gone);
  REQUIRE_FALSE(missing.ok());
  CHECK(missing.failure().why == gone.library.native() + " is not there or can't be read");

  Request wrong_nop = good;
  wrong_nop.nops = {0x10};
  CHECK_FALSE(publish(wrong_nop).ok());
  CHECK(fixtures::names_in(gen) == std::vector<std::string>{});
}

TEST_CASE("words of a copy are set where they say what was expected, and only there") {
  const fixtures::Folder folder;
  const auto copy = publish(fixtures::request(fixtures::libraries().at(0), folder.path() / "gen"));
  REQUIRE(copy.ok());
  auto expected = fixtures::read(copy.value());
  std::uint64_t found = 0;
  std::memcpy(&found, &expected[64], sizeof found);
  const auto set =
      set_words(copy.value(), {{64, found, 0x1122334455667788}, {128, ~std::uint64_t{0} / 3, 1}});
  REQUIRE(set.ok());
  CHECK(set.value() == 1);
  constexpr std::uint64_t value = 0x1122334455667788;
  std::memcpy(&expected[64], &value, sizeof value);
  CHECK(fixtures::read(copy.value()) == expected);
  namespace fs = std::filesystem;
  CHECK((fs::status(copy.value()).permissions() & fs::perms::owner_write) == fs::perms::none);

  const auto missing = set_words(folder.path() / "gone.so", {{0, 0, 0}});
  REQUIRE_FALSE(missing.ok());
  CHECK(missing.failure().what == "gone.so could not be completed");
}
