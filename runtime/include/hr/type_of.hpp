// Type tables made by the compiler: hr::detail::type_of<T> is the hr_type of T. Members of
// aggregates come from structured bindings, those of other classes from HR_MEMBERS(); containers
// are known by what they can do, so that no header of theirs is needed. Knows no runtime. C++17.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <new>
#include <type_traits>
#include <utility>

#include "hr/bindings.hpp"
#include "hr/state.h"

// A table and its functions belong to one library: no other may take their place.
#pragma GCC visibility push(hidden)

namespace hr {

// Says that objects of T are moved as a whole and never looked into:
//   template <> struct hr::is_opaque<Texture> : std::true_type {};
template <class T>
struct is_opaque : std::false_type {};

// Says that T is a container as those of the standard library are: all it holds are its elements.
template <class T>
struct is_container : std::false_type {};

// An object of the old layout, as the program's own migration sees it:
//   void hr_migrate(const hr::Old& old, Enemy& now) { now.health = old.get<int>("hp") / 100.0f; }
// stands beside the class, in its namespace. It is called after the members that exist on both
// sides have been moved.
class Old {
 public:
  explicit Old(const hr_old* old) : old_(old) {}

  // The old member `name`, or nullptr when there was none of that name and size. What owns memory
  // and exists on both sides has been moved out of it.
  template <class T>
  T* find(const char* name) const {
    std::uint64_t size = 0;
    const void* member = hr_old_member(old_, name, &size);
    return size == sizeof(T) ? static_cast<T*>(const_cast<void*>(member)) : nullptr;
  }

  // A copy of the old member `name`, or `otherwise`.
  template <class T>
  T get(const char* name, T otherwise = T()) const {
    const T* member = find<T>(name);
    return member != nullptr ? *member : otherwise;
  }

 private:
  const hr_old* old_;
};

namespace detail {

template <class T>
constexpr const hr_type* table_of();

// ---- the name of a type: what stands after "T = " in the name of a function

template <class T>
constexpr auto make_name() {
  constexpr auto& text = __PRETTY_FUNCTION__;
  constexpr std::size_t end = sizeof(text) - 2;  // before "]"
  constexpr std::size_t begin = [] {
    std::size_t at = 0;
    while (text[at] != '=')
      ++at;
    return at + 2;
  }();
  std::array<char, end - begin + 1> name{};
  for (std::size_t i = 0; i < end - begin; ++i)
    name[i] = text[begin + i];
  return name;
}

template <class T>
__attribute__((visibility("hidden"))) inline constexpr auto name_of = make_name<T>();

constexpr bool starts_with(const char* text, const char* start) {
  while (*start != 0) {
    if (*text++ != *start++)
      return false;
  }
  return true;
}

// ---- what a class can do

#define HR_DETAIL_CAN(trait, ...)    \
  template <class T, class = void>   \
  struct trait : std::false_type {}; \
  template <class T>                 \
  struct trait<T, std::void_t<__VA_ARGS__>> : std::true_type {}

HR_DETAIL_CAN(HasElements, typename T::value_type, decltype(std::declval<T&>().begin()),
              decltype(std::declval<T&>().end()), decltype(std::declval<T&>().clear()));
HR_DETAIL_CAN(HasKeys, typename T::key_type);
HR_DETAIL_CAN(HasValues, typename T::mapped_type);
HR_DETAIL_CAN(IsText, decltype(std::declval<T&>().c_str()), typename T::traits_type);
HR_DETAIL_CAN(GrowsBack, decltype(std::declval<T&>().emplace_back()),
              decltype(std::declval<T&>().back()));
HR_DETAIL_CAN(GrowsAfter, decltype(std::declval<T&>().emplace_after(std::declval<T&>().begin())),
              decltype(std::declval<T&>().before_begin()));
HR_DETAIL_CAN(IsContiguous, decltype(std::declval<T&>().data()),
              decltype(std::declval<T&>().capacity()));
HR_DETAIL_CAN(IsOwner, typename T::deleter_type, typename T::element_type,
              decltype(std::declval<T&>().release()));
HR_DETAIL_CAN(IsShared, typename T::element_type, typename T::weak_type,
              decltype(std::declval<T&>().use_count()));
HR_DETAIL_CAN(IsOptional, typename T::value_type, decltype(std::declval<T&>().has_value()),
              decltype(std::declval<T&>().emplace()));
HR_DETAIL_CAN(IsPair, typename T::first_type, typename T::second_type,
              decltype(std::declval<T&>().second));
HR_DETAIL_CAN(IsAtomic, typename T::value_type, decltype(T::is_always_lock_free));
HR_DETAIL_CAN(Migrates, decltype(hr_migrate(std::declval<const Old&>(), std::declval<T&>())));
#undef HR_DETAIL_CAN

template <class T>
struct IsStdArray : std::false_type {};

template <class T, std::size_t N>
struct IsStdArray<std::array<T, N>> : std::true_type {};

template <class T>
struct Tag {};

// The way to what HR_MEMBERS() wrote, which may stand among private members.
struct Access {
  template <class T>
  static auto names(int) -> decltype(T::hr_names(Tag<T>()));
  template <class T>
  static void names(...);

