# What other C++ projects build against: the public headers, the core's sources and a CMake package.
#
# The core travels as sources, not as a library: a static library in a wheel would tie its users to the compiler,
# the C++ library and the build type the wheel was made with. The sources are small and compile in seconds, once.

include(CMakePackageConfigHelpers)

if(DEFINED SKBUILD)
  # Inside the wheel everything lies in the package: scopetrie.get_include(), scopetrie.get_cmake_dir().
  set(headers_to scopetrie/include)
  set(sources_to scopetrie/src)
  set(config_to scopetrie/cmake)
else()
  set(headers_to "${CMAKE_INSTALL_INCLUDEDIR}")
  set(sources_to "${CMAKE_INSTALL_DATADIR}/scopetrie/src")
  set(config_to "${CMAKE_INSTALL_DATADIR}/cmake/scopetrie")
endif()

configure_package_config_file(
  "${CMAKE_CURRENT_LIST_DIR}/scopetrieConfig.cmake.in" "${PROJECT_BINARY_DIR}/scopetrieConfig.cmake"
  INSTALL_DESTINATION "${config_to}"
  PATH_VARS headers_to sources_to
  NO_CHECK_REQUIRED_COMPONENTS_MACRO)
# ARCH_INDEPENDENT: headers and sources serve any word size.
write_basic_package_version_file("${PROJECT_BINARY_DIR}/scopetrieConfigVersion.cmake"
                                 COMPATIBILITY SameMinorVersion ARCH_INDEPENDENT)

install(DIRECTORY "${PROJECT_SOURCE_DIR}/cpp/include/scopetrie" DESTINATION "${headers_to}"
        FILES_MATCHING PATTERN "*.hpp")
install(DIRECTORY "${PROJECT_SOURCE_DIR}/cpp/capi/include/" DESTINATION "${headers_to}"
        FILES_MATCHING PATTERN "*.h" PATTERN "*.hpp")
install(DIRECTORY "${PROJECT_SOURCE_DIR}/cpp/capi/src/" DESTINATION "${sources_to}/capi"
        FILES_MATCHING PATTERN "*.cpp" PATTERN "*.hpp")
install(DIRECTORY "${PROJECT_SOURCE_DIR}/cpp/src/" DESTINATION "${sources_to}"
        FILES_MATCHING PATTERN "*.cpp" PATTERN "*.hpp")
install(FILES "${CMAKE_CURRENT_LIST_DIR}/ScopetrieCore.cmake" "${PROJECT_BINARY_DIR}/scopetrieConfig.cmake"
              "${PROJECT_BINARY_DIR}/scopetrieConfigVersion.cmake"
        DESTINATION "${config_to}")
