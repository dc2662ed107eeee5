// v1's patterns for legal names, and the errors for illegal ones.
//
// Thread safety: pure functions.
#pragma once

#include <string_view>

#include "scopetrie/tables/compiler.hpp"

namespace scopetrie {

/// Whether an operation may have this full name: [A-Za-z0-9.][A-Za-z0-9_.\/>-]*
bool is_node_name(std::string_view name);
/// Whether a name scope may have this name at the root, or in another scope, where it is any of [A-Za-z0-9_.\/>-]*
bool is_scope_name(std::string_view name, bool at_root);
/// Whether a name is a single part that is legal everywhere.
bool is_plain_name(std::string_view name);

/// Throw ValueError with v1's text if the name is illegal.
void check_node_name(std::string_view name);
void check_scope_name(std::string_view name, bool at_root);

}  // namespace scopetrie
