#include "scopetrie/op_graph.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <string>
#include <type_traits>
#include <vector>

#include "v1_names.hpp"

using namespace scopetrie;
using scopetrie::testing::V1Names;

static_assert(!std::is_copy_constructible_v<OpGraph> && !std::is_move_constructible_v<OpGraph>,
              "the tables of a graph refer to each other");

namespace {

/// Operations of one output each, by full names; what TensorFlow does with names beneath an operation's own.
struct Names {
  OpGraph graph;

  ScopeId scope(std::string_view path) { return graph.scopes().at(path); }
  SegmentId segment(std::string_view text) { return graph.segments().intern(text); }
  std::string text(const Name& name) const {
    std::string out;
    graph.append_name(name, out);
    return out;
  }
  OpId add(const Name& name) {
    const Output output{ShapeTable::kScalar, 1};
    return graph.add(0, name, {}, {&output, 1});
  }
  std::string unique(std::string_view path, std::string_view name) {
    return text(graph.unique(scope(path), segment(name)).name);
  }
  /// An operation with one named beneath it, owned where that is possible: what `x * 2.0` makes.
  OpId add_with_child(std::string_view path, std::string_view name, std::string_view child) {
    const OpGraph::Fresh fresh = graph.unique(scope(path), segment(name));
    if (fresh.bare) {
      graph.note_owner(fresh.name);
      add(OpGraph::owned(static_cast<OpId>(graph.size() + 1), segment(child)));
    } else {
      add(graph.unique(graph.scope_of(fresh.name), segment(child)).name);
    }
    return add(fresh.name);
  }
};

}  // namespace

TEST_CASE("names are v1's, without regard to case") {
  Names n;
  const std::vector<std::string> wanted{"a", "a_1", "a_1_1", "a_2", "A_3", "a_2_1"};
  std::vector<std::string> made;
  for (const char* name : {"a", "a", "a_1", "a", "A", "a_2"}) made.push_back(n.unique("", name));
  CHECK(made == wanted);
  CHECK(n.unique("Outer", "x") == "Outer/x");
  CHECK(n.unique("outer", "X") == "outer/X_1");
}

TEST_CASE("peek takes nothing") {
  Names n;
  n.unique("s", "w");
  CHECK(n.text(n.graph.peek(n.scope("S"), n.segment("W"))) == "S/W_1");
  CHECK(n.unique("s", "w") == "s/w_1");
}

TEST_CASE("an owned name costs no scope, and counts as soon as its scope is opened") {
  Names n;
  const std::size_t before = n.graph.scopes().size();
  const OpId mul = n.add_with_child("", "Mul", "y");
  CHECK(n.graph.name(mul) == "Mul");
  CHECK(n.graph.name(mul - 1) == "Mul/y");
  CHECK(n.graph.scopes().size() == before);
  SUBCASE("by its own name") { CHECK(n.unique("Mul", "y") == "Mul/y_1"); }
  SUBCASE("in other letters") { CHECK(n.unique("mul", "Y") == "mul/Y_1"); }
  SUBCASE("by a peek") { CHECK(n.text(n.graph.peek(n.scope("MUL"), n.segment("y"))) == "MUL/y_1"); }
  SUBCASE("opened twice in different letters") {
    CHECK(n.unique("mul", "y") == "mul/y_1");
    CHECK(n.unique("Mul", "y") == "Mul/y_2");
  }
  SUBCASE("only what it owns") {
    CHECK(n.unique("Mul", "x") == "Mul/x");
    CHECK(n.unique("Mul_1", "y") == "Mul_1/y");
  }
}

TEST_CASE("nothing can be owned beneath a name whose scope has names already") {
  Names n;
  SUBCASE("in the same letters") { CHECK(n.unique("deep", "y") == "deep/y"); }
  SUBCASE("in other letters") { CHECK(n.unique("Deep", "Y") == "Deep/Y"); }
  SUBCASE("further down") { CHECK(n.unique("deep/y/z", "w") == "deep/y/z/w"); }
  CHECK_FALSE(n.graph.unique(ScopeTrie::kRoot, n.segment("deep")).bare);
}

