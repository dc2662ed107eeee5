// The creations of get_variable that need no Python: zeros, ones, and the default initializer of floats.
#pragma once

#include "calls/building.hpp"
#include "objects/scopes.hpp"

namespace scopetrie::python {

inline bool given(PyObject* argument) { return argument != nullptr && argument != Py_None; }

/// A site that the creation finds out itself.
inline constexpr std::uint32_t kUnknownSite = kNone - 1;

/// The plain creations of one call: variables of one dtype and initializer, in one context and scope. Borrows all that
/// it is given.
class Creation {
 public:
  /// What an initial value is made of.
  enum class Recipe : std::uint8_t { kNone, kZeros, kOnes, kGlorotUniform };

  /// What get_variable is given for all of them; null or None where not given.
  struct Wish {
    PyObject *dtype, *initializer, *trainable;
    std::uint32_t site;
  };

  Creation(Context& context, const Wish& wish)
      : context_(context), graph_(state_of(context.graph)), scope_(current_scope(context)), wish_(wish) {}

  /// Python code has run, which may have changed anything.
  void restart() { ready_ = false; }

  /// Creates a variable called `segment` in `scope_id`, which has none of that name: its operations and those of its
  /// initial value, all owned by the variable's name. Null where the slow path has to do it, possibly with an exception
  /// set, which the slow path must not follow then.
  /// `shape` is the caller's object, which tells one shape from the next, `sizes` the list or tuple to read.
  PyObject* make(ScopeId scope_id, SegmentId segment, PyObject* shape, PyObject* sizes);

 private:
  bool start();
  bool read_shape(PyObject* shape, PyObject* sizes);
  bool draw(ScopeId scope_id, SegmentId segment);

  Context& context_;
  GraphState& graph_;
  PyVariableScope* scope_;
  Wish wish_;
  bool ready_ = false, trainable_ = true;
  std::uint8_t dtype_ = 0;
  Recipe recipe_ = Recipe::kNone;
  std::uint32_t drawn_ = kNone;  // the attribute of random operations
  PyObject* shape_ = nullptr;    // what `output_` and `pattern_` were made for
  Output output_;
  std::uint32_t pattern_ = kNone;
};

}  // namespace scopetrie::python
