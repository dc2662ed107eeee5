// Plays programs over v1's scope API through the C++ face alone, and prints what each prints.
//
// Standard input has the programs as lines of tab-separated key=value pairs, which tests/conformance/scope_programs.py
// writes: a step is a line, a block ends with "end", a program with "run". Standard output has for each program its
// lines, which are to be those that TensorFlow printed, and "---". What is a Python callable in v1's program (an
// initializer, a regularizer, a partitioner, a custom getter) is a function of this program, which the core asks.
#include <cstdint>
#include <functional>
#include <iostream>
#include <map>
#include <optional>
#include <regex>
#include <set>
#include <span>
#include <sstream>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <scopetrie/scopetrie.hpp>

namespace st = scopetrie;

namespace {

// Programs ------------------------------------------------------------------------------------------------------------

struct Step {
  std::map<std::string, std::string> words;
  std::vector<Step> body;

  bool has(const std::string& key) const { return words.contains(key); }
  const std::string& at(const std::string& key) const { return words.at(key); }
  std::size_t number(const std::string& key) const { return std::stoul(words.at(key)); }
  const std::string* find(const std::string& key) const { return has(key) ? &words.at(key) : nullptr; }
};

std::vector<Step> read_steps(std::istream& in, const std::string& end) {
  std::vector<Step> steps;
  for (std::string line; std::getline(in, line) && line != end;) {
    Step step;
    std::istringstream words(line);
    for (std::string word; std::getline(words, word, '\t');) {
      const std::size_t equals = word.find('=');
      step.words[word.substr(0, equals)] = word.substr(equals + 1);
    }
    if (step.has("body")) step.body = read_steps(in, "end");
    steps.push_back(std::move(step));
  }
  return steps;
}

// As Python shows things ----------------------------------------------------------------------------------------------

std::string quoted(const std::string& text) { return '\'' + text + '\''; }

std::string list_text(const std::vector<std::int64_t>& numbers) {
  std::string text = "[";
  for (const std::int64_t number : numbers) text += (text.size() > 1 ? ", " : "") + std::to_string(number);
  return text + ']';
}

std::string shape_text(const st::Sizes& shape) { return shape ? list_text(*shape) : "None"; }

std::string mode_text(st::Reuse reuse) {
  return reuse == st::Reuse::kYes ? "True" : reuse == st::Reuse::kAuto ? "auto" : "False";
}

const char* class_of(st::ErrorKind kind) {
  return kind == st::ErrorKind::kValue ? "ValueError" : kind == st::ErrorKind::kType ? "TypeError" : "RuntimeError";
}

// One element of a constant.
std::string element_text(const st::AttributeValue& value, std::size_t at, st::DType dtype) {
  using Kind = st::AttributeValue::Kind;
  double number = 0;
  if (value.kind() == Kind::kBool) number = value.boolean() ? 1 : 0;
  if (value.kind() == Kind::kInt) number = static_cast<double>(value.integer());
  if (value.kind() == Kind::kFloat) number = value.real();
  if (value.kind() == Kind::kFloats) number = value.reals().at(at);
  if (dtype == st::kBool) return number != 0 ? "True" : "False";
  std::ostringstream text;
  text << number;
  const bool is_whole = text.str().find_first_of(".e") == std::string::npos;
  return text.str() + (dtype.is_floating() && is_whole ? ".0" : "");
}

std::string value_text(const st::AttributeValue& value, std::span<const std::int64_t> dims, std::size_t& at,
                       st::DType dtype) {
  if (dims.empty()) return element_text(value, at++, dtype);
  std::string text = "[";
  for (std::int64_t i = 0; i < dims[0]; ++i)
    text += (i > 0 ? ", " : "") + value_text(value, dims.subspan(1), at, dtype);
  return text + ']';
}

// The player ----------------------------------------------------------------------------------------------------------

using Any = std::variant<st::Variable, st::Tensor>;

class Player {
 public:
  void play(const std::vector<Step>& steps) {
    for (const Step& step : steps) play(step);
  }

  void finish() {
    for (const auto& [key, name] : {std::pair("GLOBAL_VARIABLES", "variables"),
                                    {"TRAINABLE_VARIABLES", "trainable_variables"},
                                    {"LOCAL_VARIABLES", "local_variables"},
                                    {"REGULARIZATION_LOSSES", "regularization_losses"},
                                    {"mine", "mine"}})
      std::cout << key << names_in(name, ".*") << '\n';
    std::cout << "values";
    for (const st::Variable& variable : known_) std::cout << ' ' << variable.name() << '=' << first_value(variable);
    std::cout << '\n';
  }