TEST_CASE("a variable's operations keep their names when a scope beneath theirs is opened") {
  Names n;
  const OpGraph::Fresh w = n.graph.unique(ScopeTrie::kRoot, n.segment("w"));
  REQUIRE(w.bare);
  n.graph.note_owner(w.name);
  const OpId owner = 1;
  n.add(OpGraph::owned(owner, n.segment("Initializer/zeros")));
  n.add(w.name);
  n.add(OpGraph::owned(owner, n.segment("Assign")));
  n.add(OpGraph::owned(owner, n.segment("read")));
  SUBCASE("their own scope") {
    CHECK(n.unique("w", "assign") == "w/assign_1");
    CHECK(n.unique("w", "Initializer") == "w/Initializer_1");
    CHECK(n.unique("w/Initializer", "zeros") == "w/Initializer/zeros_1");
  }
  SUBCASE("a deeper one first") {
    CHECK(n.unique("w/Initializer", "zeros") == "w/Initializer/zeros_1");
    CHECK(n.unique("w", "read") == "w/read_1");
  }
  CHECK(n.graph.find("w/Initializer/zeros") == 0);
  CHECK(n.graph.find("w/read") == 3);
}

TEST_CASE("owned names that share a part take it once") {
  Names n;
  const OpGraph::Fresh w = n.graph.unique(ScopeTrie::kRoot, n.segment("w"));
  n.graph.note_owner(w.name);
  n.add(w.name);
  n.add(OpGraph::owned(0, n.segment("Initializer/min")));
  n.add(OpGraph::owned(0, n.segment("Initializer/max")));
  CHECK(n.unique("w", "Initializer") == "w/Initializer_1");
  CHECK(n.unique("w/Initializer", "max") == "w/Initializer/max_1");
}

TEST_CASE("a scope that was opened inside an undone span is opened again") {
  Names n;
  n.add_with_child("", "mul", "y");
  const OpGraph::Mark mark = n.graph.begin();
  CHECK(n.unique("mul", "y") == "mul/y_1");
  n.graph.rollback(mark);
  CHECK(n.unique("mul", "y") == "mul/y_1");
}

TEST_CASE("an operation is found by exactly its name, also among undone and new ones") {
  Names n;
  for (int i = 0; i < 100; ++i) n.add(n.graph.unique(n.scope("Scope"), n.segment("Op")).name);
  CHECK(n.graph.find("Scope/Op_42") == 42);
  CHECK(n.graph.find("scope/op_42") == kNone);
  CHECK(n.graph.find("Scope/Op_042") == kNone);
  CHECK(n.graph.find("Scope/Op_100") == kNone);
  CHECK(n.graph.find("") == kNone);
  const OpGraph::Mark mark = n.graph.begin();
  n.add(n.graph.unique(n.scope("Scope"), n.segment("Op")).name);
  CHECK(n.graph.find("Scope/Op_100") == 100);
  n.graph.rollback(mark);
  CHECK(n.graph.find("Scope/Op_100") == kNone);
  n.add(n.graph.unique(n.scope("Other"), n.segment("Op")).name);
  CHECK(n.graph.find("Scope/Op_100") == kNone);
  CHECK(n.graph.find("Other/Op") == 100);
}

namespace {

/// A graph and v1's names side by side, under random scopes, operations with names beneath them, undo and look-ups.
class Comparison {
 public:
  explicit Comparison(unsigned seed) : random_(seed) {}

  void step() {
    const unsigned what = random_() % 32;
    if (what == 0) {
      model_.begin();
      marks_.push_back({names_.graph.begin(), expected_.size()});
    } else if (what == 1 && !marks_.empty()) {
      model_.rollback();
      names_.graph.rollback(marks_.back().first);
      expected_.resize(marks_.back().second);
      marks_.pop_back();
    } else if (what == 2 && !marks_.empty()) {
      model_.commit();
      names_.graph.commit();
      marks_.pop_back();
    } else if (what == 3) {
      check();
    } else {
      const std::string path = random_path();
      const std::string name = recased(pick(kNames));
      if (what < 8) {
        compare(names_.graph.peek(scope(path), segment(name)), model_.unique(joined(path, name), false));
      } else if (what < 12) {
        compare(names_.graph.unique(scope(path), segment(name)).name, model_.unique(joined(path, name)));
      } else {
        add_operation(path, name);
      }
    }
  }

