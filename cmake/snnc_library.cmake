# snnc_library(name LAYER n SOURCES ... [USES ...] [LINKS ...])
#
# One static library per folder. USES names project libraries and must point to a lower layer:
# a sideways or upward use stops the configure step (docs/architecture.md has the layers).
# tests/conventions/layers.py checks the #include lines too, because headers can dodge the linker.
function(snnc_library name)
  cmake_parse_arguments(ARG "" "LAYER" "SOURCES;USES;LINKS" ${ARGN})
  add_library(${name} STATIC ${ARG_SOURCES})
  set_property(TARGET ${name} PROPERTY SNNC_LAYER ${ARG_LAYER})
  foreach(used IN LISTS ARG_USES)
    get_property(below TARGET ${used} PROPERTY SNNC_LAYER)
    if(NOT below LESS ARG_LAYER)
      message(FATAL_ERROR "${name} (layer ${ARG_LAYER}) may not use ${used} (layer ${below})")
    endif()
  endforeach()
  target_link_libraries(${name} PUBLIC snnc_options ${ARG_USES} ${ARG_LINKS})
endfunction()
