// Which names v1 takes: patterns of characters, and the errors for those that do not match.
//
// Thread safety: functions of their arguments alone.
#pragma once

#include <string_view>

#include "scopetrie/tables/compiler.hpp"

namespace scopetrie {

/// Whether an operation may have this whole name: [A-Za-z0-9.][A-Za-z0-9_.\/>-]*
bool is_node_name(std::string_view name);
/// Whether a name scope may be called so in the root, or in another scope: there, any of [A-Za-z0-9_.\/>-]*
bool is_scope_name(std::string_view name, bool at_root);
/// Whether a name is one part that is legal everywhere.
bool is_plain_name(std::string_view name);

/// Throw ValueError with v1's text where the name is no such name.
void check_node_name(std::string_view name);
void check_scope_name(std::string_view name, bool at_root);

}  // namespace scopetrie
