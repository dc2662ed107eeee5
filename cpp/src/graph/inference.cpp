#include "scopetrie/graph/inference.hpp"

#include <algorithm>
#include <cstring>
#include <forward_list>
#include <string>

#include "scopetrie/graph/kinds.hpp"
#include "scopetrie/shapes/rule.hpp"

namespace scopetrie {

namespace {

using AttributeKind = AttributeValue::Kind;

class NamedCall final : public RuleCall {
 public:
  NamedCall(Graph& graph, std::span<const TensorId> ids, const NamedAttributes& attributes)
      : RuleCall(graph.ops.shapes()), graph_(graph), ids_(ids), attributes_(attributes) {
    for (const TensorId id : ids) read_.push_back({graph.ops.tensor(id).shape, graph.ops.tensor(id).dtype});
    inputs = read_;
  }

  bool ints(std::size_t i, std::span<const std::int64_t>& out) override {
    static const KindId kConst = kind_number("Const");
    const OperationRow op = graph_.ops.operation(graph_.ops.tensor(ids_[i]).op);
    if (op.kind != kConst || op.attribute == kNone) return false;
    const AttributeValue* value = &graph_.attributes[op.attribute];
    if (value->kind() == AttributeKind::kNamed) value = value->find("value");
    return value != nullptr && read(*value, out);
  }

  bool number(std::size_t i, Number& out) override {
    std::int64_t only = 0;
    if (!one_int(i, only)) return false;
    out = {false, only, 0};
    return true;
  }

  bool sizes(std::size_t i, Dims& out) override {
    std::span<const std::int64_t> found;
    if (ints(i, found)) {
      out.assign(found.begin(), found.end());
      for (std::int64_t& size : out) size = std::max(size, ShapeTable::kUnknownDim);
      return true;
    }
    if (rank(i) != 1 || dims(i)[0] < 0) return false;
    out.assign(static_cast<std::size_t>(dims(i)[0]), ShapeTable::kUnknownDim);
    return true;
  }

  bool flag(RuleAttribute name, bool fallback) override {
    const AttributeValue* found = find(name, AttributeKind::kBool);
    return found == nullptr ? fallback : found->boolean();
  }
  std::int64_t integer(RuleAttribute name, std::int64_t fallback) override {
    const AttributeValue* found = find(name, AttributeKind::kInt);
    return found == nullptr ? fallback : found->integer();
  }
  std::string text(RuleAttribute name, std::string_view fallback) override {
    const AttributeValue* found = find(name, AttributeKind::kString);
    return found == nullptr ? std::string(fallback) : found->text();
  }
  DType dtype(RuleAttribute name, DType fallback) override {
    const AttributeValue* found = find(name, AttributeKind::kDType);
    if (found == nullptr && fallback == 0) refuse(name, "is missing");
    return found == nullptr ? fallback : found->dtype();
  }
  Dims list(RuleAttribute name) override {
    const AttributeValue* found = find(name, AttributeKind::kInts);
    if (found == nullptr) return {};
    const std::vector<std::int64_t> ints = found->ints();
    return {ints.begin(), ints.end()};
  }
  ShapeId shape(RuleAttribute name) override {
    const AttributeValue* found = find(name, AttributeKind::kShape);
    return found == nullptr ? ShapeTable::kUnknown : found->shape();
  }
  using RuleCall::dtype;
  using RuleCall::shape;

 private:
  [[noreturn]] static void refuse(RuleAttribute name, const char* what) {
    throw Error(ErrorKind::kType, "add_op: the attribute '" + std::string(name_of(name)) + "' " + what + ".");
  }

  const AttributeValue* find(RuleAttribute name, AttributeKind kind) const {
    const auto at = std::ranges::find(attributes_, name_of(name), &NamedAttributes::value_type::first);
    if (at == attributes_.end()) return nullptr;
    if (at->second.kind() != kind) refuse(name, "is of another kind than the operation's type has");
    return &at->second;
  }

  // The elements of a value of ints.
  bool read(const AttributeValue& value, std::span<const std::int64_t>& out) {
    Dims& made = made_.emplace_front();
    if (value.kind() == AttributeKind::kInts) {
      const std::vector<std::int64_t> ints = value.ints();
      made.assign(ints.begin(), ints.end());
    } else if (value.kind() == AttributeKind::kInt) {
      made.push_back(value.integer());
    } else if (value.kind() == AttributeKind::kTensor && value.tensor().dtype == kInt64) {
      made.resize(value.tensor().bytes.size() / sizeof(std::int64_t));
      std::memcpy(made.data(), value.tensor().bytes.data(), made.size() * sizeof(std::int64_t));
    } else if (value.kind() == AttributeKind::kTensor && value.tensor().dtype == kInt32) {
      std::vector<std::int32_t> found(value.tensor().bytes.size() / sizeof(std::int32_t));
      std::memcpy(found.data(), value.tensor().bytes.data(), found.size() * sizeof(std::int32_t));
      made.assign(found.begin(), found.end());
    } else {
      return false;
    }
    out = made;
    return true;
  }

  Graph& graph_;
  std::span<const TensorId> ids_;
  const NamedAttributes& attributes_;
  std::vector<Output> read_;
  std::forward_list<Dims> made_;
};

}  // namespace

Outputs infer_outputs(Graph& graph, std::string_view type, std::span<const TensorId> inputs,
                      const NamedAttributes& attributes) {
  const ShapeRule* rule = find_rule(type);
  if (rule == nullptr)
    throw Error(ErrorKind::kValue, "add_op: the type '" + std::string(type) + "' has no shape rule; give its outputs.",
                {.call = "add_op", .asked = std::string(type)});
  NamedCall call(graph, inputs, attributes);
  apply(*rule, call);
  return std::move(call.outputs);
}

}  // namespace scopetrie