  template <class T>
  static constexpr bool named = !std::is_void_v<decltype(names<T>(0))>;

  template <class T, class Visit>
  static void open(T& object, Visit& visit) {
    object.hr_open(visit);
  }

  template <class T>
  static constexpr const char* text() {
    return T::hr_names(Tag<T>());
  }

  template <class T>
  static std::size_t live_offset() {
    return T::hr_live_offset(Tag<T>());
  }

  template <class T>
  static auto lives(int) -> decltype(T::hr_live_offset(Tag<T>()), std::true_type());
  template <class T>
  static std::false_type lives(...);
};

// A member of every class with HR_LIVE(): its life is the object's. The tool knows such classes by
// its functions, `_ZN2hr6detail4LiveI...E`.
#define HR_DETAIL_HIDDEN __attribute__((visibility("hidden")))

template <class T>
class __attribute__((visibility("default"))) Live {  // as visible as classes that have one
 public:
  HR_DETAIL_HIDDEN Live() noexcept { add(); }

  HR_DETAIL_HIDDEN Live(const Live&) noexcept { add(); }

  HR_DETAIL_HIDDEN ~Live() { hr_live_remove(this); }

  Live& operator=(const Live&) noexcept { return *this; }

 private:
  HR_DETAIL_HIDDEN void add() noexcept {
    hr_live_add(this, reinterpret_cast<char*>(this) - Access::live_offset<T>(), table_of<T>());
  }
};

#undef HR_DETAIL_HIDDEN

template <class T>
struct IsLive : std::false_type {};

template <class T>
struct IsLive<Live<T>> : std::true_type {};

inline void* live_memory(std::size_t size, std::size_t align) {
  void* memory = hr_live_new(size, align);
  if (memory == nullptr)
    throw std::bad_alloc();
  return memory;
}

template <class T>
struct AnyBaseOf {
  template <class Base,
            class = std::enable_if_t<std::is_base_of_v<Base, T> && !std::is_same_v<Base, T>>>
  operator Base() const;
};

template <class T, class = void>
struct HasBase : std::false_type {};

template <class T>
struct HasBase<T, std::void_t<decltype(T{AnyBaseOf<T>()})>> : std::true_type {};

template <class T>
constexpr bool opens_by_itself() {
  if constexpr (std::is_class_v<T> && std::is_aggregate_v<T> && std::is_default_constructible_v<T>)
    return std::is_empty_v<T> || !HasBase<T>::value;
  else
    return false;
}

template <class T>
constexpr hr_kind kind_of_class() {
  constexpr bool from_std = starts_with(name_of<T>.data(), "std::");
  constexpr bool holds = from_std || is_container<T>::value;
  static_assert(
      !is_opaque<T>::value || std::is_move_constructible_v<T>,
      "hr::is_opaque says that objects of this class are moved as a whole, and they can't "
      "be moved. Give the class a move constructor, or name its members instead:\n"
      "    HR_MEMBERS(TheClass, its, members);");
  if constexpr (is_opaque<T>::value || IsLive<T>::value)
    return HR_KIND_OPAQUE;
  else if constexpr (Access::named<T>)
    return HR_KIND_RECORD;
  else if constexpr (from_std && IsText<T>::value)
    return sizeof(typename T::value_type) == 1 ? HR_KIND_TEXT : HR_KIND_OPAQUE;
  else if constexpr (holds && HasElements<T>::value && HasKeys<T>::value)
    return HR_KIND_ASSOCIATIVE;
  else if constexpr (holds && HasElements<T>::value)
    return std::is_same_v<decltype(*std::declval<T&>().begin()), typename T::value_type&>
               ? HR_KIND_SEQUENCE
               : HR_KIND_OPAQUE;
  else if constexpr (holds && IsOwner<T>::value)
    return std::is_array_v<typename T::element_type> ? HR_KIND_OPAQUE : HR_KIND_OWNER;
  else if constexpr (holds && IsShared<T>::value)
    return std::is_array_v<typename T::element_type> ? HR_KIND_OPAQUE : HR_KIND_SHARED;
  else if constexpr (holds && IsOptional<T>::value)
    return HR_KIND_OPTIONAL;
  else if constexpr (from_std && IsPair<T>::value)
    return HR_KIND_RECORD;
  else if constexpr (!from_std && opens_by_itself<T>())
    return HR_KIND_RECORD;
  else {
    static_assert(from_std || std::is_trivially_copyable_v<T>,
                  "state holds a class whose members the compiler does not give away (it has "
                  "private members, bases or constructors). Add the line\n"
                  "    HR_MEMBERS(TheClass, its, members);\n"
                  "to the class, or specialise hr::is_opaque<TheClass> when it is to be moved "
                  "as a whole");
    return HR_KIND_OPAQUE;
  }
}

template <class T>
constexpr hr_kind kind_of() {
  if constexpr (std::is_same_v<T, bool>)
    return HR_KIND_BOOLEAN;
  else if constexpr (std::is_integral_v<T>)
    return std::is_signed_v<T> ? HR_KIND_SIGNED : HR_KIND_UNSIGNED;
  else if constexpr (std::is_floating_point_v<T>)
    return HR_KIND_FLOATING;
  else if constexpr (std::is_enum_v<T>)
    return kind_of<std::underlying_type_t<T>>();
  else if constexpr (std::is_pointer_v<T>)
    return std::is_function_v<std::remove_pointer_t<T>> ? HR_KIND_OPAQUE : HR_KIND_POINTER;
  else if constexpr (std::is_array_v<T> || IsStdArray<T>::value)
    return HR_KIND_ARRAY;
  else if constexpr (IsAtomic<T>::value)
    return sizeof(T) == sizeof(typename T::value_type) ? kind_of<typename T::value_type>()
                                                       : HR_KIND_OPAQUE;
  else if constexpr (std::is_class_v<T>)
    return kind_of_class<T>();
  else
    return HR_KIND_OPAQUE;  // unions, pointers to members, nullptr_t
}

// ---- what a container holds

template <class T>
struct Whole {
  using type = T;
};

template <class T>
constexpr auto element_of() {
  constexpr hr_kind kind = kind_of<T>();
  if constexpr (std::is_array_v<T>)
    return Whole<std::remove_cv_t<std::remove_extent_t<T>>>();
  else if constexpr (kind == HR_KIND_ASSOCIATIVE)
    return Whole<std::remove_cv_t<typename T::key_type>>();
  else if constexpr (kind == HR_KIND_OWNER || kind == HR_KIND_SHARED)
    return Whole<std::remove_cv_t<typename T::element_type>>();
  else if constexpr (kind == HR_KIND_ARRAY || kind == HR_KIND_SEQUENCE || kind == HR_KIND_OPTIONAL)
    return Whole<std::remove_cv_t<typename T::value_type>>();
  else
    return Whole<void>();
}

template <class T>
using Element = typename decltype(element_of<T>())::type;

template <class T, class = void>
struct DefaultDeleter : std::false_type {};

template <class T>
struct DefaultDeleter<T, std::void_t<typename T::deleter_type>>
    : std::is_same<typename T::deleter_type, std::default_delete<typename T::element_type>> {};

// A polymorphic class is deleted through its base: what is behind the pointer is not known here.
template <class T>
constexpr bool looks_into() {
  using E = Element<T>;
  if constexpr (std::is_void_v<E> || std::is_function_v<E>)
    return false;
  else
    return !std::is_polymorphic_v<E> || std::is_final_v<E>;
}

// Arrays are made, moved and destroyed as the only member of a class.
template <class T>
struct Box {
  T array;
};

template <class T>
using Boxed = std::conditional_t<std::is_array_v<T>, Box<T>, T>;

template <class T>
void destroy_object(T* object) {
  object->~T();
}

// ---- the functions of a table

template <class T>
struct Functions {
  using E = Element<T>;
  static constexpr hr_kind kind = kind_of<T>();

