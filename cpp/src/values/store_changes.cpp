#include "scopetrie/values/store_changes.hpp"

#include <algorithm>
#include <ranges>
#include <string>

#include "scopetrie/values/refusal.hpp"

namespace scopetrie {

std::vector<VariableId> rows_under(const Values& values, std::string_view path) {
  const Graph& graph = values.graph();
  std::vector<VariableId> rows;
  if (path.empty()) {
    rows.reserve(values.size());
    for (VariableId id = 0; id < graph.variables.size(); ++id)
      if (values.is_there(id)) rows.push_back(id);
    return rows;
  }
  const ScopeId scope = graph.ops.scopes().find(path);
  return scope == kNone ? rows : graph.variables.under(graph.ops.scopes(), scope);
}

std::vector<VariableId> rows_at(const Values& values, std::string_view path) {
  if (path.empty()) return {};
  const Graph& graph = values.graph();
  SegmentId segment;
  const ScopeId scope = graph.ops.scopes().find_scope_of_name(path, segment);
  const VariableId row = scope == kNone ? kNone : graph.variables.find(scope, segment);
  return row != kNone ? std::vector<VariableId>{row} : rows_under(values, path);
}

void check_free(const char* call, const Values& values, ScopeId scope, SegmentId segment, const char* hint) {
  const VariableId found = values.graph().variables.find(scope, segment);
  if (found == kNone && values.find_partitioned(scope, segment) == kNone) return;
  const std::string path = full_name(values.graph(), scope, segment);
  const std::string what = found == kNone ? ", in parts" : " (" + outline(values, found) + ')';
  throw Error(ErrorKind::kValue, std::string(call) + ": " + path + " already exists" + what + ": " + hint,
              {.call = call, .full_name = path, .found = what});
}

std::vector<Target> targets(const char* call, const Values& values, std::string_view from, std::string_view to) {
  check_store_name(call, to);
  const std::vector<VariableId> rows = rows_at(values, from);
  const bool is_one = rows.size() == 1 && values.path(rows.front()) == from;
  if (!is_one && (to == from || (to.size() > from.size() && to.starts_with(from) && to[from.size()] == '/')))
    throw Error(
        ErrorKind::kValue,
        std::string(call) + ": '" + std::string(from) + "' cannot go to '" + std::string(to) + "', which is in it",
        {.call = call, .full_name = std::string(from), .asked = std::string(to)});
  std::vector<Target> found;
  std::string path;
  for (const VariableId row : rows) {
    path.clear();
    values.append_path(row, path);
    Target& made = found.emplace_back(Target{row, kNone, 0});
    made.scope = values.graph().ops.scopes().scope_of_name(std::string(to) + path.substr(from.size()), ScopeTrie::kRoot,
                                                           made.segment);
    check_free(call, values, made.scope, made.segment, "take another path");
  }
  return found;
}

void erase_all(Values& values, std::span<const VariableId> rows) {
  // The latest first: its scope's list begins with it.
  for (const VariableId row : std::ranges::reverse_view(rows))
    if (values.is_there(row)) values.erase(row);
}

std::int64_t check_flat(const Values& values, std::span<const VariableId> ids) {
  std::vector<VariableId> sorted(ids.begin(), ids.end());
  std::ranges::sort(sorted);
  if (std::ranges::adjacent_find(sorted) != sorted.end())
    throw Error(ErrorKind::kValue, "Store.flat: a variable is given twice", {.call = "Store.flat"});
  std::size_t elements = 0;
  for (const VariableId id : ids) {
    const std::string path = values.path(id);
    const DType dtype = values.dtype(ids.front()), own = values.dtype(id);
    if (own != dtype)
      throw Error(ErrorKind::kValue,
                  "Store.flat: '" + path + "' has dtype " + own.name() + ", and the first variable has " +
                      dtype.name() + ": one buffer has one dtype; use where=",
                  {.call = "Store.flat", .full_name = path});
    const Memory* memory = values.peek(id);
    if (memory == nullptr || memory->is_viewed())
      throw Error(ErrorKind::kValue,
                  "Store.flat: somebody has an array of '" + path +
                      "', which would not see the buffer: let it go before, or take copies",
                  {.call = "Store.flat", .full_name = path});
    elements += values.element_count(id);
  }
  return static_cast<std::int64_t>(elements);
}

}  // namespace scopetrie
