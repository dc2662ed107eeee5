#include "scopetrie/values/number_initials.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "scopetrie/values/elements.hpp"
#include "scopetrie/variables/initial_value.hpp"
#include "scopetrie/variables/partitions.hpp"

namespace scopetrie {

namespace {

// Whether elements of a dtype may be a number, without a conversion that NumPy does otherwise; the last answer is kept.
class KnownNumbers {
 public:
  explicit KnownNumbers(const Graph& graph) : graph_(graph) {}

  bool is_number(std::uint32_t number, DType dtype) {
    if (number == number_ && dtype == dtype_) return is_;
    const char kind = dtype.kind();
    const AttributeValue& value = graph_.attributes[number];
    number_ = number;
    dtype_ = dtype;
    return is_ = (dtype == kFloat32 || dtype == kFloat64 || kind == 'i' || kind == 'u' || kind == 'b') &&
                 computed_as(dtype) == dtype && (value.is_number() || value.kind() == AttributeValue::Kind::kBool) &&
                 has_elements(constant(value), dtype);
  }

 private:
  const Graph& graph_;
  std::uint32_t number_ = kNone;
  DType dtype_;
  bool is_ = false;
};

/// The operations that set one variable: its Assign, itself, its initial value and what that is made of.
struct OwnOperations {
  std::array<OpId, 5> ops;
  std::size_t count = 0;
  OpId constant = kNone;         // has the number
  std::uint32_t number = kNone;  // kNone: it is not set to a number
  ShapeId shape = kNone;
  DType dtype;

  std::span<const OpId> all() const { return {ops.data(), count}; }
};

OwnOperations own_operations(const OpGraph& ops, const VariableRow& row) {
  OwnOperations own;
  if (row.initializer == kNone || row.ref == kNone) return own;
  const OperationRow assign = ops.operation(row.initializer);
  const TensorIds assigned = ops.inputs(row.initializer);
  if (assign.kind != kinds().assign || assign.attribute != kNone || assigned.size() != 2 || assigned[0] != row.ref)
    return own;
  const TensorRow ref = ops.tensor(row.ref), initial = ops.tensor(assigned[1]);
  if (ref.shape != initial.shape || ref.dtype.base() != initial.dtype || ops.shapes().elements(ref.shape) < 0)
    return own;
  own.ops = {row.initializer, ref.op, initial.op};
  own.count = 3;
  own.constant = initial.op;
  own.shape = ref.shape;
  own.dtype = initial.dtype;
  if (ops.operation(initial.op).kind == kinds().fill) {
    for (const TensorId input : ops.inputs(initial.op)) own.ops[own.count++] = ops.tensor(input).op;
    if (ops.operation(own.ops[3]).kind != kinds().constant) return own;
    own.constant = own.ops[4];
  }
  const OperationRow constant = ops.operation(own.constant);
  if (constant.kind == kinds().constant) own.number = constant.attribute;
  return own;
}

/// Finds variables that were made as one run each, as nearly all are: what holds for one of a pattern holds for all,
/// and a run is needed as a whole or not at all.
class NumberRuns {
 public:
  NumberRuns(const Graph& graph, std::span<const TensorId> fed) : graph_(graph), ops_(graph.ops), numbers_(graph) {
    find_odd(fed);
    known_.resize(ops_.pattern_count());
    runs_.reserve(graph.variables.size());
    for (VariableId id = 0; id < graph.variables.size(); ++id) add(id);
    if (!std::ranges::is_sorted(runs_, {}, &Run::first)) std::ranges::sort(runs_, {}, &Run::first);
    erase_odd();
  }

  NeededInitials prune(std::span<const OpId> targets, std::span<const OpId> fetched, std::span<const TensorId> fed) {
    NeededInitials needed;
    needed.operations = ops_.prune(targets, fed, 0, leaves());
    for (const OpId op : fetched) spoil_initializer(op);
    auto run = runs_.begin();
    for (const OpId op : needed.operations) {
      while (run != runs_.end() && run->end <= op) ++run;
      if (run != runs_.end() && run->first <= op) {
        (op == run->initializer ? run->is_needed : run->is_spoiled) = true;
        continue;
      }
      for (const TensorId input : ops_.inputs(op)) spoil_initializer(ops_.tensor(input).op);
    }
    // What stands behind an initializer is its own, so no further ones are found with it.
    const std::size_t spoiled = std::erase_if(runs_, [](const Run& each) { return each.is_spoiled; });
    if (spoiled != 0) needed.operations = ops_.prune(targets, fed, 0, leaves());
    run = runs_.begin();
    std::erase_if(needed.operations, [&](OpId op) {
      while (run != runs_.end() && run->end <= op) ++run;
      return run != runs_.end() && run->first <= op;
    });
    for (const Run& each : runs_)
      if (each.is_needed) needed.initials.push_back(each.initial);
    return needed;
  }

