#include "scopetrie/graph/op_graph.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace scopetrie {

namespace {

void fold(std::string& name) {
  for (char& c : name)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
}

}  // namespace

Name OpGraph::peek(ScopeId scope, SegmentId segment) {
  const ScopeId folded = scopes_.folded(scope);
  if (!scopes_.opened(folded)) open(folded);
  return {scope, segment, names_.peek(folded, segments_.folded(segment))};
}

bool OpGraph::has_scope(ScopeId folded, SegmentId segment, std::uint32_t suffix) const {
  return scopes_.find_child(folded, segment, suffix) != kNone;
}

bool OpGraph::can_own(ScopeId scope, SegmentId segment) {
  const ScopeId folded = scopes_.folded(scope);
  const SegmentId folded_segment = segments_.folded(segment);
  return peek(scope, segment).suffix == 0 &&
         !(names_.has_scopes(folded, folded_segment) && has_scope(folded, folded_segment, 0));
}

bool OpGraph::take_owner_slow(ScopeId scope, SegmentId segment) {
  if (!can_own(scope, segment)) return false;
  note_owner(unique(scope, segment));
  return true;
}

void OpGraph::give_back(const Name& name) noexcept {
  const ScopeId scope = scopes_.folded(name.scope);
  const SegmentId segment = segments_.folded(name.segment);
  if (name.suffix == 0)
    names_.release(scope, segments_.base(segment), segments_.suffix(segment));
  else
    names_.release(scope, segment, name.suffix);
}

void OpGraph::note_owner_slow(const Name& name) {
  const SegmentId folded = segments_.folded(name.segment);
  names_.note_owner(scopes_.folded(name.scope), name.suffix != 0 ? folded : segments_.base(folded));
}

// From now on, names equal to the scope's must know of it. If an operation of that name owns names below it, this takes
// them. From the root down: a scope is marked as opened when all of that is done, so a failure is repeated.
void OpGraph::open(ScopeId folded) {
  std::vector<ScopeId> closed;
  for (; !scopes_.opened(folded); folded = scopes_.parent(folded)) closed.push_back(folded);
  std::string path;
  for (; !closed.empty(); closed.pop_back()) {
    const ScopeId scope = closed.back(), parent = scopes_.parent(scope);
    names_.note_scope(parent, scopes_.base(scope));
    if (!names_.may_own(parent, scopes_.base(scope))) {
      // nothing is owned
    } else if (const OpId owner = last_owner(); owner != kNone && is_named(owner, scope)) {
      take_owned_names(scope, owner);
    } else {
      path.clear();
      scopes_.append_path(scope, path);
      // Verbatim names ("Mul/" beside "mul") may share one folded name; at most one of them is an owner.
      find_folded(path, [&](OpId op, const std::string&) {
        take_owned_names(scope, op);
        return false;
      });
    }
    if (ledger_.is_open()) opened_.push_back(scope);
    scopes_.set_opened(scope, true);
  }
}

// The owner of the run that was made last, if nothing else was made since: often it is the one that is looked for.
OpId OpGraph::last_owner() const {
  if (rows_.empty() || rows_.back().kind != kRun) return kNone;
  const Pattern& pattern = patterns_[rows_.back().attribute];
  return static_cast<OpId>(size()) - pattern.size() + pattern.owner();
}

// Whether an operation has the folded name of a folded scope.
bool OpGraph::is_named(OpId op, ScopeId folded) const {
  const Name name = name_of(op);
  const SegmentId segment = segments_.folded(name.segment);
  const SegmentId base = name.suffix != 0 ? segment : segments_.base(segment);
  const std::uint32_t suffix = name.suffix != 0 ? name.suffix : segments_.suffix(segment);
  return (name.scope & kOwnedBit) == 0 && scopes_.folded(name.scope) == scopes_.parent(folded) &&
         base == scopes_.base(folded) && suffix == scopes_.suffix(folded);
}

void OpGraph::take_owned_names(ScopeId scope, OpId owner) {
  const Runs::Place at = operation_rows_.find(owner);
  if (rows_[at.row].kind == kRun) {
    const std::uint32_t pattern = rows_[at.row].attribute;
    if (at.at != patterns_[pattern].owner()) return;  // of the others in a run, none owns names
    for (std::uint32_t place = 0; place < patterns_[pattern].size(); ++place)
      if (const SegmentId path = patterns_[pattern][place].segment; path != kNone) take_owned_name(scope, path);
    return;
  }
  const OpId first = owner > kOwnedReach ? owner - kOwnedReach : 0;
  const OpId last = std::min(owner + kOwnedReach, static_cast<OpId>(size() - 1));
  for (OpId op = first; op <= last; ++op)
    if (const Name name = name_of(op); name.scope == (owner | kOwnedBit)) take_owned_name(scope, name.segment);
}

