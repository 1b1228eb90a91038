#include <unwind.h>

#include "src/stack_frames.h"

namespace hr::runtime {

std::vector<Pointer> frames_of_this_thread() {
  std::vector<Pointer> frames;
  // Level II interface of the Itanium C++ ABI's exception handling, 1.3 and 1.6.
  _Unwind_Backtrace(
      [](_Unwind_Context* context, void* list) {
        int interrupted = 0;  // else a return address: the call is before it
        const auto address = static_cast<Pointer>(_Unwind_GetIPInfo(context, &interrupted));
        if (address != 0)
          static_cast<std::vector<Pointer>*>(list)->push_back(interrupted != 0 ? address
                                                                               : address - 1);
        return _URC_NO_REASON;
      },
      &frames);
  return frames;
}

CallerState caller_of(Pointer frame) {
  struct Search {
    Pointer frame;
    CallerState found;
  };

  Search search{frame, {}};
  _Unwind_Backtrace(
      [](_Unwind_Context* context, void* data) {
        Search& wanted = *static_cast<Search*>(data);
        if (_Unwind_GetCFA(context) <= wanted.frame)
          return _URC_NO_REASON;
        // DWARF numbers of rbx, rbp, r12 to r15 (psABI 3.6.2).
        constexpr std::array<int, 6> preserved = {3, 6, 12, 13, 14, 15};
        wanted.found.stack = _Unwind_GetCFA(context);
        for (std::size_t i = 0; i < preserved.size(); ++i)
          wanted.found.registers[i] = _Unwind_GetGR(context, preserved[i]);
        return _URC_END_OF_STACK;
      },
      &search);
  if (frame == 0 || search.found.stack == 0)
    search.found = {reinterpret_cast<Pointer>(__builtin_frame_address(0)), {}};
  return search.found;
}

}  // namespace hr::runtime
