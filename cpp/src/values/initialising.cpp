#include "scopetrie/values/initialising.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "scopetrie/error.hpp"
#include "scopetrie/variables/partitions.hpp"

namespace scopetrie {

namespace {

/// Finds the variables of take_number_initials().
class NumberInitials {
 public:
  NumberInitials(const Graph& graph, const std::vector<OpId>& needed)
      : graph_(graph), ops_(graph.ops), owners_(ops_.size(), kNotNeeded), is_spoiled_(graph.variables.size()) {
    for (const OpId op : needed) owners_[op] = kNobody;
  }

  std::vector<NumberInitial> take(std::vector<OpId>& needed, std::span<const OpId> fetched) {
    std::vector<NumberInitial> found;
    for (VariableId id = 0; id < graph_.variables.size(); ++id)
      if (const std::uint32_t number = own(id); number != kNone) found.push_back({id, number});
    for (const OpId op : fetched) spoil(op);
    for (const OpId op : needed) {
      if (owners_[op] != kNobody) continue;
      for (const TensorId input : ops_.inputs(op)) spoil(ops_.tensor(input).op);
    }
    std::erase_if(found, [&](const NumberInitial& each) { return is_spoiled_[each.variable]; });
    std::erase_if(needed, [&](OpId op) { return is_owned(op) && !is_spoiled_[owners_[op]]; });
    return found;
  }

 private:
  static constexpr VariableId kNotNeeded = kNone, kNobody = kNone - 1;
  static constexpr std::size_t kMostOwned = 5;

  bool is_owned(OpId op) const { return owners_[op] < kNobody; }
  void spoil(OpId op) {
    if (is_owned(op)) is_spoiled_[owners_[op]] = true;
  }

  // Notes the operations of a variable that is only set to a number as its own, and gives the number; or kNone.
  std::uint32_t own(VariableId id) {
    const VariableRow& row = graph_.variables[id];
    if (row.initializer == kNone || row.ref == kNone || owners_[row.initializer] == kNotNeeded) return kNone;
    const OperationRow assign = ops_.operation(row.initializer);
    const TensorIds assigned = ops_.inputs(row.initializer);
    if (assign.kind != kinds().assign || assign.attribute != kNone || assigned.size() != 2 || assigned[0] != row.ref)
      return kNone;
    const TensorRow ref = ops_.tensor(row.ref), initial = ops_.tensor(assigned[1]);
    if (ref.shape != initial.shape || ref.dtype.base() != initial.dtype || ops_.shapes().elements(ref.shape) < 0)
      return kNone;
    std::array<OpId, kMostOwned> own{row.initializer, ref.op, initial.op};
    std::size_t count = 3;
    OperationRow constant = ops_.operation(initial.op);
    if (constant.kind == kinds().fill) {
      for (const TensorId input : ops_.inputs(initial.op)) own[count++] = ops_.tensor(input).op;
      if (ops_.operation(own[3]).kind != kinds().constant) return kNone;
      constant = ops_.operation(own[4]);
    }
    if (constant.kind != kinds().constant || constant.attribute == kNone ||
        !is_number(constant.attribute, initial.dtype))
      return kNone;
    const std::span<const OpId> owned(own.data(), count);
    for (const OpId op : owned)
      if (owners_[op] == kNotNeeded || !ops_.control_inputs(op).empty()) return kNone;
    for (const OpId op : owned) {
      if (is_owned(op)) is_spoiled_[id] = is_spoiled_[owners_[op]] = true;
      owners_[op] = id;
    }
    return constant.attribute;
  }

  // Whether elements of the dtype may be this number, without a conversion that NumPy does otherwise.
  bool is_number(std::uint32_t number, DType dtype) {
    if (number == known_number_ && dtype == known_dtype_) return is_known_;
    const char kind = dtype.kind();
    const AttributeValue& value = graph_.attributes[number];
    known_number_ = number;
    known_dtype_ = dtype;
    is_known_ = (dtype == kFloat32 || dtype == kFloat64 || kind == 'i' || kind == 'u' || kind == 'b') &&
                computed_as(dtype) == dtype && (value.is_number() || value.kind() == AttributeValue::Kind::kBool) &&
                has_elements(constant(value), dtype);
    return is_known_;
  }

  const Graph& graph_;
  const OpGraph& ops_;
  std::vector<VariableId> owners_;  // by operation
  std::vector<bool> is_spoiled_;    // by variable
  std::uint32_t known_number_ = kNone;
  DType known_dtype_;
  bool is_known_ = false;
};

/// The names of a graph's operations as names of a store.
class StoreNames {
 public:
  StoreNames(const OpGraph& from, OpGraph& to) : from_(from), to_(to) {}

