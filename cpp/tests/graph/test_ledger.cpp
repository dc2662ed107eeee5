#include "scopetrie/graph/ledger.hpp"

#include <doctest/doctest.h>

#include <array>
#include <cstddef>
#include <memory>
#include <new>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "failing_new.hpp"
#include "scopetrie/graph/graph.hpp"
#include "scopetrie/scopes/context.hpp"
#include "scopetrie/scopes/scope_counters.hpp"

using namespace scopetrie;
using scopetrie::testing::FailingNew;

namespace {

/// A graph as a program makes it: operations, variables and scopes by names as texts.
struct Program {
  Graph graph;
  ScopeCounters counters{graph.ops.scopes(), &graph.ledger()};

  SegmentId segment(std::string_view text) { return graph.ops.segments().intern(text); }
  ScopeId scope(std::string_view path) { return graph.ops.scopes().at(path); }

  OpId op(std::string_view path, std::string_view name, std::vector<TensorId> inputs = {}) {
    const Output output{ShapeTable::kScalar, 1};
    return graph.ops.add(7, graph.ops.unique(scope(path), segment(name)).name, inputs, {&output, 1});
  }
  /// What `x * 2.0` makes: "mul/y", owned by "mul".
  OpId owner(std::string_view path, std::string_view name) {
    const OpGraph::Fresh fresh = graph.ops.unique(scope(path), segment(name));
    const Output output{ShapeTable::kScalar, 1};
    if (!fresh.bare) return graph.ops.add(7, fresh.name, {}, {&output, 1});
    graph.ops.note_owner(fresh);
    graph.ops.add(8, OpGraph::owned(static_cast<OpId>(graph.ops.size() + 1), segment("y")), {}, {&output, 1});
    return graph.ops.add(7, fresh.name, {}, {&output, 1});
  }
  VariableId variable(std::string_view path, std::string_view name) {
    const ScopeId at = scope(path);
    const SegmentId last = segment(name);
    if (const VariableId found = graph.variables.find(at, last); found != kNone) return found;
    if (!graph.ops.take_owner(at, last)) return kNone;
    Pattern pattern;
    const Output output{graph.ops.shapes().intern(std::vector<std::int64_t>{3, 4}), 1};
    const TensorId zeros = pattern.add(1, segment("Initializer/zeros"), {}, output);
    const TensorId ref = pattern.add(2, kNone, {}, output);
    const TensorId both[] = {ref, zeros};
    pattern.add(3, segment("Assign"), both, output);
    pattern.add(4, segment("read"), {&ref, 1}, output);
    const std::uint32_t number = graph.ops.add_pattern(std::move(pattern));
    VariableRow record;
    record.scope = at;
    record.segment = last;
    record.ref = static_cast<TensorId>(graph.ops.tensor_count() + 1);
    graph.ops.add_run(number, {at, last, 0});
    return graph.variables.create(record);
  }

  /// All that can be asked of the graph, as text.
  std::string contents() {
    std::string out;
    for (OpId id = 0; id < graph.ops.size(); ++id) {
      out += graph.ops.name(id) + " " + std::to_string(graph.ops.operation(id).kind) + "(";
      for (const TensorId input : graph.ops.inputs(id)) out += std::to_string(input) + ",";
      out += ")";
      for (const OpId control : graph.ops.control_inputs(id)) out += "^" + std::to_string(control);
      REQUIRE(graph.ops.find(graph.ops.name(id)) == id);
    }
    for (TensorId id = 0; id < graph.ops.tensor_count(); ++id) {
      const TensorRow tensor = graph.ops.tensor(id);
      out += " " + std::to_string(tensor.op) + ":" + std::to_string(tensor.shape);
    }
    out += " variables " + std::to_string(graph.variables.size());
    for (const char* path : {"", "a", "a/b", "mul", "w", "w/Initializer"}) {
      for (const char* name : {"x", "y", "mul", "w", "Assign", "zeros", "a", "b", "x_1"})
        out += " " + graph.text(graph.ops.peek(scope(path), segment(name)));
      out += graph.variables.find(scope(path), segment("w")) == kNone ? "-" : "+";
      out += counters.is_open(scope(path)) ? "o" : "c";
      out += std::to_string(counters.unused(scope(path), "layer"));
    }
    return out + (graph.finalized ? "f" : "") + std::to_string(graph.seeds.of_graph.value_or(-1)) + " " +
           std::to_string(RandomSeeds(graph.seeds).next({}).second);
  }

