# SPDX-License-Identifier: Apache-2.0
# glmap_embed_pages(<target>)
#   Adds a generated source to <target> that holds every docs/errors/GLM-dddd.md, for `glmapc explain`:
#     namespace glmap::driver { std::string_view error_page(std::uint16_t number); }   // empty: no such page
#   Declare the function where it is called. It is written anew whenever a page changes.
# Run as a script (cmake -DPAGES=dir -DOUTPUT=file -P EmbedPages.cmake) it writes that source.

if(CMAKE_SCRIPT_MODE_FILE)
  file(GLOB pages "${PAGES}/GLM-[0-9][0-9][0-9][0-9].md")
  list(SORT pages)
  set(cases "")
  foreach(page IN LISTS pages)
    file(READ "${page}" text)
    string(REGEX MATCH "GLM-0*([0-9]+)\\.md$" ignored "${page}")
    set(number "${CMAKE_MATCH_1}")
    string(APPEND cases "    case ${number}:\n      return R\"PAGE(${text})PAGE\";\n")
  endforeach()
  file(WRITE "${OUTPUT}.new" "// SPDX-License-Identifier: Apache-2.0
// Written by cmake/EmbedPages.cmake from docs/errors/*.md.
#include <cstdint>
#include <string_view>

namespace glmap::driver {

std::string_view error_page(std::uint16_t number);

std::string_view error_page(std::uint16_t number) {
  switch (number) {
${cases}    default:
      return {};
  }
}

}  // namespace glmap::driver
")
  file(RENAME "${OUTPUT}.new" "${OUTPUT}")
  return()
endif()

set(GLMAP_EMBED_PAGES_SCRIPT ${CMAKE_CURRENT_LIST_FILE})

function(glmap_embed_pages target)
  set(folder ${CMAKE_SOURCE_DIR}/docs/errors)
  set(output ${CMAKE_CURRENT_BINARY_DIR}/error_pages.cpp)
  file(GLOB pages CONFIGURE_DEPENDS ${folder}/GLM-*.md)
  add_custom_command(OUTPUT ${output}
    COMMAND ${CMAKE_COMMAND} -DPAGES=${folder} -DOUTPUT=${output} -P ${GLMAP_EMBED_PAGES_SCRIPT}
    DEPENDS ${pages} ${GLMAP_EMBED_PAGES_SCRIPT} COMMENT "Embedding the error pages" VERBATIM)
  target_sources(${target} PRIVATE ${output})
endfunction()
