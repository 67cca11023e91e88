# Verilated hardware in the build: whole machines and single modules for tests.
find_program(SNNC_VERILATOR verilator)
file(GLOB SNNC_RTL_SOURCES CONFIGURE_DEPENDS
  ${PROJECT_SOURCE_DIR}/hw/build_machine.sh ${PROJECT_SOURCE_DIR}/hw/rtl/*
  ${PROJECT_SOURCE_DIR}/hw/rtl/include/* ${PROJECT_SOURCE_DIR}/hw/tb/*)

if(NOT TARGET snnc_rtl_build)
  add_executable(snnc_rtl_build ${PROJECT_SOURCE_DIR}/tools/rtl_build/main.cpp)
  target_link_libraries(snnc_rtl_build PRIVATE snnc_rtl)
  if(SNNC_VERILATOR)
    add_custom_target(rtl_machines ALL)
  else()
    message(WARNING "no verilator: RTL machines are not built (package verilator)")
    add_custom_target(rtl_machines)
  endif()
endif()

# snnc_rtl_machine(target width height)
#
# Builds the machine of a target and mesh into ${CMAKE_BINARY_DIR}/rtl-machines with the project, by
# the same code that builds one on demand at run time (runtime/rtl/rtl_build.h). The file's name is
# a hash of its sources, so the stamp is what CMake sees. Target rtl_machines builds all of them; it
# is part of the default build if Verilator is there.
function(snnc_rtl_machine target width height)
  set(name ${target}-${width}x${height})
  set(stamp ${CMAKE_BINARY_DIR}/rtl-machines/${name}.stamp)
  add_custom_command(OUTPUT ${stamp}
    COMMAND snnc_rtl_build machine ${PROJECT_SOURCE_DIR}/targets/${target}.json ${width} ${height}
            ${CMAKE_BINARY_DIR}/rtl-machines
    COMMAND ${CMAKE_COMMAND} -E touch ${stamp}
    DEPENDS snnc_rtl_build ${SNNC_RTL_SOURCES} ${PROJECT_SOURCE_DIR}/targets/${target}.json
    COMMENT "RTL machine ${name}" VERBATIM)
  add_custom_target(rtl_machine_${name} DEPENDS ${stamp})
  add_dependencies(rtl_machines rtl_machine_${name})
endfunction()

# snnc_cfg_package(target width height): path of the generated snn_cfg_pkg.sv in SNNC_CFG_PACKAGE.
function(snnc_cfg_package target width height)
  set(file ${CMAKE_BINARY_DIR}/rtl-packages/${target}-${width}x${height}/snn_cfg_pkg.sv)
  set(owner rtl_package_${target}_${width}x${height})
  if(NOT TARGET ${owner})
    get_filename_component(folder ${file} DIRECTORY)
    add_custom_command(OUTPUT ${file}
      COMMAND ${CMAKE_COMMAND} -E make_directory ${folder}
      COMMAND snnc_rtl_build package ${PROJECT_SOURCE_DIR}/targets/${target}.json ${width} ${height}
              ${file}
      DEPENDS snnc_rtl_build ${PROJECT_SOURCE_DIR}/targets/${target}.json VERBATIM)
    add_custom_target(${owner} ALL DEPENDS ${file})
  endif()
  set(SNNC_CFG_PACKAGE ${file} PARENT_SCOPE)
endfunction()

# snnc_verilated_module(name TOP module [PREFIX class] [PACKAGE file] SOURCES files of hw/rtl ...
#                       [OPTIONS ...])
#
# One module, Verilated with assertions and random start values, as the library `name`; C++ sees
# V<module>.h, or <class>.h.
function(snnc_verilated_module name)
  cmake_parse_arguments(ARG "" "TOP;PACKAGE;PREFIX" "SOURCES;OPTIONS" ${ARGN})
  if(NOT ARG_PREFIX)
    set(ARG_PREFIX V${ARG_TOP})
  endif()
  execute_process(COMMAND ${SNNC_VERILATOR} --getenv VERILATOR_ROOT OUTPUT_VARIABLE root
                  OUTPUT_STRIP_TRAILING_WHITESPACE)
  if(NOT TARGET snnc_verilated)
    add_library(snnc_verilated STATIC ${root}/include/verilated.cpp
                ${root}/include/verilated_threads.cpp)
    target_include_directories(snnc_verilated SYSTEM PUBLIC ${root}/include ${root}/include/vltstd)
    target_link_libraries(snnc_verilated PUBLIC Threads::Threads)
  endif()
  set(folder ${CMAKE_CURRENT_BINARY_DIR}/${name}.dir)
  list(TRANSFORM ARG_SOURCES PREPEND ${PROJECT_SOURCE_DIR}/hw/rtl/)
  add_custom_command(OUTPUT ${folder}/${ARG_PREFIX}__ALL.a
    COMMAND ${SNNC_VERILATOR} --cc --build --assert -Wall --x-initial unique --top-module ${ARG_TOP}
            --prefix ${ARG_PREFIX}
            --Mdir ${folder} -I${PROJECT_SOURCE_DIR}/hw/rtl/include -CFLAGS -fPIC ${ARG_OPTIONS}
            ${PROJECT_SOURCE_DIR}/hw/lint/waivers.vlt ${ARG_PACKAGE} ${ARG_SOURCES}
    DEPENDS ${ARG_SOURCES} ${ARG_PACKAGE} ${SNNC_RTL_SOURCES}
    COMMENT "Verilated ${ARG_TOP}" VERBATIM)
  add_custom_target(${name}_build DEPENDS ${folder}/${ARG_PREFIX}__ALL.a)
  add_library(${name} INTERFACE)
  add_dependencies(${name} ${name}_build)
  target_include_directories(${name} SYSTEM INTERFACE ${folder})
  target_link_libraries(${name} INTERFACE ${folder}/${ARG_PREFIX}__ALL.a snnc_verilated)
endfunction()
