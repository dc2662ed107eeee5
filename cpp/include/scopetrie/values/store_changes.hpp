// What a store checks before names or memory of its variables change: of one variable, or of all beneath a path.
//
// Thread safety: that of the graph.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "scopetrie/values/values.hpp"

namespace scopetrie {

/// The rows of a scope and those below it, in creation order; of all for "".
std::vector<VariableId> rows_under(const Values& values, std::string_view path);
/// The row of a variable of exactly this path, or of all beneath it; none for "".
std::vector<VariableId> rows_at(const Values& values, std::string_view path);

/// Throws Error where a name is a variable's, with a hint what to do.
void check_free(const char* call, const Values& values, ScopeId scope, SegmentId segment, const char* hint);

/// A row, and where it is to stand.
struct Target {
  VariableId row;
  ScopeId scope;
  SegmentId segment;
};
/// Where each row goes if what is at a path goes to another one; none where there is nothing. Throws Error where
/// something is there already, or the path goes into itself.
std::vector<Target> targets(const char* call, const Values& values, std::string_view from, std::string_view to);

/// Takes the names of rows away. Who calls undoes it where it throws.
void erase_all(Values& values, std::span<const VariableId> rows);

/// The number of elements that flatten() makes one memory of. Throws Error where it cannot: variables that are given
/// twice, have several dtypes, or whose elements somebody looks at.
std::int64_t check_flat(const Values& values, std::span<const VariableId> ids);

}  // namespace scopetrie
