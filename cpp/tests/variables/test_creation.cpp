#include "scopetrie/variables/creation.hpp"
#include "scopetrie/variables/recording.hpp"

#include <doctest/doctest.h>

namespace st = scopetrie;

namespace {

/// Makes variables in one graph, by name.
struct Maker {
  st::Graph graph;

  st::VariableId make(const char* name, const st::Initializer& initializer, std::vector<std::int64_t> dims = {2, 3}) {
    const st::Output output{graph.ops.shapes().intern(dims), st::kFloat32};
    return make(name, *st::InitialValue::of(initializer, st::kFloat32, dims), output);
  }
  st::VariableId make(const char* name, const st::InitialValue& value, st::Output output) {
    const st::SegmentId segment = graph.ops.segments().intern(name);
    REQUIRE(graph.ops.take_owner(st::ScopeTrie::kRoot, segment));
    const st::VariableRun run = st::run_of(graph, value, output);
    return st::create_variable(graph, run, {st::ScopeTrie::kRoot, segment, 0}, true, output, true, st::kNone);
  }
  const st::AttributeValue& attribute(const std::string& name) const {
    const st::OpId op = graph.ops.find(name);
    REQUIRE(op != st::kNone);
    return graph.attributes[graph.ops.operation(op).attribute];
  }
};

}  // namespace

TEST_CASE("a variable is its initial value's operations, itself, its Assign and its read") {
  Maker at;
  const st::VariableRow& variable = at.graph.variables[at.make("w", st::random_normal(0, 0.5))];
  const auto name = [&](st::TensorId tensor) { return at.graph.ops.name(at.graph.ops.tensor(tensor).op); };
  CHECK(name(variable.ref) == "w");
  CHECK(name(variable.initial) == "w/Initializer/random_normal");
  CHECK(name(variable.value) == "w/read");
  CHECK(at.graph.ops.name(variable.initializer) == "w/Assign");
  CHECK(at.graph.ops.tensor(variable.ref).dtype == st::kFloat32.reference());
  CHECK(at.attribute("w/Initializer/random_normal/shape").ints() == std::vector<std::int64_t>{2, 3});
}

TEST_CASE("variables of one initializer share what tells them from others") {
  Maker at;
  at.make("a", st::constant(1.0));
  const std::size_t attributes = at.graph.attributes.size(), patterns = at.graph.ops.pattern_count();
  at.make("b", st::constant(1.0));
  CHECK(at.graph.attributes.size() == attributes);
  CHECK(at.graph.ops.pattern_count() == patterns);
  at.make("c", st::constant(2.0));
  at.make("d", st::constant(3.0));
  at.make("e", st::constant(1.0));
  CHECK(at.graph.ops.pattern_count() == patterns + 1);
  const double values[] = {1, 1, 2, 3, 1};
  for (std::size_t i = 0; i < 5; ++i)
    CHECK(at.attribute(std::string(1, static_cast<char>('a' + i)) + "/Initializer/Const").real() == values[i]);
}

TEST_CASE("initial values that are frequent have patterns of their own, and rare ones share one") {
  Maker at;
  const auto number_of = [&](const std::string& name) { return at.attribute(name + "/Initializer/Const").real(); };
  const auto make = [&](const char* prefix, int count, int different) {
    for (int i = 0; i < count; ++i) {
      const std::string name = prefix + std::to_string(i);
      at.make(name.c_str(), st::constant(static_cast<double>(i % different)));
    }
  };
  make("a", 40, 3);
  const std::size_t attributes = at.graph.attributes.size(), patterns = at.graph.ops.pattern_count();
  CHECK(patterns == 3 + 1);  // and one for the first of the second and the third number
  make("b", 9, 3);
  CHECK(at.graph.attributes.size() == attributes);
  CHECK(at.graph.ops.pattern_count() == patterns);
  st::Transaction undone(at.graph.ledger());
  make("undone", 40, 10);
  CHECK(at.graph.ops.pattern_count() > patterns);
  undone.rollback();
  CHECK(at.graph.ops.pattern_count() == patterns);
  make("c", 200, 200);
  CHECK(at.graph.ops.pattern_count() == 16 + 1);
  make("d", 40, 10);
  CHECK(at.graph.ops.pattern_count() == 16 + 1);
  for (int i = 0; i < 40; ++i) CHECK(number_of("a" + std::to_string(i)) == i % 3);
  for (int i = 0; i < 9; ++i) CHECK(number_of("b" + std::to_string(i)) == i % 3);
  for (int i = 0; i < 200; ++i) CHECK(number_of("c" + std::to_string(i)) == i);
  for (int i = 0; i < 40; ++i) CHECK(number_of("d" + std::to_string(i)) == i % 10);
}

