// Real editors and copying programs, each of which saves in its own way: one save must be one
// settled change of the right file. Programs that are not installed are left out.
#include <string>

#include "core/plan.h"
#include "core/settle.h"
#include "support/catch.h"
#include "watcher/watch_fixture.h"

using hrwatch::core::ProjectModel;
using hrwatch::core::Settle;
using hrwatch::core::SettleLimits;
using hrwatch::test::WatchFixture;
using hrwatch::test::Way;

namespace {

// Longer than the defaults: on a busy machine an editor may lose the processor between two of its
// steps, and it is the order of the steps that is tested.
SettleLimits patient() {
  SettleLimits limits;
  limits.quiet = std::chrono::milliseconds(200);
  limits.quiet_burst = std::chrono::milliseconds(500);
  limits.removed = std::chrono::seconds(1);
  limits.being_written = std::chrono::seconds(5);
  limits.deadline = std::chrono::seconds(20);
  return limits;
}

struct Save {
  const char* program;
  const char* command;
};

constexpr Save saves[] = {
    {"vim", "vim -u NONE -N -es -c 'set backupskip= backupcopy=yes' -c '%s/1/2/' -c wq src/a.cpp"},
    {"vim", "vim -u NONE -N -es -c 'set backupskip= backupcopy=no' -c '%s/1/2/' -c wq src/a.cpp"},
    {"vim", "vim -u NONE -N -es -c 'set backupskip= backupcopy=auto' -c '%s/1/2/' -c wq src/a.cpp"},
    {"vim", "vim -u NONE -N -es -c 'set backup backupskip=' -c '%s/1/2/' -c wq src/a.cpp"},
    {"emacs",
     "emacs -Q --batch --eval '(progn (find-file \"src/a.cpp\") (insert \"//x\\n\") "
     "(save-buffer))'"},
    {"emacs",
     "emacs -Q --batch --eval '(progn (setq file-precious-flag t) (find-file "
     "\"src/a.cpp\") (insert \"//x\\n\") (save-buffer))'"},
    {"tmux",
     "test -x \"$(command -v nano)\" || { echo 2 >>src/a.cpp; exit; }\n"
     "t() { tmux -f /dev/null -L hrwatch-$$ \"$@\"; }\n"
     "trap 't kill-server' EXIT\ntrap 'exit 1' TERM\n"
     "until_seen() { until t capture-pane -p | grep -q \"$1\"; do sleep 0.02; done; }\n"
     "t new-session -d -x 80 -y 24 'nano -I src/a.cpp'\n"
     "until_seen 'int a'; t send-keys 'long ' C-o; until_seen 'File Name to Write'\n"
     "t send-keys Enter; until_seen 'Wrote'; t send-keys C-x"},
    {"sed", "sed -i s/1/2/ src/a.cpp"},
    {"perl", "perl -pi -e s/1/2/ src/a.cpp"},
    {"rsync", "cp src/a.cpp b.cpp && echo '//' >>b.cpp && rsync b.cpp src/a.cpp"},
    {"rsync", "cp src/a.cpp b.cpp && echo '//' >>b.cpp && rsync --inplace b.cpp src/a.cpp"},
    {"rsync", "cp src/a.cpp b.cpp && echo '//' >>b.cpp && rsync -a b.cpp src/a.cpp"},
    {"mv", "echo 'int b;' >b.cpp && mv b.cpp src/a.cpp"},
    {"cp", "echo 'int b;' >b.cpp && cp b.cpp src/a.cpp"},
    {"cp", "echo 'int b;' >b.cpp && cp -p b.cpp src/a.cpp"},
    {"ln", "echo 'int b;' >b.cpp && ln -f b.cpp src/a.cpp"},
    {"tee", "echo 'int b;' | tee src/a.cpp"},
    {"dd", "echo 'int b;' | dd of=src/a.cpp"},
    {"touch", "touch src/a.cpp"},
    {"sh", "exec 3>src/a.cpp; sleep 0.4; echo 'int a() {' >&3; sleep 0.4; echo '}' >&3"},
    {"sh", "echo x >src/.a.cpp.tmp && rm src/a.cpp && mv src/.a.cpp.tmp src/a.cpp"},
};

bool installed(WatchFixture& fixture, const std::string& program) {
  return fixture.run("command -v " + program + " >/dev/null 2>&1");
}

// What the events of the fixture settle to, for a project in which a.cpp is a source.
std::vector<Settle::Burst> settle(const WatchFixture& fixture, const ProjectModel& model) {
  std::vector<Settle::Burst> bursts;
  Settle settle(patient());
  for (const auto& event : fixture.events()) {
    if (!is_relevant(model, event.path)) {
      continue;
    }
    if (settle.due() && *settle.due() <= event.at) {
      bursts.push_back(settle.take());
    }
    settle.add(event);
  }
  if (!settle.empty()) {
    bursts.push_back(settle.take());
  }
  return bursts;
}

}  // namespace

TEST_CASE("One save by an editor or a copying program is one settled change of the right file") {
  for (const Save& save : saves) {
    INFO(save.command);
    WatchFixture fixture(Way::native);
    fixture.make_folder("src");
    fixture.make_folder("aside");
    fixture.write("src/a.cpp", "int a() { return 1; }\n");
    fixture.watch({"aside", "src"}, {"src/a.cpp"});
    if (!installed(fixture, save.program)) {
      WARN(std::string(save.program) + " is not installed");
      continue;
    }
    ProjectModel model;
    model.source_dir = fixture.root();
    model.build_dir = fixture.path("build");
    model.targets.push_back({});
    model.owners[fixture.path("src/a.cpp")] = {0};
    REQUIRE(fixture.run(save.command));
    REQUIRE(fixture.wait_until([&] { return fixture.settled("src/a.cpp"); }));
    fixture.catch_up();
    std::string story;
    for (const auto& event : fixture.events()) {
      story += event.path + " " + std::to_string(static_cast<int>(event.change)) + "\n";
    }
    INFO(story);
    const auto bursts = settle(fixture, model);
    REQUIRE(bursts.size() == 1);
    CHECK(bursts.front().paths == std::vector<std::string>{fixture.path("src/a.cpp")});
    CHECK(fixture.settled("src/a.cpp"));
  }
}

TEST_CASE("git checkout of 2,000 files is one settled change of all of them") {
  WatchFixture fixture(Way::native);
  if (!installed(fixture, "git")) {
    WARN("git is not installed");
    return;
  }
  REQUIRE(
      fixture.run("mkdir src aside && cd src && git init -q . && git config user.email a@b.c && "
                  "git config user.name n && i=0 && while [ $i -lt 2000 ]; do echo \"int a$i;\" "
                  ">f$i.cpp; i=$((i+1)); done && git add . && git commit -qm one && "
                  "sed -i 's/int/long/' *.cpp && git commit -qam two"));
  fixture.watch({"aside", "src"});
  ProjectModel model;
  model.source_dir = fixture.root();
  model.build_dir = fixture.path("build");
  REQUIRE(fixture.run("cd src && git checkout -q HEAD~1"));
  fixture.catch_up();
  const auto bursts = settle(fixture, model);
  REQUIRE(bursts.size() == 1);
  CHECK(bursts.front().paths.size() == 2000);
}
