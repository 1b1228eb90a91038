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

}  // namespace hr::runtime
