#include "scopetrie/variables/new_variable.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <string>
#include <vector>

#include "scopetrie/scopes/open_scopes.hpp"
#include "scopetrie/variables/get_variable.hpp"
#include "scopetrie/variables/partitions.hpp"

namespace scopetrie {

VariableId add_variable(Context& context, const Name& name, bool owned, TensorId initial, Output output,
                        std::uint32_t attribute, std::uint32_t assign_attribute, const VariableRow& record,
                        std::uint32_t site) {
  static const std::uint32_t kAssign = known_name("Assign"), kRead = known_name("read");
  Graph& graph = context.graph();
  const Output ref{output.shape, output.dtype.reference()};
  const OpId op = context.add_operation(kinds().variable, name, {}, {&ref, 1}, attribute, site);
  const TensorId variable = graph.ops.operation(op).first_output;
  const auto beneath = [&](std::uint32_t known) {
    const SegmentId segment = graph.known_segment(known);
    return owned ? OpGraph::owned(op, segment) : graph.ops.unique(context.scope(), segment).name;
  };
  VariableRow made = record;
  made.shape = output.shape;
  made.flags = variable_flags((record.flags & kTrainable) != 0, output.dtype);
  made.ref = variable;
  made.initial = initial;
  if (initial != kNone) {
    const TensorId pair[] = {variable, initial};
    const ShapeId given = graph.ops.tensor(initial).shape;  // as in v1, its output has the value's shape
    const Output assigned{given == ShapeTable::kUnknown ? ref.shape : given, ref.dtype};
    made.initializer =
        context.add_operation(kinds().assign, beneath(kAssign), pair, {&assigned, 1}, assign_attribute, site);
  }
  const OpId read = context.add_operation(kinds().identity, beneath(kRead), {&variable, 1}, {&output, 1}, kNone, site);
  made.value = graph.ops.operation(read).first_output;
  return graph.variables.create(made);
}

void collect(Graph& graph, VariableId id, bool trainable, std::span<const std::size_t> lists) {
  std::vector<std::size_t> all;
  const auto join = [&](std::size_t list) {
    if (std::ranges::find(all, list) == all.end()) all.push_back(list);
  };
  std::ranges::for_each(lists, join);
  if (trainable) join(Collections::kTrainable);
  for (const std::size_t list : all) graph.collections.add_variable(list, id);
}

namespace {

/// One call of new_variable().
class Making {
 public:
  Making(Context& context, const NewVariable& wish, FirstValue& first)
      : context_(context), graph_(context.graph()), wish_(wish), first_(first) {}

  VariableId make() {
    open();
    initial_ = find_initial();
    return add({find_shape(), graph_.ops.tensor(initial_).dtype.base()});
  }

 private:
  void open() {
    static const std::uint32_t kVariable = known_name("Variable");
    is_root_ = wish_.name && wish_.name->empty();
    std::string* shared = wish_.shared_scope;
    if (shared != nullptr && !shared->empty()) {
      context_.open_name_scope(std::string_view(*shared));
      return;
    }
    if (!wish_.name) {
      context_.open_name_scope(graph_.known_segment(kVariable));
    } else {
      context_.open_name_scope(*wish_.name);
    }
    if (shared != nullptr && !is_root_) *shared = context_.name_scope_path() + '/';
  }
  std::string path() const { return is_root_ ? std::string() : context_.name_scope_path(); }

  TensorId find_initial() {
    static const std::uint32_t kInitializer = known_name("Initializer");
    if (!first_.is_computed()) return first_.make(context_);
    const NamesKept kept(context_);
    context_.open_name_scope(graph_.known_segment(kInitializer));
    return first_.make(context_);
  }

  ShapeId find_shape() {
    const ShapeTable& shapes = graph_.ops.shapes();
    if (!wish_.validate_shape) return wish_.shape == kNone ? ShapeTable::kUnknown : wish_.shape;
    const ShapeId found = graph_.ops.tensor(initial_).shape;
    if (shapes.elements(found) < 0)
      throw Error(ErrorKind::kValue,
                  "initial_value must have a shape specified: Tensor(\"" + Tensor(graph_, initial_).name() + "\"" +
                      (found == ShapeTable::kUnknown ? "" : ", shape=" + shape_text(shapes, found)) +
                      ", dtype=" + graph_.ops.tensor(initial_).dtype.name() + ")",
                  {.full_name = path()});
    if (wish_.shape != kNone && !shapes.compatible(wish_.shape, found))
      first_.refuse_shape(graph_, path(), wish_.shape, found);
    return wish_.shape == kNone || wish_.is_told ? found : wish_.shape;
  }