 private:
  void play(const Step& step) {
    const std::string& what = step.at("do");
    try {
      if (what == "vs") return variable_scope(step);
      if (what == "ns") return name_scope(step);
      if (what == "get") return get(step);
      if (what == "var") return make_variable(step);
      if (what == "op") return add_op(step);
      if (what == "unique") {
        std::cout << "unique " << at_.unique_name(step.at("name"), step.at("mark") == "True") << '\n';
      } else if (what == "reuse") {
        scope().reuse_variables();
        std::cout << "reuse True\n";
      } else if (what == "list") {
        const std::string pattern = step.has("scope") ? step.at("scope") : "";
        std::cout << "list" << names_in("trainable_variables", pattern) << " |" << names_in("variables", pattern)
                  << '\n';
      } else if (what == "where") {
        std::cout << "where " << quoted(scope().name()) << ' ' << quoted(scope().original_name_scope()) << ' '
                  << quoted(at_.name_scope_path()) << '\n';
      }
    } catch (const st::Error& error) {
      std::cout << what << " raised " << class_of(error.kind()) << ' '
                << std::string_view(error.what()).substr(0, std::string_view(error.what()).find('\n')).substr(0, 110)
                << '\n';
    }
  }

  st::VariableScope& scope() { return *at_.current_variable_scope; }

  // Blocks

  void variable_scope(const Step& step) {
    st::ScopeOptions options;
    if (step.has("reuse"))
      options.reuse = step.at("reuse") == "auto"   ? st::Reuse::kAuto
                      : step.at("reuse") == "True" ? st::Reuse::kYes
                                                   : st::Reuse::kNo;
    if (step.has("init")) options.initializer = st::constant(std::stod(step.at("init")));
    if (step.has("dtype")) options.dtype = st::DType::named(step.at("dtype"));
    if (step.has("aux")) options.auxiliary_name_scope = false;
    if (step.has("reg")) options.regularizer = st::regularizer([this](auto&, const auto& v) { return penalty(v); });
    if (step.has("part")) options.partitioner = st::fixed_size_partitioner(std::stol(step.at("part")));
    if (step.has("getter")) options.custom_getter = getter(step.at("getter"));
    const std::string& how = step.at("how");
    if (how == "default") return enter(step, at_.variable_scope(st::DefaultName(step.at("name")), options));
    if (how == "captured" && !scopes_.empty())
      return enter(step, at_.variable_scope(scopes_[step.number("pick") % scopes_.size()], options));
    if (how == "captured" || how == "current")
      return enter(step, at_.variable_scope(at_.current_variable_scope, options));
    enter(step, at_.variable_scope(how == "empty" ? "" : step.at("name"), options));
  }

  void enter(const Step& step, const st::OpenVariableScope& open) {
    scopes_.push_back(open.capture());
    std::cout << "vs " << quoted(open->name()) << ' ' << mode_text(open->reuse()) << ' '
              << quoted(open->original_name_scope()) << ' ' << open->dtype().name() << ' '
              << quoted(at_.name_scope_path()) << '\n';
    play(step.body);
  }

  void name_scope(const Step& step) {
    const std::string& how = step.at("how");
    std::string name = step.at("name");
    if (how == "captured" && !names_.empty()) name = names_[step.number("pick") % names_.size()];
    if (how == "empty" || how == "none") name.clear();
    if (how == "slash") name += '/';
    if (how == "original" && !scope().original_name_scope().empty()) name = scope().original_name_scope();
    const st::OpenNameScope open = at_.name_scope(name);
    names_.push_back(open.path());
    std::cout << "ns " << quoted(open.path()) << ' ' << quoted(scope().name()) << '\n';
    play(step.body);
  }

  // Functions that the core asks

  st::HostObject getter(const std::string& kind) {
    return st::custom_getter([this, kind](const st::NextGetter& next, const st::VariableCall& call) {
      if (kind == "rename") {
        st::VariableCall renamed = call;
        renamed.name += "_got";
        return next(renamed);
      }
      const st::GotAny got = next(call);
      const auto* variable = std::get_if<st::Variable>(&got.value);
      if (kind != "double" || variable == nullptr) return got;
      return st::GotAny{arithmetic("mul", variable->read(), "y"), got.made};
    });
  }

