#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "support/catch.h"
#include "watcher/watch_fixture.h"

using hrwatch::core::FileChange;
using hrwatch::test::name_of;
using hrwatch::test::WatchFixture;
using hrwatch::test::Way;
namespace fs = std::filesystem;

namespace {

// Every case of the contract holds for both ways of watching.
template <class Case>
void for_both(Case run) {
  for (const Way way : {Way::native, Way::poll}) {
    INFO("watching: " << name_of(way));
    WatchFixture fixture(way);
    fixture.make_folder("src");
    fixture.write("src/a.cpp", "int a() { return 1; }\n");
    fixture.watch({"src"});
    run(fixture);
  }
}

}  // namespace

TEST_CASE("Watcher reports a file that was written") {
  for_both([](WatchFixture& fixture) {
    fixture.write("src/a.cpp", "int a() { return 12345; }\n");
    CHECK(fixture.wait_until([&] { return fixture.settled("src/a.cpp"); }));
    CHECK(fixture.count("src/a.cpp", FileChange::written) == 1);
    CHECK(fixture.lost().empty());
  });
}

TEST_CASE("Watcher reports a file as being written until it is closed") {
  for_both([](WatchFixture& fixture) {
    std::ofstream writer(fixture.path("src/a.cpp"));
    writer << "int a() {" << std::flush;
    CHECK(fixture.wait_until(
        [&] { return fixture.last_is("src/a.cpp", FileChange::being_written); }));
    writer << " return 77; }\n";
    writer.close();
    CHECK(fixture.wait_until([&] { return fixture.settled("src/a.cpp"); }));
  });
}

TEST_CASE("Watcher says that a truncated file is empty until it has content") {
  for_both([](WatchFixture& fixture) {
    std::ofstream(fixture.path("src/a.cpp"), std::ios::trunc).close();
    CHECK(fixture.wait_until([&] {
      return fixture.last_is("src/a.cpp", FileChange::written) && fixture.events().back().empty;
    }));
    fixture.write("src/a.cpp", "int a() { return 2; }\n");
    CHECK(fixture.wait_until([&] { return fixture.settled("src/a.cpp"); }));
  });
}

TEST_CASE("Watcher reports a file renamed over another") {
  for_both([](WatchFixture& fixture) {
    fixture.write("elsewhere", "int a() { return 3; }\n");
    fs::rename(fixture.path("elsewhere"), fixture.path("src/a.cpp"));
    CHECK(fixture.wait_until([&] { return fixture.settled("src/a.cpp"); }));
  });
}

TEST_CASE("Watcher reports a deleted file, and its return") {
  for_both([](WatchFixture& fixture) {
    fs::remove(fixture.path("src/a.cpp"));
    CHECK(fixture.wait_until([&] { return fixture.last_is("src/a.cpp", FileChange::removed); }));
    fixture.write("src/a.cpp", "int a() { return 4; }\n");
    CHECK(fixture.wait_until([&] { return fixture.settled("src/a.cpp"); }));
  });
}

TEST_CASE("Watcher reports a file moved away") {
  for_both([](WatchFixture& fixture) {
    fs::rename(fixture.path("src/a.cpp"), fixture.path("a.cpp"));
    CHECK(fixture.wait_until([&] { return fixture.last_is("src/a.cpp", FileChange::removed); }));
    CHECK(fixture.count("a.cpp") == 0);
  });
}

TEST_CASE("Watcher reports a new file") {
  for_both([](WatchFixture& fixture) {
    fixture.write("src/b.cpp", "int b() { return 1; }\n");
    CHECK(fixture.wait_until([&] { return fixture.settled("src/b.cpp"); }));
  });
}

TEST_CASE("Watcher reports links, which nobody closes") {
  for_both([](WatchFixture& fixture) {
    fixture.write("real.cpp", "int r() { return 1; }\n");
    fs::create_symlink(fixture.path("real.cpp"), fixture.path("src/soft.cpp"));
    fs::create_hard_link(fixture.path("real.cpp"), fixture.path("src/hard.cpp"));
    CHECK(fixture.wait_until([&] { return fixture.settled("src/soft.cpp"); }));
    CHECK(fixture.wait_until([&] { return fixture.settled("src/hard.cpp"); }));
  });
}

