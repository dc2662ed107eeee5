#include "scopetrie/op_graph.hpp"

#include <algorithm>

namespace scopetrie {

namespace {

// How far an owned operation may stand from its owner: "w/Initializer/zeros", "w", "w/Assign", "w/read".
constexpr OpId kOwnedReach = 4;

// The hash of a name regardless of case, since that is how names are unique.
std::uint32_t hash_folded(std::string_view name) {
  std::string folded(name);
  for (char& c : folded)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return hash_bytes(folded);
}

}  // namespace

Name OpGraph::peek(ScopeId scope, SegmentId segment) {
  if (!scopes_.opened(scope)) open(scope);
  return {scope, segment, names_.peek(scopes_.folded(scope), segments_.folded(segment))};
}

void OpGraph::note_owner(const Name& name) {
  const SegmentId folded = segments_.folded(name.segment);
  names_.note_owner(scopes_.folded(name.scope), name.suffix != 0 ? folded : segments_.base(folded));
}

// The first name beneath a scope is asked for: from now on, names that equal it must know that a scope stands there,
// and if an operation of that name owns names beneath it, they are taken.
void OpGraph::open(ScopeId scope) {
  scopes_.set_opened(scope);
  const ScopeId folded = scopes_.folded(scope);
  if (folded != scope) scopes_.set_opened(folded);
  if (folded == ScopeTrie::kRoot) return;
  const ScopeId parent = scopes_.parent(folded);
  names_.note_scope(parent, scopes_.base(folded));
  if (!names_.may_own(parent, scopes_.base(folded))) return;
  std::string path;
  scopes_.append_path(scope, path);
  if (const OpId owner = find(path); owner != kNone) take_owned_names(folded, owner);
}

void OpGraph::take_owned_names(ScopeId scope, OpId owner) {
  const OpId first = owner > kOwnedReach ? owner - kOwnedReach : 0;
  const OpId last = std::min(owner + kOwnedReach, static_cast<OpId>(size() - 1));
  for (OpId op = first; op <= last; ++op) {
    const Name name = operations_[op].name;
    if (name.scope != (owner | kOwnedBit)) continue;
    // "Initializer/zeros" takes "Initializer" here and "zeros" beneath it.
    std::string_view rest = segments_.text(name.segment);
    for (ScopeId at = scope; !rest.empty();) {
      const std::size_t slash = rest.find('/');
      const std::string part(rest.substr(0, slash));
      const SegmentId segment = segments_.folded(segments_.intern(part));
      names_.take(at, segment);
      if (slash == std::string_view::npos) break;
      at = scopes_.child(at, segment);
      scopes_.set_opened(at);
      names_.note_scope(scopes_.parent(at), scopes_.base(at));
      rest = segments_.text(name.segment).substr(segments_.text(name.segment).size() - (rest.size() - slash - 1));
    }
  }
}

void OpGraph::append_name(const Name& name, std::string& out) const {
  if ((name.scope & kOwnedBit) != 0) {
    append_name(operations_[name.scope & ~kOwnedBit].name, out);
    out += '/';
  } else if (name.scope != ScopeTrie::kRoot) {
    scopes_.append_path(name.scope, out);
    out += '/';
  }
  out += segments_.text(name.segment);
  append_suffix(name.suffix, out);
}

std::string OpGraph::name(OpId op) const {
  std::string out;
  append_name(operations_[op].name, out);
  return out;
}

void OpGraph::add_control_inputs(OpId op, std::span<const OpId> inputs) {
  if (inputs.empty()) return;
  std::vector<OpId>& held = control_inputs_[op];
  for (const OpId input : inputs)
    if (std::find(held.begin(), held.end(), input) == held.end()) held.push_back(input);
}

std::span<const OpId> OpGraph::control_inputs(OpId id) const {
  if (control_inputs_.empty()) return {};
  const auto at = control_inputs_.find(id);
  if (at == control_inputs_.end()) return {};
  return at->second;
}

OpId OpGraph::find(std::string_view wanted) const {
  std::string text;
  for (; indexed_ < size(); ++indexed_) {
    text.clear();
    append_name(operations_[indexed_].name, text);
    index_.insert(hash_folded(text), static_cast<OpId>(indexed_));
  }
  return index_.find(hash_folded(wanted), [&](OpId op) { return name(op) == wanted; });
}

std::vector<OpId> OpGraph::prune(std::span<const OpId> targets, std::span<const TensorId> feeds) const {
  std::vector<bool> needed(size());
  std::vector<bool> fed;
  if (!feeds.empty()) {
    fed.resize(tensors_.size());
    for (const TensorId tensor : feeds) fed[tensor] = true;
  }
  OpId last = 0;
  for (const OpId op : targets) {
    needed[op] = true;
    last = std::max(last, op);
  }
  std::vector<OpId> found;
  if (targets.empty()) return found;
  // Inputs come before their users, so one pass from the last target down meets every need before its maker. (A
  // control input always comes before as well.)
  for (OpId op = last + 1; op-- > 0;) {
    if (!needed[op]) continue;
    found.push_back(op);
    for (const TensorId input : inputs(op))
      if (fed.empty() || !fed[input]) needed[tensors_[input].op] = true;
    for (const OpId input : control_inputs(op)) needed[input] = true;
  }
  std::reverse(found.begin(), found.end());
  return found;
}

void OpGraph::rollback(const Mark& mark) {
  if (!control_inputs_.empty())
    std::erase_if(control_inputs_, [&](const auto& entry) { return entry.first >= mark.operations; });
  if (indexed_ > mark.operations) {
    index_.clear();
    indexed_ = 0;
  }
  operations_.resize(mark.operations);
  inputs_.resize(mark.inputs);
  tensors_.resize(mark.tensors);
  names_.rollback(mark.names);
}

}  // namespace scopetrie
