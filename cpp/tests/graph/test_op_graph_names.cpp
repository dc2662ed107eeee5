// The names of an OpGraph, compared with v1's rule; test_op_graph.cpp has the rest of the class.
#include <doctest/doctest.h>

#include <iterator>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "graph/adding.hpp"
#include "v1_names.hpp"

using namespace scopetrie;
using namespace scopetrie::testing;
using scopetrie::testing::V1Names;

TEST_CASE("names are v1's, without regard to case") {
  Graph n;
  const std::vector<std::string> wanted{"a", "a_1", "a_1_1", "a_2", "A_3", "a_2_1"};
  std::vector<std::string> made;
  for (const char* name : {"a", "a", "a_1", "a", "A", "a_2"}) made.push_back(unique(n, "", name));
  CHECK(made == wanted);
  CHECK(unique(n, "Outer", "x") == "Outer/x");
  CHECK(unique(n, "outer", "X") == "outer/X_1");
}

TEST_CASE("peek takes nothing") {
  Graph n;
  unique(n, "s", "w");
  CHECK(n.text(n.ops.peek(n.scope("S"), n.segment("W"))) == "S/W_1");
  CHECK(unique(n, "s", "w") == "s/w_1");
}

TEST_CASE("an owned name costs no scope, and counts as soon as its scope is opened") {
  Graph n;
  const std::size_t before = n.ops.scopes().size();
  const OpId mul = add_with_child(n, "", "Mul", "y");
  CHECK(n.ops.name(mul) == "Mul");
  CHECK(n.ops.name(mul - 1) == "Mul/y");
  CHECK(n.ops.scopes().size() == before);
  SUBCASE("by its own name") { CHECK(unique(n, "Mul", "y") == "Mul/y_1"); }
  SUBCASE("in other letters") { CHECK(unique(n, "mul", "Y") == "mul/Y_1"); }
  SUBCASE("by a peek") { CHECK(n.text(n.ops.peek(n.scope("MUL"), n.segment("y"))) == "MUL/y_1"); }
  SUBCASE("opened twice in different letters") {
    CHECK(unique(n, "mul", "y") == "mul/y_1");
    CHECK(unique(n, "Mul", "y") == "Mul/y_2");
  }
  SUBCASE("only what it owns") {
    CHECK(unique(n, "Mul", "x") == "Mul/x");
    CHECK(unique(n, "Mul_1", "y") == "Mul_1/y");
  }
}

TEST_CASE("nothing can be owned beneath a name whose scope has names already") {
  Graph n;
  SUBCASE("in the same letters") { CHECK(unique(n, "deep", "y") == "deep/y"); }
  SUBCASE("in other letters") { CHECK(unique(n, "Deep", "Y") == "Deep/Y"); }
  SUBCASE("further down") { CHECK(unique(n, "deep/y/z", "w") == "deep/y/z/w"); }
  CHECK_FALSE(n.ops.unique(ScopeTrie::kRoot, n.segment("deep")).bare);
}

TEST_CASE("a variable's operations keep their names when a scope beneath theirs is opened") {
  Graph n;
  const OpGraph::Fresh w = n.ops.unique(ScopeTrie::kRoot, n.segment("w"));
  REQUIRE(w.bare);
  n.ops.note_owner(w);
  const OpId owner = 1;
  add(n, OpGraph::owned(owner, n.segment("Initializer/zeros")));
  add(n, w.name);
  add(n, OpGraph::owned(owner, n.segment("Assign")));
  add(n, OpGraph::owned(owner, n.segment("read")));
  SUBCASE("their own scope") {
    CHECK(unique(n, "w", "assign") == "w/assign_1");
    CHECK(unique(n, "w", "Initializer") == "w/Initializer_1");
    CHECK(unique(n, "w/Initializer", "zeros") == "w/Initializer/zeros_1");
  }
  SUBCASE("a deeper one first") {
    CHECK(unique(n, "w/Initializer", "zeros") == "w/Initializer/zeros_1");
    CHECK(unique(n, "w", "read") == "w/read_1");
  }
  CHECK(n.ops.find("w/Initializer/zeros") == 0);
  CHECK(n.ops.find("w/read") == 3);
}

