// What the shape rules in Python said, for calls that ask the same again.
//
// Invariants: the rules of this package look at nothing but dtypes, static shapes, attributes, and the values of inputs
// that their definition lists; so a call is described by those, and has no description where one of them is not plain.
// Thread safety: that of the graph they belong to.
#pragma once

#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "scopetrie/graph/op_graph.hpp"

namespace scopetrie::python {

class Facts;
struct Definition;

class RuleMemory {
 public:
  /// The outputs of a call, null where none like it was kept.
  const std::vector<Output>* find(const std::string& call) const {
    const auto at = outputs_.find(call);
    return at == outputs_.end() ? nullptr : &at->second;
  }
  void keep(const std::string& call, std::span<const Output> outputs);

 private:
  std::unordered_map<std::string, std::vector<Output>> outputs_;
};

/// Writes down all that a rule may look at; false where that is not plain.
bool describe_call(const Definition& definition, Facts& facts, std::string& out);

}  // namespace scopetrie::python
