# Of the libraries, those that Linux has as packages and Windows has not. ELF and DWARF are not read there.
find_package(libuv CONFIG QUIET)
if(NOT TARGET uv_a AND NOT TARGET libuv::uv_a)
  message(STATUS "hrwatch: libuv not found, fetching v1.44.2")
  FetchContent_Declare(libuv GIT_REPOSITORY https://github.com/libuv/libuv GIT_TAG v1.44.2)
  FetchContent_GetProperties(libuv)
  if(NOT libuv_POPULATED)
    FetchContent_Populate(libuv)
    add_subdirectory(${libuv_SOURCE_DIR} ${libuv_BINARY_DIR} EXCLUDE_FROM_ALL)
  endif()
endif()
# By the name under which the rooms know it.
add_library(PkgConfig::libuv INTERFACE IMPORTED)
target_link_libraries(PkgConfig::libuv INTERFACE $<IF:$<TARGET_EXISTS:libuv::uv_a>,libuv::uv_a,uv_a>)