 private:
  struct Run {
    OpId first, end;
    OpId initializer;
    NumberInitial initial;
    bool is_needed = false;
    bool is_spoiled = false;  // something else is needed of it, or somebody has the initializer's result
  };
  /// What is known of the variables of a pattern.
  struct Known {
    bool is_seen = false, is_number = false;
    std::uint32_t initializer = 0;  // place among the operations
    std::uint32_t ref = 0;          // place among the tensors
    std::uint32_t number = kNone;   // kNone: it varies
    std::size_t varying = 0;        // place among the attributes that vary
    ShapeId shape = kNone;
    DType dtype;
  };

  // Operations that wait for others, or whose results are fed: they are not what their pattern says.
  void find_odd(std::span<const TensorId> fed) {
    odd_ = ops_.with_control_inputs();
    for (const TensorId tensor : fed) odd_.push_back(ops_.tensor(tensor).op);
    std::ranges::sort(odd_);
  }
  void erase_odd() {
    auto odd = odd_.begin();
    std::erase_if(runs_, [&](const Run& run) {
      while (odd != odd_.end() && *odd < run.first) ++odd;
      return odd != odd_.end() && *odd < run.end;
    });
  }

  void add(VariableId id) {
    const VariableRow& row = graph_.variables[id];
    if (row.initializer == kNone || row.ref == kNone) return;
    const std::optional<OpGraph::Run> run = ops_.run_of(row.initializer);
    if (!run) return;
    Known& known = known_[run->pattern];
    if (!known.is_seen) learn(known, *run, row);
    if (!known.is_number || row.initializer != run->first + known.initializer ||
        row.ref != run->first_output + known.ref)
      return;
    const std::uint32_t number = known.number != kNone ? known.number : run->attributes[known.varying];
    if (number == kNone || !numbers_.is_number(number, known.dtype)) return;
    const OpId end = run->first + ops_.pattern(run->pattern).size();
    runs_.push_back({run->first, end, row.initializer, {id, number, run->name, known.shape, known.dtype}});
  }

  void learn(Known& known, const OpGraph::Run& run, const VariableRow& row) const {
    known.is_seen = true;
    const Pattern& pattern = ops_.pattern(run.pattern);
    const OwnOperations own = own_operations(ops_, row);
    if (own.number == kNone || own.ops[1] != run.first + pattern.owner()) return;
    for (const OpId op : own.all())
      if (op < run.first || op >= run.first + pattern.size()) return;
    known.is_number = true;
    known.initializer = row.initializer - run.first;
    known.ref = row.ref - run.first_output;
    known.shape = own.shape;
    known.dtype = own.dtype;
    const auto varying = std::ranges::find(pattern.varying(), own.constant - run.first);
    if (varying == pattern.varying().end())
      known.number = own.number;
    else
      known.varying = static_cast<std::size_t>(varying - pattern.varying().begin());
  }

  std::vector<OpId> leaves() const {
    std::vector<OpId> all;
    all.reserve(runs_.size());
    for (const Run& each : runs_) all.push_back(each.initializer);
    return all;
  }
  void spoil_initializer(OpId op) {
    const auto run = std::ranges::upper_bound(runs_, op, {}, &Run::first);
    if (run != runs_.begin() && std::prev(run)->initializer == op) std::prev(run)->is_spoiled = true;
  }

  const Graph& graph_;
  const OpGraph& ops_;
  KnownNumbers numbers_;
  std::vector<OpId> odd_;     // sorted
  std::vector<Known> known_;  // by pattern
  std::vector<Run> runs_;     // in order of creation
};

/// Finds the same among other variables, whose operations were made one by one.
class NumberInitials {
 public:
  NumberInitials(const Graph& graph, const std::vector<OpId>& needed)
      : graph_(graph),
        ops_(graph.ops),
        numbers_(graph),
        owners_(ops_.size(), kNotNeeded),
        is_spoiled_(graph.variables.size()) {
    for (const OpId op : needed) owners_[op] = kNobody;
  }