  static void construct(const hr_type*, void* at) {
    if constexpr (std::is_aggregate_v<Boxed<T>>)
      ::new (at) Boxed<T>{};
    else
      ::new (at) Boxed<T>();
  }

  static void destroy(const hr_type*, void* object) {
    destroy_object(static_cast<Boxed<T>*>(object));
  }

  static void move(const hr_type*, void* to, void* from) {
    if constexpr (IsAtomic<T>::value)
      ::new (to) T(static_cast<T*>(from)->load());
    else
      ::new (to) Boxed<T>(std::move(*static_cast<Boxed<T>*>(from)));
  }

  struct Visit {
    hr_member_visitor visit;
    void* user;

    template <class... Members>
    void operator()(Members&... member) {
      (visit(user, const_cast<void*>(static_cast<const volatile void*>(std::addressof(member))),
             table_of<std::remove_cv_t<Members>>()),
       ...);
    }
  };

  static void members(const hr_type*, void* object, hr_member_visitor visit, void* user) {
    T& opened = *static_cast<T*>(object);
    Visit each_member{visit, user};
    if constexpr (Access::named<T>)
      Access::open(opened, each_member);
    else if constexpr (IsPair<T>::value)
      each_member(opened.first, opened.second);
    else if constexpr (std::is_empty_v<T>)
      static_cast<void>(opened);
    else
      Binding<count_members<T>()>::open(opened, each_member);
  }

