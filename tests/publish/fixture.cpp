// A module that tells what the dynamic linker ran: everything there is to run before and after.
// The program counts; the module only calls back, so that a second copy can't hide behind its own
// counters.
extern "C" {
void hr_fixture_ran(const char* what);  // of the program

__attribute__((weak, visibility("default"))) int hr_fixture_value = 1;

__attribute__((visibility("default"))) int* hr_fixture_value_address() {
  return &hr_fixture_value;
}

__attribute__((visibility("default"))) void hr_fixture_init() {
  hr_fixture_ran("DT_INIT");
}

__attribute__((visibility("default"))) void hr_fixture_fini() {
  hr_fixture_ran("DT_FINI");
}
}

namespace {

__attribute__((constructor)) void constructor() {
  hr_fixture_ran("constructor");
}

__attribute__((destructor)) void destructor() {
  hr_fixture_ran("destructor");
}

struct Object {
  Object() { hr_fixture_ran("object"); }

  ~Object() { hr_fixture_ran("~object"); }
};

Object object;

}  // namespace

// STB_GNU_UNIQUE with g++: one for the whole process, unless the copy makes it an ordinary global.
template <class T>
struct Unique {
  static int value;
};
template <class T>
int Unique<T>::value = 5;

extern "C" __attribute__((visibility("default"))) int* hr_fixture_unique_address() {
  return &Unique<int>::value;
}
