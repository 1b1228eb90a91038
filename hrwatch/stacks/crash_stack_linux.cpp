#include <algorithm>
#include <cstring>
#include <string_view>

#include "stacks/crash_stack.h"
#include "stacks/mapped_files_linux.h"

namespace hrwatch::stacks {
namespace {

constexpr std::size_t most_frames = 64;
constexpr std::size_t instruction_pointer = 16;  // psABI, figure 3.36

struct Unwinding {
  const ProcessImage& image;
  const hr::wire::Crashed& crash;
  pid_t thread = 0;
  std::vector<core::Frame> frames;
};

pid_t next_thread(Dwfl*, void* argument, void** thread) {
  if (*thread != nullptr) {
    return 0;
  }
  *thread = argument;
  return static_cast<Unwinding*>(argument)->thread;
}

bool read_memory(Dwfl*, Dwarf_Addr address, Dwarf_Word* word, void* argument) {
  const auto& crash = static_cast<Unwinding*>(argument)->crash;
  if (address < crash.stack_address || crash.stack.size() < sizeof(*word) ||
      address - crash.stack_address > crash.stack.size() - sizeof(*word)) {
    return false;
  }
  std::memcpy(word, crash.stack.data() + (address - crash.stack_address), sizeof(*word));
  return true;
}

bool set_registers(Dwfl_Thread* thread, void* argument) {
  const auto& registers = static_cast<Unwinding*>(argument)->crash.registers;
  if (registers.size() <= instruction_pointer) {
    return false;
  }
  const std::vector<Dwarf_Word> words(registers.begin(), registers.end());
  dwfl_thread_state_register_pc(thread, words[instruction_pointer]);
  return dwfl_thread_state_registers(thread, 0, instruction_pointer + 1, words.data());
}

int take_frame(Dwfl_Frame* state, void* argument) {
  auto& unwinding = *static_cast<Unwinding*>(argument);
  Dwarf_Addr address = 0;
  bool exact = false;
  if (!dwfl_frame_pc(state, &address, &exact) || unwinding.frames.size() == most_frames) {
    return DWARF_CB_ABORT;
  }
  // A return address is behind the call, and may be another line's.
  unwinding.frames.push_back(unwinding.image.frame_at(exact ? address : address - 1));
  return DWARF_CB_OK;
}

bool is_one_of(const std::string& function, std::initializer_list<std::string_view> names) {
  return std::find(names.begin(), names.end(), function) != names.end();
}

bool is_runtime(const core::Frame& frame) {
  const std::string_view path = frame.library;
  return path.substr(path.rfind('/') + 1).starts_with("libhr.so");
}

// Nothing of the machinery: neither what throws, nor what guards, nor what starts a program.
void trim(std::vector<core::Frame>& frames) {
  const auto thrown = std::find_if(frames.begin(), frames.end(), [](const auto& frame) {
    return is_one_of(frame.function, {"__cxa_throw", "__cxa_rethrow"});
  });
  if (thrown != frames.end() && is_runtime(frames.front())) {
    frames.erase(frames.begin(), thrown + 1);
  }
  const auto end = std::find_if(frames.begin(), frames.end(), [](const auto& frame) {
    return is_runtime(frame) || frame.function.starts_with("hr::guard<") ||
           is_one_of(frame.function,
                     {"__libc_start_call_main", "__libc_start_main", "_start", "start_thread"});
  });
  if (end != frames.begin()) {
    frames.erase(end, frames.end());
  }
  const auto main = std::find_if(frames.begin(), frames.end(),
                                 [](const auto& frame) { return frame.function == "main"; });
  if (main != frames.end()) {
    frames.erase(main + 1, frames.end());
  }
}

}  // namespace

std::vector<core::Frame> read_crash(const ProcessImage& image, int pid,
                                    const hr::wire::Crashed& crash) {
  Unwinding unwinding{image, crash, static_cast<pid_t>(crash.thread), {}};
  static const Dwfl_Thread_Callbacks callbacks{next_thread,   nullptr, read_memory,
                                               set_registers, nullptr, nullptr};
  if (image.mapped().dwfl != nullptr &&
      dwfl_attach_state(image.mapped().dwfl, nullptr, pid, &callbacks, &unwinding)) {
    dwfl_getthreads(
        image.mapped().dwfl,
        [](Dwfl_Thread* thread, void* argument) {
          dwfl_thread_getframes(thread, take_frame, argument);
          return static_cast<int>(DWARF_CB_OK);
        },
        &unwinding);
  }
  if (unwinding.frames.empty() && crash.registers.size() > instruction_pointer) {
    unwinding.frames.push_back(image.frame_at(crash.registers[instruction_pointer]));
  }
  trim(unwinding.frames);
  return std::move(unwinding.frames);
}

}  // namespace hrwatch::stacks