// "Initializer/zeros" takes "Initializer" in the scope, unless it is taken already, and "zeros" below it.
void OpGraph::take_owned_name(ScopeId scope, SegmentId segment) {
  const std::string_view path = segments_.text(segments_.folded(segment));
  for (std::size_t start = 0;;) {
    const std::size_t slash = path.find('/', start);
    const SegmentId part = segments_.intern(path.substr(start, slash - start));
    if (names_.peek(scope, part) == 0) names_.take(scope, part);
    if (slash == std::string_view::npos) break;
    scope = scopes_.child(scope, part);
    start = slash + 1;
  }
}

void OpGraph::append_scope(ScopeId scope, std::string& out) const {
  if (scope == ScopeTrie::kRoot) return;
  if ((scope & kOwnedBit) != 0) {
    append_name(name_of(scope & ~kOwnedBit), out);
  } else {
    scopes_.append_path(scope, out);
  }
  out += '/';
}

void OpGraph::append_name(const Name& name, std::string& out) const {
  append_scope(name.scope, out);
  out += segments_.text(name.segment);
  append_suffix(name.suffix, out);
}

std::string OpGraph::name(OpId op) const {
  std::string out;
  append_name(name_of(op), out);
  return out;
}

void OpGraph::reserve(std::size_t operations, std::size_t inputs, std::size_t tensors) {
  make_room(rows_, operations);
  make_room(inputs_, inputs);
  make_room(tensors_, tensors);
}

std::uint32_t OpGraph::add_pattern(Pattern pattern) {
  patterns_.push_back(std::move(pattern));
  return static_cast<std::uint32_t>(patterns_.size() - 1);
}

void OpGraph::take_back(OpId first) noexcept {
  if (first == size()) return;
  for (auto op = static_cast<OpId>(size()); op-- > first;) {
    if (const Name name = name_of(op); (name.scope & kOwnedBit) == 0) give_back(name);
    if (has_control_inputs()) control_inputs_.erase(op);
  }
  const OperationRow row = rows_[operation_rows_.find(first).row];
  truncate(first, row.first_output, row.first_input);
}

OperationRow OpGraph::step(const OperationRow& row, OpId id, std::uint32_t place) const {
  const Pattern& pattern = patterns_[row.attribute];
  const Pattern::Step& step = pattern[place];
  const OpId owner = id - place + pattern.owner();
  std::uint32_t attribute = step.attribute;
  for (std::size_t i = 0; i < pattern.varying().size(); ++i)
    if (pattern.varying()[i] == place) attribute = inputs_[row.first_input + i];
  return {step.segment == kNone ? row.name : owned(owner, step.segment),
          0,
          row.first_output + step.first_output,
          attribute,
          row.site,
          step.kind};
}

TensorRow OpGraph::step_output(const TensorRow& row, TensorId id, std::uint32_t place) const {
  const auto& [output, step] = patterns_[row.shape].tensor(place);
  if (run_shapes_.empty()) [[likely]]
    return {row.op + step, output.shape, output.dtype};
  const auto set = run_shapes_.find(id);
  return {row.op + step, set != run_shapes_.end() ? set->second : output.shape, output.dtype};
}

namespace {

// What a change was of: the upper half of Change::what; the lower half is the tensor's or operation's id.
constexpr std::uint64_t kShapeChanged = 0, kControlInputsAdded = 1;

}  // namespace

void OpGraph::set_shape(TensorId id, ShapeId shape) {
  const ShapeId before = tensor(id).shape;
  if (before == shape) return;
  ledger_.note(*this, kShapeChanged << 32 | id, before);
  TensorRow& row = tensors_[tensor_rows_.find(id).row];
  if (row.dtype == kRunTensors)
    run_shapes_[id] = shape;
  else
    row.shape = shape;
}

void OpGraph::add_control_inputs(OpId op, std::span<const OpId> inputs) {
  if (inputs.empty()) return;
  std::vector<OpId>& held = control_inputs_[op];
  ledger_.note(*this, kControlInputsAdded << 32 | op, held.size());
  held.reserve(held.size() + inputs.size());
  OpId last = held.empty() ? 0 : *std::max_element(held.begin(), held.end());
  for (const OpId input : inputs) {
    // Most are given in the order of their creation.
    const bool is_new = held.empty() || input > last || std::find(held.begin(), held.end(), input) == held.end();
    if (!is_new) continue;
    held.push_back(input);
    last = std::max(last, input);
  }
}

void OpGraph::undo(const Change& change) noexcept {
  const auto id = static_cast<std::uint32_t>(change.what);
  if (change.what >> 32 == kControlInputsAdded) {
    control_inputs_[id].resize(change.before);  // it has been noted of an entry that is there
  } else if (TensorRow& row = tensors_[tensor_rows_.find(id).row]; row.dtype != kRunTensors) {
    row.shape = static_cast<ShapeId>(change.before);
  } else if (const auto set = run_shapes_.find(id); set != run_shapes_.end()) {
    set->second = static_cast<ShapeId>(change.before);
  }
}