TEST_CASE("an initializer is asked for the same again, until its pattern is taken back") {
  Maker at;
  const std::int64_t sizes[] = {2, 3};
  const st::Output output{at.graph.ops.shapes().intern(sizes), st::kFloat32};
  const auto note = [&](const char* name, const st::Initializer& initializer) {
    const st::InitialValue value = *st::InitialValue::of(initializer, st::kFloat32, sizes);
    const st::VariableRun run = st::run_of(at.graph, value, output);
    st::note_run(at.graph, initializer, output, run);
    at.make(name, value, output);
  };
  CHECK(st::known_run(at.graph, st::zeros(), output) == st::kNone);
  note("a", st::zeros());
  st::Transaction undone(at.graph.ledger());
  note("b", st::glorot_uniform());
  const std::uint32_t zeros = st::known_run(at.graph, st::zeros(), output);
  const std::uint32_t glorot = st::known_run(at.graph, st::glorot_uniform(), output);
  CHECK(zeros != glorot);
  CHECK(at.graph.ops.pattern(zeros).size() == 4);
  CHECK(at.graph.ops.pattern(glorot).size() == 10);
  CHECK(st::known_run(at.graph, st::glorot_normal(), output) == st::kNone);
  CHECK(st::known_run(at.graph, st::he_uniform(), output) == st::kNone);
  CHECK(st::known_run(at.graph, st::zeros(), {output.shape, st::kFloat64}) == st::kNone);
  CHECK(st::known_run(at.graph, st::glorot_uniform(7), output) == st::kNone);
  at.graph.seeds.of_graph = 5;
  CHECK(st::known_run(at.graph, st::glorot_uniform(), output) == st::kNone);
  at.graph.seeds.of_graph.reset();
  undone.rollback();
  CHECK(st::known_run(at.graph, st::zeros(), output) == zeros);
  CHECK(st::known_run(at.graph, st::glorot_uniform(), output) == st::kNone);
}

TEST_CASE("the initializers and shapes of a large program are all known at once, until they are taken back") {
  Maker at;
  const st::Initializer initializers[] = {st::zeros(), st::glorot_uniform(), st::he_normal()};
  const auto each = [&](std::int64_t columns, auto&& act) {
    for (std::int64_t rows = 1; rows <= 100; ++rows)
      for (const st::Initializer& initializer : initializers) {
        const std::int64_t sizes[] = {rows, columns};
        act(initializer, st::Output{at.graph.ops.shapes().intern(sizes), st::kFloat32});
      }
  };
  const auto note = [&](const st::Initializer& initializer, st::Output output) {
    const auto value = st::InitialValue::of(initializer, st::kFloat32, at.graph.ops.shapes().dims(output.shape));
    st::note_run(at.graph, initializer, output, st::run_of(at.graph, *value, output));
  };
  const auto known = [&](std::int64_t columns) {
    std::size_t count = 0;
    each(columns, [&](const st::Initializer& initializer, st::Output output) {
      count += st::known_run(at.graph, initializer, output) != st::kNone ? 1 : 0;
    });
    return count;
  };
  each(2, note);
  for (int round = 0; round < 3; ++round) {
    st::Transaction undone(at.graph.ledger());
    each(3, note);
    CHECK(known(2) == 300);
    CHECK(known(3) == 300);
    undone.rollback();
    CHECK(known(2) == 300);
    CHECK(known(3) == 0);
    CHECK(at.graph.known_runs.size() == 300);
  }
}

