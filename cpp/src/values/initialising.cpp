#include "scopetrie/values/initialising.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "scopetrie/error.hpp"
#include "scopetrie/variables/partitions.hpp"

namespace scopetrie {

namespace {

/// The names of a graph's operations as names of a store.
class StoreNames {
 public:
  /// `more`: how many names of `from` the store is about to get.
  StoreNames(const OpGraph& from, OpGraph& to, std::size_t more) : from_(from), to_(to) {
    // A store that is still empty takes over all segments at once, unless most of them are of no use to it.
    has_equal_ids_ = from.segments().size() <= 2 * more && to.segments().extend_to(from.segments());
    if (!has_equal_ids_) known_.resize(from.segments().size(), kNone);
  }

  ScopeId scope(const Name& name, SegmentId& segment) {
    // An owned name, which stands below an operation's, may be a path.
    if (name.scope != from_scope_ || (name.scope & kOwnedBit) != 0) [[unlikely]] {
      from_scope_ = name.scope;
      path_.clear();
      from_.append_name(name, path_);
      return scope_ = to_.scopes().scope_of_name(path_, ScopeTrie::kRoot, segment);
    }
    const std::string_view text = from_.segments().text(name.segment);
    if (name.suffix != 0) {
      path_ = text;
      append_suffix(name.suffix, path_);
      segment = to_.segments().intern(path_);
      return scope_;
    }
    if (has_equal_ids_) {
      segment = name.segment;
      return scope_;
    }
    SegmentId& known = known_[name.segment];
    if (known == kNone) known = to_.segments().intern(text);
    segment = known;
    return scope_;
  }

 private:
  const OpGraph& from_;
  OpGraph& to_;
  std::string path_;
  ScopeId from_scope_ = kNone, scope_ = kNone;  // equal ones
  bool has_equal_ids_;                          // a segment has one id here and there
  std::vector<SegmentId> known_;                // by the graph's segment, where that is not so
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

void initialise(Values& values, const Graph& graph, std::span<const NumberInitial> initials, std::uint32_t site) {
  Graph& store = values.graph();
  StoreNames names(graph.ops, store.ops, store.variables.size() == 0 ? initials.size() : 0);
  ShapeId last_shape = kNone, shape = kNone;
  std::uint32_t last_number = kNone;
  DType checked;
  Values::Origin origin = 0;
  bool is_first = true;
  for (const NumberInitial& each : initials) {
    const DType dtype = each.dtype;
    if (each.shape != last_shape || dtype != checked) {
      last_shape = each.shape;
      checked = dtype;
      shape = store.ops.shapes().intern(graph.ops.shapes().dims(each.shape));
      values.check_size(shape, dtype);
    }
    if (each.number != last_number) {
      last_number = each.number;
      const AttributeValue& number = graph.attributes[each.number];
      const bool is_zero = number.is_number() && as_double(number) == 0 && !(1 / as_double(number) < 0);
      origin = values.origin_of(is_zero ? zeros() : constant(number));
    }
    SegmentId segment;
    const ScopeId scope = names.scope(each.name, segment);
    const VariableId found = store.variables.find(scope, segment);
    if (found == kNone) {
      if (std::exchange(is_first, false)) {
        const auto more = static_cast<std::size_t>(&initials.back() + 1 - &each);
        values.reserve(more);
        store.ops.segments().reserve(std::min(more, graph.ops.segments().size()));
      }
      const bool trainable = (graph.variables[each.variable].flags & kTrainable) != 0;
      values.create(scope, segment, {shape, dtype}, trainable, origin, site);
      continue;
    }
    const VariableId id = values.resolved(found);
    check_settable(values, id, dtype);
    check_shape(values, id, shape);
    if (!values.is_ready(id) && values.origin(id) == origin) continue;
    Memory* memory = values.own(id);
    if (memory == nullptr || !memory->is_on_host()) {
      memory = Memory::uninitialised(values.byte_count(id));
      values.give(id, memory);
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
