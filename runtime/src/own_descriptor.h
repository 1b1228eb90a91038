// A descriptor inside a program that may close any number and open its own under it. Knows nothing
// of what it is used for, and never touches what is not its own.
#pragma once

#include <string>

namespace hr::runtime {

class OwnDescriptor {
 public:
  OwnDescriptor() = default;
  // Takes it over, moved to a number that programs do not count on. Negative: closed.
  explicit OwnDescriptor(int descriptor);
  OwnDescriptor(OwnDescriptor&& other) noexcept;
  OwnDescriptor& operator=(OwnDescriptor&& other) noexcept;

  ~OwnDescriptor() { close(); }

  int number() const { return number_; }

  // True as long as the number still means what it meant at first.
  bool still_ours() const;
  void close();

 private:
  int number_ = -1;
  std::string identity_;  // what /proc says is open there
};

// A way to wake a thread out of poll() from any other.
class WakePipe {
 public:
  static WakePipe open();

  bool works() const { return reader_.still_ours() && writer_.still_ours(); }

  int number() const { return reader_.number(); }

  int writer_number() const { return writer_.number(); }

  void wake();
  void drain();

 private:
  OwnDescriptor reader_;
  OwnDescriptor writer_;
};

}  // namespace hr::runtime
