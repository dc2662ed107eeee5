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
  PyObject* stranger = nullptr;  // borrowed: the first handle of another graph

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

/// Raises v1's error for inputs of two graphs.
[[noreturn]] SCOPETRIE_COLD void refuse_graphs(const Inputs& inputs);
/// The same where there are two.
inline void check_graphs(const Inputs& inputs) {
  if (inputs.stranger != nullptr) [[unlikely]]
    refuse_graphs(inputs);
}

/// The arguments of a call whose lists another thread may change meanwhile. Made first, before any shared state is
/// read: it may block.
class OwnLists {
#ifdef Py_GIL_DISABLED
 public:
  /// Replaces lists of inputs by tuples. Throws.
  void copy(const Definition& definition, PyObject* const*& args) {
    const std::size_t count = definition.inputs.size();
    plain_ = args;
    if (std::none_of(args, args + count, [](PyObject* each) { return PyList_Check(each) || PyTuple_Check(each); }))
      return;
    for (std::size_t i = 0; i < count; ++i) {
      given_[i] = args[i];
      if (definition.inputs[i].kind >= Input::kList && PyList_Check(args[i])) {
        tuples_[i] = checked(tuple_of(args[i]));
        given_[i] = tuples_[i].get();
      }
      values_[i] = own_.of(given_[i]);
    }
    args = given_;
    plain_ = values_;
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
  void copy(const Definition&, PyObject* const*&) {}
  PyObject* const* plain(PyObject* const* args) const { return args; }
#endif
};

/// Records the graph of a handle, and whether it is another one than that of those before.
inline void note_graph(Inputs& inputs, PyObject* item) {
  if (inputs.graph == nullptr) {
    inputs.graph = handle(item)->graph;
    inputs.has_first = true;
    inputs.first_is_variable = is_variable(item);
    inputs.first = handle(item)->number;
  } else if (inputs.graph != handle(item)->graph && inputs.stranger == nullptr) [[unlikely]] {
    inputs.stranger = item;
  }
}

/// Reads an argument: gives its tensor id, or kNone for a value.
inline TensorId read_input(Inputs& inputs, PyObject* item, Input::Kind kind) {
  if (is_tensor(item)) {
    note_graph(inputs, item);
    return id_of(item);
  }
  if (is_variable(item)) {
    note_graph(inputs, item);
    const VariableRow& variable = state_of(handle(item)->graph).variables[id_of(item)];
    return kind == Input::kReference ? variable.ref : variable.value;
  }
  ++inputs.values;
  return kNone;
}

/// Reads the inputs of a definition without lists.
inline void read_inputs(const Definition& definition, PyObject* const* args, Inputs& inputs) {
  inputs.count = definition.inputs.size();
  if (inputs.count > Inputs::kInline) inputs.many.resize(inputs.count);
  for (std::size_t i = 0; i < inputs.count; ++i)
    inputs.ids()[i] = read_input(inputs, args[i], definition.inputs[i].kind);
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
