// The inputs of a call to an op function: tensors by number, values made constants.
#pragma once

#include <span>
#include <vector>

#include "op_function.hpp"

namespace scopetrie::python {

/// The inputs of one call as far as they are tensors; kNone where a value is still to be converted.
struct Inputs {
  static constexpr std::size_t kInline = 8;
  TensorId few[kInline];
  std::vector<TensorId> many;
  std::size_t count = 0;
  std::size_t values = 0;  // how many are still values
  PyGraph* graph = nullptr;
  PyObject* first = nullptr;  // the handle that named the graph, for the error

  std::span<TensorId> ids() { return {many.empty() ? few : many.data(), count}; }
};

/// Raises what v1 says of inputs of two graphs; returns false.
bool graphs_differ(const Inputs& inputs, PyObject* item);

#ifdef Py_GIL_DISABLED
/// The arguments of a call with tuples of its own in place of lists of inputs, which another thread may empty.
class OwnLists {
 public:
  /// False with an exception set.
  bool copy(const Definition& definition, PyObject* const*& args) {
    for (std::size_t i = 0; i < definition.inputs.size(); ++i) {
      args_[i] = args[i];
      if (definition.inputs[i].kind < Input::kList || !PyList_Check(args[i])) continue;
      tuples_[i] = Ref(args_[i] = PyList_AsTuple(args[i]));
      if (!tuples_[i]) return false;
    }
    args = args_;
    return true;
  }

 private:
  PyObject* args_[16];  // as many as an op can have
  Ref tuples_[16];
};
#endif

/// Notes the graph of a handle; false with an exception set where another input is of another graph.
inline bool check_graph(Inputs& inputs, PyObject* item) {
  if (inputs.graph == nullptr) {
    inputs.graph = handle(item)->graph;
    inputs.first = item;
    return true;
  }
  if (inputs.graph == handle(item)->graph) [[likely]]
    return true;
  return graphs_differ(inputs, item);
}

/// The tensor an argument stands for; kNone for a value. False with an exception set.
inline bool read_input(Inputs& inputs, PyObject* item, Input::Kind kind, TensorId& out) {
  if (is_tensor(item)) {
    out = handle(item)->id;
    return check_exists(out, state_of(handle(item)->graph).ops.tensor_count()) && check_graph(inputs, item);
  }
  if (is_variable(item)) {
    const VariableStore& variables = state_of(handle(item)->graph).variables;
    if (!check_exists(handle(item)->id, variables.size())) return false;
    const Variable& variable = variables[handle(item)->id];
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

/// The arguments with those that are indices in the form that they are converted from: `out` has all of them. False
/// with an exception set.
bool convert_indices(const Definition& definition, PyObject* const* args, std::vector<Ref>& out);

/// Makes constants of the values among the inputs, named beneath `fresh`. False with an exception set.
bool convert_values(Context& context, const Definition& definition, PyObject* const* args, Inputs& inputs,
                    const OpGraph::Fresh& fresh, Conversion conversion);

/// Reads and converts the inputs of a definition with lists, which become one flat list.
bool convert_lists(Context& context, const Definition& definition, PyObject* const* args, Inputs& inputs,
                   const OpGraph::Fresh& fresh, Conversion conversion);

/// Notes the graph that a call with lists is about: that of the first handle in it, if there is one.
void note_graph_of_lists(const Definition& definition, PyObject* const* args, Inputs& inputs);

}  // namespace scopetrie::python