  void base() {
    op("", "x");
    owner("", "mul");
    op("a", "x", {0, 1});
    op("a", "w");
    variable("", "w");
    counters.open(scope("a"));
    counters.open(scope("a/layer"));
    graph.ops.find("x");
  }

  /// Something of everything that a graph can be changed by.
  void build() {
    op("", "X", {0, 2});
    owner("a/b", "Mul");
    owner("", "mul");
    op("mul", "y");  // opens the scope of an owner
    op("a", "x_1");
    op("a", "x");
    variable("a", "w");
    variable("", "w");
    variable("a/b", "w");
    op("w", "Assign");
    graph.ops.set_shape(0, graph.ops.shapes().intern(std::vector<std::int64_t>{5, 6, 7}));
    graph.ops.set_shape(graph.variables[0].ref, ShapeTable::kUnknown);
    const OpId waits[] = {0, 1};
    graph.ops.add_control_inputs(2, waits);
    const auto last = static_cast<OpId>(graph.ops.size() - 1);
    graph.ops.add_control_inputs(last, waits);
    graph.ops.find("a/b/w/read");
    counters.open(scope("a/b"));
    counters.open(scope("a/layer_1"));
    counters.close_beneath(scope("a"));
    counters.unused(scope("a"), "layer");
    {
      Transaction inner(graph.ledger());
      op("", "x");
      variable("a", "inner");
      const std::size_t saved = counters.save();
      counters.open(scope("a/layer_2"));
      counters.restore(saved);
    }
    {
      Transaction inner(graph.ledger());
      op("", "kept");
      variable("", "kept");
      inner.commit();
    }
    graph.seeds.of_graph = 3;
    graph.seeds.next({});
    graph.finalized = true;
  }
};

}  // namespace

TEST_CASE("what a transaction undoes is as before, and building again gives the same") {
  Program program, plain;
  program.base();
  plain.base();
  const std::string before = program.contents();
  REQUIRE(before == plain.contents());
  for (int i = 0; i < 3; ++i) {
    Transaction undone(program.graph.ledger());
    program.build();
    CHECK(program.contents() != before);
    CHECK(undone.rollback());
    CHECK(program.contents() == before);
  }
  program.build();
  plain.build();
  CHECK(program.contents() == plain.contents());
}

TEST_CASE("whichever allocation fails, the graph is as before and usable") {
  Program plain;
  plain.base();
  const std::string before = plain.contents();
  plain.build();
  const std::string after = plain.contents();
  std::size_t failures = 0;
  for (bool failed = true; failed; ++failures) {
    Program program;
    program.base();
    std::optional<Transaction> undone(program.graph.ledger());
    failed = false;
    {
      const FailingNew memory(failures);
      try {
        program.build();
      } catch (const std::bad_alloc&) {
        failed = true;
      }
      undone->rollback();  // with no memory left
    }
    REQUIRE_MESSAGE(program.contents() == before, "allocation ", failures);
    program.build();
    REQUIRE_MESSAGE(program.contents() == after, "allocation ", failures);
  }
  CHECK(failures > 50);
}

TEST_CASE("an operation that fails without a transaction adds no row, and its name can be given back") {
  for (std::size_t at = 0;; ++at) {
    Program program;
    program.base();
    const std::string before = program.contents();
    const Output outputs[3] = {};
    const std::vector<TensorId> inputs(100, 0);
    const OpGraph::Fresh fresh = program.graph.ops.unique(program.scope("a"), program.segment("x"));
    bool failed = false;
    {
      const FailingNew memory(at);
      try {
        program.graph.ops.add(7, fresh.name, inputs, outputs);
      } catch (const std::bad_alloc&) {
        failed = true;
      }
    }
    if (!failed) break;
    program.graph.ops.give_back(fresh.name);
    REQUIRE_MESSAGE(program.contents() == before, "allocation ", at);
  }
}