  void check() {
    REQUIRE(names_.graph.size() == expected_.size());
    std::set<std::string> lower_names;
    for (OpId op = 0; op < expected_.size(); ++op) {
      REQUIRE(names_.graph.name(op) == expected_[op]);
      REQUIRE(names_.graph.find(expected_[op]) == op);
      const std::string low = testing::lower(expected_[op]);
      if (low != expected_[op]) REQUIRE(names_.graph.find(low) == kNone);
      REQUIRE(lower_names.insert(low).second);
    }
  }

 private:
  static constexpr const char* kNames[] = {"w", "w_1", "w_2", "w_1_1", "Mul", "y", "Initializer", "zeros", "read"};
  static constexpr const char* kScopes[] = {"", "", "s", "S/t", "w", "mul", "W/Initializer", "w_1/y", "w/read/y"};

  template <std::size_t N>
  const char* pick(const char* const (&from)[N]) {
    return from[random_() % N];
  }
  std::string recased(std::string text) {
    if (random_() % 4 == 0) text = testing::lower(text);
    if (!text.empty() && random_() % 4 == 0 && text[0] >= 'a' && text[0] <= 'z')
      text[0] = static_cast<char>(text[0] - 32);
    return text;
  }
  std::string random_path() {
    if (expected_.empty() || random_() % 3 != 0) return recased(pick(kScopes));
    const std::string& path = expected_[random_() % expected_.size()];
    return path.size() > 30 ? "" : recased(path);
  }
  static std::string joined(const std::string& path, const std::string& name) {
    return path.empty() ? name : path + "/" + name;
  }
  ScopeId scope(const std::string& path) { return names_.scope(path); }
  SegmentId segment(const std::string& text) { return names_.segment(text); }
  void compare(const Name& name, const std::string& wanted) { REQUIRE(names_.text(name) == wanted); }

  // What an operation brings with it: names beneath its own, before it and after it.
  struct Kind {
    std::vector<std::string> before, after;
  };

  void add_operation(const std::string& path, const std::string& name) {
    static const Kind kinds[] = {
        {{}, {}},
        {{"y"}, {}},
        {{"x", "y"}, {}},
        {{"Initializer/zeros"}, {"Assign", "read"}},
        {{"a/b/c", "a/b/d"}, {"a/e"}},
    };
    const Kind& kind = kinds[random_() % std::size(kinds)];
    OpGraph& graph = names_.graph;
    const OpGraph::Fresh fresh = graph.unique(scope(path), segment(name));
    const std::string full = model_.unique(joined(path, name));
    compare(fresh.name, full);
    const bool owned = fresh.bare && random_() % 4 != 0 && kind.before.size() + kind.after.size() > 0;
    const auto owner = static_cast<OpId>(graph.size() + kind.before.size());
    if (owned) graph.note_owner(fresh.name);
    std::map<std::string, std::pair<std::string, ScopeId>> opened;  // scopes of this operation, as v1 named them
    const auto add_beneath = [&](const std::string& rest) {
      std::string prefix = full;
      ScopeId at = owned ? kNone : graph.scope_of(fresh.name);
      std::size_t start = 0;
      for (std::size_t slash; (slash = rest.find('/', start)) != std::string::npos; start = slash + 1) {
        const std::string part = rest.substr(start, slash - start);
        const std::string key = rest.substr(0, slash);
        if (!opened.contains(key)) {
          const std::string wanted = model_.unique(prefix + "/" + part);
          ScopeId beneath = kNone;
          if (!owned) {
            const Name made = graph.unique(at, segment(part)).name;
            compare(made, wanted);
            beneath = graph.scope_of(made);
          }
          opened[key] = {wanted, beneath};
        }
        std::tie(prefix, at) = opened[key];
      }
      expected_.push_back(model_.unique(prefix + "/" + rest.substr(start)));
      names_.add(owned ? OpGraph::owned(owner, segment(rest)) : graph.unique(at, segment(rest.substr(start))).name);
    };
    for (const std::string& child : kind.before) add_beneath(child);
    expected_.push_back(full);
    names_.add(fresh.name);
    for (const std::string& child : kind.after) add_beneath(child);
    for (std::size_t op = expected_.size() - kind.before.size() - kind.after.size() - 1; op < expected_.size(); ++op)
      REQUIRE(graph.name(static_cast<OpId>(op)) == expected_[op]);
  }

