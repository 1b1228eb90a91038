// What a program has bound to an opened library: its pointers and tables, by name, and what they
// lead to, as one. Knows no file and no dynamic linker: symbols are found through a function.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "hr/explicit.h"
#include "src/raw_memory.h"
#include "wire/result.h"

namespace hr::runtime {

struct Symbol {
  Pointer address = 0;
  std::uint64_t size = 0;  // bytes, 0 = unknown
  bool is_function = false;
};

using FindSymbol = std::function<std::optional<Symbol>(const std::string& name)>;

// One pointer or table of the program.
struct Binding {
  std::string name;
  void* where = nullptr;
  std::uint64_t size = 0;  // bytes of the table, 0 = a function pointer
};

// A binding and the address of what it leads to.
struct Bound {
  Binding binding;
  Pointer address = 0;
};

// Errors: the library has nothing of that name and kind, or a smaller table.
wire::Result<Bound> resolve(const Binding& binding, const std::string& library,
                            const FindSymbol& find);

// Writes it into the program's pointer (one atomic store) or table (word by word).
void write(const Bound& bound);

// NULL into the pointer, zero into the table.
void write_nothing(const Binding& binding);

std::unique_ptr<hr_view> make_view(const std::vector<Bound>& bounds);

}  // namespace hr::runtime

// Immutable: what all bindings led to at one time.
struct hr_view {
  struct Entry {
    const void* where = nullptr;
    hr::runtime::Pointer address = 0;
    std::vector<std::uint64_t> table;  // its bytes; empty = a function pointer
  };

  const Entry* find(const void* where) const;

  std::vector<Entry> entries;  // by `where`
};
