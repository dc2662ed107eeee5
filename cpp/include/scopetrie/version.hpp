#pragma once

#include <string_view>

// The one place where the version is written: the build, the wheel, `_core.__version__` and
// `scopetrieConfigVersion.cmake` all read this line.
#define SCOPETRIE_VERSION "0.1.0"

namespace scopetrie {

inline constexpr std::string_view version = SCOPETRIE_VERSION;

}  // namespace scopetrie