  // tf.reduce_sum(v, name="penalty")
  std::optional<st::Tensor> penalty(const st::Variable& variable) {
    if (variable.dtype() == st::kBool)
      throw st::Error(st::ErrorKind::kType,
                      "Value passed to parameter 'input' has DataType bool not in list of allowed values: float32, "
                      "float64, int32, uint8, int16, int8, complex64, int64, qint8, quint8, qint32, bfloat16, qint16, "
                      "quint16, uint16, complex128, float16, uint32, uint64",
                      {.refuses_dtype = true});
    const auto rank = static_cast<std::int64_t>(variable.shape()->size());
    const st::Tensor axes = rank == 0 ? range() : at_.add_op("Const", {}, {{st::kInt32, {{rank}}}});
    return at_.add_op("Sum", {variable.read(), axes}, {{variable.dtype(), {{}}}}, {.name = "penalty"});
  }

  // All axes of a scalar, as v1 finds them.
  st::Tensor range() {
    const auto integer = [&](std::string_view name) -> st::Tensor {
      return at_.add_op("Const", {}, {{st::kInt32, {{}}}}, {.name = name});
    };
    const st::Tensor rank = integer("Rank");
    const auto open = at_.name_scope("range");
    const st::Tensor start = integer("start"), delta = integer("delta");
    return at_.add_op("Range", {start, rank, delta}, {{st::kInt32, {{0}}}}, {.name = open.path()});
  }

  // Variables

  void get(const Step& step) {
    const std::string* init = step.find("init");
    st::VariableOptions options;
    if (step.at("shape") != "None" && (init == nullptr || *init != "value")) options.shape = sizes(step.at("shape"));
    if (step.has("dtype")) options.dtype = st::DType::named(step.at("dtype"));
    if (init != nullptr) options.initializer = initializer(*init);
    if (step.has("trainable")) options.trainable = false;
    if (step.has("part")) options.partitioner = st::fixed_size_partitioner(std::stol(step.at("part")));
    if (step.has("collections")) options.collections = split(step.at("collections"));
    if (step.has("local")) {
      options.trainable = false;
      if (!options.collections) options.collections.emplace();
      options.collections->push_back("local_variables");
    }
    const st::GotAny got = at_.get_any(step.at("name"), options);
    if (const auto* parts = std::get_if<st::PartitionedVariable>(&got.value); parts != nullptr) {
      std::cout << "get " << parts->name << ' ' << parts->dtype.name() << ' ' << list_text(parts->shape) << " parts ";
      for (std::size_t i = 0; i < parts->parts.size(); ++i) std::cout << (i > 0 ? "," : "") << parts->parts[i].name();
      std::cout << '\n';
      return;
    }
    if (const auto* tensor = std::get_if<st::Tensor>(&got.value); tensor != nullptr) {
      std::cout << "get " << tensor->name() << ' ' << tensor->dtype().name() << ' ' << shape_text(tensor->shape())
                << " tensor\n";
      return;
    }
    const auto& variable = std::get<st::Variable>(got.value);
    std::cout << "get " << shown(variable) << " variable\n";
    if (seen_.insert(variable.name()).second && init != nullptr && *init != "normal") known_.push_back(variable);
    if (variable.shape() == st::Sizes({{2}}) && variable.dtype() == st::kFloat32) tensors_.push_back(variable.read());
  }

  static std::vector<std::string> split(const std::string& text) {
    std::vector<std::string> all;
    std::istringstream words(text);
    for (std::string word; std::getline(words, word, ',');) all.push_back(word);
    return all;
  }

  static st::AskedShape sizes(const std::string& text) {
    std::vector<std::int64_t> all;
    for (const std::string& number : split(text)) all.push_back(std::stoll(number));
    return st::AskedShape(std::span<const std::int64_t>(all));
  }

  static st::Initial initializer(const std::string& kind) {
    if (kind == "zeros") return st::zeros();
    if (kind == "ones") return st::ones();
    if (kind == "const") return st::constant(2);
    if (kind == "value") return 3.0;
    if (kind == "array") return std::vector{1.0, 2.0};
    return st::random_normal(0, 1, 1);
  }

  void make_variable(const Step& step) {
    st::NewVariableOptions options{.trainable = step.at("trainable") == "True"};
    if (step.has("name")) options.name = step.at("name");
    const st::Variable variable = at_.make_variable(std::vector{1.0, 2.0}, options);
    std::cout << "var " << shown(variable) << '\n';
    tensors_.push_back(variable.read());
    known_.push_back(variable);
  }

  static std::string shown(const st::Variable& variable) {
    return variable.name() + ' ' + variable.dtype().name() + ' ' + shape_text(variable.shape());
  }

