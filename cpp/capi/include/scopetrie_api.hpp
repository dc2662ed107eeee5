// A C++ shim over scopetrie.h: objects that give back what they hold, exceptions in place of codes.
//
// Stores are in scopetrie_store_api.hpp. An extension calls load() once, with the GIL, and then works on graphs that
// Python made:
//
//   namespace sa = scopetrie::api;
//   sa::Graph graph = sa::Graph::from_object(object);
//   sa::Context at(graph, sa::Where::kPython);
//   auto scope = at.variable_scope("layer");
//   auto [kernel, made] = at.get_variable("kernel", {.shape = {3, 3}, .initializer = sa::zeros()});
//
// Invariants: nothing here links to the core; each call goes through the table. A graph is kept by the objects that
// hold it, not by tensors, operations and variables. Thread safety: that of scopetrie.h.
#pragma once

#include <cstdint>
#include <exception>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "scopetrie.h"

namespace scopetrie::api {

/// The table; set by load() or use().
inline const scopetrie_api* table = nullptr;

/// Takes a table of at least this header's version and size. False where it is older.
inline bool use(const scopetrie_api* given) {
  if (given == nullptr || !SCOPETRIE_API_HAS(given, store_variable_to_object)) return false;
  table = given;
  return true;
}

#ifdef Py_PYTHON_H
/// Imports scopetrie and takes its table. False with a Python exception set.
inline bool load() {
  const auto* given = static_cast<const scopetrie_api*>(PyCapsule_Import(SCOPETRIE_API_CAPSULE, 0));
  if (given == nullptr) return false;
  if (use(given)) return true;
  PyErr_Format(PyExc_ImportError, "scopetrie %s is too old for an extension that was built for version %d of its C API",
               given->library_version, SCOPETRIE_API_VERSION);
  return false;
}
#endif

/// An error of the library's: v1's text and the facts.
class Error : public std::exception {
 public:
  explicit Error(const scopetrie_error* error)
      : code_(error != nullptr ? error->code : SCOPETRIE_OTHER_ERROR),
        text_(error != nullptr ? error->message : "an unknown error"),
        full_name_(error != nullptr ? error->full_name : "") {}
  int code() const noexcept { return code_; }
  const char* what() const noexcept override { return text_.c_str(); }
  const std::string& full_name() const noexcept { return full_name_; }

 private:
  int code_;
  std::string text_, full_name_;
};

[[noreturn]] inline void fail() { throw Error(table->last_error()); }
inline void check(std::int32_t code) {
  if (code != SCOPETRIE_OK) fail();
}
template <class Given>
Given* checked(Given* given) {
  if (given == nullptr) fail();
  return given;
}

/// The lock for many calls.
class Locked {
 public:
  Locked() : locked_(table->lock()) {}
  Locked(const Locked&) = delete;
  Locked& operator=(const Locked&) = delete;
  ~Locked() { table->unlock(locked_); }

 private:
  std::uint64_t locked_;
};

class Tensor {
 public:
  Tensor(scopetrie_tensor value) : value_(value) {}  // NOLINT(google-explicit-constructor)
  const scopetrie_tensor& value() const { return value_; }
  std::string name() const { return checked(table->tensor_name(value_)); }
  int dtype() const { return table->tensor_dtype(value_); }
  /// A new reference, or null with the Python exception set.
  void* to_object() const { return table->tensor_to_object(value_); }

 private:
  scopetrie_tensor value_;
};

class Operation {
 public:
  Operation(scopetrie_operation value) : value_(value) {}  // NOLINT(google-explicit-constructor)
  const scopetrie_operation& value() const { return value_; }
  std::string name() const { return checked(table->operation_name(value_)); }
  std::string type() const { return checked(table->operation_type(value_)); }
  Tensor output(std::uint32_t index = 0) const {
    scopetrie_tensor made;
    check(table->operation_output(value_, index, &made));
    return made;
  }
  operator Tensor() const { return output(); }  // NOLINT(google-explicit-constructor)
  void* to_object() const { return table->operation_to_object(value_); }

 private:
  scopetrie_operation value_;
};

class Variable {
 public:
  Variable(scopetrie_variable value) : value_(value) {}  // NOLINT(google-explicit-constructor)
  const scopetrie_variable& value() const { return value_; }
  std::string name() const { return checked(table->variable_name(value_)); }
  std::string path() const { return checked(table->variable_path(value_)); }
  Tensor read() const {
    scopetrie_tensor made;
    check(table->variable_tensor(value_, &made));
    return made;
  }
  void* to_object() const { return table->variable_to_object(value_); }

 private:
  scopetrie_variable value_;
};

/// A reference to a graph.
class Graph {
 public:
  Graph() : graph_(checked(table->graph_new())) {}
  /// Takes over a reference.
  explicit Graph(scopetrie_graph* owned) : graph_(owned) {}
  Graph(const Graph& other) : graph_(table->graph_retain(other.graph_)) {}
  Graph(Graph&& other) noexcept : graph_(std::exchange(other.graph_, nullptr)) {}
  Graph& operator=(Graph other) noexcept {
    std::swap(graph_, other.graph_);
    return *this;
  }
  ~Graph() { table->graph_release(graph_); }

  /// Of a Graph of Python's; false where the object is none, with a Python exception set.
  static std::optional<Graph> from_object(void* object) {
    scopetrie_graph* graph = table->graph_from_object(object);
    return graph == nullptr ? std::nullopt : std::optional<Graph>(std::in_place, graph);
  }
  void* to_object() const { return table->graph_to_object(graph_); }
  scopetrie_graph* get() const { return graph_; }

