# Builds of modules by compilers that the project itself is not built with: CMake knows one compiler a
# language, so the lab's modules are built by custom commands.
include_guard(GLOBAL)

# What add_hot_module() gives a module.
set(HR_LAB_MODULE_FLAGS -fPIC -g -fpatchable-function-entry=8,6 -falign-functions=16
                        -fdata-sections -ftls-model=global-dynamic CACHE INTERNAL "")
set(HR_LAB_GNU_FLAGS -fno-ipa-ra -fno-guess-branch-probability CACHE INTERNAL "")

find_program(HR_LAB_g++ g++)
find_program(HR_LAB_gcc gcc)
find_program(HR_LAB_clang++ clang++)
find_program(HR_LAB_clang clang)

# hr_lab_compile(<object> <compiler> <source> flags...): one file.
function(hr_lab_compile object compiler source)
  get_filename_component(folder ${object} DIRECTORY)
  file(MAKE_DIRECTORY ${folder})
  add_custom_command(
    OUTPUT ${object}
    COMMAND ${CMAKE_CXX_COMPILER_LAUNCHER} ${compiler} ${ARGN} -MD -MT ${object} -MF ${object}.d
            -c ${source} -o ${object}
    DEPENDS ${source} DEPFILE ${object}.d VERBATIM
    COMMENT "Lab: ${object}")
endfunction()

# hr_lab_presenter(<object> <C compiler> <module> <build folder> flags...): what presents the module.
function(hr_lab_presenter object compiler module folder)
  hr_lab_compile(${object} ${compiler} ${PROJECT_SOURCE_DIR}/cmake_module/hot_module.c ${ARGN}
                 -I${PROJECT_SOURCE_DIR}/runtime/include "-DHR_MODULE_NAME=\"${module}\""
                 "-DHR_MODULE_BUILD_DIR=\"${folder}\"")
endfunction()
