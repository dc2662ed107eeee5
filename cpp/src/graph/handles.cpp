#include "scopetrie/graph/handles.hpp"

#include <charconv>
#include <stdexcept>

#include "scopetrie/error.hpp"
#include "scopetrie/graph/kinds.hpp"

namespace scopetrie {

void refuse_undone(const char* what) {
  throw Error(ErrorKind::kRuntime,
              std::string("This ") + what +
                  " was undone: the call or the transaction that made it failed, or was rolled back. "
                  "Make it again.");
}

std::string Tensor::name() const { return op().name() + ':' + std::to_string(index()); }

Operation Tensor::op() const { return {graph(), graph().ops.tensor(id()).op}; }

std::uint32_t Tensor::index() const { return id() - graph().ops.operation(op().id()).first_output; }

Sizes Tensor::shape() const {
  const ShapeTable& shapes = graph().ops.shapes();
  const ShapeId shape = graph().ops.tensor(id()).shape;
  if (!shapes.known_rank(shape)) return std::nullopt;
  const auto sizes = shapes.dims(shape);
  return std::vector<std::int64_t>(sizes.begin(), sizes.end());
}

std::string_view Operation::type() const { return kind_name(graph().ops.operation(id()).kind); }

Tensor Operation::output(std::uint32_t index) const {
  if (index >= output_count())
    throw std::out_of_range(name() + " has " + std::to_string(output_count()) + " outputs, and none of number " +
                            std::to_string(index));
  return {graph(), graph().ops.operation(id()).first_output + index};
}

std::vector<Tensor> Operation::inputs() const {
  std::vector<Tensor> all;
  for (const TensorId id : graph().ops.inputs(id())) all.emplace_back(graph(), id);
  return all;
}

std::vector<Operation> Operation::control_inputs() const {
  std::vector<Operation> all;
  for (const OpId id : graph().ops.control_inputs(id())) all.emplace_back(graph(), id);
  return all;
}

std::string Variable::path() const {
  const VariableRow& found = row();
  return found.scope == kNone ? std::string() : graph().text({found.scope, found.segment, 0});
}

std::optional<Operation> Graph::find_operation(std::string_view name) const {
  const OpId id = ops.find(name);
  return id == kNone ? std::nullopt : std::optional(Operation(*this, id));
}

std::optional<Tensor> Graph::find_tensor(std::string_view name) const {
  const std::size_t colon = name.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  std::uint32_t index = 0;
  const char* const end = name.data() + name.size();
  if (const auto read = std::from_chars(name.data() + colon + 1, end, index); read.ec != std::errc() || read.ptr != end)
    return std::nullopt;
  const auto op = find_operation(name.substr(0, colon));
  return op && index < op->output_count() ? std::optional(op->output(index)) : std::nullopt;
}

std::optional<Variable> Graph::find_variable(std::string_view path) const {
  SegmentId segment;
  const ScopeId scope = ops.scopes().find_scope_of_name(path, segment);
  const VariableId id = scope == kNone ? kNone : variables.find(scope, segment);
  return id == kNone ? std::nullopt : std::optional(Variable(*this, id));
}

std::vector<Variable> Graph::variables_under(std::string_view path) const {
  std::vector<Variable> found;
  const ScopeId top = ops.scopes().find(path);
  if (top == kNone) return found;
  for (const VariableId id : variables.under(ops.scopes(), top)) found.emplace_back(*this, id);
  return found;
}

std::vector<Variable> Graph::variables_in(std::string_view collection) const {
  std::vector<Variable> found;
  const auto list = collections.find(collection);
  if (!list) return found;
  for (const Collections::Item& item : collections.items(*list))
    if (item.kind() == Collections::Item::kVariable) found.emplace_back(*this, item.id());
  return found;
}

}  // namespace scopetrie