std::span<const OpId> OpGraph::control_inputs(OpId id) const {
  if (control_inputs_.empty()) return {};
  const auto at = control_inputs_.find(id);
  if (at == control_inputs_.end()) return {};
  return at->second;
}

// The operation whose folded name is `folded` and for which is_wanted(operation, name) holds.
template <class IsWanted>
OpId OpGraph::find_folded(std::string_view folded, IsWanted&& is_wanted) const {
  for (; indexed_ < size(); ++indexed_) {
    folded_name_.clear();
    append_name(name_of(static_cast<OpId>(indexed_)), folded_name_);
    fold(folded_name_);
    index_.insert(hash_bytes(folded_name_), static_cast<OpId>(indexed_));
  }
  std::string name;
  std::string low;
  return index_.find(hash_bytes(folded), [&](OpId op) {
    name.clear();
    append_name(name_of(op), name);
    low = name;
    fold(low);
    return low == folded && is_wanted(op, name);
  });
}

OpId OpGraph::find(std::string_view name) const {
  std::string folded(name);
  fold(folded);
  return find_folded(folded, [&](OpId, const std::string& found) { return found == name; });
}

std::vector<OpId> OpGraph::with_control_inputs() const {
  std::vector<OpId> found;
  for (const auto& [op, inputs] : control_inputs_)
    if (!inputs.empty()) found.push_back(op);
  return found;
}

std::vector<OpId> OpGraph::prune(std::span<const OpId> targets, std::span<const TensorId> feeds, OpId first,
                                 std::span<const OpId> leaves) const {
  std::vector<bool> needed(size());
  std::vector<bool> is_leaf(leaves.empty() ? 0 : size());
  for (const OpId leaf : leaves) is_leaf[leaf] = true;
  std::vector<bool> fed;
  if (!feeds.empty()) {
    fed.resize(tensor_count());
    for (const TensorId tensor : feeds) fed[tensor] = true;
  }
  OpId last = 0;
  for (const OpId op : targets) {
    needed[op] = true;
    last = std::max(last, op);
  }
  std::vector<OpId> found;
  if (targets.empty()) return found;
  // Inputs and control inputs are older than their users, so one pass backwards from the last target visits users
  // before inputs.
  for (OpId op = last + 1; op-- > 0;) {
    if (!needed[op]) continue;
    found.push_back(op);
    if (!is_leaf.empty() && is_leaf[op]) continue;
    for (const TensorId input : inputs(op))
      if (fed.empty() || !fed[input]) needed[tensor(input).op] = true;
    for (const OpId input : control_inputs(op))
      if (input >= first) needed[input] = true;
  }
  std::reverse(found.begin(), found.end());
  return found;
}

void OpGraph::measure(Mark& mark) const noexcept {
  mark.operations = size();
  mark.inputs = inputs_.size();
  mark.tensors = tensor_count();
  mark.patterns = patterns_.size();
  mark.opened = opened_.size();
  mark.names = names_.mark();
}

void OpGraph::cut(const Mark& mark) noexcept {
  for (; indexed_ > mark.operations; --indexed_) {
    const auto op = static_cast<OpId>(indexed_ - 1);
    folded_name_.clear();
    append_name(name_of(op), folded_name_);
    fold(folded_name_);
    index_.erase(hash_bytes(folded_name_), op);
  }
  if (has_control_inputs())
    for (std::size_t op = mark.operations; op < size(); ++op) control_inputs_.erase(static_cast<OpId>(op));
  truncate(static_cast<OpId>(mark.operations), static_cast<TensorId>(mark.tensors), mark.inputs);
  patterns_.erase(patterns_.begin() + static_cast<std::ptrdiff_t>(mark.patterns), patterns_.end());
  std::erase_if(run_shapes_, [&](const auto& entry) { return entry.first >= mark.tensors; });
  if (mark.keeps_names) return;
  for (; opened_.size() > mark.opened; opened_.pop_back()) scopes_.set_opened(opened_.back(), false);
  names_.undo(mark.names);
}

void OpGraph::end() noexcept {
  names_.commit();
  if (!ledger_.is_open()) opened_.clear();
}

void OpGraph::truncate(OpId operations, TensorId tensors, std::size_t inputs) noexcept {
  operation_rows_.truncate(operations);
  tensor_rows_.truncate(tensors);
  rows_.resize(operation_rows_.rows());
  inputs_.resize(inputs);
  tensors_.resize(tensor_rows_.rows());
}

void OpGraph::refuse_inputs() { throw std::length_error("a graph has at most 2^32 - 1 inputs of operations"); }

}  // namespace scopetrie