TEST_CASE("operations that fail without a transaction can be taken back, whichever allocation fails") {
  std::size_t failures = 0;
  for (bool failed = true; failed; ++failures) {
    Program program;
    program.base();
    Context context(program.graph);
    context.open_controls({0, 1});
    const std::string before = program.contents();
    const Output output{ShapeTable::kScalar, 1};
    const std::vector<TensorId> inputs(100, 0);
    const SegmentId y = program.segment("y"), x = program.segment("x"), a = program.segment("a");
    const auto first = static_cast<OpId>(program.graph.ops.size());
    OpGraph::Fresh fresh{{0, kNone, 0}, false};
    failed = false;
    {
      const FailingNew memory(failures);
      try {
        context.add_operation(7, program.graph.ops.unique(ScopeTrie::kRoot, x).name, {}, {&output, 1});
        fresh = program.graph.ops.unique(ScopeTrie::kRoot, a);
        const auto owner = static_cast<OpId>(program.graph.ops.size() + 1);
        if (fresh.bare) program.graph.ops.note_owner(fresh);
        context.add_operation(7, OpGraph::owned(owner, y), {}, {&output, 1});
        context.add_operation(8, fresh.name, inputs, {&output, 1});
      } catch (const std::bad_alloc&) {
        failed = true;
        context.take_back(first, fresh.name);
      }
    }
    if (!failed) context.take_back(first, fresh.name);
    REQUIRE_MESSAGE(context.controls[0].made.empty(), "allocation ", failures);
    context.controls.clear();
    REQUIRE_MESSAGE(program.contents() == before, "allocation ", failures);
  }
  CHECK(failures > 3);
}

TEST_CASE("a name that is given back is free again") {
  Program program;
  OpGraph& ops = program.graph.ops;
  for (const char* name : {"x", "x", "x_5", "x_5", "x", "X_2", "x_1_1"}) {
    const OpGraph::Fresh taken = ops.unique(ScopeTrie::kRoot, program.segment(name));
    ops.give_back(taken.name);
    const OpGraph::Fresh again = ops.unique(ScopeTrie::kRoot, program.segment(name));
    CHECK(program.graph.text(again.name) == program.graph.text(taken.name));
  }
}

TEST_CASE("transactions that nest and end in any order") {
  Program program;
  program.base();
  const std::string before = program.contents();
  Ledger& ledger = program.graph.ledger();

  SUBCASE("an outer one undoes what an inner one kept") {
    Transaction outer(ledger);
    {
      Transaction inner(ledger);
      program.build();
      inner.commit();
      CHECK_FALSE(inner.is_open());
    }
    CHECK(outer.rollback());
    CHECK(program.contents() == before);
  }
  SUBCASE("an inner one that is still open ends with the outer one that is undone") {
    auto outer = std::make_unique<Transaction>(ledger);
    program.op("", "outer");
    Transaction inner(ledger);
    program.op("", "inner");
    CHECK(outer->rollback());
    CHECK_FALSE(inner.is_open());
    CHECK_FALSE(inner.rollback());
    CHECK_FALSE(ledger.is_open());
    CHECK(program.contents() == before);
  }
  SUBCASE("an inner one stays open where the outer one is kept") {
    auto outer = std::make_unique<Transaction>(ledger);
    program.op("", "outer");
    const std::string within = program.contents();
    Transaction inner(ledger);
    program.op("", "inner");
    outer->commit();
    CHECK(inner.is_open());
    CHECK(inner.rollback());
    CHECK(program.contents() == within);
  }
  SUBCASE("one that goes out of scope is undone") {
    {
      const Transaction dropped(ledger), within(ledger);
      program.build();
    }
    CHECK(program.contents() == before);
  }
  SUBCASE("names can stay") {
    Transaction undone(ledger);
    program.op("", "x");
    CHECK(undone.rollback(true));
    CHECK(program.graph.text(program.graph.ops.peek(ScopeTrie::kRoot, program.segment("x"))) == "x_2");
  }
  SUBCASE("nothing is undone where another context has built meanwhile") {
    int mine, other;
    Transaction kept(ledger, &mine);
    program.graph.note_builder(&other);
    program.op("", "other");
    CHECK_FALSE(kept.rollback());
    CHECK_FALSE(kept.is_open());
    CHECK(program.graph.ops.find("other") != kNone);
  }
}