  std::optional<Variable> find_variable(const char* path) const {
    scopetrie_variable found;
    const std::int32_t count = table->find_variable(graph_, path, &found);
    if (count < 0) fail();
    return count == 0 ? std::nullopt : std::optional<Variable>(found);
  }
  std::optional<Operation> find_operation(const char* name) const {
    scopetrie_operation found;
    const std::int32_t count = table->find_operation(graph_, name, &found);
    if (count < 0) fail();
    return count == 0 ? std::nullopt : std::optional<Operation>(found);
  }

 private:
  scopetrie_graph* graph_;
};

/// Initializers.
inline scopetrie_initial initial(std::int32_t kind, double first = 0, double second = 0) {
  scopetrie_initial made{};
  made.size = sizeof made;
  made.kind = kind;
  made.first = first;
  made.second = second;
  return made;
}
inline scopetrie_initial zeros() { return initial(SCOPETRIE_INITIAL_ZEROS); }
inline scopetrie_initial ones() { return initial(SCOPETRIE_INITIAL_ONES); }
inline scopetrie_initial constant(double value) { return initial(SCOPETRIE_INITIAL_CONSTANT, value); }
/// The numbers are not copied.
inline scopetrie_initial values(const std::vector<double>& numbers) {
  scopetrie_initial made = initial(SCOPETRIE_INITIAL_VALUES);
  made.values = numbers.data();
  made.count = numbers.size();
  return made;
}

struct ScopeOptions {
  std::int32_t reuse = SCOPETRIE_NO_REUSE;
  std::int32_t dtype = 0;
  bool is_default_name = false;
  std::optional<scopetrie_initial> initializer = {};
};
struct VariableOptions {
  std::optional<std::vector<std::int64_t>> shape = {};
  std::int32_t dtype = 0;
  std::optional<scopetrie_initial> initializer = {};
  bool trainable = true;
};
/// Options as C has them; they point into these.
inline scopetrie_scope_options options_of(const ScopeOptions& options) {
  scopetrie_scope_options given{};
  given.size = sizeof given;
  given.reuse = options.reuse;
  given.dtype = options.dtype;
  given.is_default_name = options.is_default_name ? 1 : 0;
  given.initializer = options.initializer ? &*options.initializer : nullptr;
  return given;
}
inline scopetrie_variable_options options_of(const VariableOptions& options) {
  scopetrie_variable_options given{};
  given.size = sizeof given;
  given.has_shape = options.shape ? 1 : 0;
  given.shape = options.shape ? options.shape->data() : nullptr;
  given.rank = options.shape ? static_cast<std::int32_t>(options.shape->size()) : 0;
  given.dtype = options.dtype;
  given.not_trainable = options.trainable ? 0 : 1;
  given.initializer = options.initializer ? &*options.initializer : nullptr;
  return given;
}
struct Output {
  std::int32_t dtype = SCOPETRIE_FLOAT32;
  std::optional<std::vector<std::int64_t>> shape = {};
};
struct GotVariable {
  Variable variable;
  bool made;
};

/// A block of a context; it ends with the object.
class Block {
 public:
  explicit Block(scopetrie_context* context) : context_(context) {}
  Block(const Block&) = delete;
  Block& operator=(const Block&) = delete;
  ~Block() { table->leave(context_); }

 private:
  scopetrie_context* context_;
};

/// What is built while one lives is undone, unless it is committed.
class Transaction {
 public:
  explicit Transaction(scopetrie_context* context) : transaction_(checked(table->transaction_begin(context))) {}
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  ~Transaction() {
    if (transaction_ != nullptr) table->transaction_rollback(transaction_);
  }
  void commit() { table->transaction_commit(std::exchange(transaction_, nullptr)); }

 private:
  scopetrie_transaction* transaction_;
};

enum class Where { kRoot = SCOPETRIE_AT_ROOT, kPython = SCOPETRIE_AT_PYTHON };

class Context {
 public:
  explicit Context(const Graph& graph, Where where = Where::kRoot)
      : context_(checked(table->context_new(graph.get(), static_cast<std::int32_t>(where)))) {}
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;
  ~Context() { table->context_free(context_); }

  scopetrie_context* get() const { return context_; }

  Block variable_scope(const char* name, const ScopeOptions& options = {}) {
    const scopetrie_scope_options given = options_of(options);
    check(table->enter_variable_scope(context_, name, &given));
    return Block(context_);
  }
  Block name_scope(const char* name) {
    check(table->enter_name_scope(context_, name));
    return Block(context_);
  }
  Transaction transaction() { return Transaction(context_); }

  std::string name_scope_path() const { return checked(table->name_scope(context_)); }
  std::string unique_name(const char* name, bool mark = true) {
    return checked(table->unique_name(context_, name, mark ? 1 : 0));
  }

  GotVariable get_variable(const char* name, const VariableOptions& options = {}) {
    const scopetrie_variable_options given = options_of(options);
    scopetrie_variable found;
    std::int32_t is_new = 0;
    check(table->get_variable(context_, name, &given, &found, &is_new));
    return {found, is_new != 0};
  }

  Operation add_op(const char* type, const std::vector<Tensor>& inputs, const std::vector<Output>& outputs,
                   const char* name = nullptr) {
    std::vector<scopetrie_tensor> tensors;
    tensors.reserve(inputs.size());
    for (const Tensor& input : inputs) tensors.push_back(input.value());
    std::vector<scopetrie_output> specs;
    specs.reserve(outputs.size());
    for (const Output& output : outputs)
      specs.push_back({output.dtype, output.shape ? static_cast<std::int32_t>(output.shape->size()) : -1,
                       output.shape ? output.shape->data() : nullptr});
    scopetrie_operation made;
    check(
        table->add_operation(context_, type, name, tensors.data(), tensors.size(), specs.data(), specs.size(), &made));
    return made;
  }

 private:
  scopetrie_context* context_;
};

}  // namespace scopetrie::api
