# What makes a target hot: its flags, its libraries, the source by which it presents itself to the
# runtime, and the file by which the tool knows it.
#
# Most of it is done at the end of the top-level CMakeLists.txt, when all that the project says about the
# target has been said. Properties are set directly where the command would force the project to use the
# keyword signature of target_link_libraries() too.

set_property(GLOBAL PROPERTY _HRWATCH_FOLDER "${CMAKE_CURRENT_LIST_DIR}")

# <hr/hr.h> can be included by the module and by who links it; nothing else comes with it.
function(_hrwatch_make_header_includable target)
  target_include_directories(${target} SYSTEM PUBLIC
    $<BUILD_INTERFACE:$<TARGET_PROPERTY:hrwatch::headers,INTERFACE_INCLUDE_DIRECTORIES>>)
endfunction()

# Declares a SHARED or MODULE library hot.
function(_hrwatch_make_hot target)
  get_target_property(done ${target} HRWATCH_HOT_MODULE)
  if(done)
    return()
  endif()
  set_target_properties(${target} PROPERTIES HRWATCH_HOT_MODULE TRUE POSITION_INDEPENDENT_CODE ON)
  _hrwatch_hot_configurations(hot)
  _hrwatch_make_header_includable(${target})
  target_compile_definitions(${target} PUBLIC $<BUILD_INTERFACE:$<${hot}:HRWATCH_HOT=1>>)
  set(runtime "$<BUILD_INTERFACE:$<${hot}:hrwatch::runtime>>")
  set_property(TARGET ${target} APPEND PROPERTY LINK_LIBRARIES "${runtime}")
  set_property(TARGET ${target} APPEND PROPERTY INTERFACE_LINK_LIBRARIES "${runtime}")
  _hrwatch_program_link_item(item)
  if(item)
    set_property(TARGET ${target} APPEND PROPERTY INTERFACE_LINK_LIBRARIES
      "$<BUILD_INTERFACE:$<$<AND:${hot},$<STREQUAL:$<TARGET_PROPERTY:TYPE>,EXECUTABLE>>:${item}>>")
  endif()
  _hrwatch_linker(linker)
  set_target_properties(${target} PROPERTIES HRWATCH_LINKER ${linker})
  set_property(GLOBAL APPEND PROPERTY _HRWATCH_HOT_TARGETS ${target})
  _hrwatch_make_linkable(${target})
endfunction()

cmake_language(DEFER DIRECTORY ${CMAKE_SOURCE_DIR} CALL _hrwatch_finish)
function(_hrwatch_finish)
  get_property(targets GLOBAL PROPERTY _HRWATCH_HOT_TARGETS)
  if(targets)
    file(MAKE_DIRECTORY ${CMAKE_BINARY_DIR}/.hrwatch/modules)
    file(CHMOD ${CMAKE_BINARY_DIR}/.hrwatch PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE)
  endif()
  foreach(target IN LISTS targets)
    _hrwatch_flags_of(${target} flags)
    _hrwatch_refuse_settings(${target} "${flags}")
    _hrwatch_object_parts(${target} parts)
    _hrwatch_archive_parts(${target} archives)
    foreach(part IN LISTS parts archives ITEMS ${target})
      _hrwatch_add_code_flags(${part})
    endforeach()
    _hrwatch_make_position_independent(${target})
    _hrwatch_add_link_flags(${target} "${flags}" linker)
    _hrwatch_module_language(${target} language)
    _hrwatch_add_presenter(${target} ${language})
    _hrwatch_write_module_file(${target} ${language} ${linker})
  endforeach()
  _hrwatch_make_startable("${targets}")
  _hrwatch_forget_removed_modules("${targets}")
endfunction()

# What only compilers know: see the platform's file.
function(_hrwatch_add_code_flags target)
  get_target_property(done ${target} HRWATCH_HOT_FLAGS)
  if(done)
    return()
  endif()
  set_target_properties(${target} PROPERTIES HRWATCH_HOT_FLAGS TRUE)
  _hrwatch_hot_configurations(hot)
  _hrwatch_code_flags(${hot} flags)
  target_compile_options(${target} PRIVATE ${flags})
endfunction()

# The project's own link options come after ours and so win.
function(_hrwatch_add_link_flags target flags result)
  _hrwatch_own_linker(${target} "${flags}" linker)
  set(ours "")
  if(NOT linker)
    get_target_property(linker ${target} HRWATCH_LINKER)
    if(NOT linker STREQUAL "default")
      list(APPEND ours -fuse-ld=${linker})
    endif()
  endif()
  _hrwatch_warn_of_linker(${target} "${linker}")
  _hrwatch_link_options(${target} ${linker} options)
  list(APPEND ours ${options})
  _hrwatch_hot_configurations(hot)
  get_target_property(theirs ${target} LINK_OPTIONS)
  if(NOT theirs)
    set(theirs "")
  endif()
  set_property(TARGET ${target} PROPERTY LINK_OPTIONS "$<${hot}:${ours}>" ${theirs})
  set(${result} ${linker} PARENT_SCOPE)
endfunction()

# Of the compiler of a target's folder: its ID, VERSION or path (""). Languages may be enabled in one
# folder only.
function(_hrwatch_compiler target language what result)
  get_target_property(folder ${target} SOURCE_DIR)
  string(REGEX REPLACE "_$" "" variable CMAKE_${language}_COMPILER_${what})
  get_directory_property(value DIRECTORY ${folder} DEFINITION ${variable})
  set(${result} "${value}" PARENT_SCOPE)
endfunction()

# CXX when the module has a C++ source (so that it is linked as C++ anyway), else C where it is enabled.
function(_hrwatch_module_language target result)
  get_property(languages GLOBAL PROPERTY ENABLED_LANGUAGES)
  get_target_property(sources ${target} SOURCES)
  set(language C)
  if(NOT "C" IN_LIST languages OR ("CXX" IN_LIST languages AND
     "${sources}" MATCHES "\\.(cc|cp|cpp|cxx|c\\+\\+|C|CPP|cppm|ixx|mpp|mxx|M|mm)(;|>|$)"))
    set(language CXX)
  endif()
  set(${result} ${language} PARENT_SCOPE)
endfunction()

# Adds the source whose constructor presents the module to the runtime. It is in the module's language,
# since options meant for that language may be set for the whole target.
function(_hrwatch_add_presenter target language)
  get_property(folder GLOBAL PROPERTY _HRWATCH_FOLDER)
  set(suffix c)
  if(language STREQUAL "CXX")
    set(suffix cpp)
  endif()
  set(HRWATCH_MODULE_NAME ${target})
  get_target_property(HR_MODULE_MIGRATES_GLOBALS ${target} HRWATCH_MIGRATE_GLOBALS)
  set(HRWATCH_MODULE_SOURCE ${folder}/hot_module.${suffix})
  set(source ${CMAKE_BINARY_DIR}/CMakeFiles/hrwatch/${target}.${suffix})
  configure_file(${folder}/presenter.in ${source} @ONLY)
  set_property(TARGET ${target} APPEND PROPERTY SOURCES ${source})
  set_source_files_properties(${source} TARGET_DIRECTORY ${target} PROPERTIES
    SKIP_PRECOMPILE_HEADERS ON SKIP_UNITY_BUILD_INCLUSION ON SKIP_AUTOGEN ON
    SKIP_LINTING ON CXX_SCAN_FOR_MODULES OFF)
endfunction()

include(${CMAKE_CURRENT_LIST_DIR}/hot_parts.cmake)
include(${CMAKE_CURRENT_LIST_DIR}/hot_module_file.cmake)
