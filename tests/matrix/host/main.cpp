// The host of one matrix row: `host ROW LIMITS PLAN FOLDER`. PLAN names the builds that follow
// generation 0, a line each: `VERSION LIBRARY OBJECT...`.
#include <cstdio>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "lab/lab.h"
#include "topics.h"

namespace {

struct Build {
  int version = 0;
  std::string library;
  std::vector<std::string> objects;
};

std::vector<Build> read_plan(const char* file) {
  std::vector<Build> builds;
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);) {
    std::istringstream words(line);
    Build build;
    if (!(words >> build.version >> build.library))
      continue;
    for (std::string object; words >> object;)
      build.objects.push_back(object);
    builds.push_back(build);
  }
  return builds;
}

std::vector<const char*> objects_of(const Build& build) {
  std::vector<const char*> objects;
  for (const std::string& object : build.objects)
    objects.push_back(object.c_str());
  return objects;
}

lab_outcome reload(const Build& build) {
  const std::vector<const char*> objects = objects_of(build);
  return lab_reload(build.library.c_str(), objects.data(), objects.size());
}

std::vector<std::unique_ptr<Topic>> make_topics() {
  std::vector<std::unique_ptr<Topic>> topics;
  topics.push_back(make_startup_topic());
  topics.push_back(make_call_topic());
  topics.push_back(make_object_topic());
  topics.push_back(make_closure_topic());
  topics.push_back(make_state_topic());
  topics.push_back(make_table_topic());
  topics.push_back(make_thread_topic());
  topics.push_back(make_plain_topic());
  return topics;
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 5) {
    std::fprintf(stderr, "usage: host ROW LIMITS PLAN FOLDER\n");
    return 2;
  }
  Report report;
  if (!report.read_limits(arguments[2], arguments[1])) {
    std::fprintf(stderr, "can't read the known limits in %s\n", arguments[2]);
    return 2;
  }
  const std::vector<Build> builds = read_plan(arguments[3]);
  const std::string result = arguments[4] + std::string("/result.txt");
  std::remove(result.c_str());
  lab_start(arguments[4]);
  const std::vector<const char*> first = objects_of(builds.back());  // version 1 once more
  lab_first_objects(first.data(), first.size());
  const std::vector<std::unique_ptr<Topic>> topics = make_topics();
  int times_left_alone = 0;
  for (const Build& build : builds) {
    report.section("version " + std::to_string(build.version) + " as generation " +
                   std::to_string(lab_generations() + 1));
    const lab_outcome outcome = reload(build);
    const lab_times times = lab_last_times();
    std::printf(
        "version %d: describe %.1f, judge %.1f, publish %.1f, prepare %.1f, commit %.3f ms\n",
        build.version, times.describe_ms, times.judge_ms, times.publish_ms, times.prepare_ms,
        times.commit_ms);
    report.check("reload is committed", outcome == LAB_COMMITTED);
    times_left_alone += lab_left_alone() >= 2 ? 1 : 0;
    if (outcome != LAB_COMMITTED) {
      std::printf("%s\n", lab_reason());
      return report.finish(result);
    }
    for (const std::unique_ptr<Topic>& topic : topics)
      topic->check(report, build.version);
  }
  report.section("at the end");
  // Two files never change. Where a table that others may read grows, all functions are renewed.
  report.check("functions of unchanged files are left alone", times_left_alone >= 3);
  report.check("the same build again is unchanged",
               !builds.empty() && reload(builds.back()) == LAB_UNCHANGED);
  for (const std::unique_ptr<Topic>& topic : topics)
    topic->finish(report);
  return report.finish(result);
}
