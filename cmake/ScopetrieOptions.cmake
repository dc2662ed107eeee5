# What every target of ours is compiled with.

include(CheckIPOSupported)

set(CMAKE_EXPORT_COMPILE_COMMANDS ON) # clang-tidy reads it

# pybind11 adds its own LTO flags unless this is defined, and only to the module: the calls that matter cross
# from the bindings into the core, so both are built the same way.
set(CMAKE_INTERPROCEDURAL_OPTIMIZATION OFF)
if(SCOPETRIE_LTO AND CMAKE_BUILD_TYPE STREQUAL "Release" AND NOT SCOPETRIE_SANITIZE)
  check_ipo_supported(RESULT ipo_works OUTPUT ipo_output LANGUAGES CXX)
  if(ipo_works)
    set(CMAKE_INTERPROCEDURAL_OPTIMIZATION ON)
  else()
    message(STATUS "Link-time optimisation is off: ${ipo_output}")
  endif()
endif()

function(scopetrie_options target)
  set_target_properties(
    ${target}
    PROPERTIES CXX_STANDARD 20
               CXX_STANDARD_REQUIRED ON
               CXX_EXTENSIONS OFF
               POSITION_INDEPENDENT_CODE ON
               CXX_VISIBILITY_PRESET hidden
               VISIBILITY_INLINES_HIDDEN ON)
  if(MSVC)
    # /fp:precise keeps a*b+c two roundings, as -ffp-contract=off does: the same seed gives the same random
    # values on every platform only if no compiler fuses them.
    target_compile_options(${target} PRIVATE /W4 /utf-8 /permissive- /Zc:__cplusplus /fp:precise)
    if(SCOPETRIE_WERROR)
      target_compile_options(${target} PRIVATE /WX)
    endif()
  else()
    target_compile_options(${target} PRIVATE -Wall -Wextra -ffp-contract=off)
    if(SCOPETRIE_WERROR)
      target_compile_options(${target} PRIVATE -Werror)
    endif()
    if(SCOPETRIE_SANITIZE)
      target_compile_options(${target} PRIVATE -fsanitize=${SCOPETRIE_SANITIZE} -fno-omit-frame-pointer
                                               -fno-sanitize-recover=all)
      target_link_options(${target} PRIVATE -fsanitize=${SCOPETRIE_SANITIZE})
    endif()
  endif()
endfunction()
