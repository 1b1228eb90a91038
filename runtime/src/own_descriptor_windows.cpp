// A descriptor is a handle here; of its value 32 bits count.
#include <windows.h>

#include <cstdint>
#include <utility>

#include "src/own_descriptor.h"

namespace hr::runtime {
namespace {

HANDLE handle_of(int number) {
  return reinterpret_cast<HANDLE>(static_cast<std::intptr_t>(number));
}

int number_of(HANDLE handle) {
  return handle != nullptr ? static_cast<int>(reinterpret_cast<std::intptr_t>(handle)) : -1;
}

}  // namespace

OwnDescriptor::OwnDescriptor(int descriptor) : number_(descriptor) {}

OwnDescriptor::OwnDescriptor(OwnDescriptor&& other) noexcept {
  *this = std::move(other);
}

OwnDescriptor& OwnDescriptor::operator=(OwnDescriptor&& other) noexcept {
  if (this == &other)
    return *this;
  close();
  number_ = std::exchange(other.number_, -1);
  return *this;
}

// Programs do not close what they have not opened: there is no call that closes all numbers.
bool OwnDescriptor::still_ours() const {
  return number_ >= 0;
}

void OwnDescriptor::close() {
  if (number_ >= 0)
    CloseHandle(handle_of(std::exchange(number_, -1)));
}

// Both ends are one event, under two handles.
WakePipe WakePipe::open() {
  WakePipe pipe;
  const HANDLE event = CreateEventW(nullptr, TRUE, FALSE, nullptr);
  HANDLE second = nullptr;
  if (event == nullptr)
    return pipe;
  pipe.reader_ = OwnDescriptor(number_of(event));
  if (DuplicateHandle(GetCurrentProcess(), event, GetCurrentProcess(), &second, 0, FALSE,
                      DUPLICATE_SAME_ACCESS) != 0)
    pipe.writer_ = OwnDescriptor(number_of(second));
  return pipe;
}

void WakePipe::wake() {
  if (writer_.still_ours())
    SetEvent(handle_of(writer_.number()));
}

void WakePipe::drain() {
  if (reader_.still_ours())
    ResetEvent(handle_of(reader_.number()));
}

}  // namespace hr::runtime
