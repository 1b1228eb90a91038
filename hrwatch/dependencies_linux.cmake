# Of the libraries, those that every Linux has as packages.
find_package(PkgConfig REQUIRED)
pkg_check_modules(libuv REQUIRED IMPORTED_TARGET libuv)
pkg_check_modules(libelf REQUIRED IMPORTED_TARGET libelf)
pkg_check_modules(libdw REQUIRED IMPORTED_TARGET libdw)
pkg_check_modules(libxxhash REQUIRED IMPORTED_TARGET libxxhash)
hr_find(zydis 4 Zydis::Zydis https://github.com/zyantific/zydis v4.0.0)