  VariableId add(Output output) {
    static const std::uint32_t kUnnamed = known_name("VariableV2");
    const OpGraph::Fresh fresh = is_root_ ? context_.take_name(graph_.known_segment(kUnnamed))
                                          : context_.take_name(path() + '/', NameStyle::kScope);
    if (graph_.has_odd_scopes) graph_.check_operation_name(fresh.name);
    VariableRow record;
    record.flags = wish_.trainable ? std::uint32_t{kTrainable} : 0U;
    if (wish_.scope != kNone) {
      record.scope = wish_.scope;
      record.segment = wish_.segment;
      note_part(graph_, record.segment);
      if (graph_.variables.find(record.scope, record.segment) != kNone)
        throw Error(ErrorKind::kValue,
                    "Variable " + full_name(graph_, record.scope, record.segment) + " already exists, disallowed.");
    }
    std::uint32_t assign = kNone;
    if (!wish_.validate_shape) {
      NamedAttributes open;
      open.emplace_back("validate_shape", false);
      open.emplace_back("use_locking", true);
      assign = graph_.keep(AttributeValue(std::move(open)));
    }
    return add_variable(context_, fresh.name, false, initial_, output, wish_.attribute, assign, record, wish_.site);
  }

  Context& context_;
  Graph& graph_;
  const NewVariable& wish_;
  FirstValue& first_;
  TensorId initial_ = kNone;
  bool is_root_ = false;
};

// A float as v1's errors show it: "2.0".
std::string number_text(double number) {
  if (std::isnan(number)) return "nan";
  if (std::isinf(number)) return number < 0 ? "-inf" : "inf";
  std::array<char, 32> buffer{};
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number).ptr;
  std::string text(buffer.data(), end);
  if (text.find_first_of(".e") == std::string::npos) text += ".0";
  return text;
}

}  // namespace

void FirstValue::refuse_shape(const Graph& graph, const std::string& path, ShapeId asked, ShapeId found) {
  ErrorFacts facts{"get_variable", path, shape_text(graph.ops.shapes(), asked), shape_text(graph.ops.shapes(), found)};
  std::string text = "The initial value of variable " + facts.full_name + " has shape " + facts.found + ", and shape " +
                     facts.asked + " was asked for.";
  throw Error(ErrorKind::kValue, std::move(text), std::move(facts));
}

VariableId make_variable(Context& context, const NewVariable& wish, FirstValue& first) {
  context.graph().check_open();
  const NoControls apart(context);  // a variable waits for nothing
  const NamesKept kept(context);
  // As v1 leaves the blocks around a variable: a name scope "a/" (from "a//") is entered by that name, as "a".
  if (const std::string outer = context.name_scope_path(); outer.ends_with('/'))
    context.open_name_scope(std::string_view(outer));
  return Making(context, wish, first).make();
}

VariableId new_variable(Context& context, const NewVariable& wish, FirstValue& first) {
  return undone_if_failed(context, false, [&] { return make_variable(context, wish, first); });
}

TensorId add_initial_value(Context& context, const InitialValue& value, Output output, std::uint32_t site) {
  Graph& graph = context.graph();
  const InitialAttributes attributes = keep_attributes(graph, value);
  Pattern steps;
  add_steps(graph, value.form, output, steps, &attributes);
  // The steps, of one output each, are named from the variable on: "Initializer/zeros".
  constexpr std::string_view kPrefix = "Initializer/";
  std::vector<TensorId> made;
  for (std::uint32_t place = 0; place < steps.size(); ++place) {
    const Pattern::Step& step = steps[place];
    std::string name(graph.ops.segments().text(step.segment));
    if (name.starts_with(kPrefix)) name.erase(0, kPrefix.size());
    std::vector<TensorId> inputs;
    for (const TensorId input : steps.inputs(place)) inputs.push_back(made[input]);
    const Name taken = context.take_name(name, NameStyle::kNode).name;
    const OpId op =
        context.add_operation(step.kind, taken, inputs, {&steps.tensor(place).output, 1}, step.attribute, site);
    made.push_back(graph.ops.operation(op).first_output);
  }
  return made.back();
}

Error refuse_dtype(const Initializer& initializer, DType dtype) {
  const AttributeValue& number = initializer.first;
  const bool is_number = number.is_number();
  const bool is_scaled = initializer.kind == Initializer::Kind::kVarianceScaling ||
                         initializer.kind == Initializer::Kind::kUniformUnitScaling;
  std::string text;
  if (!is_number || is_scaled) {
    text = "The initializer makes no values of dtype " + dtype.name() + ".";
  } else {
    const bool is_int = number.kind() == AttributeValue::Kind::kInt;
    text = "Expected " + dtype.name() + ", but got " +
           (is_int ? std::to_string(number.integer()) : number_text(number.real())) + " of type '" +
           (is_int ? "int" : "float") + "'.";
  }
  return {ErrorKind::kType, std::move(text), {.asked = dtype.name(), .refuses_dtype = true}};
}

}  // namespace scopetrie
