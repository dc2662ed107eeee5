# How the core's sources compile: here, and in projects that use the installed package.

option(SCOPETRIE_UNITY "Compile the sources of a group as one: takes a quarter of the time" ON)

# Compiles sources in groups, each as one file that includes the others: most of the time goes into headers otherwise.
# Arguments: pairs of a group's name and a regular expression for its sources' paths; each source is in the first one
# that matches. Names in anonymous namespaces are unique within a group. An edit compiles the whole group again, and with
# SCOPETRIE_UNITY=OFF its file.
function(scopetrie_unity target)
  if(NOT SCOPETRIE_UNITY)
    return()
  endif()
  set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_MODE GROUP)
  get_target_property(sources ${target} SOURCES)
  foreach(source IN LISTS sources)
    set(rest ${ARGN})
    while(rest)
      list(POP_FRONT rest group pattern)
      if(source MATCHES "${pattern}")
        set_source_files_properties("${source}" PROPERTIES UNITY_GROUP ${group})
        break()
      endif()
    endwhile()
  endforeach()
endfunction()

# For the target that has the core's sources.
function(scopetrie_compile_core target)
  if(NOT MSVC)
    # No fused multiply-add: random values are the same on every platform.
    target_compile_options(${target} PRIVATE -ffp-contract=off)
    # Loops over arrays: vectors in every build. Roots set no errno, and no operation traps.
    get_target_property(loops ${target} SOURCES)
    list(FILTER loops INCLUDE REGEX "values/(activations|adam|channels|pooling|updates|unfolding)\\.cpp$")
    set_source_files_properties(${loops} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON
                                                    COMPILE_OPTIONS "-O3;-fno-math-errno;-fno-trapping-math")
  endif()
  scopetrie_unity(${target} core "\\.cpp$")
endfunction()
