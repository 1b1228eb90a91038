# Which linker links the hot modules. A link is most of what a reload waits for after the compiler, and
# the default linker takes three to five times as long as lld. Knows nothing of modules.
include(CheckLinkerFlag)

# Whether the compiler really links a program with -fuse-ld=<linker>; asked once per build folder.
function(_hrwatch_can_link_with linker result)
  set(language C)
  if(NOT CMAKE_C_COMPILER)
    set(language CXX)
  endif()
  set(CMAKE_REQUIRED_QUIET TRUE)
  set(CMAKE_REQUIRED_FLAGS "")
  set(CMAKE_REQUIRED_LIBRARIES "")
  set(CMAKE_REQUIRED_LINK_OPTIONS "")
  set(CMAKE_TRY_COMPILE_TARGET_TYPE EXECUTABLE)
  check_linker_flag(${language} "-fuse-ld=${linker}" HRWATCH_LINKS_WITH_${linker})
  set(${result} "${HRWATCH_LINKS_WITH_${linker}}" PARENT_SCOPE)
endfunction()

# lld | mold | gold | bfd, or "default" for whatever the compiler takes when it is not told.
function(_hrwatch_linker result)
  _hrwatch_check_choice(HRWATCH_LINKER "AUTO;lld;mold;gold;bfd;default")
  set(linker ${HRWATCH_LINKER})
  if(linker STREQUAL "AUTO")
    set(candidates lld mold gold default)
    # gold refuses the entry lists of g++ (see hot_entries.ld) and can't be told to leave them out.
    if("${CMAKE_C_COMPILER_ID};${CMAKE_CXX_COMPILER_ID}" MATCHES "GNU")
      set(candidates lld mold bfd default)
    endif()
    foreach(candidate ${candidates})
      set(linker ${candidate})
      if(candidate STREQUAL "default")
        break()
      endif()
      _hrwatch_can_link_with(${candidate} works)
      if(works)
        break()
      endif()
    endforeach()
  elseif(NOT linker STREQUAL "default")
    _hrwatch_can_link_with(${linker} works)
    if(NOT works)
      _hrwatch_stop("HRWATCH_LINKER is ${linker}, and the compiler can't link with it"
        "a program linked with -fuse-ld=${linker} was tried, and failed"
        "install ${linker}, or configure with -DHRWATCH_LINKER=AUTO -UHRWATCH_LINKS_WITH_${linker}")
    endif()
  endif()
  set(${result} ${linker} PARENT_SCOPE)
endfunction()

# The linker that the project itself chose for a target ("" if none): its flags are read as they are.
function(_hrwatch_own_linker target flags result)
  set(chosen "")
  get_target_property(linker_type ${target} LINKER_TYPE)
  if(linker_type)
    string(TOLOWER "${linker_type}" chosen)
  endif()
  if("${flags}" MATCHES "-fuse-ld=([^; ]+)")
    set(chosen "${CMAKE_MATCH_1}")
  endif()
  set(${result} "${chosen}" PARENT_SCOPE)
endfunction()

# gold with C++ of g++ before 13, chosen by hand: works for some modules only.
function(_hrwatch_warn_of_gold target linker)
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
