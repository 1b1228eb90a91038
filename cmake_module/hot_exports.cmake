# Programs that open hot modules by path (hr_open) instead of linking them, and what stands in the place
# of that in static builds: a table of the symbols that add_hot_module(... EXPORTS ...) names. Knows
# nothing of reloading.

# Remembers the EXPORTS of a module; refuses what can't be the name of a symbol.
function(_hrwatch_set_exports target exports)
  foreach(symbol IN LISTS exports)
    if(NOT symbol MATCHES "^[A-Za-z_][A-Za-z0-9_]*$")
      _hrwatch_stop("add_hot_module(${target} ... EXPORTS ${symbol}): ${symbol} is not the name of a symbol"
        "EXPORTS lists functions and objects with C linkage that the program binds by name"
        "write the sources before EXPORTS, and in C++ declare what is listed extern \"C\"")
    endif()
  endforeach()
  set_target_properties(${target} PROPERTIES HRWATCH_EXPORTS "${exports}")
endfunction()

# The objects with the table of a static module; made once.
function(_hrwatch_exports_objects module result)
  set(table hrwatch_exports_${module})
  set(${result} $<TARGET_OBJECTS:${table}> PARENT_SCOPE)
  if(TARGET ${table})
    return()
  endif()
  _hrwatch_module_language(${module} language)
  set(suffix c)
  if(language STREQUAL "CXX")
    set(suffix cpp)
  endif()
  get_property(folder GLOBAL PROPERTY _HRWATCH_FOLDER)
  get_target_property(exports ${module} HRWATCH_EXPORTS)
  list(TRANSFORM exports REPLACE "(.+)" "X(\\1)")
  list(JOIN exports " " HRWATCH_MODULE_EXPORTS)
  set(HRWATCH_MODULE_NAME ${module})
  string(MAKE_C_IDENTIFIER ${module} HRWATCH_MODULE_IDENTIFIER)
  set(HRWATCH_EXPORTS_SOURCE ${folder}/static_exports.c)
  set(source ${CMAKE_BINARY_DIR}/CMakeFiles/hrwatch/${module}_exports.${suffix})
  configure_file(${folder}/exports.in ${source} @ONLY)
  add_library(${table} OBJECT ${source})
  _hrwatch_make_header_includable(${table})
  target_compile_definitions(${table} PRIVATE HR_MODULE_FILE="$<TARGET_FILE_BASE_NAME:${module}>")
  # Only addresses: the linker's optimiser would compare types that this source does not know.
  target_compile_options(${table} PRIVATE
    $<$<OR:$<COMPILE_LANG_AND_ID:C,GNU,Clang,AppleClang>,$<COMPILE_LANG_AND_ID:CXX,GNU,Clang,AppleClang>>:-fno-lto>)
  set_target_properties(${table} PROPERTIES INTERPROCEDURAL_OPTIMIZATION OFF AUTOMOC OFF AUTOUIC OFF
                        DISABLE_PRECOMPILE_HEADERS ON UNITY_BUILD OFF CXX_SCAN_FOR_MODULES OFF)
endfunction()

function(_hrwatch_check_openable program module)
  set(where "target_open_hot_modules(${program} ${module})")
  if(NOT TARGET ${module})
    _hrwatch_stop("${where}: there is no target ${module} here" "the call must come after the one that makes it"
      "move the line below add_hot_module(${module} ...), or correct the name")
  endif()
  get_target_property(exports ${module} HRWATCH_EXPORTS)
  if(NOT exports)
    _hrwatch_stop("${where}: ${module} has no EXPORTS"
      "in a static build a program finds a module's functions and tables in a list of their names"
      "write add_hot_module(${module} <source>... EXPORTS <symbol>...), with what the program binds")
  endif()
endfunction()

# target_open_hot_modules(<program> <module>...)
#
# For a program that opens the modules with hr_open($<TARGET_FILE:module>) and binds what they export,
# instead of linking them. HOT: the program gets the runtime and exports its symbols to the modules, which
# are built before it. STATIC: the modules are linked into it, with a table of their EXPORTS.
function(target_open_hot_modules program)
  if(NOT TARGET ${program})
    _hrwatch_stop("target_open_hot_modules(${program}): there is no target of that name here"
      "the call must come after the one that makes it"
      "move the line below add_executable(${program} ...), or correct the name")
  endif()
  if(NOT ARGN)
    _hrwatch_stop("target_open_hot_modules(${program}) names no module" "there is nothing to open"
      "write target_open_hot_modules(${program} <module>...)")
  endif()
  _hrwatch_mode(mode)
  _hrwatch_make_header_includable(${program})
  foreach(module IN LISTS ARGN)
    _hrwatch_check_openable(${program} ${module})
    if(mode STREQUAL "STATIC")
      _hrwatch_exports_objects(${module} objects)
      target_sources(${program} PRIVATE ${objects})
      set_property(TARGET ${program} APPEND PROPERTY LINK_LIBRARIES ${module})
    else()
      add_dependencies(${program} ${module})
    endif()
  endforeach()
  if(mode STREQUAL "HOT")
    set_property(TARGET ${program} APPEND PROPERTY LINK_LIBRARIES $<BUILD_INTERFACE:hrwatch::runtime>)
    _hrwatch_program_link_item(item)
    if(item)
      set_target_properties(${program} PROPERTIES ENABLE_EXPORTS ON)
    endif()
  endif()
endfunction()
