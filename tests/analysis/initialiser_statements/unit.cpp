// Objects of every kind that g++ builds in one function: each counts how often it was built.
#include <string>
#include <vector>

extern "C" {
int built[8];
int throws = -1;
}

struct Counted {
  explicit Counted(int number) {
    if (number == throws)
      throw number;
    ++built[number];
  }

  ~Counted() { value = 0; }

  int value = 1;
};

struct Registrar {
  explicit Registrar(std::vector<Counted*>& list, const std::string& name, Counted& one) {
    if (throws == 3)
      throw 3;
    ++built[3];
    list.push_back(name.empty() ? nullptr : &one);
  }
};

static Counted first(0);
static std::vector<Counted*> all{&first, nullptr};
static Counted several[2] = {
    Counted(1),
    Counted(2),
};
static Registrar registrar(all, std::string("a name that is longer than the small buffer"), first);
static int computed = built[0] > 0 ? ++built[4] : --built[4];
inline Counted shared(5);

template <class T>
struct Holder {
  static Counted item;
};
template <class T>
Counted Holder<T>::item(6);

extern "C" int use() {
  return several[0].value + static_cast<int>(all.size()) + computed + Holder<int>::item.value +
         shared.value;
}
