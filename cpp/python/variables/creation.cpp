#include "variables/creation.hpp"

#include <algorithm>

#include "variables/initializers.hpp"

namespace scopetrie::python {

// Whether variables can be made here, and of what.
bool Creation::start() {
  if (call_.sharing == Sharing::kYes || context_.must_ask()) return false;
  if (call_[kConstraint] != nullptr || call_[kCachingDevice] != nullptr || call_.partition_info != nullptr ||
      !call_.validates_shape() || !is_usual_policy(call_[kSynchronization], call_[kAggregation]))
    return false;
  if (!read_dtype() || !read_initializer_argument() || !read_trainable() || !read_collections()) return false;
  shape_ = nullptr;
  return ready_ = true;
}

bool Creation::read_dtype() {
  dtype_ = call_.dtype != 0 ? call_.dtype : DType(known_dtype_number(call_[kDType]));
  return dtype_ != 0 && !dtype_.is_reference();
}

bool Creation::read_initializer_argument() {
  PyObject* initializer = call_[kInitializer];
  is_value_ = false;
  if (initializer == nullptr) {
    const std::optional<Initializer> standard = Initializer::of_default(dtype_);
    if (standard) initializer_ = *standard;
    return standard.has_value();
  }
  if (read_initializer(initializer, initializer_)) return true;
  is_value_ = !PyUnicode_Check(initializer) && !is_tensor(initializer) && !PyCallable_Check(initializer);
  return is_value_;
}

bool Creation::read_trainable() {
  trainable_ = call_[kTrainable] != Py_False;
  return call_[kTrainable] == nullptr || PyBool_Check(call_[kTrainable]);
}

// The numbers of the lists that the variable joins, in order and each once.
bool Creation::read_collections() {
  list_count_ = 0;
  PyObject* keys = call_[kCollections];
  if (keys == nullptr) return true;
  if (!PyList_CheckExact(keys) && !PyTuple_CheckExact(keys)) return false;
  // Owned, as a key of the program's that is like one of these compares itself with it.
  const OwnItems<kMostLists - 1> own(keys);
  if (own.get().empty()) return false;
  const auto join = [&](std::size_t list) {
    if (std::find(lists_, lists_ + list_count_, list) == lists_ + list_count_) lists_[list_count_++] = list;
  };
  for (PyObject* key : own.get()) {
    if (!PyUnicode_CheckExact(key)) return false;
    join(graph_.collection_keys.at(graph_.collections, key));
  }
  if (trainable_) join(Collections::kTrainable);
  return true;
}

bool Creation::read_shape(PyObject* shape, PyObject* sizes) {
  if (shape != nullptr && shape == shape_) return true;
  if (!given(sizes) || !(PyList_CheckExact(sizes) || PyTuple_CheckExact(sizes))) return false;
  ShapeTable& shapes = graph_.ops.shapes();
  ShapeId id;
  if (!parse_if_dims(shapes, sizes, id)) return false;
  output_ = {id, dtype_};
  run_ = {};
  if (!graph_.has_odd_seed) run_.pattern = known_run(graph_, initializer_, output_);
  if (run_.pattern == kNone && !read_initial()) return false;
  shape_ = shape;
  return true;
}

// What the initializer makes of the dtype and the shape.
bool Creation::read_initial() {
  if (graph_.ops.shapes().elements(output_.shape) < 0) return false;
  std::optional<InitialValue> initial = initial_value_of(graph_, initializer_, output_);
  if (!initial) return false;
  if (graph_.has_odd_seed && (initial->is_random() || is_recorded(initializer_.kind))) return false;
  initial_ = std::move(*initial);
  return true;
}

// Reads the value that is the initializer. It is copied, and with that other code may run: before anything is taken.
bool Creation::read_value(ScopeId scope_id, SegmentId segment) {
  Literal literal;
  OwnTuples<1> own;
  if (!literal.read(own.of(call_[kInitializer]))) return false;
  const DType dtype = literal.dtype(0);
  if (dtype == 0 || (call_.has_dtype && dtype != dtype_)) return false;
  AttributeValue kept;
  if (!literal.keep(kept)) return false;
  output_ = {graph_.ops.shapes().intern(literal.dims()), dtype};
  initial_ = InitialValue::of_value(std::move(kept));
  run_ = {};
  return graph_.variables.find(scope_id, segment) == kNone;
}

void Creation::find_run() {
  run_ = run_of(graph_, initial_, output_);
  if (!is_value_) note_run(graph_, initializer_, output_, run_);
}

void Creation::collect(VariableId id) {
  if (list_count_ == 0) return scopetrie::collect(graph_, id, trainable_);
  for (std::size_t i = 0; i < list_count_; ++i) graph_.collections.add_variable(lists_[i], id);
}

PyObject* Creation::make(ScopeId scope_id, SegmentId segment, PyObject* shape, PyObject* sizes) {
  if (!(ready_ || start())) return nullptr;
  if (is_value_ ? given(shape) || !read_value(scope_id, segment) : !read_shape(shape, sizes)) return nullptr;
  // The slow path says what is wrong where parts of a partitioned variable have this name.
  if (first_part(graph_, scope_id, segment) != kNone) [[unlikely]]
    return nullptr;
  note_part(graph_, segment);
  if (!graph_.makers.empty()) [[unlikely]] {
    // Another thread may be making the same variable: both must give it the same name.
    const auto maker = graph_.makers.find(maker_key(scope_id, segment));
    if (maker != graph_.makers.end() && maker->second.count > (call_[kRegularizer] != nullptr ? 1 : 0)) return nullptr;
  }
  NewVariableHandle made(context_.graph);
  if (!graph_.ops.take_owner(scope_id, segment)) return nullptr;
  graph_.note_builder(&context_);
  if (is_value_ && call_.has_dtype) {
    // v1 makes a tensor of the value to see its dtype, and it keeps its name.
    static const std::uint32_t kConst = known_name("Const");
    graph_.ops.unique(ScopeTrie::kRoot, graph_.known_segment(kConst));
  }
  if (run_.pattern == kNone) find_run();
  if (site_ == kUnknownSite) site_ = graph_.sites.here();
  const VariableId id = create_variable(graph_, run_, {scope_id, segment, 0}, true, output_, trainable_, site_);
  collect(id);
  if (!is_shared(run_)) run_ = {};
  return made.of(id);
}

}  // namespace scopetrie::python
