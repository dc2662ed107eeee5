// The inputs of a call to an op function: tensor ids, and values that become constants.
#pragma once

#include <algorithm>
#include <span>
#include <vector>

#include "ops/op_function.hpp"

namespace scopetrie::python {

/// The tensor ids of one call's inputs; kNone for a value that is not converted yet.
struct Inputs {
  static constexpr std::size_t kInline = 8;
  TensorId few[kInline];
  std::vector<TensorId> many;
  std::size_t count = 0;
  std::size_t values = 0;    // the number of values not converted yet
  PyGraph* graph = nullptr;  // borrowed: of the first handle, or where the values are converted
  // That handle, for the error; not the object, which Python may free while values are converted.
  bool has_first = false, first_is_variable = false;
  std::uint32_t first = 0;

  std::span<TensorId> ids() { return {many.empty() ? few : many.data(), count}; }
};

/// The dtype, by group, that values among the inputs become: the only one that they may have, or else that of the
/// first tensor of their group; 0 where there is none. `dtype_of(i)` is that of a tensor, asked for each of them.
template <class DTypeOf>
void wanted_dtypes(const Definition& definition, std::span<const TensorId> ids, DTypeOf&& dtype_of, std::uint8_t* out) {
  for (std::size_t i = 0; i < ids.size(); ++i) {
    const Input& input = definition.inputs[i];
    out[i] = input.fixed;  // a group is the number of its first input
    if (ids[i] == kNone) continue;
    const std::uint8_t found = dtype_of(i);
    if (out[input.group] == 0) out[input.group] = found;
  }
}

/// Raises v1's error for inputs of two graphs; returns false.
bool graphs_differ(const Inputs& inputs, PyObject* item);

/// The arguments of a call whose lists another thread may change meanwhile. Made first, before any shared state is
/// read: it may block.
class OwnLists {
#ifdef Py_GIL_DISABLED
 public:
  /// Replaces lists of inputs by tuples; false with an exception set.
  bool copy(const Definition& definition, PyObject* const*& args) {
    const std::size_t count = definition.inputs.size();
    plain_ = args;
    if (std::none_of(args, args + count, [](PyObject* each) { return PyList_Check(each) || PyTuple_Check(each); }))
      return true;
    for (std::size_t i = 0; i < count; ++i) {
      given_[i] = args[i];
      if (definition.inputs[i].kind >= Input::kList && PyList_Check(args[i])) {
        tuples_[i] = Ref(given_[i] = tuple_of(args[i]));
        if (!tuples_[i]) return false;
      }
      values_[i] = own_.of(given_[i]);
    }
    args = given_;
    plain_ = values_;
    return true;
  }
  /// The same with all lists replaced by tuples; not for error messages.
  PyObject* const* plain(PyObject* const*) const { return plain_; }

 private:
  PyObject *given_[16], *values_[16];  // the most inputs an op can have
  PyObject* const* plain_;
  Ref tuples_[16];
  OwnTuples<16> own_;
#else
 public:
  bool copy(const Definition&, PyObject* const*&) { return true; }
  PyObject* const* plain(PyObject* const* args) const { return args; }
#endif
};

/// Records the graph of a handle; false with an exception set if another input has another graph.
inline bool check_graph(Inputs& inputs, PyObject* item) {
  if (inputs.graph == nullptr) {
    inputs.graph = handle(item)->graph;
    inputs.has_first = true;
    inputs.first_is_variable = is_variable(item);
    inputs.first = handle(item)->number;
    return true;
  }
  if (inputs.graph == handle(item)->graph) [[likely]]
    return true;
  return graphs_differ(inputs, item);
}

/// Reads an argument: its tensor id, or kNone for a value. False with an exception set.
inline bool read_input(Inputs& inputs, PyObject* item, Input::Kind kind, TensorId& out) {
  if (is_tensor(item)) {
    out = id_of(item);
    return check_graph(inputs, item);
  }
  if (is_variable(item)) {
    const VariableRow& variable = state_of(handle(item)->graph).variables[id_of(item)];
    out = kind == Input::kReference ? variable.ref : variable.value;
    return check_graph(inputs, item);
  }
  out = kNone;
  ++inputs.values;
  return true;
}

/// Reads the inputs of a definition without lists. False with an exception set.
inline bool read_inputs(const Definition& definition, PyObject* const* args, Inputs& inputs) {
  inputs.count = definition.inputs.size();
  if (inputs.count > Inputs::kInline) inputs.many.resize(inputs.count);
  for (std::size_t i = 0; i < inputs.count; ++i)
    if (!read_input(inputs, args[i], definition.inputs[i].kind, inputs.ids()[i])) return false;
  return true;
}

/// All arguments, with indices in the form that is then converted, into `out`. Throws.
void convert_indices(const Definition& definition, PyObject* const* args, std::vector<Ref>& out);

/// Converts the values among the inputs to constants, named below `fresh`. Throws.
void convert_values(Context& context, const Definition& definition, PyObject* const* args, Inputs& inputs,
                    const OpGraph::Fresh& fresh, Conversion conversion);

/// Reads and converts the inputs of a definition with lists, which become one flat list. Throws.
void convert_lists(Context& context, const Definition& definition, PyObject* const* args, Inputs& inputs,
                   const OpGraph::Fresh& fresh, Conversion conversion);

/// Records the graph of a call with lists: that of the first handle in it, if there is one.
void note_graph_of_lists(const Definition& definition, PyObject* const* args, Inputs& inputs);

}  // namespace scopetrie::python
