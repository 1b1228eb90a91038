// Carrying state into the next process: what to save, when asked, and what the last process left.
// Knows the files in <build>/.hrwatch/carry, not who asks.
#pragma once

#include <mutex>
#include <string>
#include <vector>

#include "hr/hr.h"
#include "src/carry.h"

namespace hr::runtime {

class CarryOver {
 public:
  // The one of this process. Never destroyed.
  static CarryOver& get();

  // See hr_save and hr_restore.
  bool on_save(const char* name, hr_save_callback save, void* user);
  bool restore(const char* name, hr_restore_callback restore, void* user);

  // Gives a state that was just made what the last process left for it.
  void fill(const std::string& name, const hr_type& type, void* object);

  // Calls all save callbacks and writes <folder>/values.json. Returns how many values there are.
  // Errors: the file can't be written. What a callback throws costs its value. Thread: where the
  // program says that no code of a module runs.
  wire::Result<std::uint32_t> save(const std::string& folder);

  std::recursive_mutex& mutex() { return mutex_; }  // for fork()

 private:
  struct Callback {
    std::string name;
    hr_save_callback save;
    void* user;
  };

  CarryOver() = default;
  void load();
  void remember(const std::string& values, const std::string& names);

  std::recursive_mutex mutex_;
  std::vector<Callback> callbacks_;
  bool loaded_ = false;
  nlohmann::json values_;
  ClassNames names_;
};

// ---- files; of this user alone. "" = there is none, or it is not ours.
std::string read_private_file(const std::string& path);
bool write_private_file(const std::string& path, const std::string& text);
void remove_file(const std::string& path);
// The folder that the tool names to a program that it starts again, "" = none.
std::string carried_folder();

}  // namespace hr::runtime

// What a save callback writes to.
struct hr_saved {
  std::string bytes;
};
