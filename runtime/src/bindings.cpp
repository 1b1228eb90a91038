#include "src/bindings.h"

#include <algorithm>
#include <cstring>

namespace hr::runtime {
namespace {

wire::Failure misses(const Binding& binding, const std::string& library) {
  const char* kind = binding.size == 0 ? "function" : "object";
  return {library + " has no " + kind + " " + binding.name,
          "the program binds it, and the library exports no symbol of that name",
          "export it: not static, with default visibility, and extern \"C\" in C++ (nm -D "
          "--defined-only shows what is exported)"};
}

// Threads may be reading: no reader sees half a pointer.
void store_bytes(void* to, const unsigned char* from, std::uint64_t size) {
  auto* at = static_cast<unsigned char*>(to);
  std::uint64_t done = 0;
  constexpr std::uint64_t word = sizeof(std::uint64_t);
  while (done < size) {
    if (reinterpret_cast<Pointer>(at + done) % word == 0 && size - done >= word) {
      std::uint64_t value = 0;
      std::memcpy(&value, from + done, word);
      __atomic_store_n(reinterpret_cast<std::uint64_t*>(at + done), value, __ATOMIC_RELEASE);
      done += word;
    } else {
      __atomic_store_n(at + done, from[done], __ATOMIC_RELEASE);
      ++done;
    }
  }
}

}  // namespace

wire::Result<Bound> resolve(const Binding& binding, const std::string& library,
                            const FindSymbol& find) {
  const std::optional<Symbol> symbol = find(binding.name);
  if (!symbol)
    return misses(binding, library);
  const bool wants_function = binding.size == 0;
  if (symbol->is_function != wants_function)
    return wire::Failure{binding.name + " in " + library + " is " +
                             (wants_function ? "data, not a function" : "a function, not a table"),
                         std::string("the program binds it with ") +
                             (wants_function ? "hr_bind()" : "hr_bind_table()"),
                         std::string("bind it with ") +
                             (wants_function ? "hr_bind_table()" : "hr_bind()") +
                             ", or give it another name"};
  if (!wants_function && symbol->size < binding.size)
    return wire::Failure{"the table " + binding.name + " in " + library + " is too small",
                         "it has " + std::to_string(symbol->size) +
                             " bytes, and the program reads " + std::to_string(binding.size),
                         "build library and program with the same header"};
  return Bound{binding, symbol->address};
}

void write(const Bound& bound) {
  if (bound.binding.size != 0)
    store_bytes(bound.binding.where, reinterpret_cast<const unsigned char*>(bound.address),
                bound.binding.size);
  else
    __atomic_store_n(static_cast<Pointer*>(bound.binding.where), bound.address, __ATOMIC_RELEASE);
}

void write_nothing(const Binding& binding) {
  const std::vector<unsigned char> zero(std::max<std::uint64_t>(binding.size, sizeof(Pointer)));
  store_bytes(binding.where, zero.data(), binding.size != 0 ? binding.size : sizeof(Pointer));
}

std::unique_ptr<hr_view> make_view(const std::vector<Bound>& bounds) {
  auto view = std::make_unique<hr_view>();
  for (const Bound& bound : bounds) {
    hr_view::Entry entry{bound.binding.where, bound.address, {}};
    const std::uint64_t size = bound.binding.size;
    entry.table.resize((size + sizeof(std::uint64_t) - 1) / sizeof(std::uint64_t));
    if (size != 0)
      std::memcpy(entry.table.data(), reinterpret_cast<const void*>(bound.address), size);
    view->entries.push_back(std::move(entry));
  }
  std::sort(view->entries.begin(), view->entries.end(),
            [](const auto& a, const auto& b) { return std::less<>()(a.where, b.where); });
  return view;
}

}  // namespace hr::runtime

const hr_view::Entry* hr_view::find(const void* where) const {
  const auto found = std::lower_bound(
      entries.begin(), entries.end(), where,
      [](const Entry& entry, const void* wanted) { return std::less<>()(entry.where, wanted); });
  return found != entries.end() && found->where == where ? &*found : nullptr;
}
