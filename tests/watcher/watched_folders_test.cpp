#include "watcher/watched_folders.h"

#include "support/catch.h"

using hrwatch::watcher::WatchedFolders;
using hrwatch::watcher::WatchSet;
using Paths = std::vector<std::string>;

namespace {

WatchSet set_of(Paths folders, Paths excluded = {}) {
  WatchSet set;
  set.folders = std::move(folders);
  set.excluded = std::move(excluded);
  return set;
}

}  // namespace

TEST_CASE("WatchedFolders tells what a new set adds and removes") {
  WatchedFolders folders;
  auto first = folders.replace(set_of({"/p/src", "/p/include"}));
  CHECK(first.added == Paths{"/p/include", "/p/src"});
  CHECK(first.removed.empty());
  auto second = folders.replace(set_of({"/p/src", "/p/tools"}));
  CHECK(second.added == Paths{"/p/tools"});
  CHECK(second.removed == Paths{"/p/include"});
}

TEST_CASE("WatchedFolders takes in a folder made inside, not hidden or excluded ones") {
  WatchedFolders folders;
  folders.replace(set_of({"/p"}, {"/p/build"}));
  CHECK(folders.adopt("/p/new"));
  CHECK(folders.wants("/p/new"));
  CHECK_FALSE(folders.asked_for("/p/new"));
  CHECK_FALSE(folders.adopt("/p/new"));
  CHECK_FALSE(folders.adopt("/p/.git"));
  CHECK_FALSE(folders.adopt("/p/build"));
  CHECK_FALSE(folders.adopt("/p/build/sub"));
  CHECK(folders.adopt("/p/builder"));
}

TEST_CASE("WatchedFolders keeps adopted folders over a new set while they lie in it") {
  WatchedFolders folders;
  folders.replace(set_of({"/p/a", "/p/b"}));
  folders.adopt("/p/a/new");
  folders.adopt("/p/b/new");
  auto difference = folders.replace(set_of({"/p/a"}));
  CHECK(difference.added.empty());
  CHECK(difference.removed == Paths{"/p/b", "/p/b/new"});
  CHECK(folders.wants("/p/a/new"));
  difference = folders.replace(set_of({"/p/a", "/p/a/new"}));
  CHECK(difference.added.empty());
  CHECK(difference.removed.empty());
  CHECK(folders.asked_for("/p/a/new"));
}

TEST_CASE("WatchedFolders finds what lies at or below a path, not beside it") {
  WatchedFolders folders;
  folders.replace(set_of({"/p/src", "/p/src/deep", "/p/src-old", "/p/src.d"}));
  folders.adopt("/p/src/made");
  CHECK(folders.within("/p/src") == Paths{"/p/src", "/p/src/deep", "/p/src/made"});
  CHECK(folders.abandon("/p/src") == Paths{"/p/src/made"});
  CHECK(folders.within("/p/src") == Paths{"/p/src", "/p/src/deep"});
}

TEST_CASE("WatchedFolders knows the ways to its folders") {
  WatchedFolders folders;
  folders.replace(set_of({"/home/me/p/src"}));
  CHECK(folders.leads_to_wanted("/home"));
  CHECK(folders.leads_to_wanted("/home/me/p"));
  CHECK(folders.leads_to_wanted("/home/me/p/src"));
  CHECK_FALSE(folders.leads_to_wanted("/home/me/p/src/deeper"));
  CHECK_FALSE(folders.leads_to_wanted("/home/you"));
}

TEST_CASE("WatchedFolders never takes a file that the project depends on for noise") {
  WatchedFolders folders;
  WatchSet set = set_of({"/p"});
  set.dependent.insert("/p/4913");
  folders.replace(set);
  CHECK_FALSE(folders.is_noise("/p", "4913"));
  CHECK(folders.is_noise("/p", "5036"));
  CHECK(folders.is_noise("/q", "4913"));
}

TEST_CASE("WatchedFolders takes in a bounded number of folders") {
  WatchedFolders folders;
  folders.replace(set_of({"/p"}));
  for (std::size_t number = 0; number < hrwatch::watcher::max_adopted_folders; ++number) {
    REQUIRE(folders.adopt("/p/" + std::to_string(number)));
  }
  CHECK_FALSE(folders.adopt("/p/one-too-many"));
}
