// Four threads encode and decode all the time; a thread of the runtime swaps the library under
// them.
#include <hr/hr.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <thread>

static std::uint32_t (*encode)(std::uint32_t);
static std::uint32_t (*decode)(std::uint32_t);

static std::atomic<bool> stop{false};
static std::atomic<unsigned long> rounds{0};
static std::atomic<unsigned long> mixed{0};

// A view holds both functions of one build, whatever is swapped meanwhile.
static void work(const hr_library* library) {
  for (std::uint32_t value = 1; !stop; ++value) {
    const hr_view* view = hr_look(library);
    if (view == nullptr)
      continue;  // nothing is loaded yet
    if (HR_SEEN(view, decode)(HR_SEEN(view, encode)(value)) != value)
      ++mixed;
    ++rounds;
  }
}

// Before anything leads to a new library: does it do what it should? 0 rolls it back.
static int check(hr_library* library, void*) {
  const auto new_encode = reinterpret_cast<decltype(encode)>(hr_symbol(library, "cipher_encode"));
  const auto new_decode = reinterpret_cast<decltype(decode)>(hr_symbol(library, "cipher_decode"));
  if (new_encode == nullptr || new_decode == nullptr)
    return 0;
  for (const std::uint32_t value : {0u, 1u, 4711u, 0xFFFFFFFFu}) {
    if (new_decode(new_encode(value)) != value) {
      std::printf("check: %u comes back as %u\n", value, new_decode(new_encode(value)));
      return 0;
    }
  }
  return 1;
}

static const char* name_of(unsigned state) {
  static const std::array<const char*, 5> names = {"?", "waiting", "loading", "ok", "error"};
  return names[state < names.size() ? state : 0];
}

static void on_event(const hr_event* event, void*) {
  if (event->kind == HR_EVENT_LIBRARY)
    std::printf("state: %s\n", name_of(event->library_state));
  else if (event->kind == HR_EVENT_RELOADED)
    std::printf("callback: %s was swapped, load %u\n", event->module, event->generation);
  else if (event->kind == HR_EVENT_REFUSED)
    std::printf("callback: rolled back: %s\n    why: %s\n    fix: %s\n", event->what, event->why,
                event->fix);
  std::fflush(stdout);
}

int main(int argc, char** argv) {
  argc = hr_args(argc, argv);
  int seconds = argc > 1 ? std::atoi(argv[1]) : -1;

  hr_hooks hooks = {};
  hooks.struct_size = sizeof(hooks);
  hooks.load = check;
  hr_library* library = hr_open_with(CIPHER, &hooks);
  hr_bind(library, "cipher_encode", &encode);
  hr_bind(library, "cipher_decode", &decode);
  std::printf("state: %s\n", name_of(static_cast<unsigned>(hr_status(library))));
  hr_on_event(on_event, nullptr);
  hr_watch(library);

  std::array<std::thread, 4> threads;
  for (std::thread& thread : threads)
    thread = std::thread(work, library);
  for (; seconds != 0; --seconds) {
    std::this_thread::sleep_for(std::chrono::seconds(1));
    std::printf("1 encoded is %u; %lu mixed\n", HR_LOAD(encode) ? HR_LOAD(encode)(1) : 0,
                mixed.load());
    std::fflush(stdout);
  }
  stop = true;
  for (std::thread& thread : threads)
    thread.join();
  std::printf("%s rounds, %lu mixed\n", rounds > 1000 ? "thousands of" : "few", mixed.load());
  hr_off_event(on_event, nullptr);
  hr_close(library);
  return mixed == 0 ? 0 : 1;
}
