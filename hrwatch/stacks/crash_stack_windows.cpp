#include <algorithm>
#include <cstring>
#include <string_view>

#include "stacks/crash_stack.h"
#include "stacks/mapped_files_windows.h"

namespace hrwatch::stacks {
namespace {

constexpr std::size_t most_frames = 64;
constexpr std::size_t register_count = 17;  // wire::Crashed::registers: the last is Rip

// dbghelp hands its callbacks nothing of the caller's.
thread_local const hr::wire::Crashed* walked = nullptr;

// Of the stack as it was at the crash; of everything else as it is.
BOOL CALLBACK read_memory(HANDLE process, DWORD64 address, PVOID into, DWORD size, LPDWORD count) {
  const auto& crash = *walked;
  if (address >= crash.stack_address && crash.stack.size() >= size &&
      address - crash.stack_address <= crash.stack.size() - size) {
    std::memcpy(into, crash.stack.data() + (address - crash.stack_address), size);
    *count = size;
    return TRUE;
  }
  SIZE_T read = 0;
  const BOOL done =
      ReadProcessMemory(process, reinterpret_cast<const void*>(address), into, size, &read);
  *count = static_cast<DWORD>(read);
  return done;
}

// In the order of the psABI, figure 3.36, as on every system.
CONTEXT context_of(const std::vector<std::uint64_t>& registers) {
  CONTEXT context = {};
  context.ContextFlags = CONTEXT_CONTROL | CONTEXT_INTEGER;
  DWORD64* const places[register_count] = {
      &context.Rax, &context.Rdx, &context.Rcx, &context.Rbx, &context.Rsi, &context.Rdi,
      &context.Rbp, &context.Rsp, &context.R8,  &context.R9,  &context.R10, &context.R11,
      &context.R12, &context.R13, &context.R14, &context.R15, &context.Rip};
  for (std::size_t i = 0; i < register_count; ++i) {
    *places[i] = registers[i];
  }
  return context;
}

bool is_one_of(const std::string& function, std::initializer_list<std::string_view> names) {
  return std::find(names.begin(), names.end(), function) != names.end();
}

bool is_runtime(const core::Frame& frame) {
  const std::string_view path = frame.library;
  const std::string_view name = path.substr(path.find_last_of("\\/") + 1);
  return name == "libhr.dll" || name == "hr.dll";
}

// Nothing of the machinery: neither what throws, nor what guards, nor what starts a program.
void trim(std::vector<core::Frame>& frames) {
  const auto thrown = std::find_if(frames.begin(), frames.end(), [](const auto& frame) {
    return is_one_of(frame.function, {"__cxa_throw", "__cxa_rethrow", "_CxxThrowException"});
  });
  if (thrown != frames.end() && is_runtime(frames.front())) {
    frames.erase(frames.begin(), thrown + 1);
  }
  const auto end = std::find_if(frames.begin(), frames.end(), [](const auto& frame) {
    return is_runtime(frame) || frame.function.starts_with("hr::guard<") ||
           is_one_of(frame.function, {"__tmainCRTStartup", "mainCRTStartup", "WinMainCRTStartup",
                                      "__scrt_common_main_seh", "BaseThreadInitThunk"});
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

std::vector<core::Frame> read_crash(const ProcessImage& image, int,
                                    const hr::wire::Crashed& crash) {
  if (crash.registers.size() < register_count) {
    return {};
  }
  const std::vector<std::uint64_t> registers(crash.registers.begin(), crash.registers.end());
  std::vector<std::uint64_t> calls;
  if (image.mapped().process != nullptr) {
    const std::lock_guard lock(one_at_a_time);
    walked = &crash;
    // Of the thread only a name is needed: its state is `context`.
    calls = walk(image.mapped().process, GetCurrentThread(), context_of(registers), read_memory,
                 most_frames);
    walked = nullptr;
  }
  if (calls.empty()) {
    calls.push_back(registers.back());
  }
  std::vector<core::Frame> frames;
  for (const std::uint64_t address : calls) {
    frames.push_back(image.frame_at(address));
  }
  trim(frames);
  return frames;
}

}  // namespace hrwatch::stacks