  std::mt19937 random_;
  Names names_;
  V1Names model_;
  std::vector<std::string> expected_;
  std::vector<std::pair<OpGraph::Mark, std::size_t>> marks_;
};

}  // namespace

TEST_CASE("graphs with owned names, reopened scopes and undone spans name everything as v1 does") {
  for (unsigned seed = 0; seed < 400; ++seed) {
    CAPTURE(seed);
    Comparison comparison(seed);
    for (int step = 0; step < 120; ++step) comparison.step();
    comparison.check();
  }
}

TEST_CASE("operations keep their inputs, outputs, kind, attribute and site") {
  Names n;
  OpGraph& graph = n.graph;
  const Output pair[] = {{ShapeTable::kScalar, 1}, {ShapeTable::kUnknown, 3}};
  const OpId split = graph.add(7, {0, n.segment("split"), 0}, {}, pair, 11, 12);
  const TensorId first = graph.operation(split).first_output;
  const TensorId inputs[] = {first + 1, first, first};
  const OpId join = graph.add(8, {0, n.segment("join"), 0}, inputs, {});
  CHECK(graph.size() == 2);
  CHECK(graph.tensor_count() == 2);
  CHECK(graph.operation(split).kind == 7);
  CHECK(graph.operation(split).attribute == 11);
  CHECK(graph.operation(split).site == 12);
  CHECK(graph.operation(join).attribute == kNone);
  CHECK(graph.output_count(split) == 2);
  CHECK(graph.output_count(join) == 0);
  CHECK(graph.inputs(split).empty());
  CHECK(std::ranges::equal(graph.inputs(join), inputs));
  CHECK(graph.tensor(first + 1).op == split);
  CHECK(graph.tensor(first + 1).dtype == 3);
  graph.set_shape(first + 1, ShapeTable::kScalar);
  CHECK(graph.tensor(first + 1).shape == ShapeTable::kScalar);
}

TEST_CASE("control inputs are kept once each, and undone with their operation") {
  Names n;
  const OpId a = n.add({0, n.segment("a"), 0});
  const OpId b = n.add({0, n.segment("b"), 0});
  CHECK_FALSE(n.graph.has_control_inputs());
  const OpGraph::Mark mark = n.graph.begin();
  const OpId c = n.add({0, n.segment("c"), 0});
  const OpId twice[] = {b, a, b};
  n.graph.add_control_inputs(c, twice);
  n.graph.add_control_inputs(c, {});
  CHECK(std::ranges::equal(n.graph.control_inputs(c), std::vector<OpId>{b, a}));
  CHECK(n.graph.control_inputs(a).empty());
  n.graph.rollback(mark);
  CHECK_FALSE(n.graph.has_control_inputs());
  n.add({0, n.segment("d"), 0});
  CHECK(n.graph.control_inputs(c).empty());
}

TEST_CASE("rollback takes back operations, inputs and tensors") {
  Names n;
  n.add({0, n.segment("a"), 0});
  const OpGraph::Mark mark = n.graph.begin();
  const TensorId input = 0;
  const Output output{ShapeTable::kScalar, 1};
  n.graph.add(0, {0, n.segment("b"), 0}, {&input, 1}, {&output, 1});
  n.graph.rollback(mark);
  CHECK(n.graph.size() == 1);
  CHECK(n.graph.inputs(0).empty());
  CHECK(n.graph.tensor_count() == 1);
  const OpId again = n.graph.add(0, {0, n.segment("c"), 0}, {}, {&output, 1});
  CHECK(n.graph.inputs(again).empty());
  CHECK(n.graph.operation(again).first_output == 1);
}