  static void each(const hr_type*, void* container, hr_element_visitor visit, void* user) {
    T& all = *static_cast<T*>(container);
    const auto show = [&](const auto& element, const auto* value) {
      visit(user, const_cast<void*>(static_cast<const void*>(std::addressof(element))),
            const_cast<void*>(static_cast<const void*>(value)));
    };
    if constexpr (kind == HR_KIND_ASSOCIATIVE && HasValues<T>::value) {
      for (auto& pair : all)
        show(pair.first, std::addressof(pair.second));
    } else if constexpr (kind == HR_KIND_OWNER || kind == HR_KIND_SHARED) {
      if (all != nullptr)
        visit(user, const_cast<std::remove_cv_t<E>*>(all.get()), nullptr);
    } else if constexpr (kind == HR_KIND_OPTIONAL) {
      if (all.has_value())
        show(*all, static_cast<const void*>(nullptr));
    } else {
      for (auto& element : all)
        show(element, static_cast<const void*>(nullptr));
    }
  }

  static void* append(const hr_type*, void* container, std::uint64_t count) {
    T& all = *static_cast<T*>(container);
    if constexpr (kind == HR_KIND_OWNER) {
      all.reset(new E());
      return const_cast<std::remove_cv_t<E>*>(all.get());
    } else if constexpr (kind == HR_KIND_SHARED) {
      all = std::make_shared<E>();
      return const_cast<std::remove_cv_t<E>*>(all.get());
    } else if constexpr (kind == HR_KIND_OPTIONAL) {
      return std::addressof(all.emplace());
    } else if constexpr (IsContiguous<T>::value) {
      const std::size_t before = all.size();
      all.resize(before + static_cast<std::size_t>(count));
      return all.data() + before;
    } else {
      void* first = nullptr;
      for (std::uint64_t i = 0; i < count; ++i) {
        void* added = nullptr;
        if constexpr (GrowsBack<T>::value) {
          all.emplace_back();
          added = std::addressof(all.back());
        } else {
          auto last = all.before_begin();
          for (auto next = all.begin(); next != all.end(); ++next)
            ++last;
          added = std::addressof(*all.emplace_after(last));
        }
        first = first == nullptr ? added : first;
      }
      return first;
    }
  }

  static void* insert(const hr_type*, void* container, void* key, void* value, void** placed) {
    T& all = *static_cast<T*>(container);
    const auto place = [](const auto& element) {
      return const_cast<void*>(static_cast<const void*>(std::addressof(element)));
    };
    const auto where = [](auto result) {
      if constexpr (IsPair<decltype(result)>::value)
        return result.first;
      else
        return result;
    };
    *placed = nullptr;
    if constexpr (HasValues<T>::value) {
      const auto at = where(all.emplace(std::move(*static_cast<E*>(key)),
                                        std::move(*static_cast<typename T::mapped_type*>(value))));
      *placed = place(at->second);
      return place(at->first);
    } else {
      static_cast<void>(value);
      return place(*where(all.emplace(std::move(*static_cast<E*>(key)))));
    }
  }

  static void share(const hr_type*, void* to, const void* from) {
    *static_cast<T*>(to) = *static_cast<const T*>(from);
  }

  static const char* text(const hr_type*, const void* object, std::uint64_t* size) {
    *size = static_cast<const T*>(object)->size();
    return reinterpret_cast<const char*>(static_cast<const T*>(object)->data());
  }

