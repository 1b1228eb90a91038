# What hot modules need of compilers and linkers on Windows x64: Clang with the GNU driver, whose entries can
# be forwarded, and lld, which writes the types of a module into its .pdb. hot_linux.cmake has the same
# functions for Linux. What only Windows does is further below and in hot_beside_windows.cmake.

# Why this compiler can't have hot modules; empty when it can. `fix`: the beginning of a sentence, or "".
function(_hrwatch_unsupported result fix)
  set(reason "")
  if(NOT CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|AMD64|amd64)$" OR NOT CMAKE_SIZEOF_VOID_P EQUAL 8)
    math(EXPR bits "8 * 0${CMAKE_SIZEOF_VOID_P}")
    set(reason "${CMAKE_SYSTEM_PROCESSOR} with ${bits}-bit pointers is not supported yet; x86-64 is")
    set(mend "")
  else()
    set(mend "build with clang and clang++ for mingw and with lld (MSYS2's clang64, or llvm-mingw), or ")
    foreach(language C CXX)
      _hrwatch_compiler_unsupported(${language} why)
      if(why)
        set(reason "${why}")
      endif()
    endforeach()
    if(NOT reason)
      _hrwatch_can_link_with(lld works)
      if(NOT works)
        set(reason "the compiler can't link with lld, and only lld writes a module's types into its .pdb")
        set(mend "install lld and configure with -UHRWATCH_LINKS_WITH_lld, or ")
      endif()
    endif()
  endif()
  set(${result} "${reason}" PARENT_SCOPE)
  set(${fix} "${mend}" PARENT_SCOPE)
endfunction()

# A language that only some other folder has enabled has no compiler here.
function(_hrwatch_compiler_unsupported language result)
  set(id "${CMAKE_${language}_COMPILER_ID}")
  set(version "${CMAKE_${language}_COMPILER_VERSION}")
  set(why "")
  if(id STREQUAL "Clang" AND CMAKE_${language}_COMPILER_FRONTEND_VARIANT STREQUAL "MSVC")
    set(why "clang-cl builds for the ABI of MSVC, which is not read yet")
  elseif(id STREQUAL "Clang" AND CMAKE_${language}_SIMULATE_ID STREQUAL "MSVC")
    set(why "this ${language} compiler, Clang ${version}, builds for the ABI of MSVC, which is not read yet")
  elseif(id STREQUAL "Clang" AND version VERSION_LESS 14)
    set(why "the ${language} compiler Clang ${version} is too old; Clang 14 is not")
  elseif(id STREQUAL "MSVC")
    set(why "the ABI of MSVC is not read yet")
  elseif(id STREQUAL "GNU")
    set(why "the ${language} compiler GNU ${version} writes no CodeView type information, and without it nobody can tell whether old data fits new code")
  elseif(id AND NOT id STREQUAL "Clang")
    set(why "the ${language} compiler ${id} ${version} is not supported yet")
  endif()
  set(${result} "${why}" PARENT_SCOPE)
endfunction()

# A program exports nothing to the modules that it links: on Windows a library is linked against what it
# calls before it exists, and program and module would need each other.
function(_hrwatch_program_link_item result)
  set(${result} "" PARENT_SCOPE)
endfunction()

function(_hrwatch_linker_candidates result)
  set(${result} lld PARENT_SCOPE)
endfunction()

# As on Linux: room of six bytes before each entry and two at it, one section per variable, debug info; in
# the form that lld puts into a .pdb, and of all types.
function(_hrwatch_code_flags condition result)
  set(languages "$<AND:${condition},$<COMPILE_LANGUAGE:C,CXX>>")
  set(${result}
    "$<${languages}:-fpatchable-function-entry=8,6;-falign-functions=16;-ffunction-sections;-fdata-sections;-fno-emulated-tls>"
    "$<${languages}:-g;-gcodeview;-fstandalone-debug;-fno-sanitize=function>"
    PARENT_SCOPE)
endfunction()

