// OpFunction: the callable that adds operations of one type.
//
// Invariants: immutable once made. The rule is the core's for the type, or a Python function, which is called with the
// input tensors and the attributes.
#pragma once

#include <algorithm>
#include <bitset>
#include <string>
#include <vector>

#include "ops/building.hpp"
#include "ops/op_facts.hpp"

namespace scopetrie::python {

/// The most inputs that an op declares; a list is one.
constexpr std::size_t kMostInputs = 16;

struct Input {
  // An index is a shape or axes: ints become int32, or int64 where they need it. Axes are an index for which None
  // stands for all of them; for an order, None stands for all of them from the last to the first.
  enum Kind : std::uint8_t { kTensor, kReference, kIndex, kAxes, kOrder, kList, kMixedList } kind;
  bool is_index() const { return kind >= kIndex && kind <= kOrder; }
  bool is_list() const { return kind >= kList; }
  bool takes(std::uint8_t dtype) const { return !checks_dtype || allowed[dtype]; }
  PyObject* name;       // owned str
  std::uint32_t known;  // the same as a known name
  std::uint8_t group;   // the first input that shares its dtype
  std::uint8_t fixed;   // the only dtype that it may have, 0 where there are several
  bool checks_dtype;
  std::bitset<DType::kCount> allowed;
  PyObject* allowed_text;  // owned: "float32, int32", for the error; null for any dtype
};

struct Definition {
  PyObject* op_def = nullptr;         // owned, as all below
  PyObject* rule_function = nullptr;  // Python's rule; then `rule` is a kFunction that is never called
  std::vector<PyObject*> attributes;  // names, where the rule is the core's for the type
  bool checks_attributes = false;     // whether others are refused
  KindId kind = 0;
  std::uint32_t default_name = 0;
  ShapeRule rule;
  bool same_dtype = true;  // all inputs have the dtype of the first
  bool has_lists = false;
  bool has_indices = false;
  std::vector<Input> inputs;

  /// Whether nodes may have an attribute of this name.
  bool takes(PyObject* attribute) const {
    if (!checks_attributes) return rule.kind == ShapeRule::kFunction || op_def != Py_None;
    return std::find(attributes.begin(), attributes.end(), attribute) != attributes.end() ||
           std::any_of(attributes.begin(), attributes.end(),
                       [=](PyObject* each) { return PyUnicode_Compare(each, attribute) == 0; });
  }
  /// Which input the tensor at `at` of `count` belongs to.
  std::size_t input_at(std::size_t at, std::size_t count) const {
    if (!has_lists) return at;
    const std::size_t more = count - inputs.size();  // than one for the list; wraps where it is empty
    for (std::size_t i = 0; i < inputs.size(); ++i)
      if (inputs[i].is_list()) return at < i ? at : at < i + more + 1 ? i : at - more;
    return at;
  }
};

struct PyOpFunction {
  PyObject_HEAD vectorcallfunc vectorcall;
  Definition* definition;
  PyObject* dict;  // __name__, __doc__, ...
};

/// How a value that is no tensor becomes one: as v1's op arguments (it must have the dtype) or its operators (it may).
enum class Conversion { kStrict, kPreferred };

/// Adds an operation. `args` has one borrowed reference per input; `name` may be null; `attrs` a dict or null.
/// Returns the output tensor, a list of several, or the operation where there is none; null with an exception set.
PyObject* build(const Definition& definition, PyObject* const* args, PyObject* name, std::uint32_t default_name,
                PyObject* attrs, Conversion conversion);

/// The same for many: `inputs` is a sequence with a tuple of inputs for each operation. All operations or none.
/// Returns a list of what build() returns.
PyObject* build_many(const Definition& definition, PyObject* inputs, PyObject* name, PyObject* attrs);

/// Keeps the attributes of a new operation, a dict or null; gives their number.
std::uint32_t keep_attributes(GraphState& graph, const Definition& definition, PyObject* attrs);

/// What a call returns for an operation: its output tensor, a list of several, or the operation itself. It is made
/// before the operation, so that nothing can fail once that is there.
class Results {
 public:
  /// Throws.
  Results(PyGraph* graph, std::size_t count)
      : made_(count == 1 ? checked(new_handle(state().tensor_type, graph, kNone)) : several(graph, count)) {}
  /// A new reference. `first` is the first of the operation's tensors.
  PyObject* of(OpId op, TensorId first) noexcept {
    if (is_tensor(made_.get())) [[likely]]
      set_number(made_.get(), first);
    else
      number_others(op, first);
    return made_.release();
  }

 private:
  SCOPETRIE_COLD static Ref several(PyGraph* graph, std::size_t count);
  SCOPETRIE_COLD void number_others(OpId op, TensorId first) noexcept;

  Ref made_;
};

/// The definition of an OpFunction object.
const Definition& definition_of(PyObject* op_function);

}  // namespace scopetrie::python
