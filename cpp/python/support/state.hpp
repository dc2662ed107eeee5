// The one object of module-level state: the Python classes, dtypes and cold functions that the bindings call.
//
// Thread safety: that of locking.hpp; the classes, dtypes and functions are written while the package is imported.
#pragma once

#include <cstdint>
#include <unordered_map>

#include "scopetrie/shapes/dtype.hpp"
#include "scopetrie/tables/ids.hpp"
#include "support/locking.hpp"
#include "support/python.hpp"

namespace scopetrie::python {

inline std::uint8_t base_dtype(DType dtype) { return dtype.base(); }

/// Python functions for the cold paths, set once by the layers that own them (`register_hooks`).
struct Hooks {
  PyObject* as_dtype = nullptr;         // (value) -> DType
  PyObject* as_dims = nullptr;          // (value) -> tuple | None
  PyObject* convert = nullptr;          // (value, dtype | None, name, preferred dtype | None) -> Tensor
  PyObject* as_index = nullptr;         // (value, first input | None) -> what an index or (with the input) axes are
  PyObject* get_variable = nullptr;     // (scope, names of all arguments...) -> variable: whatever the C path leaves
  PyObject* graph_mismatch = nullptr;   // (item, other) -> the exception for inputs of two graphs
  PyObject* values_graph = nullptr;     // (values) -> Graph: v1's rule for `values` arguments
  PyObject* compose_getters = nullptr;  // (getter, inherited getter) -> getter
  PyObject* default_graph = nullptr;    // () -> Graph: a new one
};

struct State {
  // The extension's types. Python puts the cold members of handles and scopes into them, and derives Graph.
  PyTypeObject* graph_type = nullptr;
  PyTypeObject* tensor_type = nullptr;
  PyTypeObject* operation_type = nullptr;
  PyTypeObject* variable_type = nullptr;
  PyTypeObject* scope_type = nullptr;
  PyTypeObject* op_function_type = nullptr;
  PyTypeObject* variable_scope_type = nullptr;
  PyTypeObject* name_scope_type = nullptr;
  PyObject* tensor_shape = nullptr;  // TensorShape
  PyObject* auto_reuse = nullptr;
  PyObject* auto_synchronization = nullptr;  // VariableSynchronization.AUTO
  PyObject* no_aggregation = nullptr;        // VariableAggregation.NONE
  PyObject* dtypes[DType::kCount] = {};
  std::unordered_map<PyObject*, std::uint8_t> dtype_numbers;
  // Programs convert ints, floats, bools, lists or tuples themselves, so that none of them is a literal.
  bool literals_are_converted = false;
  PyObject* package_folder = nullptr;  // files in it are not the user's lines
  Hooks hooks;
  PyObject* global_graph = nullptr;  // the default graph of threads that opened none
  std::uint64_t global_epoch = 1;    // grows when global_graph changes
};

/// The state, made when the module is loaded and never destroyed: Python objects must not be released after the
/// interpreter is gone.
extern State* const the_state;
inline State& state() { return *the_state; }

/// The number of a DType, or 0 (no exception) where the object is none.
inline std::uint8_t known_dtype_number(PyObject* dtype) {
  const auto at = state().dtype_numbers.find(dtype);
  return at != state().dtype_numbers.end() ? at->second : 0;
}
/// The number of a dtype given in any form v1 takes, or 0 with an exception set.
std::uint8_t dtype_number(PyObject* dtype);

/// Adds register_types, register_dtypes and register_hooks to the module.
bool bind_state(PyObject* module);

}  // namespace scopetrie::python
