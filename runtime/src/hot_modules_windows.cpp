// What hot modules and the crash guard need of the system and Windows has not yet: every part says
// so, so that a module is refused and a guarded frame runs unguarded. The explicit mode needs none
// of it.
#include <windows.h>

#include <filesystem>

#include "src/background.h"
#include "src/crash_signals.h"
#include "src/generation.h"
#include "src/homes.h"
#include "src/initialiser_call.h"
#include "src/last_words.h"
#include "src/memory_map.h"
#include "src/memory_search.h"
#include "src/module_file.h"
#include "src/own_descriptor.h"
#include "src/published_file.h"
#include "src/session_file.h"
#include "src/stack_frames.h"

namespace hr::runtime {
namespace {

wire::Failure not_on_windows() {
  return {"hot modules are not reloaded on Windows yet",
          "this runtime has the explicit mode there (hr_open, hr_bind)",
          "open the library with hr_open(), or build with HRWATCH_MODE=STATIC"};
}

thread_local int loading_depth = 0;

}  // namespace

// ---- address_space.h, memory_map.h

AddressSpace::AddressSpace(AddressSpace&&) noexcept = default;
AddressSpace& AddressSpace::operator=(AddressSpace&&) noexcept = default;
AddressSpace::~AddressSpace() = default;

wire::Result<AddressSpace> AddressSpace::reserve(Pointer, Pointer) {
  return not_on_windows();
}

wire::Result<AddressSpace::Hole> AddressSpace::take(std::uint32_t, std::uint64_t) {
  return not_on_windows();
}

void AddressSpace::open(const Hole&) {}

void AddressSpace::close_around(Hole&, Pointer, Pointer) {}

void AddressSpace::give_back(Hole&, Pointer, Pointer) {}

wire::Result<MemoryMap> MemoryMap::read() {
  return not_on_windows();
}

bool MemoryMap::readable(Pointer, std::uint64_t) const {
  return false;
}

OwnVector<Region> MemoryMap::regions(Pointer, Pointer) const {
  return {};
}

WritablePages::WritablePages(WritablePages&&) noexcept = default;
WritablePages& WritablePages::operator=(WritablePages&&) noexcept = default;

void WritablePages::want(Pointer, std::uint64_t) {}

wire::Result<wire::Done> WritablePages::open(const MemoryMap&) {
  return not_on_windows();
}

void WritablePages::restore() {}

// ---- memory_search.h

void MemorySearch::look_for(Pointer, Pointer) {}

void MemorySearch::look_at(Pointer, Pointer) {}

void MemorySearch::leave_out(Pointer, Pointer) {}

wire::Result<OwnVector<Finding>> MemorySearch::run(const CallerState&) {
  return not_on_windows();
}

Pointer word_of_process(Pointer) {
  return 0;
}

// ---- generation.h, published_file.h, module_file.h, homes.h, initialiser_call.h

Generation::~Generation() = default;

wire::Result<std::unique_ptr<Generation>> Generation::load(std::uint32_t, const PublishedFile&,
                                                           AddressSpace&) {
  return not_on_windows();
}

bool loading_generation() {
  return loading_depth > 0;
}

LoadingGeneration::LoadingGeneration() {
  ++loading_depth;
}

LoadingGeneration::~LoadingGeneration() {
  --loading_depth;
}

wire::Result<PublishedFile> inspect_published(const std::string&, const std::string&,
                                              const std::string&) {
  return not_on_windows();
}

int open_module_file(const std::string&, const std::string&) {
  return -1;
}

void close_module_file(int, const std::string&) {}

std::string absolute_path(const std::string& path) {
  std::error_code error;
  return std::filesystem::weakly_canonical(path, error).generic_string();
}

Addresses look_up_names(const std::vector<wire::Home>& homes) {
  return Addresses(homes.size(), 0);
}

bool call_initialiser(Pointer, std::string*) {
  return false;
}

// ---- own_descriptor.h, background.h, session_file.h: no session is joined

OwnDescriptor::OwnDescriptor(int) {}

OwnDescriptor::OwnDescriptor(OwnDescriptor&&) noexcept {}

OwnDescriptor& OwnDescriptor::operator=(OwnDescriptor&&) noexcept {
  return *this;
}

bool OwnDescriptor::still_ours() const {
  return false;
}

void OwnDescriptor::close() {}

WakePipe WakePipe::open() {
  return {};
}

void WakePipe::wake() {}

void WakePipe::drain() {}

void run_background() {}

void close_background_descriptors() {}

wire::Result<SessionFile> read_session(const std::string&) {
  return not_on_windows();
}

// ---- the crash guard: no frame is abandoned on request, nothing is told of a crash without a
// guard

void catch_requests() {}

void request_abandonment(GuardThread&) {}

void set_last_words(LastWords) {}

void expect_last_words(int) {}

const CrashRecord* last_words() {
  return nullptr;
}

void last_words_sent() {}

void last_words_heard() {}

std::vector<Pointer> frames_of_this_thread() {
  return {};
}

CallerState caller_of(Pointer frame) {
  CallerState state;
  state.stack = frame;
  return state;
}

}  // namespace hr::runtime
