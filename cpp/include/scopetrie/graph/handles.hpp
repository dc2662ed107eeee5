// Operations, tensors and variables as a C++ program holds them: a graph, a number, and when it was given out.
//
// Invariants: a handle is a value of 16 bytes that reads its graph and never changes it. It is valid while its graph is
// there. One of what has been undone since throws Error whenever it is asked for anything, also where its number was
// given out again.
// Thread safety: that of the graph.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scopetrie/graph/graph.hpp"
#include "scopetrie/shapes/dtype.hpp"

namespace scopetrie {

class Operation;

/// The sizes of a tensor's axes, -1 where one is unknown; nothing where the rank is unknown.
using Sizes = std::optional<std::vector<std::int64_t>>;

/// Throws the Error for a handle of a "tensor", "operation" or "variable" that was undone.
[[noreturn]] SCOPETRIE_COLD void refuse_undone(const char* what);

/// What handles have in common; `epochs` are those of the numbers' kind.
template <Epochs Ledger::* epochs>
class Handle {
 public:
  Handle(const Graph& graph, std::uint32_t id) : graph_(&graph), id_(id), epoch_(graph.ledger().epoch()) {}

  const Graph& graph() const { return *graph_; }
  std::uint32_t id() const {
    if (!is_current()) [[unlikely]]
      refuse_undone(epochs == &Ledger::tensors ? "tensor" : epochs == &Ledger::operations ? "operation" : "variable");
    return id_;
  }
  /// Whether it has not been undone.
  bool is_current() const {
    const Ledger& ledger = graph_->ledger();
    return epoch_ == ledger.epoch() || (ledger.*epochs).is_current(id_, epoch_);
  }

  friend bool operator==(const Handle& a, const Handle& b) {
    return a.graph_ == b.graph_ && a.id_ == b.id_ && (a.epoch_ == b.epoch_ || (a.is_current() && b.is_current()));
  }

 private:
  const Graph* graph_;
  std::uint32_t id_;
  std::uint32_t epoch_;
};

class Tensor : public Handle<&Ledger::tensors> {
 public:
  using Handle::Handle;

  /// The operation's name and the number of the output: "a/w:0".
  std::string name() const;
  Operation op() const;
  /// Which of its operation's outputs it is.
  std::uint32_t index() const;
  DType dtype() const { return graph().ops.tensor(id()).dtype; }
  Sizes shape() const;
};

class Operation : public Handle<&Ledger::operations> {
 public:
  using Handle::Handle;

  std::string name() const { return graph().ops.name(id()); }
  /// "MatMul".
  std::string_view type() const;
  std::uint32_t output_count() const { return graph().ops.output_count(id()); }
  /// Throws std::out_of_range where there is no such output.
  Tensor output(std::uint32_t index) const;
  /// The first output.
  operator Tensor() const { return output(0); }  // NOLINT(google-explicit-constructor): y = add_op("Add", {x, x})
  std::vector<Tensor> inputs() const;
  std::vector<Operation> control_inputs() const;
};

class Variable : public Handle<&Ledger::variables> {
 public:
  using Handle::Handle;

  /// What it is found by: the path of its scope and its own name; empty where it is not shared by name.
  std::string path() const;
  /// The name of its tensor: "a/w:0". As v1, that is numbered where an operation had the name before.
  std::string name() const { return ref().name(); }
  Operation op() const { return ref().op(); }
  /// The variable itself, and what reading it gives.
  Tensor ref() const { return {graph(), row().ref}; }
  Tensor read() const { return {graph(), row().value}; }
  DType dtype() const { return read().dtype(); }
  Sizes shape() const { return ref().shape(); }

 private:
  const VariableRow& row() const { return graph().variables[id()]; }
};

}  // namespace scopetrie