  void take(NeededInitials& needed, std::span<const OpId> fetched) {
    std::vector<NumberInitial> found;
    for (VariableId id = 0; id < graph_.variables.size(); ++id) own(id, found);
    for (const OpId op : fetched) spoil(op);
    for (const OpId op : needed.operations) {
      if (owners_[op] != kNobody) continue;
      for (const TensorId input : ops_.inputs(op)) spoil(ops_.tensor(input).op);
    }
    for (const NumberInitial& each : found)
      if (!is_spoiled_[each.variable]) needed.initials.push_back(each);
    std::erase_if(needed.operations, [&](OpId op) { return is_owned(op) && !is_spoiled_[owners_[op]]; });
  }

 private:
  static constexpr VariableId kNotNeeded = kNone, kNobody = kNone - 1;

  bool is_owned(OpId op) const { return owners_[op] < kNobody; }
  void spoil(OpId op) {
    if (is_owned(op)) is_spoiled_[owners_[op]] = true;
  }

  // Notes the operations of a variable that is only set to a number as its own.
  void own(VariableId id, std::vector<NumberInitial>& found) {
    const VariableRow& row = graph_.variables[id];
    if (row.initializer == kNone || owners_[row.initializer] == kNotNeeded) return;
    const OwnOperations own = own_operations(ops_, row);
    if (own.number == kNone || !numbers_.is_number(own.number, own.dtype)) return;
    for (const OpId op : own.all())
      if (owners_[op] == kNotNeeded || !ops_.control_inputs(op).empty()) return;
    for (const OpId op : own.all()) {
      if (is_owned(op)) is_spoiled_[id] = is_spoiled_[owners_[op]] = true;
      owners_[op] = id;
    }
    found.push_back({id, own.number, ops_.name_of(own.ops[1]), own.shape, own.dtype});
  }

  const Graph& graph_;
  const OpGraph& ops_;
  KnownNumbers numbers_;
  std::vector<VariableId> owners_;  // by operation
  std::vector<bool> is_spoiled_;    // by variable
};

// How many operations these are, those that they wait for, and where that are few (groups of groups) those behind them.
std::size_t awaited_by(const OpGraph& ops, std::span<const OpId> targets) {
  constexpr std::size_t kFew = 16;
  std::size_t count = targets.size();
  for (const OpId target : targets) {
    const std::span<const OpId> waits = ops.control_inputs(target);
    count += waits.size();
    if (waits.size() > kFew) continue;
    for (const OpId each : waits) count += ops.control_inputs(each).size();
  }
  return count;
}

}  // namespace

NeededInitials prune_initials(const Graph& graph, std::span<const OpId> targets, std::span<const OpId> fetched,
                              std::span<const TensorId> fed) {
  constexpr std::size_t kFewest = 8, kPart = 4;
  const std::size_t variables = graph.variables.size();
  if (variables < kFewest || graph.ledger().is_open()) return {graph.ops.prune(targets, fed), {}};
  NeededInitials needed;
  // A look at all variables must not take longer than the run does anyway. Where a shape was set, it is not that of the
  // pattern.
  const std::size_t awaited = awaited_by(graph.ops, targets);
  if (awaited < std::max(kFewest, variables / kPart) || graph.ops.has_set_shapes())
    needed.operations = graph.ops.prune(targets, fed);
  else
    needed = NumberRuns(graph, fed).prune(targets, fetched, fed);
  // Each has three operations at least.
  if (needed.operations.size() >= std::max(3 * kFewest, variables))
    NumberInitials(graph, needed.operations).take(needed, fetched);
  return needed;
}

std::vector<RunNeed> in_order(const Graph& graph, NeededInitials& needed) {
  std::vector<NumberInitial>& initials = needed.initials;
  const auto initializer = [&](const NumberInitial& each) { return graph.variables[each.variable].initializer; };
  if (!std::ranges::is_sorted(initials, {}, initializer)) std::ranges::sort(initials, {}, initializer);
  std::vector<RunNeed> all;
  std::size_t at = 0;
  for (const OpId op : needed.operations) {
    const std::size_t first = at;
    while (at < initials.size() && initializer(initials[at]) < op) ++at;
    if (at > first) all.push_back({initializer(initials[first]), first, at - first});
    all.push_back({op});
  }
  if (at < initials.size()) all.push_back({initializer(initials[at]), at, initials.size() - at});
  return all;
}

}  // namespace scopetrie