  std::string first_value(const st::Variable& variable) {
    const st::Operation initial = st::Tensor(graph_, graph_.variables[variable.id()].initial).op();
    const std::uint32_t attribute = graph_.ops.operation(initial.id()).attribute;
    if (initial.type() != "Const" || attribute == st::kNone) return "?";
    std::size_t at = 0;
    return value_text(graph_.attributes[attribute], *variable.shape(), at, variable.dtype());
  }

  std::string names_in(std::string_view collection, const std::string& pattern) {
    std::string text;
    const auto list = graph_.collections.find(collection);
    if (!list) return text;
    const std::regex wanted(pattern);
    for (const st::Collections::Item& item : graph_.collections.items(*list)) {
      const std::string name = item.kind() == st::Collections::Item::kTensor ? st::Tensor(graph_, item.id()).name()
                                                                             : st::Variable(graph_, item.id()).name();
      if (std::regex_search(name, wanted, std::regex_constants::match_continuous)) text += ' ' + name;
    }
    return text;
  }

  // Operations, with v1's names for what its functions make

  void add_op(const Step& step) {
    const std::string* name = step.find("name");
    std::string op = step.at("op");
    if (op != "placeholder" && tensors_.empty()) op = "const";
    const auto pick = [&](const char* key) { return tensors_[step.number(key) % tensors_.size()]; };
    const auto named = [&](const char* type, std::vector<st::Tensor> inputs) -> st::Tensor {
      const st::OutputSpec output[] = {{st::kFloat32, {{2}}}};
      return at_.add_op(type, inputs, output, {.name = name != nullptr ? std::string_view(*name) : ""});
    };
    const st::Tensor made = op == "const"         ? named("Const", {})
                            : op == "placeholder" ? named("Placeholder", {})
                            : op == "identity"    ? named("Identity", {pick("pick")})
                            : op == "add"         ? named("Add", {pick("pick"), pick("pick2")})
                            : op == "mul"         ? named("Mul", {pick("pick"), pick("pick2")})
                            : op == "neg"         ? named("Neg", {pick("pick")})
                            : op == "radd"        ? arithmetic("add", pick("pick"), "x")
                            : op == "sub"         ? tensor("sub", {pick("pick"), pick("pick2")})
                                                  : product(pick("pick"), pick("pick2"), name);
    std::cout << "op " << made.name() << ' ' << made.op().name() << '\n';
    tensors_.push_back(made);
  }

  st::Tensor tensor(std::string_view name, const std::vector<st::Tensor>& inputs) {
    const st::OutputSpec output[] = {{st::kFloat32, {{2}}}};
    return at_.add_op("Op", inputs, output, {.name = name});
  }

  // An operator with a number, which v1 makes in a name scope of the operation's: "mul/y".
  st::Tensor arithmetic(std::string_view name, const st::Tensor& value, std::string_view other) {
    const auto open = at_.name_scope(name);
    if (value.dtype() == st::kBool)
      return at_.add_op("Cast", {value}, {{st::kBool, value.shape()}}, {.name = "Cast_2"});
    const st::Tensor number = at_.add_op("Const", {}, {{value.dtype(), {{}}}}, {.name = other});
    return at_.add_op("Op", {value, number}, {{value.dtype(), value.shape()}}, {.name = open.path()});
  }

  st::Tensor reshape(const st::Tensor& value) {
    const auto open = at_.name_scope("Reshape");
    const st::Tensor shape = at_.add_op("Const", {}, {{st::kInt32, {{1}}}}, {.name = "shape"});
    return at_.add_op("Reshape", {value, shape}, {{st::kFloat32, {{2}}}}, {.name = open.path()});
  }

  // tf.reshape(tf.matmul(tf.reshape(x, ...), tf.reshape(y, ...), name) + tf.zeros(...), [2])
  st::Tensor product(const st::Tensor& x, const st::Tensor& y, const std::string* name) {
    const st::Tensor row = reshape(x), column = reshape(y);
    const st::Tensor both = tensor(name != nullptr ? std::string_view(*name) : "MatMul", {row, column});
    const st::Tensor zeros = tensor("zeros", {});
    return reshape(tensor("add", {both, zeros}));
  }

  st::Graph graph_;
  st::Context at_{graph_};
  std::vector<st::ScopeRef> scopes_;
  std::vector<std::string> names_;
  std::vector<st::Tensor> tensors_;
  std::vector<st::Variable> known_;
  std::set<std::string> seen_;
};

}  // namespace

int main() {
  while (std::cin.peek() != std::char_traits<char>::eof()) {
    const std::vector<Step> steps = read_steps(std::cin, "run");
    Player player;
    player.play(steps);
    player.finish();
    std::cout << "---\n";
  }
}
