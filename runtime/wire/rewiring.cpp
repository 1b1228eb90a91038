#include "wire/rewiring.h"

#include <algorithm>

#include "wire/little_endian.h"

namespace hr::wire {
namespace {

constexpr std::uint32_t magic = 0x33575248;  // "HRW3": another layout takes another number

Failure malformed(const char* why) {
  return {"a reload could not be read", why,
          "use the hrwatch and libhr.so of one release; if they are, report this"};
}

// Defined below the functions for the elements, which a template finds only there.
template <class T>
void put_list(Writer& out, const std::vector<T>& list);
template <class T>
void get_list(Reader& in, std::vector<T>& list, std::size_t smallest);

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

void put(Writer& out, const LeadBack& lead) {
  out.number(lead.entry);
  out.number(lead.nop);
  out.number(lead.body);
  out.number(lead.generation);
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

void put(Writer& out, const MemberMove& move) {
  out.number(move.from);
  out.number(move.to);
  out.number(move.from_size);
  out.number(move.to_size);
  out.number(static_cast<std::uint8_t>(move.how));
  out.number(static_cast<std::uint8_t>(move.was));
  out.text(move.name);
}

void put(Writer& out, const OldMember& member) {
  out.number(member.offset);
  out.number(member.size);
  out.text(member.name);
  out.text(member.type);
}

void put(Writer& out, const std::string& text) {
  out.text(text);
}

void put(Writer& out, Address address) {
  out.number(address);
}

void put(Writer& out, const TypeMigration& migration) {
  out.text(migration.type);
  out.number(migration.table);
  out.number(migration.old_size);
  out.number(migration.new_size);
  put_list(out, migration.members);
  put_list(out, migration.old_members);
  put_list(out, migration.defaulted);
  put_list(out, migration.dropped);
}

void put(Writer& out, const VtableMove& move) {
  out.number(move.old);
  out.number(move.now);
  out.text(move.type);
}

void put(Writer& out, std::uint32_t home) {
  out.number(home);
}

void put(Writer& out, const VariableMove& move) {
  out.number(move.home);
  out.number(move.old_size);
  out.number(move.to);
  out.number(move.new_size);
  out.number(move.count);
  out.number(move.old_stride);
  out.number(move.new_stride);
  put_list(out, move.members);
  put_list(out, move.words);
  out.text(move.name);
  out.text(move.report);
}

void put(Writer& out, const VariablePlace& place) {
  out.number(place.home);
  out.number(place.size);
  out.text(place.name);
}

template <class T>
void put_list(Writer& out, const std::vector<T>& list) {
  out.count(list.size());
  for (const T& element : list) {
    put(out, element);
  }
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

void get(Reader& in, LeadBack& lead) {
  lead.entry = in.number<Address>();
  lead.nop = in.number<Address>();
  lead.body = in.number<Address>();
  lead.generation = in.number<std::uint32_t>();
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

void get(Reader& in, std::string& text) {
  text = in.text();
}

void get(Reader& in, Address& address) {
  address = in.number<Address>();
}

void get(Reader& in, MemberMove::How& how) {
  const auto number = in.number<std::uint8_t>();
  if (number > static_cast<std::uint8_t>(MemberMove::How::floating)) {
    in.fail();
    return;
  }
  how = static_cast<MemberMove::How>(number);
}

void get(Reader& in, MemberMove& move) {
  move.from = in.number<std::uint64_t>();
  move.to = in.number<std::uint64_t>();
  move.from_size = in.number<std::uint64_t>();
  move.to_size = in.number<std::uint64_t>();
  get(in, move.how);
  get(in, move.was);
  move.name = in.text();
}

void get(Reader& in, OldMember& member) {
  member.offset = in.number<std::uint64_t>();
  member.size = in.number<std::uint64_t>();
  member.name = in.text();
  member.type = in.text();
}

void get(Reader& in, TypeMigration& migration) {
  migration.type = in.text();
  migration.table = in.number<Address>();
  migration.old_size = in.number<std::uint64_t>();
  migration.new_size = in.number<std::uint64_t>();
  get_list(in, migration.members, 38);
  get_list(in, migration.old_members, 24);
  get_list(in, migration.defaulted, 4);
  get_list(in, migration.dropped, 4);
}

void get(Reader& in, VtableMove& move) {
  move.old = in.number<std::uint32_t>();
  move.now = in.number<Address>();
  move.type = in.text();
}

void get(Reader& in, std::uint32_t& home) {
  home = in.number<std::uint32_t>();
}

void get(Reader& in, VariableMove& move) {
  move.home = in.number<std::uint32_t>();
  move.old_size = in.number<std::uint64_t>();
  move.to = in.number<Address>();
  move.new_size = in.number<std::uint64_t>();
  move.count = in.number<std::uint64_t>();
  move.old_stride = in.number<std::uint64_t>();
  move.new_stride = in.number<std::uint64_t>();
  get_list(in, move.members, 38);
  get_list(in, move.words, 4);
  move.name = in.text();
  move.report = in.text();
}

void get(Reader& in, VariablePlace& place) {
  place.home = in.number<std::uint32_t>();
  place.size = in.number<std::uint64_t>();
  place.name = in.text();
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
  put_list(out, rewiring.lead_backs);
  put_list(out, rewiring.bytes);
  put_list(out, rewiring.images);
  put_list(out, rewiring.supersede);
  put_list(out, rewiring.slots);
  put_list(out, rewiring.initialisers);
  put_list(out, rewiring.tables);
  put_list(out, rewiring.migrations);
  put_list(out, rewiring.vtables);
  put_list(out, rewiring.moves);
  put_list(out, rewiring.places);
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
  get_list(in, rewiring.lead_backs, 28);
  get_list(in, rewiring.bytes, 12);
  get_list(in, rewiring.images, 24);
  get_list(in, rewiring.supersede, 24);
  get_list(in, rewiring.slots, 12);
  get_list(in, rewiring.initialisers, 12);
  get_list(in, rewiring.tables, 8);
  get_list(in, rewiring.migrations, 44);
  get_list(in, rewiring.vtables, 16);
  get_list(in, rewiring.moves, 68);
  get_list(in, rewiring.places, 16);
  if (!in.ok()) {
    return malformed("its rewiring ends too early");
  }
  if (in.remaining() != 0) {
    return malformed("bytes follow its rewiring");
  }
  const std::size_t homes = rewiring.homes.size();
  const bool tables_in_range =
      std::all_of(rewiring.vtables.begin(), rewiring.vtables.end(),
                  [&](const VtableMove& move) { return move.old < homes; });
  const bool words_in_range =
      std::all_of(rewiring.moves.begin(), rewiring.moves.end(), [&](const VariableMove& move) {
        return std::all_of(move.words.begin(), move.words.end(),
                           [&](std::uint32_t word) { return word < homes; });
      });
  if (!homes_in_range(rewiring.code, homes) || !homes_in_range(rewiring.data, homes) ||
      !homes_in_range(rewiring.images, homes) || !tables_in_range ||
      !homes_in_range(rewiring.moves, homes) || !homes_in_range(rewiring.places, homes) ||
      !words_in_range) {
    return malformed("its rewiring names a home that it does not list");
  }
  return rewiring;
}

}  // namespace hr::wire
