# What hot modules need of compilers and linkers on Linux; and the refusal of every other system that has
# no such file of its own. hot_windows.cmake has the same functions for Windows.

# Why this platform or compiler can't have hot modules; empty when it can. `fix`: a way to have them, if any.
function(_hrwatch_unsupported result fix)
  set(reason "")
  if(NOT CMAKE_SYSTEM_NAME STREQUAL "Linux")
    set(reason "${CMAKE_SYSTEM_NAME} is not supported yet")
  elseif(NOT CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|AMD64|amd64)$" OR NOT CMAKE_SIZEOF_VOID_P EQUAL 8)
    math(EXPR bits "8 * 0${CMAKE_SIZEOF_VOID_P}")
    set(reason "${CMAKE_SYSTEM_PROCESSOR} with ${bits}-bit pointers is not supported yet; x86-64 is")
  else()
    # A language that only some other folder has enabled has no compiler here.
    foreach(language C CXX)
      set(id "${CMAKE_${language}_COMPILER_ID}")
      set(version "${CMAKE_${language}_COMPILER_VERSION}")
      # Clang has -fpatchable-function-entry=N,M since 10, GCC since 8.
      if(id AND NOT (id STREQUAL "GNU" AND version VERSION_GREATER_EQUAL 8)
         AND NOT (id STREQUAL "Clang" AND version VERSION_GREATER_EQUAL 10))
        set(reason "the ${language} compiler ${id} ${version} is not supported yet; GNU 8 and Clang 10 are")
      endif()
    endforeach()
  endif()
  set(${result} "${reason}" PARENT_SCOPE)
  set(${fix} "" PARENT_SCOPE)
endfunction()

# What a program that links a module gets as a link item: it exports its symbols, since the module may call
# back into it. An item and not a link option: it also passes through static libraries under old policies
# (CMP0099).
function(_hrwatch_program_link_item result)
  set(${result} -rdynamic PARENT_SCOPE)
endfunction()

# The linkers to be tried in AUTO mode, the best first.
function(_hrwatch_linker_candidates result)
  set(candidates lld mold gold default)
  # gold refuses the entry lists of g++ (see hot_entries.ld) and can't be told to leave them out.
  if("${CMAKE_C_COMPILER_ID};${CMAKE_CXX_COMPILER_ID}" MATCHES "GNU")
    set(candidates lld mold bfd default)
  endif()
  set(${result} "${candidates}" PARENT_SCOPE)
endfunction()

# The flags that forwarding and sharing need (GCC manual, "Instrumentation Options"): room of six bytes
# before and two at each entry, one section per variable, debug info. `condition`: a generator expression.
function(_hrwatch_code_flags condition result)
  set(languages "$<AND:${condition},$<COMPILE_LANGUAGE:C,CXX>>")
  set(${result}
    "$<${languages}:-fpatchable-function-entry=8,6;-falign-functions=16;-fdata-sections>"
    "$<${languages}:-ftls-model=global-dynamic;-g>"
    # Callers must not rely on registers that the present build of a callee happens to leave alone.
    # And g++ must not take a function for one that hardly ever runs (one that only throws, say): it leaves
    # those unaligned, and their entry can't be replaced in one store then.
    "$<$<AND:${condition},$<OR:$<COMPILE_LANG_AND_ID:C,GNU>,$<COMPILE_LANG_AND_ID:CXX,GNU>>>:-fno-ipa-ra;-fno-guess-branch-probability>"
    # Clang leaves out types that another object is expected to describe; layouts are compared with them.
    # And -fsanitize=function (a part of -fsanitize=undefined) puts data where the entry has to be.
    "$<$<AND:${condition},$<OR:$<COMPILE_LANG_AND_ID:C,Clang>,$<COMPILE_LANG_AND_ID:CXX,Clang>>>:-fstandalone-debug;-fno-sanitize=function>"
    PARENT_SCOPE)
endfunction()

# Options of a link that is to be quick and readable for hrwatch: a build-id to know the library by, no
# merging of string tails, and relocations in the classic form (the C library may not know RELR).
function(_hrwatch_link_options target linker result)
  set(options -Wl,--build-id)
  if(linker STREQUAL "lld")
    list(APPEND options -Wl,-O0 -Wl,--pack-dyn-relocs=none)
  endif()
  _hrwatch_compiler(${target} CXX ID id)
  if(id STREQUAL "GNU" AND linker MATCHES "^(lld|bfd)$")
    get_property(folder GLOBAL PROPERTY _HRWATCH_FOLDER)
    list(APPEND options -Wl,-T,${folder}/hot_entries.ld)
  endif()
  set(${result} "${options}" PARENT_SCOPE)
endfunction()

# gold with C++ of g++ before 13, chosen by hand: works for some modules only.
function(_hrwatch_warn_of_linker target linker)
  _hrwatch_module_language(${target} language)
  _hrwatch_compiler(${target} CXX ID id)
  _hrwatch_compiler(${target} CXX VERSION version)
  if(NOT linker STREQUAL "gold" OR language STREQUAL "C" OR NOT id STREQUAL "GNU" OR NOT version VERSION_LESS 13)
    return()
  endif()
  set(fix "configure with -DHRWATCH_LINKER=AUTO, or with -fuse-ld=lld (or mold, bfd) in place of -fuse-ld=gold")
  _hrwatch_warn("${target} is linked by gold, which may refuse it: \"defined in a discarded section\""
    "g++ ${version} hangs the list of a source's functions on the first of them, and gold gives up when two sources share an inline function"
    "${fix}")
endfunction()

# What g++ alone can't do. The last level wins: "-O0 -Os" is -Os.
function(_hrwatch_refuse_platform_settings target flags)
  _hrwatch_module_language(${target} language)
  _hrwatch_compiler(${target} ${language} ID id)
  if(NOT id STREQUAL "GNU")
    return()
  endif()
  set(levels ${flags})
  list(FILTER levels INCLUDE REGEX "^-O")
  if(levels)
    list(GET levels -1 level)
    if(level MATCHES "^-O[sz]$")
      _hrwatch_stop("${target} is built with ${level}"
        "g++ does not align functions then, and the entry of such a function can't be replaced in one store"
        "take -O2 or -Og for this build type, or configure with -DHRWATCH_MODE=STATIC")
    endif()
  endif()
  if("-fdebug-types-section" IN_LIST flags)
    _hrwatch_stop("${target} is built with -fdebug-types-section"
      "g++ shares the descriptions of types between sources then, which is not read"
      "take -fdebug-types-section out of the flags of this build type, or configure with -DHRWATCH_MODE=STATIC")
  endif()
endfunction()

# Called where a module is declared. A linker replaces files that others have open; nothing is to be done.
function(_hrwatch_make_linkable target)
endfunction()

# Called when all targets are known. Programs find their libraries by the path that is written in them.
function(_hrwatch_make_startable modules)
endfunction()