# The .pdb is written beside the library, or where the response file says: through that another name is
# given for one link when somebody has the file open. Nothing is left out and nothing folded. What a
# static library would show to the program is exported, as the linker does by itself where nothing is marked.
function(_hrwatch_link_options target linker result)
  set(options -Wl,--pdb= -Wl,--no-gc-sections -Wl,--icf=none)
  get_target_property(everything ${target} HRWATCH_EXPORTS_EVERYTHING)
  if(everything)
    list(APPEND options -Wl,--export-all-symbols)
  endif()
  _hrwatch_response_file(${target} file)
  set(${result} "${options};-Wl,@${file}" PARENT_SCOPE)
endfunction()

# Where the .pdb of a module gets its name from. Empty but for links that need another one; the tool and
# `hrwatch make-way` know the place.
function(_hrwatch_response_file target result)
  get_property(multi_config GLOBAL PROPERTY GENERATOR_IS_MULTI_CONFIG)
  set(name ${target})
  if(multi_config)
    string(APPEND name .$<CONFIG>)
  endif()
  set(${result} ${CMAKE_BINARY_DIR}/.hrwatch/link/${name}.rsp PARENT_SCOPE)
endfunction()

function(_hrwatch_warn_of_linker target linker)
endfunction()

function(_hrwatch_refuse_platform_settings target flags)
  _hrwatch_own_linker(${target} "${flags}" linker)
  if(linker AND NOT linker MATCHES "^(ld\\.)?lld(-link)?$")
    _hrwatch_stop("${target} is linked by ${linker}" "only lld writes the types of a module into its .pdb"
      "take -fuse-ld=${linker} (or LINKER_TYPE) away, or configure with -DHRWATCH_MODE=STATIC")
  endif()
  if(NOT linker AND NOT HRWATCH_LINKER MATCHES "^(AUTO|lld)$")
    _hrwatch_stop("HRWATCH_LINKER is ${HRWATCH_LINKER}" "only lld writes the types of a module into its .pdb"
      "configure with -DHRWATCH_LINKER=AUTO, or with -DHRWATCH_MODE=STATIC")
  endif()
endfunction()

# Called where a module is declared. A linker is refused what others have open, a .pdb in a debugger say:
# before each link it gets out of the way, whoever has started the build. Where hrwatch is no part of the
# build (no tool), the session alone does it.
function(_hrwatch_make_linkable target)
  _hrwatch_response_file(${target} file)
  _hrwatch_make_response_files(${target})
  if(NOT TARGET hrwatch::hrwatch OR CMAKE_CROSSCOMPILING)
    return()
  endif()
  get_target_property(folder ${target} SOURCE_DIR)
  if(NOT folder STREQUAL CMAKE_CURRENT_SOURCE_DIR)
    _hrwatch_warn("target_hot_reload(${target}) is called outside of ${folder}"
      "what is done before a link can only be added in the folder that declares the target; without it a debugger that has the .pdb open stops builds that no session has started"
      "move the call to where the target is declared")
    return()
  endif()
  _hrwatch_hot_configurations(hot)
  set(pdb $<TARGET_FILE_DIR:${target}>/$<TARGET_FILE_PREFIX:${target}>$<TARGET_FILE_BASE_NAME:${target}>.pdb)
  set(command
    "$<TARGET_FILE:hrwatch::hrwatch>;make-way;--response-file;${file};${pdb};$<TARGET_FILE:${target}>")
  add_custom_command(TARGET ${target} PRE_LINK VERBATIM COMMAND_EXPAND_LISTS
    COMMAND "$<IF:${hot},${command},${CMAKE_COMMAND};-E;true>")
endfunction()

# Made once: what is in one may be meant for the link of this very build.
function(_hrwatch_make_response_files target)
  get_property(multi_config GLOBAL PROPERTY GENERATOR_IS_MULTI_CONFIG)
  set(names ${target})
  if(multi_config)
    set(names ${CMAKE_CONFIGURATION_TYPES})
    list(TRANSFORM names PREPEND ${target}.)
  endif()
  foreach(name IN LISTS names)
    if(NOT EXISTS ${CMAKE_BINARY_DIR}/.hrwatch/link/${name}.rsp)
      file(WRITE ${CMAKE_BINARY_DIR}/.hrwatch/link/${name}.rsp "")
    endif()
  endforeach()
endfunction()

include(${CMAKE_CURRENT_LIST_DIR}/hot_beside_windows.cmake)
