#include "analysis/symbol_names.h"

#include <algorithm>
#include <array>
#include <string>

namespace hrwatch::analysis {

bool is_type_identity(std::string_view name) {
  return name.starts_with("_ZTI") || name.starts_with("_ZTS");
}

bool is_initialisation_step(std::string_view name) {
  constexpr std::array steps = {std::string_view("__tcf_"), std::string_view("__cxx_global_"),
                                std::string_view("_GLOBAL__"),
                                std::string_view("__static_initialization_and_destruction_"),
                                std::string_view("_Z41__static_initialization_and_destruction_")};
  return std::any_of(steps.begin(), steps.end(),
                     [name](std::string_view step) { return name.starts_with(step); });
}

bool is_clone(std::string_view name) {
  constexpr std::array marks = {std::string_view(".isra."),    std::string_view(".constprop."),
                                std::string_view(".part."),    std::string_view(".cold"),
                                std::string_view("._omp_fn."), std::string_view(".omp_outlined"),
                                std::string_view(".actor"),    std::string_view(".resume"),
                                std::string_view(".destroy"),  std::string_view(".cleanup"),
                                std::string_view(".lto_priv"), std::string_view(".llvm.")};
  if (is_initialisation_step(name))
    return true;
  if (name.find('.') == std::string_view::npos)
    return false;
  return std::any_of(marks.begin(), marks.end(), [name](std::string_view mark) {
    return name.find(mark) != std::string_view::npos;
  });
}

bool names_static(std::string_view name, std::string_view function) {
  return name == function ||
         name == "_ZL" + std::to_string(function.size()) + std::string(function) + "v";
}

}  // namespace hrwatch::analysis