TEST_CASE("what an initializer that is recorded has made is known for others of its dtype and shape") {
  Maker at;
  const st::Initializer identity{.kind = st::Initializer::Kind::kIdentity, .first = st::AttributeValue(2.0)};
  const std::int64_t sizes[] = {2, 2};
  const st::Output output{at.graph.ops.shapes().intern(sizes), st::kFloat32};
  CHECK_FALSE(st::InitialValue::of(identity, st::kFloat32, sizes));
  const auto first = static_cast<st::OpId>(at.graph.ops.size());
  const st::VariableId made = at.make("a", st::constant(1), {2, 2});
  at.graph.ops.add(9, {st::ScopeTrie::kRoot, at.graph.segment("other"), 0}, {}, {});
  st::record_run(at.graph, identity, first, made);  // something else stands behind it
  CHECK(st::known_run(at.graph, identity, output) == st::kNone);
  const auto again = static_cast<st::OpId>(at.graph.ops.size());
  const st::VariableId b = at.make("b", st::constant(2.0), {2, 2});
  st::record_run(at.graph, st::zeros(), again, b);
  CHECK(st::known_run(at.graph, st::zeros(), output) == st::kNone);
  st::Transaction undone(at.graph.ledger());
  st::record_run(at.graph, identity, again, b);
  const std::uint32_t pattern = st::known_run(at.graph, identity, output);
  REQUIRE(pattern != st::kNone);
  st::Initializer other = identity;
  other.first = st::AttributeValue(3.0);
  CHECK(st::known_run(at.graph, other, output) == st::kNone);
  const st::SegmentId segment = at.graph.segment("c");
  REQUIRE(at.graph.ops.take_owner(st::ScopeTrie::kRoot, segment));
  const st::VariableId c = st::create_variable(at.graph, {pattern, {}}, {0, segment, 0}, true, output, true, st::kNone);
  CHECK(at.graph.ops.name(at.graph.ops.tensor(at.graph.variables[c].value).op) == "c/read");
  CHECK(at.attribute("c/Initializer/Const").real() == 2);
  const std::optional<st::InitialValue> value = st::initial_value_of(at.graph, other, output);
  REQUIRE(value);
  for (const char* name : {"d", "e"}) {
    const st::SegmentId own = at.graph.segment(name);
    REQUIRE(at.graph.ops.take_owner(st::ScopeTrie::kRoot, own));
    const st::VariableRun run = st::run_of(at.graph, *value, output);
    CHECK_FALSE(st::is_shared(run));
    st::create_variable(at.graph, run, {0, own, 0}, true, output, true, st::kNone);
  }
  CHECK(at.attribute("d/Initializer/Const").real() == 3);
  CHECK(at.attribute("c/Initializer/Const").real() == 2);
  for (int i = 0; i < 12; ++i) {  // a gain that is frequent has a pattern of its own
    const std::string name = "f" + std::to_string(i);
    const st::SegmentId own = at.graph.segment(name);
    REQUIRE(at.graph.ops.take_owner(st::ScopeTrie::kRoot, own));
    other.first = st::AttributeValue(i % 2 == 0 ? 5.0 : 6.0);
    const st::VariableRun run = st::run_of(at.graph, *st::initial_value_of(at.graph, other, output), output);
    CHECK(st::is_shared(run) == (i >= (i % 2 == 0 ? 2 : 9)));
    st::note_run(at.graph, other, output, run);
    CHECK((st::known_run(at.graph, other, output) == run.pattern) == st::is_shared(run));
    st::create_variable(at.graph, run, {0, own, 0}, true, output, true, st::kNone);
    CHECK(at.attribute(name + "/Initializer/Const").real() == (i % 2 == 0 ? 5 : 6));
  }
  CHECK(st::known_run(at.graph, identity, output) == pattern);
  other.first = st::AttributeValue(1e60);
  CHECK_FALSE(st::initial_value_of(at.graph, other, output));  // too large for the constant
  other.seed = 5;
  CHECK_FALSE(st::initial_value_of(at.graph, other, output));
  CHECK(undone.rollback());
  CHECK(st::known_run(at.graph, identity, output) == st::kNone);
}

