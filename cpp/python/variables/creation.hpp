// The creations of get_variable that ask nobody: by a built-in initializer, a number, a list of numbers, an array.
#pragma once

#include "ops/literal.hpp"
#include "variables/variable_call.hpp"

namespace scopetrie::python {

/// A site that the creation finds out itself.
inline constexpr std::uint32_t kUnknownSite = kNone - 1;

/// The creations of one call: variables of one dtype and initializer, in one context.
class Creation {
 public:
  Creation(Context& context, const VariableCall& call, std::uint32_t site)
      : context_(context), graph_(state_of(context.graph)), call_(call), site_(site) {}

  /// Python code has run, which may have changed anything.
  void restart() {
    ready_ = false;
    initializer_ = {};
  }

  /// Creates a variable called `segment` in `scope_id`, which has none of that name: its operations and those of its
  /// initial value, all owned by the variable's name. Null where the slow path has to do it, possibly with an exception
  /// set, which the slow path must not follow then.
  /// `shape` is the caller's object, which tells one shape from the next, `sizes` the list or tuple to read.
  PyObject* make(ScopeId scope_id, SegmentId segment, PyObject* shape, PyObject* sizes);

 private:
  static constexpr std::size_t kMostLists = 8;

  bool start();
  bool read_dtype();
  bool read_initializer_argument();
  bool read_trainable();
  bool read_collections();
  bool read_shape(PyObject* shape, PyObject* sizes);
  SCOPETRIE_COLD bool read_initial();
  bool read_value(ScopeId scope_id, SegmentId segment);
  SCOPETRIE_COLD void find_run();
  void collect(VariableId id);

  Context& context_;
  GraphState& graph_;
  const VariableCall& call_;
  std::uint32_t site_;
  bool ready_ = false, trainable_ = true, is_value_ = false;
  DType dtype_;                // of a value, what the caller says, or none
  Initializer initializer_;    // where there is no value
  InitialValue initial_;       // of `shape_`
  PyObject* shape_ = nullptr;  // what `output_`, `initial_` and `run_` were made for
  Output output_;
  VariableRun run_;
  std::size_t list_count_ = 0;  // of the collections that the variable joins; 0: those of every variable
  std::size_t lists_[kMostLists];
};

}  // namespace scopetrie::python