  static void assign(const hr_type*, void* object, const char* text, std::uint64_t size) {
    static_cast<T*>(object)->assign(reinterpret_cast<const typename T::value_type*>(text),
                                    static_cast<std::size_t>(size));
  }

  static void migrate(const hr_old* old, void* now) { hr_migrate(Old(old), *static_cast<T*>(now)); }
};

template <class T>
constexpr bool is_movable() {
  if constexpr (std::is_array_v<T>)
    return is_movable<std::remove_all_extents_t<T>>();
  else
    return std::is_move_constructible_v<T> || IsAtomic<T>::value;
}

// ---- the table

template <class T>
constexpr std::uint32_t flags_of([[maybe_unused]] hr_kind kind) {
  std::uint32_t flags = 0;
  if (std::is_trivially_copyable_v<T> && std::is_trivially_destructible_v<T>)
    flags |= HR_TYPE_TRIVIAL;
  if (std::is_trivially_destructible_v<T>)
    flags |= HR_TYPE_TRIVIALLY_DESTROYED;
  if (kind == HR_KIND_RECORD && !Access::named<T> && IsPair<T>::value)
    flags |= HR_TYPE_POSITIONAL;
  if (decltype(Access::lives<T>(0))::value)
    flags |= HR_TYPE_LIVE;
  if (kind == HR_KIND_SEQUENCE && IsContiguous<T>::value)
    flags |= HR_TYPE_CONTIGUOUS;
  return flags;
}

template <class T>
constexpr std::uint64_t count_of() {
  if constexpr (std::is_array_v<T>)
    return std::extent_v<T>;
  else if constexpr (IsStdArray<T>::value)
    return std::tuple_size_v<T>;
  else
    return 0;
}

template <class T, hr_kind kind>
constexpr void fill_container(hr_type& table) {
  using E = Element<T>;
  if constexpr (kind == HR_KIND_ARRAY) {
    table.element = table_of<E>();
  } else if constexpr (kind == HR_KIND_SEQUENCE || kind == HR_KIND_OPTIONAL) {
    table.element = table_of<E>();
    table.each = &Functions<T>::each;
    if constexpr (std::is_default_constructible_v<E> && std::is_move_constructible_v<E> &&
                  (kind == HR_KIND_OPTIONAL || GrowsBack<T>::value || GrowsAfter<T>::value))
      table.append = &Functions<T>::append;
  } else if constexpr (kind == HR_KIND_ASSOCIATIVE) {
    table.element = table_of<E>();
    table.each = &Functions<T>::each;
    if constexpr (HasValues<T>::value)
      table.value = table_of<std::remove_cv_t<typename T::mapped_type>>();
    if constexpr (std::is_move_constructible_v<E>)
      table.insert = &Functions<T>::insert;
  } else if constexpr ((kind == HR_KIND_OWNER || kind == HR_KIND_SHARED) && looks_into<T>()) {
    table.element = table_of<E>();
    table.each = &Functions<T>::each;
    if constexpr (std::is_default_constructible_v<E> &&
                  (kind == HR_KIND_SHARED || DefaultDeleter<T>::value))
      table.append = &Functions<T>::append;
    if constexpr (kind == HR_KIND_SHARED)
      table.share = &Functions<T>::share;
  } else if constexpr (kind == HR_KIND_TEXT) {
    table.text = &Functions<T>::text;
    table.assign = &Functions<T>::assign;
  }
}

template <class T>
constexpr hr_type make_type() {
  constexpr hr_kind kind = kind_of<T>();
  hr_type table{};
  table.struct_size = sizeof(hr_type);
  table.kind = kind;
  table.flags = flags_of<T>(kind);
  table.align = alignof(T);
  table.size = sizeof(T);
  table.count = count_of<T>();
  table.name = name_of<T>.data();
  if constexpr (std::is_default_constructible_v<T>)
    table.construct = &Functions<T>::construct;
  table.destroy = &Functions<T>::destroy;
  if constexpr (is_movable<T>())
    table.move = &Functions<T>::move;
  if constexpr (kind == HR_KIND_RECORD)
    table.members = &Functions<T>::members;
  if constexpr (Access::named<T>)
    table.names = Access::text<T>();
  fill_container<T, kind>(table);
  if constexpr (Migrates<T>::value)
    table.migrate = &Functions<T>::migrate;
  return table;
}

template <class T>
__attribute__((visibility("hidden"))) inline constexpr hr_type type_of = make_type<T>();

template <class T>
constexpr const hr_type* table_of() {
  return &type_of<T>;
}

}  // namespace detail
}  // namespace hr

#pragma GCC visibility pop
