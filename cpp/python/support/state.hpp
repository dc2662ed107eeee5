// The one object of module-level state: the Python classes, dtypes and cold functions that the bindings call.
//
// Invariants: wire() takes all that Python gives by name, and no function or constant may be missing. A function is
// known by its place until it is first called, for what defines it is imported then.
// Thread safety: that of locking.hpp; dtypes and constants are written while the package is imported.
#pragma once

#include <cstdint>
#include <unordered_map>

#include "scopetrie/shapes/dtype.hpp"
#include "scopetrie/tables/ids.hpp"
#include "support/locking.hpp"
#include "support/python.hpp"

namespace scopetrie::python {

inline std::uint8_t base_dtype(DType dtype) { return dtype.base(); }

/// What Python answers when the extension asks: X(name), whose places are given to wire() under these names: each
/// is a function, "module.name" below the package.
#define SCOPETRIE_HOOKS(X)                                                                                             \
  X(as_dtype)            /* (value) -> DType */                                                                        \
  X(as_dims)             /* (value) -> tuple | None */                                                                 \
  X(convert)             /* (value, dtype | None, name, preferred dtype | None) -> Tensor */                           \
  X(as_index)            /* (value, first input | None) -> what an index or (with the input) axes are */               \
  X(known_elements)      /* (tensor) -> list of its elements, None where they are not known */                         \
  X(known_sizes)         /* (tensor) -> the shape that it stands for, as far as that is known */                       \
  X(read_attributes)     /* (OpDef | None, attrs, inputs) -> what a node keeps, what it shows, shapes */               \
  X(graph_mismatch)      /* (item, other) -> the exception for inputs of two graphs */                                 \
  X(values_graph)        /* (values) -> Graph: v1's rule for `values` arguments */                                     \
  X(default_graph)       /* () -> Graph: a new one */                                                                  \
  X(compose_getters)     /* (getter, inherited getter) -> getter */                                                    \
  X(takes)               /* (callable, parameter, or any keyword) -> bool */                                           \
  X(needs_nothing)       /* (callable) -> whether it can be called without arguments */                                \
  X(partial)             /* functools.partial */                                                                       \
  X(named_initializer)   /* (name) -> initializer, or the name where there is none */                                  \
  X(dtype_of_value)      /* (value) -> DType of the tensor that v1 makes of it */                                      \
  X(check_policy)        /* (name, synchronization, aggregation, trainable) -> the last three, as meant */             \
  X(check_call_policy)   /* the same of a call's own arguments */                                                      \
  X(check_initial_shape) /* (asked shape, initial value, name): raises where they do not fit */                        \
  X(warn_of_shape)       /* (asked shape, initial value, name): warns that the value decides */                        \
  X(take_note)           /* (variable, constraint, synchronization, aggregation) */                                    \
  X(create_through)      /* (arguments, store name, asked shape) -> what the open variable creators make */            \
  X(ask_partitioner)     /* (partitioner, dims, DType) -> its answer as a list of ints, and as text */                 \
  X(cut_value)           /* (value, offset, sizes, DType) -> Tensor: a part of an initial value */                     \
  X(note_part)           /* (variable, name of the whole, its sizes, offset, sizes) */                                 \
  X(partitioned)         /* (graph, name, dims, DType, parts, partitions) -> PartitionedVariable */                    \
  X(word_refusal)        /* (text, graph, name, variable | None, kind) -> the exception */                             \
  X(make_elements)       /* (initializer, shape, NumPy's dtype, path, seed, part | None) -> a Store's array */         \
  X(device_array) /* (store, array, byte, shape, as a copy) -> array: a variable's, of a memory that is the array's */ \
  X(device_copy)  /* (store, array) -> (array, its address): with memory of its own */                                 \
  X(device_fetch) /* (store, array) -> NumPy's array, read-only */                                                     \
  X(device_set)   /* (store, array, value, path): sets all elements */                                                 \
  X(tensor_shape) /* TensorShape */                                                                                    \
  X(partition_info) /* PartitionInfo */

/// What Python gives at once, under these names.
#define SCOPETRIE_CONSTANTS(X)                                                                     \
  X(load)                 /* (module) -> module: imports one of the package's, at its first use */ \
  X(auto_reuse)           /* AUTO_REUSE */                                                         \
  X(auto_synchronization) /* VariableSynchronization.AUTO */                                       \
  X(no_aggregation)       /* VariableAggregation.NONE */                                           \
  X(package_folder)       /* files in it are not the user's lines */

/// One of Python's functions.
class Hook {
 public:
  /// The function, whose module is imported if need be. Throws.
  operator PyObject*() {  // NOLINT(google-explicit-constructor): it is used as the function that it stands for
    if (is_place_) [[unlikely]]
      find();
    return function_;
  }
  bool is_set() const { return function_ != nullptr; }
  /// Takes the place of the function.
  void set(PyObject* place);

 private:
  SCOPETRIE_COLD void find();

  PyObject* function_ = nullptr;  // owned; a str as long as the function has not been called
  bool is_place_ = false;
};

struct Hooks {
#define SCOPETRIE_HOOK(name) Hook name;
  SCOPETRIE_HOOKS(SCOPETRIE_HOOK)
#undef SCOPETRIE_HOOK
};

struct State {
  // The extension's types. Python puts the cold members of handles and scopes into them, and derives Graph.
  PyTypeObject* graph_type = nullptr;
  PyTypeObject* tensor_type = nullptr;
  PyTypeObject* operation_type = nullptr;
  PyTypeObject* variable_type = nullptr;
  PyTypeObject* scope_type = nullptr;
  PyTypeObject* op_function_type = nullptr;
  PyTypeObject* composite_type = nullptr;
  PyTypeObject* variable_scope_type = nullptr;
  PyTypeObject* name_scope_type = nullptr;
#define SCOPETRIE_FIELD(name) PyObject* name = nullptr;
  SCOPETRIE_CONSTANTS(SCOPETRIE_FIELD)
#undef SCOPETRIE_FIELD
  PyObject* true_getter = nullptr;  // the function of the module
  PyObject* dtypes[DType::kCount] = {};
  std::unordered_map<PyObject*, std::uint8_t> dtype_numbers;
  // Programs convert ints, floats, bools, lists or tuples themselves, so that none of them is a literal.
  bool literals_are_converted = false;
  Hooks hooks;
  bool has_members = false;          // those that Python adds to the types
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
/// The number of a dtype given in any form v1 takes. Throws.
std::uint8_t dtype_number(PyObject* dtype);

/// Imports a module of the package, named without it, at its first use. Throws.
SCOPETRIE_COLD void load(PyObject* module);
SCOPETRIE_COLD void load(const char* module);

}  // namespace scopetrie::python
