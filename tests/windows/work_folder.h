// Where tests with the real tools work: on the drive of the build. On wine's own drive (C:)
// cmake.exe 4.0 ends with an access violation now and then.
#pragma once

#include <windows.h>

#include <filesystem>
#include <string>

namespace hrwatch::tests {

// For Sandbox: its name, once the temporary folder is HR_TEST_WORK.
inline std::string in_work_folder(const std::string& name) {
  std::filesystem::create_directories(HR_TEST_WORK);
  SetEnvironmentVariableA("TMP", HR_TEST_WORK);
  return name;
}

}  // namespace hrwatch::tests