TEST_CASE("owned names that share a part take it once") {
  Graph n;
  const OpGraph::Fresh w = n.ops.unique(ScopeTrie::kRoot, n.segment("w"));
  n.ops.note_owner(w);
  add(n, w.name);
  add(n, OpGraph::owned(0, n.segment("Initializer/min")));
  add(n, OpGraph::owned(0, n.segment("Initializer/max")));
  CHECK(unique(n, "w", "Initializer") == "w/Initializer_1");
  CHECK(unique(n, "w/Initializer", "max") == "w/Initializer/max_1");
}

TEST_CASE("a scope that was opened inside an undone span is opened again") {
  Graph n;
  add_with_child(n, "", "mul", "y");
  Transaction undone(n.ledger());
  CHECK(unique(n, "mul", "y") == "mul/y_1");
  undone.rollback();
  CHECK(unique(n, "mul", "y") == "mul/y_1");
}

namespace {

/// Compares a graph with v1's names under random scopes, owned names, rollbacks and look-ups.
class Comparison {
 public:
  explicit Comparison(unsigned seed) : random_(seed) {}

  void step() {
    const unsigned what = random_() % 32;
    if (what == 0) {
      model_.begin();
      marks_.emplace_back(std::make_unique<Transaction>(names_.ledger()), expected_.size());
    } else if (what == 1 && !marks_.empty()) {
      model_.rollback();
      marks_.back().first->rollback();
      expected_.resize(marks_.back().second);
      marks_.pop_back();
    } else if (what == 2 && !marks_.empty()) {
      model_.commit();
      marks_.back().first->commit();
      marks_.pop_back();
    } else if (what == 3) {
      check();
    } else {
      const std::string path = random_path();
      const std::string name = recased(pick(kNames));
      if (what < 8) {
        compare(names_.ops.peek(scope(path), segment(name)), model_.unique(joined(path, name), false));
      } else if (what < 12) {
        compare(names_.ops.unique(scope(path), segment(name)).name, model_.unique(joined(path, name)));
      } else {
        add_operation(path, name);
      }
    }
  }

  void check() {
    REQUIRE(names_.ops.size() == expected_.size());
    std::set<std::string> lower_names;
    for (OpId op = 0; op < expected_.size(); ++op) {
      REQUIRE(names_.ops.name(op) == expected_[op]);
      REQUIRE(names_.ops.find(expected_[op]) == op);
      const std::string low = testing::lower(expected_[op]);
      if (low != expected_[op]) REQUIRE(names_.ops.find(low) == kNone);
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

  // The owned operations of an operation, made before and after it.
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
    OpGraph& graph = names_.ops;
    const bool has_children = kind.before.size() + kind.after.size() > 0;
    const bool wants_run = has_children && random_() % 2 == 0;
    const bool can_own = graph.can_own(scope(path), segment(name));
    OpGraph::Fresh fresh{{scope(path), segment(name), 0}, true};
    const bool run = wants_run && graph.take_owner(fresh.name.scope, fresh.name.segment);
    if (!run) fresh = graph.unique(scope(path), segment(name));
    if (wants_run) REQUIRE(run == can_own);
    REQUIRE((fresh.bare && fresh.name.suffix == 0) == can_own);
    const std::string full = model_.unique(joined(path, name));
    compare(fresh.name, full);
    const bool owned = run || (fresh.bare && random_() % 4 != 0 && has_children);
    const auto owner = static_cast<OpId>(graph.size() + kind.before.size());
    if (owned && !run) graph.note_owner(fresh);
    Pattern pattern;
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
      if (run)
        pattern.add(0, segment(rest), {}, {});
      else
        add(names_, owned ? OpGraph::owned(owner, segment(rest)) : graph.unique(at, segment(rest.substr(start))).name);
    };
    for (const std::string& child : kind.before) add_beneath(child);
    expected_.push_back(full);
    if (run)
      pattern.add(0, kNone, {}, {});
    else
      add(names_, fresh.name);
    for (const std::string& child : kind.after) add_beneath(child);
    if (run) graph.add_run(graph.add_pattern(std::move(pattern)), fresh.name);
    for (std::size_t op = expected_.size() - kind.before.size() - kind.after.size() - 1; op < expected_.size(); ++op)
      REQUIRE(graph.name(static_cast<OpId>(op)) == expected_[op]);
  }

  std::mt19937 random_;
  Graph names_;
  V1Names model_;
  std::vector<std::string> expected_;
  std::vector<std::pair<std::unique_ptr<Transaction>, std::size_t>> marks_;
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