TEST_CASE("prune gives what targets need, in creation order, and nothing behind what is fed") {
  Names n;
  const auto make = [&](const char* name, std::vector<TensorId> inputs) {
    const Output output{ShapeTable::kScalar, 1};
    return n.graph.add(0, {0, n.segment(name), 0}, inputs, {&output, 1});
  };
  const OpId a = make("a", {});
  const OpId b = make("b", {a});
  const OpId unused = make("unused", {b});
  const OpId c = make("c", {b, b});
  const OpId d = make("d", {});
  n.graph.add_control_inputs(c, {&d, 0});
  const OpId e = make("e", {c});
  n.graph.add_control_inputs(e, {&d, 1});
  const auto pruned = [&](std::vector<OpId> targets, std::vector<TensorId> feeds) {
    return n.graph.prune(targets, feeds);
  };
  CHECK(pruned({}, {}).empty());
  CHECK(pruned({e}, {}) == std::vector<OpId>{a, b, c, d, e});
  CHECK(pruned({e}, {b}) == std::vector<OpId>{c, d, e});
  CHECK(pruned({e}, {c}) == std::vector<OpId>{d, e});
  CHECK(pruned({c, a, c}, {b}) == std::vector<OpId>{a, c});
  CHECK(pruned({unused}, {}) == std::vector<OpId>{a, b, unused});
}

TEST_CASE("prune agrees with a search over random graphs") {
  for (unsigned seed = 0; seed < 200; ++seed) {
    CAPTURE(seed);
    std::mt19937 random(seed);
    Names n;
    const OpId size = 1 + random() % 60;
    std::vector<std::vector<OpId>> controls(size);
    for (OpId op = 0; op < size; ++op) {
      std::vector<TensorId> inputs;
      const auto tensors = static_cast<TensorId>(n.graph.tensor_count());
      if (tensors != 0)
        for (unsigned count = random() % 3; count-- > 0;) inputs.push_back(random() % tensors);
      const std::vector<Output> outputs(random() % 3);
      n.graph.add(0, {0, n.segment("op"), op}, inputs, outputs);
      if (op != 0 && random() % 4 == 0) controls[op].push_back(random() % op);
      n.graph.add_control_inputs(op, controls[op]);
    }
    std::vector<OpId> targets;
    for (unsigned count = random() % 4; count-- > 0;) targets.push_back(random() % size);
    std::vector<TensorId> feeds;
    if (n.graph.tensor_count() != 0)
      for (unsigned count = random() % 4; count-- > 0;)
        feeds.push_back(static_cast<TensorId>(random() % n.graph.tensor_count()));
    std::set<OpId> wanted;
    std::vector<OpId> left = targets;
    while (!left.empty()) {
      const OpId op = left.back();
      left.pop_back();
      if (!wanted.insert(op).second) continue;
      for (const TensorId input : n.graph.inputs(op))
        if (std::ranges::find(feeds, input) == feeds.end()) left.push_back(n.graph.tensor(input).op);
      left.insert(left.end(), controls[op].begin(), controls[op].end());
    }
    REQUIRE(n.graph.prune(targets, feeds) == std::vector<OpId>(wanted.begin(), wanted.end()));
  }
}

TEST_CASE("an undone span costs what it did, not what the graph holds") {
  // 50,000 undone spans in a graph of 50,000 operations, each of which looks names up: quadratic would be minutes.
  Names n;
  for (int i = 0; i < 50000; ++i) n.add_with_child("", "mul", "y");
  for (int i = 0; i < 50000; ++i) {
    const OpGraph::Mark mark = n.graph.begin();
    n.add(n.graph.unique(ScopeTrie::kRoot, n.segment("failing")).name);
    REQUIRE(n.graph.find("failing") == 100000);
    n.graph.rollback(mark);
    REQUIRE(n.graph.find("failing") == kNone);
  }
}
