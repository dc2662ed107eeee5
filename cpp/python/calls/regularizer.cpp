// Regularizers of get_variable: run once for each new variable; their losses are collected.
#include <algorithm>
#include <charconv>

#include "calls/variable_call.hpp"

namespace scopetrie::python {

namespace {

PyObject* const kLosses = PyUnicode_InternFromString("regularization_losses");  // while the module is loaded

// What was asked for where this name was made: "Const" for "Const_1", if "Const" was taken by then.
void add_wished(Context& context, const std::vector<std::string>& names, std::size_t at,
                std::vector<std::string>& wished) {
  const std::string& name = names[at];
  const std::size_t underscore = name.rfind('_');
  const bool has_number = underscore != std::string::npos && underscore > 0 && underscore + 1 < name.size() &&
                          std::all_of(name.begin() + static_cast<std::ptrdiff_t>(underscore) + 1, name.end(),
                                      [](char c) { return c >= '0' && c <= '9'; });
  if (has_number) {
    const std::string base = name.substr(0, underscore);
    const bool is_taken = context.take_unique(base, false).suffix != 0;
    const bool comes_later =
        std::find(names.begin() + static_cast<std::ptrdiff_t>(at), names.end(), base) != names.end();
    if (is_taken && !comes_later) {
      wished.push_back(base);
      return;
    }
  }
  wished.push_back(name);
}

// v1 runs a regularizer in the root name scope to see whether it gives anything, and again beneath the variable's name
// at each conversion of the loss. Here it runs once, beneath the name; what v1's first run takes at the root is taken
// all the same, so that later operations are named as there.
void take_names_of_first_run(Context& context, std::size_t before, const std::string& prefix) {
  const OpGraph& ops = state_of(context.graph).ops;
  std::vector<std::string> names;  // of what stands in the scope, in order, each once
  std::string text;
  for (std::size_t op = before; op < ops.size(); ++op) {  // other threads may have added operations meanwhile
    text.clear();
    ops.append_name(ops.name_of(static_cast<OpId>(op)), text);
    if (!text.starts_with(prefix)) continue;
    std::string name = text.substr(prefix.size(), text.find('/', prefix.size()) - prefix.size());
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(std::move(name));
  }
  const NamesKept kept(context);
  context.open_name_scope(std::string_view(prefix));
  std::vector<std::string> wished;
  for (std::size_t at = 0; at < names.size(); ++at) add_wished(context, names, at, wished);
  context.names = {};
  for (const std::string& name : wished) context.take_unique(name);
}

/// Puts the operations of a block beside a variable, where devices or colocations are open. Elsewhere that is known by
/// their names; see scopetrie.graph.placement.
Ref enter_beside(Context& context, PyObject* variable) {
  if (!context.listener) return {};
  Ref block = checked(PyObject_CallMethod(reinterpret_cast<PyObject*>(context.graph), "colocate_with", "O", variable));
  checked(PyObject_CallMethod(block.get(), "__enter__", nullptr));
  return block;
}
void leave(const Ref& block) {
  if (!block) return;
  PyObject *type, *value, *traceback;
  PyErr_Fetch(&type, &value, &traceback);
  const Ref left(PyObject_CallMethod(block.get(), "__exit__", "OOO", Py_None, Py_None, Py_None));
  if (!left) PyErr_WriteUnraisable(block.get());
  PyErr_Restore(type, value, traceback);
}

}  // namespace

void regularize(Context& context, PyObject* variable, PyObject* regularizer, const std::string& full_name) {
  GraphState& graph = state_of(context.graph);
  const std::size_t before = graph.ops.size();
  const std::string prefix = full_name + "/Regularizer/";
  Ref loss;
  {
    const NamesKept kept(context);
    const Ref block = enter_beside(context, variable);
    try {
      context.open_name_scope(std::string_view(prefix));
      loss = Ref(PyObject_CallOneArg(regularizer, variable));
    } catch (...) {
      leave(block);
      throw;
    }
    leave(block);
  }
  PyObject *type, *value, *traceback;
  PyErr_Fetch(&type, &value, &traceback);
  take_names_of_first_run(context, before, prefix);
  PyErr_Restore(type, value, traceback);
  if (!loss) throw_raised();
  if (loss.get() == Py_None) return;
  const Py_ssize_t list = graph.collection_keys.at(graph.collections, kLosses);
  if (list < 0) throw_raised();
  graph.collections.add(static_cast<std::size_t>(list), collection_item(context.graph, loss.get()));
}

}  // namespace scopetrie::python