TEST_CASE("Watcher reports a time stamp that was set without a write") {
  for_both([](WatchFixture& fixture) {
    // As tar, rsync and unzip do it, after closing.
    const timespec stamp{2'000'000'000, 0};
    const timespec both[2] = {stamp, stamp};
    REQUIRE(utimensat(AT_FDCWD, fixture.path("src/a.cpp").c_str(), both, 0) == 0);
    CHECK(fixture.wait_until([&] { return fixture.settled("src/a.cpp"); }));
  });
}

TEST_CASE("Watcher does not report a file that was only opened or made executable") {
  for_both([](WatchFixture& fixture) {
    std::ofstream(fixture.path("src/a.cpp"), std::ios::app).close();
    fs::permissions(fixture.path("src/a.cpp"), fs::perms::owner_all);
    std::ifstream(fixture.path("src/a.cpp")).get();
    fixture.catch_up();
    CHECK(fixture.count("src/a.cpp") == 0);
  });
}

TEST_CASE("Watcher does not report what editors leave around a save, unless it is depended on") {
  for (const Way way : {Way::native, Way::poll}) {
    INFO("watching: " << name_of(way));
    WatchFixture fixture(way);
    fixture.watch({"."}, {"4913"});
    for (const char* name : {"4913", "5036", "a.cpp~", ".#a.cpp", ".a.cpp.swp", "sedAb3dEf"}) {
      fixture.write(name, "text");
    }
    fixture.catch_up();
    CHECK(fixture.settled("4913"));
    for (const char* name : {"5036", "a.cpp~", ".#a.cpp", ".a.cpp.swp", "sedAb3dEf"}) {
      INFO(name);
      CHECK(fixture.count(name) == 0);
    }
  }
}

TEST_CASE("Watcher watches a folder made inside a watched one, with all that is in it") {
  for_both([](WatchFixture& fixture) {
    fixture.make_folder("src/new/deep");
    fixture.write("src/new/deep/c.cpp", "int c() { return 1; }\n");
    CHECK(fixture.wait_until([&] { return fixture.settled("src/new/deep/c.cpp"); }));
    fixture.write("src/new/d.cpp", "int d() { return 1; }\n");
    CHECK(fixture.wait_until([&] { return fixture.settled("src/new/d.cpp"); }));
    CHECK(fixture.wait_until([&] { return fixture.watcher().watched_folders() == 3; }));
    fs::remove_all(fixture.path("src/new"));
    CHECK(fixture.wait_until(
        [&] { return fixture.last_is("src/new/deep/c.cpp", FileChange::removed); }));
    CHECK(fixture.wait_until([&] { return fixture.watcher().watched_folders() == 1; }));
    CHECK(fixture.lost().empty());
  });
}

TEST_CASE("Watcher does not take in hidden, excluded or circular folders") {
  for (const Way way : {Way::native, Way::poll}) {
    INFO("watching: " << name_of(way));
    WatchFixture fixture(way);
    fixture.watch({"."});
    fixture.make_folder(".git/objects");
    fixture.make_folder("build/sub");
    fs::create_directory_symlink(fixture.root(), fixture.path("circle"));
    fixture.write(".git/index", "text");
    fixture.write("build/sub/x.cpp", "text");
    fixture.catch_up();
    CHECK(fixture.count(".git/index") == 0);
    CHECK(fixture.count("build/sub/x.cpp") == 0);
    CHECK(fixture.watcher().watched_folders() == 1);
  }
}

TEST_CASE("Watcher picks up a watched folder that was deleted and made again") {
  for_both([](WatchFixture& fixture) {
    fs::remove_all(fixture.path("src"));
    CHECK(fixture.wait_until([&] { return fixture.last_is("src/a.cpp", FileChange::removed); }));
    fixture.make_folder("src");
    fixture.write("src/a.cpp", "int a() { return 5; }\n");
    CHECK(fixture.wait_until([&] { return fixture.settled("src/a.cpp"); }));
    fixture.forget();
    fixture.write("src/a.cpp", "int a() { return 56; }\n");
    CHECK(fixture.wait_until([&] { return fixture.settled("src/a.cpp"); }));
  });
}

TEST_CASE("Watcher says that a watched folder of the build has vanished, and hears of its return") {
  for (const Way way : {Way::native, Way::poll}) {
    INFO("watching: " << name_of(way));
    WatchFixture fixture(way);
    fixture.make_folder("src");
    fixture.make_folder("build/replies");
    fixture.watch({"src", "build/replies"});
    fs::remove_all(fixture.path("build"));
    CHECK(fixture.wait_until([&] { return fixture.lost().size() == 1; }));
    CHECK(fixture.lost().at(0).folder == fixture.path("build/replies"));
    CHECK_FALSE(fixture.lost().at(0).failure.fix.empty());
    fs::remove_all(fixture.path("src"));
    fixture.make_folder("src");
    fixture.catch_up();
    CHECK(fixture.lost().size() == 1);
    fixture.make_folder("build/replies");
    fixture.write("build/replies/index.json", "{}");
    CHECK(fixture.wait_until([&] { return fixture.settled("build/replies/index.json"); }));
  }
}

TEST_CASE("Watcher reports the difference when another folder takes the place of a watched one") {
  for_both([](WatchFixture& fixture) {
    fixture.make_folder("other");
    fixture.write("other/a.cpp", "int a() { return 6000; }\n");
    fixture.write("other/b.cpp", "int b() { return 6; }\n");
    fs::rename(fixture.path("src"), fixture.path("old"));
    fs::rename(fixture.path("other"), fixture.path("src"));
    CHECK(fixture.wait_until([&] { return fixture.settled("src/a.cpp"); }));
    CHECK(fixture.wait_until([&] { return fixture.settled("src/b.cpp"); }));
    fixture.forget();
    fixture.write("old/a.cpp", "int a() { return 7; }\n");
    fixture.catch_up();
    CHECK(fixture.count("src/a.cpp") == 0);
  });
}

TEST_CASE("Watcher notices that a folder further up was moved away and came back") {
  for (const Way way : {Way::native, Way::poll}) {
    INFO("watching: " << name_of(way));
    WatchFixture fixture(way);
    fixture.make_folder("home/project/src");
    fixture.write("home/project/src/a.cpp", "int a() { return 1; }\n");
    fixture.watch({"home/project/src"});
    fs::rename(fixture.path("home"), fixture.path("away"));
    CHECK(fixture.wait_until(
        [&] { return fixture.last_is("home/project/src/a.cpp", FileChange::removed); }));
    fs::rename(fixture.path("away"), fixture.path("home"));
    CHECK(fixture.wait_until([&] { return fixture.settled("home/project/src/a.cpp"); }));
  }
}

TEST_CASE("Watcher waits for a folder that does not exist yet") {
  for (const Way way : {Way::native, Way::poll}) {
    INFO("watching: " << name_of(way));
    WatchFixture fixture(way);
    fixture.watch({"later/deep/src"});
    CHECK(fixture.watcher().watched_folders() == 0);
    fixture.make_folder("later/deep/src");
    fixture.write("later/deep/src/a.cpp", "int a() { return 1; }\n");
    CHECK(fixture.wait_until([&] { return fixture.settled("later/deep/src/a.cpp"); }));
  }
}

TEST_CASE("Watcher follows a folder that is a symbolic link, and notices when it is turned") {
  for (const Way way : {Way::native, Way::poll}) {
    INFO("watching: " << name_of(way));
    WatchFixture fixture(way);
    fixture.make_folder("one");
    fixture.make_folder("two");
    fixture.write("one/a.cpp", "int a() { return 1; }\n");
    fixture.write("two/a.cpp", "int a() { return 20; }\n");
    fs::create_directory_symlink(fixture.path("one"), fixture.path("src"));
    fixture.watch({"src"});
    fixture.write("one/a.cpp", "int a() { return 111; }\n");
    CHECK(fixture.wait_until([&] { return fixture.settled("src/a.cpp"); }));
    fixture.forget();
    fs::create_directory_symlink(fixture.path("two"), fixture.path("turned"));
    fs::rename(fixture.path("turned"), fixture.path("src"));
    CHECK(fixture.wait_until([&] { return fixture.settled("src/a.cpp"); }));
    fixture.forget();
    fixture.write("two/a.cpp", "int a() { return 2222; }\n");
    CHECK(fixture.wait_until([&] { return fixture.settled("src/a.cpp"); }));
  }
}

TEST_CASE("Watcher reports under each of two paths that lead to one folder") {
  for (const Way way : {Way::native, Way::poll}) {
    INFO("watching: " << name_of(way));
    WatchFixture fixture(way);
    fixture.make_folder("src");
    fs::create_directory_symlink(fixture.path("src"), fixture.path("link"));
    fixture.watch({"src", "link"});
    fixture.write("src/a.cpp", "int a() { return 1; }\n");
    CHECK(fixture.wait_until([&] { return fixture.settled("src/a.cpp"); }));
    CHECK(fixture.wait_until([&] { return fixture.settled("link/a.cpp"); }));
  }
}

TEST_CASE("Watcher takes over a new set: what left it is silent, what joined it is heard") {
  for_both([](WatchFixture& fixture) {
    fixture.make_folder("lib");
    fixture.write("lib/b.cpp", "int b() { return 1; }\n");
    fixture.watch({"lib"});
    fixture.write("src/a.cpp", "int a() { return 100; }\n");
    fixture.write("lib/b.cpp", "int b() { return 100; }\n");
    fixture.catch_up();
    CHECK(fixture.settled("lib/b.cpp"));
    CHECK(fixture.count("src/a.cpp") == 0);
    CHECK(fixture.watcher().watched_folders() == 1);
    fixture.watch({"lib", "src"});
    fixture.write("src/a.cpp", "int a() { return 1000; }\n");
    CHECK(fixture.wait_until([&] { return fixture.settled("src/a.cpp"); }));
  });
}

TEST_CASE("Watcher reports every one of 2,000 files that change at once") {
  for_both([](WatchFixture& fixture) {
    for (int number = 0; number < 2000; ++number) {
      fixture.write("src/f" + std::to_string(number) + ".cpp", "int x;\n");
    }
    fixture.catch_up();
    fixture.forget();
    for (int number = 0; number < 2000; ++number) {
      const std::string name = "src/f" + std::to_string(number) + ".cpp";
      fs::remove(fixture.path(name));
      fixture.write(name, "int x = " + std::to_string(number) + ";\n");
    }
    CHECK(fixture.wait_until([&] { return fixture.settled("src/f1999.cpp"); }));
    fixture.catch_up();
    int reported = 0;
    for (int number = 0; number < 2000; ++number) {
      reported += fixture.settled("src/f" + std::to_string(number) + ".cpp") ? 1 : 0;
    }
    CHECK(reported == 2000);
    CHECK(fixture.overflows() == 0);
  });
}

TEST_CASE("The native watcher compares all files when the system's queue has overflowed") {
  WatchFixture fixture(Way::native);
  fixture.make_folder("src");
  fixture.make_folder("other");
  for (const char* name : {"src/changed.cpp", "src/same.cpp", "src/gone.cpp"}) {
    fixture.write(name, "int x;\n");
  }
  fixture.watch({"src", "other"});
  // The loop does not turn meanwhile. Two files in turn, so that the kernel merges nothing.
  std::ifstream limit_file("/proc/sys/fs/inotify/max_queued_events");
  int limit = 0;
  limit_file >> limit;
  REQUIRE(limit > 0);
  for (int number = 0; number * 2 <= limit; ++number) {
    fixture.write(number % 2 == 0 ? "other/even" : "other/odd", "flood");
  }
  fixture.write("src/changed.cpp", "int changed;\n");
  fs::remove(fixture.path("src/gone.cpp"));
  fixture.make_folder("src/made");
  fixture.write("src/made/new.cpp", "int x;\n");
  CHECK(fixture.wait_until([&] { return fixture.overflows() == 1; }));
  CHECK(fixture.settled("src/changed.cpp"));
  CHECK(fixture.last_is("src/gone.cpp", FileChange::removed));
  CHECK(fixture.settled("src/made/new.cpp"));
  CHECK(fixture.count("src/same.cpp") == 0);
  fixture.forget();
  fixture.write("src/made/new.cpp", "int xy;\n");
  CHECK(fixture.wait_until([&] { return fixture.settled("src/made/new.cpp"); }));
}

TEST_CASE("The native watcher tells once of a file that is written in many pieces") {
  WatchFixture fixture(Way::native);
  fixture.write("a.cpp", "");
  fixture.watch({"."});
  std::ofstream writer(fixture.path("a.cpp"));
  for (int piece = 0; piece < 100; ++piece) {
    writer << "int a" << piece << ";\n" << std::flush;
    fixture.wait_until([&] { return fixture.count("a.cpp") > 0; });
  }
  CHECK(fixture.count("a.cpp") == 1);
  writer.close();
  CHECK(fixture.wait_until([&] { return fixture.settled("a.cpp"); }));
  CHECK(fixture.count("a.cpp") == 2);
}

TEST_CASE("The native watcher hands a save to the loop within a millisecond") {
  WatchFixture fixture(Way::native);
  fixture.watch({"."});
  // The best of many: what the machine does beside this test is not the watcher's doing.
  double best_ms = 1e9;
  for (int save = 0; save < 20; ++save) {
    fixture.forget();
    fixture.write("a.cpp", "int a = " + std::to_string(save) + ";\n");
    const auto closed = hrwatch::core::Time(static_cast<std::int64_t>(uv_hrtime()));
    REQUIRE(fixture.wait_until([&] { return fixture.settled("a.cpp"); }));
    best_ms = std::min(best_ms, hrwatch::core::to_ms(fixture.events().back().at - closed));
  }
  CHECK(best_ms < 1.0);
}
