// x[key] for keys of ints, slices of ints, `...` and None: a StridedSlice and its three constants.
//
// Invariants: no name is taken and nothing is made before the shape is known, and no Python code runs; other keys and
// all errors are left to getitem() in Python.
#include "calls/subscript.hpp"

#include <limits>
#include <unordered_map>

#include "ops/op_function.hpp"
#include "scopetrie/error.hpp"
#include "scopetrie/shapes/strided_slice.hpp"

namespace scopetrie::python {

namespace {

/// A key in the form of v1's attributes. Bit i of a mask is for entry i.
struct Key {
  static constexpr std::size_t kMost = 8;
  std::size_t count = 0;
  std::int64_t begin[kMost], end[kMost], stride[kMost];
  std::uint32_t begin_mask = 0, end_mask = 0, ellipsis_mask = 0, new_axis_mask = 0, shrink_axis_mask = 0;

  bool read(PyObject* key);
  bool dims(std::span<const std::int64_t> whole, Dims& out) const;

 private:
  bool read_entry(PyObject* entry);
};

// An int such that it and the next one fit an int32.
bool read_index(PyObject* value, std::int64_t& out) {
  if (!PyLong_CheckExact(value)) return false;
  int overflow = 0;
  out = PyLong_AsLongLongAndOverflow(value, &overflow);
  return overflow == 0 && out > std::numeric_limits<std::int32_t>::min() &&
         out < std::numeric_limits<std::int32_t>::max();
}

// One end of a slice; if it is left out, 0 and a bit in the mask.
bool read_end(PyObject* value, std::uint32_t bit, std::int64_t& out, std::uint32_t& mask) {
  if (value != Py_None) return read_index(value, out);
  out = 0;
  mask |= bit;
  return true;
}

bool Key::read_entry(PyObject* entry) {
  const std::size_t i = count++;
  const std::uint32_t bit = 1u << i;
  stride[i] = 1;
  if (entry == Py_Ellipsis || entry == Py_None) {
    (entry == Py_None ? new_axis_mask : ellipsis_mask) |= bit;
    begin[i] = 0;
    end[i] = entry == Py_None ? 1 : 0;
    return true;
  }
  if (!PySlice_Check(entry)) {
    shrink_axis_mask |= bit;
    if (!read_index(entry, begin[i])) return false;
    end[i] = begin[i] + 1;
    return true;
  }
  const auto* slice = reinterpret_cast<PySliceObject*>(entry);
  return read_end(slice->start, bit, begin[i], begin_mask) && read_end(slice->stop, bit, end[i], end_mask) &&
         (slice->step == Py_None || (read_index(slice->step, stride[i]) && stride[i] != 0));
}

bool Key::read(PyObject* key) {
  if (!PyTuple_CheckExact(key)) return read_entry(key);
  const Py_ssize_t length = PyTuple_GET_SIZE(key);
  if (length == 0 || length > static_cast<Py_ssize_t>(kMost)) return false;
  for (Py_ssize_t i = 0; i < length; ++i)
    if (!read_entry(PyTuple_GET_ITEM(key, i))) return false;
  return (ellipsis_mask & (ellipsis_mask - 1)) == 0;
}

// The resulting shape; false if the key does not fit.
bool Key::dims(std::span<const std::int64_t> whole, Dims& out) const {
  const SliceMasks masks{begin_mask, end_mask, ellipsis_mask, new_axis_mask, shrink_axis_mask};
  try {
    check_key(whole.size(), count, masks);
    out = sliced(whole, {begin, count}, {end, count}, {stride, count}, masks);
  } catch (const Error&) {
    return false;
  }
  return true;
}

// The attributes of a key, cached, since few keys differ in them. A new reference.
PyObject* attributes_of(const Key& key) {
  static std::unordered_map<std::uint64_t, PyObject*>& known = *new std::unordered_map<std::uint64_t, PyObject*>;
  const std::uint32_t masks[] = {key.begin_mask, key.end_mask, key.ellipsis_mask, key.new_axis_mask,
                                 key.shrink_axis_mask};
  std::uint64_t all = 0;
  for (const std::uint32_t mask : masks) all = all << Key::kMost | mask;
  if (const auto at = known.find(all); at != known.end()) return Py_NewRef(at->second);
  PyObject* made = build_value("{sIsIsIsIsI}", "begin_mask", masks[0], "end_mask", masks[1], "ellipsis_mask", masks[2],
                               "new_axis_mask", masks[3], "shrink_axis_mask", masks[4]);
  constexpr std::size_t kMostKnown = 1024;
  if (made != nullptr && known.size() < kMostKnown) known[all] = Py_NewRef(made);
  return made;
}

}  // namespace

PyObject* subscript_plain(PyObject* x, PyObject* key) {
  static const std::uint32_t kName = known_name("strided_slice");
  static const std::uint32_t kInputs[] = {known_name("stack"), known_name("stack_1"), known_name("stack_2")};
  static const KindId kKind = kind_number("StridedSlice");
  Key entries;
  Context* context = current_context();
  if (handle(x)->graph != context->graph || !entries.read(key)) return nullptr;
  GraphState& graph = state_of(context->graph);
  if (graph.finalized || graph.has_unnoted_names || graph.has_odd_scopes || context->listener) return nullptr;
  const TensorId input = is_tensor(x) ? id_of(x) : graph.variables[id_of(x)].value;
  const TensorRow whole = graph.ops.tensor(input);
  Dims dims;
  if (!graph.ops.shapes().known_rank(whole.shape) || !entries.dims(graph.ops.shapes().dims(whole.shape), dims))
    return nullptr;

  const Ref keep_graph = Ref::borrowed(object_of(context->graph));
  const std::size_t count = entries.count;
  PyObject* attributes = attributes_of(entries);
  if (attributes == nullptr) throw_raised();
  AttributeValue kept(HostObject::adopt(python_host, attributes));
  const auto length = static_cast<std::int64_t>(count);
  const Output vector{graph.ops.shapes().intern({&length, 1}), kInt32};
  const Output output{graph.ops.shapes().intern(dims), base_dtype(whole.dtype)};
  Results results(context->graph, 1);
  const std::uint32_t site = graph.sites.here();
  const auto before = static_cast<OpId>(graph.ops.size());
  const OpGraph::Fresh fresh = graph.ops.unique(context->scope(), graph.known_segment(kName));
  try {
    if (fresh.bare) graph.ops.note_owner(fresh);
    const std::int64_t* const bounds[] = {entries.begin, entries.end, entries.stride};
    const auto owner = static_cast<OpId>(graph.ops.size() + std::size(bounds));
    auto made = static_cast<TensorId>(graph.ops.tensor_count());
    TensorId inputs[] = {input, kNone, kNone, kNone};
    for (std::size_t i = 0; i < std::size(bounds); ++i) {
      const SegmentId segment = graph.known_segment(kInputs[i]);
      const Name name =
          fresh.bare ? OpGraph::owned(owner, segment) : graph.ops.unique(graph.ops.scope_of(fresh.name), segment).name;
      const std::uint32_t attribute = graph.keep(AttributeValue(std::span(bounds[i], count)));
      context->add_operation(kinds().constant, name, {}, {&vector, 1}, attribute, site);
      inputs[i + 1] = made++;
    }
    const OpId op = context->add_operation(kKind, fresh.name, inputs, {&output, 1}, graph.keep(std::move(kept)), site);
    return results.of(op, made);
  } catch (...) {
    stay_if_thread_ends();
    context->take_back(before, fresh.name);
    throw;
  }
}

}  // namespace scopetrie::python
