# SPDX-License-Identifier: Apache-2.0
# glmap_library(<row> SOURCES ... [USES <row> ...] [THIRD_PARTY <target> ...])
#   One static library a row of the dependency table in docs/ARCHITECTURE.md: target glmap_<row>, alias glmap::<row>.
#   THIRD_PARTY is linked PRIVATE, so its headers cannot leak into ours.
# glmap_test(<name> SOURCES ... USES <row> ...)
#   One Catch2 program, registered with ctest under its name.

function(glmap_options target)
  target_include_directories(${target} PRIVATE ${CMAKE_SOURCE_DIR})
  target_compile_options(${target} PRIVATE -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion
                                           -Wnon-virtual-dtor -Wold-style-cast -Wno-missing-field-initializers
                                           -Werror=unused-result -fstack-protector-strong)
  if(CMAKE_CXX_COMPILER_ID STREQUAL GNU)
    # g++ 12 warns about its own std::string once it is inlined (GCC bugs 105329, 105651, 107852).
    target_compile_options(${target} PRIVATE -Wno-array-bounds -Wno-restrict -Wno-stringop-overflow
                                             -Wno-stringop-overread -Wno-maybe-uninitialized)
  endif()
  if(GLMAP_WERROR)
    target_compile_options(${target} PRIVATE -Werror)
  endif()
  if(CMAKE_BUILD_TYPE STREQUAL Release)
    target_compile_definitions(${target} PRIVATE _FORTIFY_SOURCE=2)
  endif()
  if(GLMAP_SANITIZE)
    target_compile_options(${target} PRIVATE -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
    target_link_options(${target} PRIVATE -fsanitize=address,undefined)
  endif()
  if(GLMAP_FUZZ)
    target_compile_options(${target} PRIVATE -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
    target_link_options(${target} PRIVATE -fsanitize=address,undefined)
  endif()
endfunction()

function(glmap_library row)
  cmake_parse_arguments(arg "" "" "SOURCES;USES;THIRD_PARTY" ${ARGN})
  add_library(glmap_${row} STATIC ${arg_SOURCES})
  add_library(glmap::${row} ALIAS glmap_${row})
  glmap_options(glmap_${row})
  foreach(used ${arg_USES})
    target_link_libraries(glmap_${row} PUBLIC glmap_${used})
  endforeach()
  foreach(third ${arg_THIRD_PARTY})
    target_link_libraries(glmap_${row} PRIVATE ${third})
    # Third-party headers are not ours to fix.
    get_target_property(includes ${third} INTERFACE_INCLUDE_DIRECTORIES)
    if(includes)
      target_include_directories(glmap_${row} SYSTEM PRIVATE ${includes})
    endif()
  endforeach()
endfunction()

function(glmap_test name)
  if(NOT GLMAP_TESTS)
    return()
  endif()
  cmake_parse_arguments(arg "" "" "SOURCES;USES;THIRD_PARTY" ${ARGN})
  add_executable(test_${name} ${arg_SOURCES})
  glmap_options(test_${name})
  target_link_libraries(test_${name} PRIVATE catch_main ${arg_THIRD_PARTY})
  foreach(used ${arg_USES})
    target_link_libraries(test_${name} PRIVATE glmap_${used})
  endforeach()
  target_compile_definitions(test_${name} PRIVATE GLMAP_SOURCE_DIR="${CMAKE_SOURCE_DIR}"
                                                  GLMAP_BINARY_DIR="${CMAKE_BINARY_DIR}")
  # The compiler's own default, as for catch_main: a precompiled header serves only one choice of -fPIC and -fPIE.
  set_target_properties(test_${name} PROPERTIES POSITION_INDEPENDENT_CODE OFF)
  target_precompile_headers(test_${name} REUSE_FROM catch_main)
  add_test(NAME ${name} COMMAND test_${name})
endfunction()
