// The objects of classes with HR_LIVE(): where they are, of which class, how far each may grow.
// Knows no module and no reload; migration.h changes them.
#pragma once

#include <cstddef>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "hr/state.h"

namespace hr::runtime {

struct LiveObject {
  const void* key = nullptr;
  void* object = nullptr;
  const hr_type* type = nullptr;  // the table of the build that made it
  std::size_t room = 0;           // bytes it may take where it is
};

// Thread: any.
class LiveObjects {
 public:
  // Those of this process. Never destroyed.
  static LiveObjects& get();

  void add(const void* key, void* object, const hr_type& type);
  void remove(const void* key);

  // Memory with room to grow; nullptr when there is none.
  void* allocate(std::size_t size, std::size_t align);
  void release(void* memory);

  // All, by address. An object inside another one (a base class, a member) is left out.
  std::vector<LiveObject> outermost() const;
  // All, the inner ones too.
  std::vector<LiveObject> all() const;
  // Whether it is still what all() said.
  bool is_unchanged(const LiveObject& object) const;

  std::mutex& mutex() { return mutex_; }  // for fork()

 private:
  struct Entry {
    void* object;
    const hr_type* type;
  };

  struct Block {
    std::size_t room;
    std::size_t align;
  };

  mutable std::mutex mutex_;
  std::unordered_map<const void*, Entry> objects_;
  std::unordered_map<const void*, Block> blocks_;
};

}  // namespace hr::runtime
