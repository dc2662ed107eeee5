// Operations, tensors and variables as a C++ program holds them: a graph and a number.
//
// Invariants: a handle is a value of 16 bytes that reads its graph and never changes it. It is valid while its graph is
// there and what it names was not taken back.
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

class Tensor {
 public:
  Tensor(const Graph& graph, TensorId id) : graph_(&graph), id_(id) {}

  const Graph& graph() const { return *graph_; }
  TensorId id() const { return id_; }
  /// The operation's name and the number of the output: "a/w:0".
  std::string name() const;
  Operation op() const;
  /// Which of its operation's outputs it is.
  std::uint32_t index() const;
  DType dtype() const { return graph_->ops.tensor(id_).dtype; }
  Sizes shape() const;

  friend bool operator==(const Tensor&, const Tensor&) = default;

 private:
  const Graph* graph_;
  TensorId id_;
};

class Operation {
 public:
  Operation(const Graph& graph, OpId id) : graph_(&graph), id_(id) {}

  const Graph& graph() const { return *graph_; }
  OpId id() const { return id_; }
  std::string name() const { return graph_->ops.name(id_); }
  /// "MatMul".
  std::string_view type() const;
  std::uint32_t output_count() const { return graph_->ops.output_count(id_); }
  /// Throws std::out_of_range where there is no such output.
  Tensor output(std::uint32_t index) const;
  /// The first output.
  operator Tensor() const { return output(0); }  // NOLINT(google-explicit-constructor): y = add_op("Add", {x, x})
  std::vector<Tensor> inputs() const;
  std::vector<Operation> control_inputs() const;

  friend bool operator==(const Operation&, const Operation&) = default;

 private:
  const Graph* graph_;
  OpId id_;
};

class Variable {
 public:
  Variable(const Graph& graph, VariableId id) : graph_(&graph), id_(id) {}

  const Graph& graph() const { return *graph_; }
  VariableId id() const { return id_; }
  /// What it is found by: the path of its scope and its own name; empty where it is not shared by name.
  std::string path() const;
  /// The name of its tensor: "a/w:0". As v1, that is numbered where an operation had the name before.
  std::string name() const { return ref().name(); }
  Operation op() const { return ref().op(); }
  /// The variable itself, and what reading it gives.
  Tensor ref() const { return {*graph_, row().ref}; }
  Tensor read() const { return {*graph_, row().value}; }
  DType dtype() const { return read().dtype(); }
  Sizes shape() const { return ref().shape(); }

  friend bool operator==(const Variable&, const Variable&) = default;

 private:
  const VariableRow& row() const { return graph_->variables[id_]; }

  const Graph* graph_;
  VariableId id_;
};

}  // namespace scopetrie
