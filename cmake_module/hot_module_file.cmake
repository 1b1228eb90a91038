# <build>/.hrwatch/modules/<name>.json: beside the CMake File API, all that the tool is told of a module.
# One for each module; in a build folder with several configurations <name>.<config>.json.

function(_hrwatch_module_file_name target configuration result)
  set(${result} ${target}.json PARENT_SCOPE)
  if(configuration)
    set(${result} ${target}.${configuration}.json PARENT_SCOPE)
  endif()
endfunction()

# A JSON array of strings out of a list that only generation can know.
function(_hrwatch_json_array list result)
  set(filled "\"$<JOIN:${list},\"$<COMMA>\">\"")
  set(${result} "[$<$<BOOL:${list}>:${filled}>]" PARENT_SCOPE)
endfunction()

function(_hrwatch_write_module_file target language linker)
  get_target_property(type ${target} TYPE)
  string(REPLACE "_LIBRARY" "" kind ${type})
  set(objects "$<TARGET_OBJECTS:${target}>;$<FILTER:$<TARGET_PROPERTY:${target},SOURCES>,INCLUDE,\\.o(bj)?$>")
  _hrwatch_linked_parts(${target} parts)
  foreach(part IN LISTS parts)
    get_target_property(part_type ${part} TYPE)
    if(part_type STREQUAL "OBJECT_LIBRARY")
      string(APPEND objects ";$<TARGET_OBJECTS:${part}>")
    endif()
  endforeach()
  _hrwatch_json_array("$<REMOVE_DUPLICATES:${objects}>" objects)
  get_property(multi_config GLOBAL PROPERTY GENERATOR_IS_MULTI_CONFIG)
  set(configuration "")
  if(multi_config)
    set(configuration $<CONFIG>)
  endif()
  _hrwatch_module_file_name(${target} "${configuration}" file)
  _hrwatch_hot_configurations(hot)
  _hrwatch_compiler(${target} ${language} ID id)
  _hrwatch_compiler(${target} ${language} VERSION version)
  _hrwatch_compiler(${target} ${language} "" path)
  file(GENERATE OUTPUT ${CMAKE_BINARY_DIR}/.hrwatch/modules/${file} CONTENT "{
  \"name\": \"${target}\",
  \"target\": \"${target}\",
  \"artifact\": \"$<TARGET_FILE:${target}>\",
  \"objects\": ${objects},
  \"config\": \"$<CONFIG>\",
  \"kind\": \"${kind}\",
  \"source_dir\": \"$<TARGET_PROPERTY:${target},SOURCE_DIR>\",
  \"build_dir\": \"${CMAKE_BINARY_DIR}\",
  \"compiler\": {
    \"id\": \"${id}\",
    \"version\": \"${version}\",
    \"path\": \"${path}\"
  },
  \"linker\": \"${linker}\",
  \"languages\": [\"${language}\"]
}
" CONDITION ${hot})
endfunction()

# Files of modules that the project no longer has. Only at the end of a run that went well, so that a
# broken CMakeLists.txt doesn't make the tool forget what is running.
function(_hrwatch_forget_removed_modules targets)
  get_property(multi_config GLOBAL PROPERTY GENERATOR_IS_MULTI_CONFIG)
  set(wanted "")
  foreach(target IN LISTS targets)
    if(multi_config)
      foreach(configuration IN LISTS CMAKE_CONFIGURATION_TYPES)
        _hrwatch_module_file_name(${target} ${configuration} file)
        list(APPEND wanted ${file})
      endforeach()
    else()
      _hrwatch_module_file_name(${target} "" file)
      list(APPEND wanted ${file})
    endif()
  endforeach()
  file(GLOB present RELATIVE ${CMAKE_BINARY_DIR}/.hrwatch/modules ${CMAKE_BINARY_DIR}/.hrwatch/modules/*.json)
  foreach(file IN LISTS present)
    if(NOT file IN_LIST wanted)
      file(REMOVE ${CMAKE_BINARY_DIR}/.hrwatch/modules/${file})
    endif()
  endforeach()
endfunction()
