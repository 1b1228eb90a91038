#include "analysis/demangle.h"

#include "support/catch.h"

using namespace hrwatch::analysis;

TEST_CASE("symbols read as their declarations") {
  CHECK(demangle("_ZN4game2hpE") == "game::hp");
  CHECK(demangle("_ZZ1fvE1n") == "f()::n");
  CHECK(demangle("count.12") == "count");
  CHECK(demangle("main") == "main");
  CHECK(demangle("_Zgarbage") == "_Zgarbage");
  CHECK(demangle(".12") == ".12");
  CHECK(class_of_table("_ZTVN4game5EnemyE") == "game::Enemy");
}

TEST_CASE("a virtual function is the same one in a class and its bases") {
  const auto same = [](const char* a, const char* b) {
    return virtual_signature(a) == virtual_signature(b) && !virtual_signature(a).empty();
  };
  CHECK(same("_ZN5Thing3hitEi", "_ZN4game5Enemy3hitEi"));
  CHECK(same("_ZN5ThingD0Ev", "_ZN5EnemyD1Ev"));
  CHECK(same("_ZThn16_N5Enemy3hitEi", "_ZN5Enemy3hitEi"));
  CHECK(same("_ZN3BoxISt4pairIiiEE3getEv", "_ZN4Base3getEv"));
  CHECK(same("_ZN12_GLOBAL__N_15Enemy3hitEi", "_ZN5Enemy3hitEi"));
  CHECK(same("_ZN5EnemyclEi", "_ZN5ThingclEi"));
  CHECK_FALSE(same("_ZN5Enemy3hitEi", "_ZN5Enemy3hitEf"));
  CHECK_FALSE(same("_ZNK5Enemy3hitEi", "_ZN5Enemy3hitEi"));
  CHECK_FALSE(same("_ZN5EnemyclEi", "_ZN5EnemyltEi"));
  CHECK(virtual_signature("__cxa_pure_virtual").empty());
}
