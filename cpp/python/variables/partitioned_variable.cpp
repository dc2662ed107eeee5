// get_variable with a partitioner: the core decides and cuts; Python answers for what the program gave.
#include <limits>

#include "variables/variable_call.hpp"

namespace scopetrie::python {

namespace {

using PartitionedKind = PartitionedVerdict::Kind;

Ref list_of(std::span<const std::int64_t> numbers) {
  return checked(python::list_of(numbers.size(), [&](std::uint32_t i) { return PyLong_FromLongLong(numbers[i]); }));
}

/// One call: what it asks the core for, and what the core asks of the program.
class Partitioned final : GraphPartMaker {
 public:
  Partitioned(Context& context, const VariableCall& call)
      : GraphPartMaker(context), context_(context), graph_(state_of(context.graph)), call_(call) {}

  PyObject* get() {
    read();
    const std::uint32_t number = get_parts(context_, request_, *this);
    return (made_ ? std::move(made_) : whole(number)).release();
  }

 private:
  void read() {
    text_ = call_[kName] == nullptr ? "None" : checked_text(call_[kName], "get_variable");
    ShapeTable& shapes = graph_.ops.shapes();
    if (call_[kShape] != nullptr) request_.shape = parse_dims(shapes, call_[kShape]);
    if (call_[kInitializer] != nullptr && is_tensor(call_[kInitializer])) merge_shape();
    request_.dtype = call_.dtype != 0 ? call_.dtype : DType(dtype_number(call_[kDType])).base();
    request_.sharing = call_.sharing;
    request_.scope = graph_.ops.scopes().scope_of_name(text_, ScopeTrie::kRoot, request_.segment);
    const auto sizes = shapes.dims(request_.shape);
    sizes_.assign(sizes.begin(), sizes.end());
  }
  // With what the tensor that is to be cut says of it.
  void merge_shape() {
    const Ref asked = called(state().hooks.tensor_shape, dims(request_.shape).get());
    const Ref tensor = checked(PyObject_CallMethod(call_[kInitializer], "get_shape", nullptr));
    const Ref merged = checked(PyObject_CallMethod(asked.get(), "merge_with", "O", tensor.get()));
    request_.shape = parse_dims(graph_.ops.shapes(), merged.get());
  }
  Ref dims(ShapeId shape) const { return checked(dims_tuple(graph_.ops.shapes(), shape)); }

  bool asks() const override { return call_[kPartitioner] != nullptr; }
  Partitions ask(ShapeId shape) override {
    return ask_partitioner(call_[kPartitioner], dims(shape).get(), state().dtypes[request_.dtype]);
  }

  bool is_being_made() const override { return graph_.makers.contains(maker_key(request_.scope, request_.segment)); }

  [[noreturn]] void refuse(const PartitionedRequest& request, const PartitionedVerdict& verdict) override {
    raise_refusal(context_, refusal(graph_, request, verdict), verdict.variable);
  }

  // Python's object, too: without memory for it the parts do not stay.
  void all_or_nothing(const std::function<std::uint32_t()>& make_parts) override {
    const MakerNote note(graph_, {request_.scope, request_.segment});
    keep_as_v1(context_, [&] {
      made_ = whole(make_parts());
      return made_.get();
    });
  }

  void cut(const Slice& part) override {
    const Ref whole = list_of(sizes_), offset = list_of(part.offset);
    info_ = called(state().hooks.partition_info, whole, offset);
    value_ = {};
    if (call_[kInitializer] == nullptr || PyCallable_Check(call_[kInitializer])) return;
    value_ = called(state().hooks.cut_value, call_[kInitializer], offset, list_of(part.sizes).get(),
                    state().dtypes[request_.dtype]);
  }

  VariableId make_cut(const std::string& name, const Slice& part) override {
    const Ref full_name = checked(to_str(name)), sizes = list_of(part.sizes);
    VariableCall call = call_;
    call[kName] = full_name.get();
    call[kPartitioner] = nullptr;
    call[kUseResource] = nullptr;
    call.partition_info = info_.get();
    call.whole = sizes_;
    call[kShape] = value_ ? nullptr : sizes.get();
    if (value_) call[kInitializer] = value_.get();
    call.dtype = value_ ? graph_.ops.tensor(id_of(value_.get())).dtype.base() : request_.dtype;
    call[kDType] = state().dtypes[call.dtype];
    const Ref made = checked(get_single(context_, call));
    called(state().hooks.note_part, made, or_none(call_[kName]), list_of(sizes_).get(), list_of(part.offset).get(),
           sizes);
    return id_of(made.get());
  }

  // Python's object of a row; one for all who ask while somebody holds it.
  Ref whole(std::uint32_t number) {
    const PartitionedRow row = graph_.partitioned[number];
    const Ref parts = checked(python::list_of(
        row.parts.size(), [&](std::uint32_t i) { return variable_handle(context_.graph, row.parts[i]); }));
    return called(state().hooks.partitioned, context_.graph, or_none(call_[kName]), dims(row.shape).get(),
                  state().dtypes[row.dtype], parts, list_of(row.partitions).get());
  }

  Context& context_;
  GraphState& graph_;
  const VariableCall& call_;
  std::string text_;
  PartitionedRequest request_;
  std::vector<std::int64_t> sizes_;
  Ref info_, value_;  // of the part in the making
  Ref made_;          // the object of what this call has made
};

}  // namespace

Partitions ask_partitioner(PyObject* partitioner, PyObject* sizes, PyObject* dtype) {
  const Ref answer = called(state().hooks.ask_partitioner, partitioner, sizes, dtype);
  PyObject *numbers, *text;
  if (!PyArg_ParseTuple(answer.get(), "O!U", &PyList_Type, &numbers, &text)) throw_raised();
  Partitions partitions{{}, std::string(text_of(text))};
  for (Py_ssize_t i = 0; i < PyList_GET_SIZE(numbers); ++i) {
    // What does not fit is too many, or too few, whatever it is.
    int overflow;
    const long long number = PyLong_AsLongLongAndOverflow(PyList_GET_ITEM(numbers, i), &overflow);
    if (PyErr_Occurred() != nullptr) throw_raised();
    partitions.along_axes.push_back(overflow > 0 ? std::numeric_limits<std::int64_t>::max() : number);
  }
  return partitions;
}

PyObject* get_partitioned(Context& context, const VariableCall& call) {
  const Ref keep_graph = Ref::borrowed(object_of(context.graph));
  return Partitioned(context, call).get();
}

}  // namespace scopetrie::python
