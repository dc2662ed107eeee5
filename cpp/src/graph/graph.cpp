#include "scopetrie/graph/graph.hpp"

#include "scopetrie/error.hpp"
#include "scopetrie/names/legal_names.hpp"

namespace scopetrie {

void Graph::refuse_finalized() { throw Error(ErrorKind::kRuntime, "Graph is finalized and cannot be modified."); }

void Graph::check_unused(const Name& name) const {
  const std::string whole = text(name);
  if (ops.find(whole) != kNone)
    throw Error(ErrorKind::kValue, "Duplicate node name in graph: '" + whole + "'", {.full_name = whole});
}

void Graph::check_operation_name(const Name& name) const { check_node_name(text(name)); }

void Graph::cut(const Mark& mark) noexcept {
  partitioned.truncate(mark.partitioned);
  variables.truncate(mark.variables);
  for (auto& [key, pattern] : variable_patterns) pattern.forget(mark.patterns);
  for (std::uint32_t at = 0; at < known_runs.size(); ++at) {
    if (known_runs[at].pattern < mark.patterns) continue;
    known_run_index.erase(known_runs[at].hash, at);  // nothing where it was undone before
    known_runs[at].pattern = kNone;
  }
  while (!known_runs.empty() && known_runs.back().pattern == kNone) known_runs.pop_back();
  std::erase_if(recordings, [&](const Recording& recording) { return recording.fixed >= mark.patterns; });
  for (Recording& recording : recordings)
    if (recording.varying >= mark.patterns) recording.varying = kNone;
  for (; attributes.size() > mark.attributes; attributes.pop_back())
    undone_attributes_.push_back(std::move(attributes.back()));
  finalized = mark.finalized;
  seeds = mark.seeds;
}

void Graph::settle() noexcept {
  if (undone_attributes_.empty()) return;
  while (!undone_attributes_.empty()) {
    const AttributeValue gone = std::move(undone_attributes_.back());
    undone_attributes_.pop_back();
  }
  // An outer transaction that is still open may need the room: it must not allocate.
  if (!ledger().is_open()) undone_attributes_ = {};
}

}  // namespace scopetrie