TEST_CASE("a variable that is not shared has a name, and get_variable does not find it") {
  Maker at;
  const st::SegmentId segment = at.graph.segment("Variable");
  const st::Output output{st::ShapeTable::kScalar, st::kFloat32};
  for (const char* name : {"Variable", "Variable_1"}) {
    const st::OpGraph::Fresh fresh = at.graph.ops.unique(st::ScopeTrie::kRoot, segment);
    REQUIRE(fresh.bare);
    at.graph.ops.note_owner(fresh);
    const auto run = st::run_of(at.graph, st::InitialValue::of_value(st::AttributeValue(1.0)), output);
    const st::VariableId id = st::create_variable(at.graph, run, fresh.name, false, output, true, st::kNone);
    CHECK(at.graph.ops.name(at.graph.variables[id].initializer) == std::string(name) + "/Assign");
  }
  CHECK(at.graph.variables.find(st::ScopeTrie::kRoot, segment) == st::kNone);
  CHECK(at.graph.ops.name(at.graph.ops.find("Variable_1/initial_value")) == "Variable_1/initial_value");
}

TEST_CASE("seeds are each variable's own") {
  Maker at;
  at.graph.seeds.of_graph = 5;
  at.make("a", st::glorot_uniform());
  at.make("b", st::glorot_uniform());
  at.make("c", st::glorot_uniform(9));
  at.graph.seeds.of_graph.reset();
  at.make("d", st::glorot_uniform());
  const auto seeds = [&](const std::string& name) {
    const st::AttributeValue& found = at.attribute(name + "/Initializer/random_uniform/RandomUniform");
    return std::pair{found.seed(), found.seed2()};
  };
  CHECK(seeds("a") == std::pair{5u, 0u});
  CHECK(seeds("b") == std::pair{5u, 1u});
  CHECK(seeds("c") == std::pair{5u, 9u});
  CHECK(seeds("d") == std::pair{0u, 0u});
}

TEST_CASE("a plain value stands beside the variable, and its list is its own") {
  Maker at;
  const std::int64_t size = 2;
  const st::Output output{at.graph.ops.shapes().intern({&size, 1}), st::kInt32};
  at.make("a", st::InitialValue::of_value(st::AttributeValue(std::vector<std::int64_t>{1, 2})), output);
  at.make("b", st::InitialValue::of_value(st::AttributeValue(std::vector<std::int64_t>{3, 4})), output);
  CHECK(at.attribute("a/initial_value").ints() == std::vector<std::int64_t>{1, 2});
  CHECK(at.attribute("b/initial_value").ints() == std::vector<std::int64_t>{3, 4});
}

TEST_CASE("a pattern that was taken back is made again") {
  Maker at;
  st::Transaction undone(at.graph.ledger());
  at.make("a", st::constant(1.0));
  at.make("b", st::constant(2.0));
  undone.rollback();
  CHECK(at.graph.variables.size() == 0);
  at.make("a", st::constant(3.0));
  at.make("b", st::constant(4.0));
  CHECK(at.attribute("a/Initializer/Const").real() == 3);
  CHECK(at.attribute("b/Initializer/Const").real() == 4);
}
