#include "wire/rewiring.h"

#include "wire/little_endian.h"

namespace hr::wire {
namespace {

constexpr std::uint32_t magic = 0x31575248;  // "HRW1": another layout takes another number

Failure malformed(const char* why) {
  return {"a reload could not be read", why,
          "use the hrwatch and libhr.so of one release; if they are, report this"};
}

// One function for both directions would need a visitor; two short lists side by side are easier to
// compare. The order of fields is the order in rewiring.h.

void put(Writer& out, const Home& home) {
  out.number(home.generation);
  out.number(home.address);
  out.number(home.got);
  out.text(home.name);
}

void put(Writer& out, const CodePatch& patch) {
  out.number(patch.at);
  out.number(patch.addend);
  out.number(patch.home);
}

void put(Writer& out, const DataPatch& patch) {
  out.number(patch.at);
  out.number(patch.expected);
  out.number(patch.addend);
  out.number(patch.home);
}

void put(Writer& out, const TlsPatch& patch) {
  out.number(patch.at);
  out.number(patch.owner);
}

void put(Writer& out, const BytePatch& patch) {
  out.number(patch.at);
  out.count(patch.bytes.size());
  out.raw(patch.bytes);
}

void put(Writer& out, const ImageWrite& image) {
  out.number(image.home);
  out.number(image.source);
  out.number(image.size);
  out.text(image.name);
}

void put(Writer& out, const Supersede& supersede) {
  out.number(supersede.generation);
  out.number(supersede.entry);
  out.number(supersede.nop);
  out.number(supersede.slot);
}

void put(Writer& out, const SlotValue& value) {
  out.number(value.slot);
  out.number(value.body);
}

void put(Writer& out, const Initialiser& initialiser) {
  out.number(initialiser.function);
  out.text(initialiser.variable);
}

void get(Reader& in, Home& home) {
  home.generation = in.number<std::uint32_t>();
  home.address = in.number<Address>();
  home.got = in.number<Address>();
  home.name = in.text();
}

void get(Reader& in, CodePatch& patch) {
  patch.at = in.number<Address>();
  patch.addend = in.number<std::int64_t>();
  patch.home = in.number<std::uint32_t>();
}

void get(Reader& in, DataPatch& patch) {
  patch.at = in.number<Address>();
  patch.expected = in.number<Address>();
  patch.addend = in.number<std::int64_t>();
  patch.home = in.number<std::uint32_t>();
}

void get(Reader& in, TlsPatch& patch) {
  patch.at = in.number<Address>();
  patch.owner = in.number<std::uint32_t>();
}

void get(Reader& in, BytePatch& patch) {
  patch.at = in.number<Address>();
  const std::span<const std::byte> bytes = in.raw(in.count(1));
  patch.bytes.assign(bytes.begin(), bytes.end());
}

void get(Reader& in, ImageWrite& image) {
  image.home = in.number<std::uint32_t>();
  image.source = in.number<Address>();
  image.size = in.number<std::uint64_t>();
  image.name = in.text();
}

void get(Reader& in, Supersede& supersede) {
  supersede.generation = in.number<std::uint32_t>();
  supersede.entry = in.number<Address>();
  supersede.nop = in.number<Address>();
  supersede.slot = in.number<std::uint32_t>();
}

void get(Reader& in, SlotValue& value) {
  value.slot = in.number<std::uint32_t>();
  value.body = in.number<Address>();
}

void get(Reader& in, Initialiser& initialiser) {
  initialiser.function = in.number<Address>();
  initialiser.variable = in.text();
}

template <class T>
void put_list(Writer& out, const std::vector<T>& list) {
  out.count(list.size());
  for (const T& element : list) {
    put(out, element);
  }
}

// `smallest`: the fewest bytes an element takes, so that a count can't ask for more memory than a
// small multiple of the input.
template <class T>
void get_list(Reader& in, std::vector<T>& list, std::size_t smallest) {
  list.resize(in.count(smallest));
  for (T& element : list) {
    get(in, element);
  }
}

template <class T>
bool homes_in_range(const std::vector<T>& list, std::size_t homes) {
  for (const T& element : list) {
    if (element.home >= homes) {
      return false;
    }
  }
  return true;
}

}  // namespace

std::vector<std::byte> encode(const Rewiring& rewiring) {
  Writer out;
  out.number(magic);
  out.number(rewiring.memory_size);
  put_list(out, rewiring.homes);
  put_list(out, rewiring.code);
  put_list(out, rewiring.data);
  put_list(out, rewiring.tls);
  put_list(out, rewiring.bytes);
  put_list(out, rewiring.images);
  put_list(out, rewiring.supersede);
  put_list(out, rewiring.slots);
  put_list(out, rewiring.initialisers);
  return out.take();
}

Result<Rewiring> decode_rewiring(std::span<const std::byte> bytes) {
  Reader in(bytes);
  if (in.number<std::uint32_t>() != magic) {
    return malformed("its rewiring has another format");
  }
  Rewiring rewiring;
  rewiring.memory_size = in.number<std::uint64_t>();
  get_list(in, rewiring.homes, 24);
  get_list(in, rewiring.code, 20);
  get_list(in, rewiring.data, 28);
  get_list(in, rewiring.tls, 12);
  get_list(in, rewiring.bytes, 12);
  get_list(in, rewiring.images, 24);
  get_list(in, rewiring.supersede, 24);
  get_list(in, rewiring.slots, 12);
  get_list(in, rewiring.initialisers, 12);
  if (!in.ok()) {
    return malformed("its rewiring ends too early");
  }
  if (in.remaining() != 0) {
    return malformed("bytes follow its rewiring");
  }
  const std::size_t homes = rewiring.homes.size();
  if (!homes_in_range(rewiring.code, homes) || !homes_in_range(rewiring.data, homes) ||
      !homes_in_range(rewiring.images, homes)) {
    return malformed("its rewiring names a home that it does not list");
  }
  return rewiring;
}

}  // namespace hr::wire