  ScopeId scope(OpId op, SegmentId& segment) {
    path_.clear();
    from_.append_name(from_.name_of(op), path_);
    const std::size_t slash = path_.rfind('/');
    const std::size_t length = slash == std::string::npos ? 0 : slash + 1;
    if (scope_ == kNone || prefix_.size() != length || path_.compare(0, length, prefix_) != 0) {
      scope_ = to_.scopes().scope_of_name(path_, ScopeTrie::kRoot, segment);
      prefix_.assign(path_, 0, length);
      return scope_;
    }
    segment = to_.segments().intern(std::string_view(path_).substr(length));
    return scope_;
  }

 private:
  const OpGraph& from_;
  OpGraph& to_;
  std::string path_, prefix_;
  ScopeId scope_ = kNone;  // of the prefix
};

void check_shape(const Values& values, VariableId id, ShapeId shape) {
  const VariableRow& row = values.graph().variables[id];
  if (row.shape == shape) return;
  const ShapeTable& shapes = values.graph().ops.shapes();
  throw Error(ErrorKind::kValue,
              "Assign requires shapes of both tensors to match. lhs shape= " + list_text(shapes.dims(row.shape)) +
                  " rhs shape= " + list_text(shapes.dims(shape)),
              {.full_name = values.path(id)});
}

}  // namespace

std::vector<NumberInitial> take_number_initials(const Graph& graph, std::vector<OpId>& needed,
                                                std::span<const OpId> fetched) {
  // Each has three operations at least. A look at all variables must not take longer than the run does anyway.
  constexpr std::size_t kFewest = 8;
  if (needed.size() < std::max(3 * kFewest, graph.variables.size()) || graph.ledger().is_open()) return {};
  return NumberInitials(graph, needed).take(needed, fetched);
}

void initialise(Values& values, const Graph& graph, std::span<const NumberInitial> initials, std::uint32_t site) {
  Graph& store = values.graph();
  StoreNames names(graph.ops, store.ops);
  ShapeId last_shape = kNone, shape = kNone;
  std::uint32_t last_number = kNone;
  Values::Origin origin = 0;
  for (const NumberInitial& each : initials) {
    const VariableRow& row = graph.variables[each.variable];
    const TensorRow ref = graph.ops.tensor(row.ref);
    const DType dtype = ref.dtype.base();
    if (ref.shape != last_shape) {
      last_shape = ref.shape;
      shape = store.ops.shapes().intern(graph.ops.shapes().dims(ref.shape));
    }
    if (each.number != last_number) {
      last_number = each.number;
      const AttributeValue& number = graph.attributes[each.number];
      const bool is_zero = number.is_number() && as_double(number) == 0 && !(1 / as_double(number) < 0);
      origin = values.origin_of(is_zero ? zeros() : constant(number));
    }
    SegmentId segment;
    const ScopeId scope = names.scope(ref.op, segment);
    const VariableId found = store.variables.find(scope, segment);
    if (found == kNone) {
      values.check_size(shape, dtype);
      values.create(scope, segment, {shape, dtype}, (row.flags & kTrainable) != 0, origin, site);
      continue;
    }
    const VariableId id = values.resolved(found);
    check_settable(values, id, dtype);
    check_shape(values, id, shape);
    if (!values.is_ready(id) && values.origin(id) == origin) continue;
    Memory* memory = values.is_ready(id) ? values.look(id) : nullptr;
    if (memory == nullptr) {
      values.give(id, Memory::uninitialised(values.byte_count(id)));
      memory = values.look(id);
    }
    write_elements(constant(graph.attributes[each.number]), dtype, values.dims(id), {}, memory->data(),
                   values.element_count(id));
  }
}

void check_settable(const Values& values, VariableId id, DType dtype) {
  if (values.dtype(id) != dtype) {
    const std::string path = values.path(id);
    throw Error(ErrorKind::kValue,
                "the store's variable '" + path + "' has dtype " + values.dtype(id).name() + ", and the value has " +
                    dtype.name(),
                {.full_name = path, .asked = dtype.name(), .found = values.dtype(id).name()});
  }
  if (!values.is_frozen(id)) return;
  const std::string path = values.path(id);
  throw Error(ErrorKind::kValue, "the store's variable '" + path + "' is frozen: freeze(False) lets it be changed",
              {.full_name = path});
}

}  // namespace scopetrie
