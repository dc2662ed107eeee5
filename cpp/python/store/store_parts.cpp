// Store.get of a variable in parts: the core decides and cuts, and the program's partitioner is asked.
#include <iterator>
#include <utility>

#include "scopetrie/values/get_parts.hpp"
#include "scopetrie/values/refusal.hpp"
#include "store/store_call.hpp"

namespace scopetrie::python {

namespace {

// Python's object of a variable in parts: the same one as long as somebody has it.
Ref whole_object(PyObject* self, std::uint32_t number) {
  const StoreState& store = store_of(self);
  const PartitionedRow row = store.partitioned[number];
  const Ref shape = dims_object(store.ops.shapes().dims(row.shape)), partitions = dims_object(row.partitions);
  const Ref parts = checked(
      tuple_of(row.parts.size(), [&](std::uint32_t i) { return store_variable(as_graph(self), row.parts[i]); }));
  return checked(PyObject_CallMethod(self, "_in_parts", "kOOO", static_cast<unsigned long>(number), shape.get(),
                                     partitions.get(), parts.get()));
}

/// One call, where there is a partitioner, or may be a variable in parts.
class StoreParts final : StorePartMaker {
 public:
  StoreParts(PyObject* self, const VariableCall& call, StoreName place)
      : StorePartMaker(context_of_store(self), store_of(self).values),
        self_(self),
        store_(store_of(self)),
        call_(call),
        partitioner_(call[kPartitioner]) {
    request_ = {.scope = place.scope,
                .segment = place.segment,
                .sharing = call.sharing,
                .dtype = call.dtype,
                .joins_parts = true};
    Initializer rule;
    if (call[kInitializer] != nullptr && !PyUnicode_Check(call[kInitializer]) &&
        !PyCallable_Check(call[kInitializer]) && !read_core_rule(call[kInitializer], rule))
      value_ = as_array(call[kInitializer], 0, false);
    read_shape(place);
  }

  // Whether it is about a variable in parts. As in v1, a scalar is none.
  bool are_meant() {
    if (partitioner_ != nullptr && has_shape_) {
      if (!store_.ops.shapes().dims(request_.shape).empty()) return true;
    }
    const bool is_asked = std::exchange(partitioner_, nullptr) != nullptr;
    if (store_.variables.find(request_.scope, request_.segment) != kNone) return false;
    if (store_.values.find_partitioned(request_.scope, request_.segment) != kNone) return true;
    if (is_asked && !has_shape_ && request_.sharing != Sharing::kYes)
      throw store_refusal(store_.values, {.scope = request_.scope, .segment = request_.segment},
                          {Verdict::Kind::kNoShape});
    return false;
  }

  PyObject* get() {
    const std::uint32_t number = get_parts(context_of_store(self_), request_, *this);
    return (made_ ? std::move(made_) : whole_object(self_, number)).release();
  }

 private:
  void read_shape(StoreName place) {
    if (value_) {
      const ArrayFacts facts = facts_of(value_.get());
      const std::vector<std::int64_t> dims(facts.dims.begin(), facts.dims.end());
      request_.shape = store_.ops.shapes().intern(dims);
      value_dtype_ = facts.dtype;
      has_shape_ = true;
    }
    if (call_[kShape] == nullptr) return;
    const ShapeId asked = asked_shape(store_, place, call_[kShape]);
    if (value_ && !store_.ops.shapes().compatible(asked, request_.shape))
      throw store_refusal(store_.values, {.scope = request_.scope, .segment = request_.segment},
                          {Verdict::Kind::kValueWithShape});
    if (!value_) request_.shape = asked;
    has_shape_ = true;
  }

  bool asks() const override { return partitioner_ != nullptr; }
  Partitions ask(ShapeId shape) override {
    const DType dtype = value_ && !call_.has_dtype ? value_dtype_ : request_.dtype;
    PyObject* const of_v1 = dtype < std::size(state().dtypes) ? state().dtypes[dtype] : nullptr;
    const Ref sizes = dims_object(store_.ops.shapes().dims(shape));
    return ask_partitioner(partitioner_, sizes.get(), of_v1 != nullptr ? of_v1 : array_dtype(dtype));
  }

  // Python's object, too: without memory for it the parts do not stay.
  void all_or_nothing(const std::function<std::uint32_t()>& make_parts) override {
    StorePartMaker::all_or_nothing([&] {
      const std::uint32_t number = make_parts();
      made_ = whole_object(self_, number);
      return number;
    });
  }

  VariableId make(const std::string& name, const Slice& part) override {
    StoreName place;
    place.scope = store_.ops.scopes().scope_of_name(name, ScopeTrie::kRoot, place.segment);
    const Ref sizes = dims_object(part.sizes);
    Ref value;
    VariableCall call = call_;
    call[kPartitioner] = nullptr;
    call[kShape] = value_ ? nullptr : sizes.get();
    if (value_) {
      value = slice_of_value(part);
      call[kInitializer] = value.get();
    }
    const Ref made = checked(store_get_single(self_, call, place));
    return variable_of(made.get());
  }
  Ref slice_of_value(const Slice& part) const {
    const Ref index = checked(tuple_of(part.sizes.size(), [&](std::uint32_t axis) {
      const Ref begin = checked(PyLong_FromLongLong(part.offset[axis]));
      const Ref end = checked(PyLong_FromLongLong(part.offset[axis] + part.sizes[axis]));
      return PySlice_New(begin.get(), end.get(), nullptr);
    }));
    return checked(PyObject_GetItem(value_.get(), index.get()));
  }

  PyObject* self_;
  StoreState& store_;
  const VariableCall& call_;
  PyObject* partitioner_;  // null where it is not asked
  PartitionedRequest request_;
  Ref value_;  // an array, where the initializer is a value
  DType value_dtype_;
  bool has_shape_ = false;
  Ref made_;  // the object of what this call has made
};

}  // namespace

PyObject* store_get_in_parts(PyObject* self, const VariableCall& call, StoreName place) {
  StoreParts parts(self, call, place);
  return parts.are_meant() ? parts.get() : store_get_single(self, call, place);
}

// _find_parts(path): the variable in parts of exactly this path, or None.
PyObject* store_find_parts(PyObject* self, PyObject* path) {
  const StoreState& store = store_of(self);
  SegmentId segment;
  const ScopeId scope = store.ops.scopes().find_scope_of_name(argument_text("_find_parts", "a path", path), segment);
  const std::uint32_t number = scope == kNone ? kNone : store.values.find_partitioned(scope, segment);
  return number == kNone ? Py_NewRef(Py_None) : whole_object(self, number).release();
}

}  // namespace scopetrie::python
