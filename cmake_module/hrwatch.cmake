# The CMake side of hrwatch: what a project calls. Comes with find_package(hrwatch), FetchContent and
# add_subdirectory alike. Sets no global flag and touches no target but those named in the calls (and
# the static and object libraries that become part of a hot module: they are made position independent).
#
#   HRWATCH_MODE    AUTO (default) | HOT | STATIC. AUTO is hot in Debug and RelWithDebInfo and where no
#                   build type is set, static in every other one. The kind of a library can't differ
#                   between the configurations of one build folder: with Ninja Multi-Config AUTO goes by
#                   CMAKE_DEFAULT_BUILD_TYPE (else the first of CMAKE_CONFIGURATION_TYPES), and a hot
#                   build folder leaves flags, definitions and runtime out of its Release and MinSizeRel.
#   HRWATCH_LINKER  AUTO (default: lld, then mold, then gold, then what the compiler takes) | lld | mold |
#                   gold | bfd | default. A linker that the project chose by itself (-fuse-ld, or
#                   LINKER_TYPE) is left alone. On Windows it is lld.
include_guard(GLOBAL)

cmake_policy(PUSH)
cmake_policy(VERSION 3.23...3.25)

set(HRWATCH_MODE "AUTO" CACHE STRING "Hot modules: AUTO (hot in Debug and RelWithDebInfo), HOT or STATIC")
set_property(CACHE HRWATCH_MODE PROPERTY STRINGS AUTO HOT STATIC)
set(HRWATCH_LINKER "AUTO" CACHE STRING "Linker of hot modules: AUTO, lld, mold, gold, bfd or default")
set_property(CACHE HRWATCH_LINKER PROPERTY STRINGS AUTO lld mold gold bfd default)

include(${CMAKE_CURRENT_LIST_DIR}/hot_spelling.cmake)
include(${CMAKE_CURRENT_LIST_DIR}/hot_mode.cmake)
include(${CMAKE_CURRENT_LIST_DIR}/hot_linker.cmake)
if(CMAKE_SYSTEM_NAME STREQUAL "Windows")
  include(${CMAKE_CURRENT_LIST_DIR}/hot_windows.cmake)
else()
  include(${CMAKE_CURRENT_LIST_DIR}/hot_linux.cmake)
endif()
include(${CMAKE_CURRENT_LIST_DIR}/hot_refusals.cmake)
include(${CMAKE_CURRENT_LIST_DIR}/hot_target.cmake)
include(${CMAKE_CURRENT_LIST_DIR}/hot_exports.cmake)

# add_hot_module(<name> [EXCLUDE_FROM_ALL] [MIGRATE_GLOBALS] [<source>...] [EXPORTS <symbol>...])
#
# Stands where add_library(<name> ...) stood. The target is an ordinary one afterwards: sources,
# definitions, libraries and properties are added to it as to any other.
# HOT: a SHARED library that `hrwatch` can reload while the program runs. STATIC: a plain STATIC library.
# MIGRATE_GLOBALS: plain variables of the module whose class changes get the new layout while the program
# runs, in hr_poll(), where nothing in its memory points to them. It changes nothing in the code.
# EXPORTS names the functions and objects that programs bind with hr_bind() and hr_bind_table(), for
# target_open_hot_modules(); it changes nothing in the module.
function(add_hot_module name)
  set(keywords EXCLUDE_FROM_ALL MIGRATE_GLOBALS EXPORTS)
  set(library_kinds STATIC SHARED MODULE OBJECT INTERFACE IMPORTED ALIAS)
  set(sources "")
  set(exclude "")
  set(migrate_globals FALSE)
  set(exports "")
  set(in_exports FALSE)
  foreach(argument IN LISTS ARGN)
    if(argument STREQUAL "EXCLUDE_FROM_ALL")
      set(exclude EXCLUDE_FROM_ALL)
    elseif(argument STREQUAL "MIGRATE_GLOBALS")
      set(migrate_globals TRUE)
    elseif(argument STREQUAL "EXPORTS")
      set(in_exports TRUE)
    elseif(in_exports)
      list(APPEND exports "${argument}")
    elseif(argument IN_LIST library_kinds)
      _hrwatch_refuse_library_kind(${name} ${argument})
    elseif(argument MATCHES "^[A-Z][A-Z_]+$" AND NOT EXISTS "${CMAKE_CURRENT_SOURCE_DIR}/${argument}")
      _hrwatch_refuse_keyword("add_hot_module(${name})" ${argument} "${keywords};${library_kinds}"
        "add_hot_module(<name> [EXCLUDE_FROM_ALL] [MIGRATE_GLOBALS] <source>... [EXPORTS <symbol>...])")
    else()
      list(APPEND sources "${argument}")
    endif()
  endforeach()

  _hrwatch_mode(mode)
  if(mode STREQUAL "STATIC")
    add_library(${name} STATIC ${exclude} ${sources})
    _hrwatch_make_header_includable(${name})
    _hrwatch_set_exports(${name} "${exports}")
    return()
  endif()
  add_library(${name} SHARED ${exclude} ${sources})
  _hrwatch_set_exports(${name} "${exports}")
  # Where the library is static its functions are seen by the program whatever the project's default
  # visibility; so they must be here. A property that the project sets afterwards wins.
  set_target_properties(${name} PROPERTIES C_VISIBILITY_PRESET default CXX_VISIBILITY_PRESET default
                        VISIBILITY_INLINES_HIDDEN OFF)
  set_target_properties(${name} PROPERTIES HRWATCH_MIGRATE_GLOBALS ${migrate_globals}
                        HRWATCH_EXPORTS_EVERYTHING TRUE)
  _hrwatch_make_hot(${name})
endfunction()

# target_hot_reload(<target> [MIGRATE_GLOBALS])
#
# Makes an existing SHARED or MODULE library hot, without moving its declaration: a plugin that the
# program opens with its own dlopen, say. HOT: adds what add_hot_module adds. STATIC: changes nothing but
# that <hr/hr.h> can be included.
function(target_hot_reload target)
  set(migrate_globals FALSE)
  if("MIGRATE_GLOBALS" IN_LIST ARGN)
    set(migrate_globals TRUE)
    list(REMOVE_ITEM ARGN MIGRATE_GLOBALS)
  endif()
  if(ARGN)
    _hrwatch_stop("target_hot_reload(${target}) takes one target, and got more: ${ARGN}"
      "a hot module is declared one by one"
      "call target_hot_reload() once for each target")
  endif()
  if(NOT TARGET ${target})
    _hrwatch_stop("target_hot_reload(${target}): there is no target of that name here"
      "the call must come after the add_library() that makes it"
      "move the line below add_library(${target} ...), or correct the name")
  endif()
  get_target_property(aliased ${target} ALIASED_TARGET)
  if(aliased)
    set(target ${aliased})
  endif()
  _hrwatch_mode(mode)
  if(mode STREQUAL "STATIC")
    get_target_property(type ${target} TYPE)
    if(NOT type MATCHES "INTERFACE|UTILITY")
      _hrwatch_make_header_includable(${target})
    endif()
    return()
  endif()
  _hrwatch_refuse_target_type(${target})
  set_target_properties(${target} PROPERTIES HRWATCH_MIGRATE_GLOBALS ${migrate_globals})
  _hrwatch_make_hot(${target})
endfunction()

cmake_policy(POP)