TEST_CASE("a stack that is elsewhere while others begin and end is not written to, as greenlets' are") {
  Program program;
  program.base();
  Ledger& ledger = program.graph.ledger();
  using Room = std::array<std::byte, sizeof(CallTransaction)>;
  alignas(CallTransaction) Room stack;
  // Each call is a greenlet: its transaction is copied away where it waits, and others have its place.
  const auto away = [&] {
    const Room copy = stack;
    stack.fill(std::byte{0xa5});
    return copy;
  };
  const auto back = [&](const Room& copy) -> CallTransaction& {
    stack = copy;
    return *std::launder(reinterpret_cast<CallTransaction*>(stack.data()));
  };
  new (stack.data()) CallTransaction(ledger);
  program.op("a", "first");
  const Room first = away();
  new (stack.data()) CallTransaction(ledger);
  program.op("a", "second");
  const Room second = away();
  SUBCASE("the first fails: what the second has made stays, so all stays") {
    CHECK_FALSE(back(first).rollback());
    back(second).commit();
    CHECK(program.graph.ops.find("a/first") != kNone);
  }
  SUBCASE("the first ends well, the second fails") {
    back(first).commit();
    CHECK(back(second).rollback());
    CHECK(program.graph.ops.find("a/first") != kNone);
    CHECK(program.graph.ops.find("a/second") == kNone);
  }
  SUBCASE("a block around the first is undone: so is the second, which learns of it") {
    CHECK(back(second).is_open());
    back(second).commit();
    CHECK(back(first).rollback());
    CHECK_FALSE(back(first).is_open());
    CHECK(program.graph.ops.find("a/second") == kNone);
  }
  CHECK_FALSE(ledger.is_open());
}

TEST_CASE("ids that were undone are stale, whoever has them now") {
  Program program;
  program.base();
  Ledger& ledger = program.graph.ledger();
  const std::uint32_t first = ledger.epoch();
  OpId undone;
  {
    Transaction t(ledger);
    undone = program.op("", "undone");
    CHECK(ledger.operations.is_current(undone, first));
  }
  const std::uint32_t second = ledger.epoch();
  CHECK(second != first);
  REQUIRE(program.op("", "newcomer") == undone);
  CHECK_FALSE(ledger.operations.is_current(undone, first));
  CHECK(ledger.operations.is_current(undone, second));
  CHECK(ledger.operations.is_current(undone - 1, first));
  CHECK(ledger.variables.is_current(0, first));
  {
    const Transaction nothing(ledger);
  }
  CHECK(ledger.epoch() == second);  // nothing was cut
}

TEST_CASE("epochs agree with a list of all cuts") {
  std::mt19937 random(4);
  Epochs epochs;
  std::vector<std::uint32_t> cuts;  // by epoch
  for (std::uint32_t epoch = 0; epoch < 200; ++epoch) {
    const std::uint32_t first = random() % 50;
    epochs.reserve();
    epochs.cut(epoch, first);
    cuts.push_back(first);
    for (std::uint32_t id = 0; id < 50; ++id)
      for (std::uint32_t given = 0; given <= epoch + 1; ++given) {
        bool current = true;
        for (std::uint32_t at = given; at <= epoch; ++at) current &= id < cuts[at];
        REQUIRE(epochs.is_current(id, given) == current);
      }
  }
}

TEST_CASE("a transaction asks for no more memory in a large graph than in a small one") {
  Program program;
  for (std::int64_t i = 0; i < 100'000; ++i) program.graph.keep(AttributeValue(i));
  for (int again = 0; again < 3; ++again) {
    const scopetrie::testing::LargestNew memory;
    Transaction transaction(program.graph.ledger());
    program.graph.keep(AttributeValue(std::string("kept outside of the value")));
    if (again == 2) {
      Transaction inner(program.graph.ledger());
      program.graph.keep(AttributeValue(1.0));
      CHECK(inner.rollback());
    }
    CHECK(transaction.rollback());
    CHECK(program.graph.attributes.size() == 100'000);
    CHECK(memory.bytes() < 1000);
  }
}
