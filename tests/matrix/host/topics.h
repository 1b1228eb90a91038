// The topics of the matrix: each takes its reference values from generation 0, and checks after
// every reload what must have survived and what must be new.
#pragma once

#include <memory>
#include <vector>

#include "report.h"

class Topic {
 public:
  virtual ~Topic() = default;

  // After the reload that made `version` of the module the newest generation.
  virtual void check(Report& report, int version) = 0;

  // After the last reload.
  virtual void finish(Report&) {}
};

std::unique_ptr<Topic> make_call_topic();
std::unique_ptr<Topic> make_object_topic();
std::unique_ptr<Topic> make_closure_topic();
std::unique_ptr<Topic> make_state_topic();
std::unique_ptr<Topic> make_table_topic();
std::unique_ptr<Topic> make_thread_topic();
std::unique_ptr<Topic> make_startup_topic();
std::unique_ptr<Topic> make_plain_topic();
