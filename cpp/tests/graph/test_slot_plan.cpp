#include "scopetrie/graph/slot_plan.hpp"

#include <doctest/doctest.h>

#include <map>

#include "graph/adding.hpp"
#include "scopetrie/error.hpp"

using namespace scopetrie;

namespace {

using Makes = SlotPlan::Makes;
using Slots = std::vector<std::int32_t>;
using Numbers = std::vector<SlotPlan::Number>;

struct KnownKinds : SlotKinds {
  std::int64_t kind_of(std::size_t call) override { return kinds.at(call); }
  bool are_same(std::int64_t a, std::int64_t b) override { return a == b; }
  std::map<std::size_t, std::int64_t> kinds;
};

/// A graph whose tensors have these shapes, and a plan of calls.
struct Planned {
  SlotPlan::Number tensor(std::vector<std::int64_t> dims) {
    const Output output{graph.ops.shapes().intern(dims), kFloat32};
    const Name name = graph.ops.unique(ScopeTrie::kRoot, graph.segment("x")).name;
    return graph.ops.operation(graph.ops.add(0, name, {}, {&output, 1})).first_output;
  }
  const SlotPlan::Step& place(std::size_t call) {
    const SlotPlan::Step* step = plan.place(call, kinds);
    REQUIRE(step != nullptr);
    return *step;
  }

  Graph graph;
  SlotPlan plan{graph.ops, 1, 0};
  KnownKinds kinds;
};

}  // namespace

TEST_CASE("a slot is used again where its value ends") {
  Planned program;
  const Numbers x{program.tensor({2})}, a{program.tensor({2})}, b{program.tensor({2})}, c{program.tensor({2})};
  SlotPlan& plan = program.plan;
  plan.feed(x[0], 0);
  plan.keep(c[0]);
  plan.add(x, a, Makes::kAnything, false);
  plan.add(a, b, Makes::kAnything, false);
  plan.add(b, c, Makes::kAnything, false);
  plan.find_last_uses();
  CHECK(program.place(0).results == Slots{1});
  CHECK(program.plan.slots() == 2);
  const SlotPlan::Step& second = program.place(1);
  CHECK(second.arguments == Slots{1});
  CHECK(second.into == SlotPlan::kNoSlot);  // what gives perhaps an alias writes into nothing
  CHECK(second.results == Slots{1});
  CHECK(second.dead.empty());  // it holds the result
  CHECK(program.place(2).results == Slots{1});
  CHECK(plan.slot_of(c[0]) == 1);
  CHECK_FALSE(plan.is_fresh(c[0]));
}

TEST_CASE("a result goes into a dying argument of its dtype and shape") {
  Planned program;
  const SlotPlan::Number x = program.tensor({3}), a = program.tensor({3}), b = program.tensor({3}),
                         wide = program.tensor({4}), scalar = program.tensor({});
  SlotPlan& plan = program.plan;
  plan.feed(x, 0);
  plan.keep(wide);
  plan.keep(scalar);
  plan.add(Numbers{x}, Numbers{a}, Makes::kNewOrInto, false);
  plan.add(Numbers{a}, Numbers{b}, Makes::kNewOrInto, false);
  plan.add(Numbers{b}, Numbers{wide}, Makes::kNewOrInto, false);
  plan.add(Numbers{x}, Numbers{scalar}, Makes::kNewOrInto, false);
  plan.find_last_uses();
  CHECK(program.place(0).into == SlotPlan::kNoSlot);  // a feed may be the program's array
  const SlotPlan::Step& second = program.place(1);
  CHECK(second.into == 1);
  CHECK(second.results == Slots{1});
  CHECK(second.dead.empty());
  CHECK(program.place(2).into == SlotPlan::kNoSlot);
  CHECK(program.place(3).into == SlotPlan::kNoSlot);
  CHECK(plan.is_fresh(wide));
}

TEST_CASE("nothing is written into what somebody may have an alias of") {
  for (const Makes other : {Makes::kAnything, Makes::kNew}) {
    Planned program;
    const SlotPlan::Number x = program.tensor({3}), a = program.tensor({3}), seen = program.tensor({3}),
                           b = program.tensor({3});
    SlotPlan& plan = program.plan;
    plan.feed(x, 0);
    plan.keep(seen);
    plan.keep(b);
    plan.add(Numbers{x}, Numbers{a}, Makes::kNewOrInto, false);
    plan.add(Numbers{a}, Numbers{seen}, other, false);
    plan.add(Numbers{a}, Numbers{b}, Makes::kNewOrInto, false);
    plan.find_last_uses();
    program.place(0);
    program.place(1);
    CHECK((program.place(2).into == SlotPlan::kNoSlot) == (other == Makes::kAnything));
    CHECK(plan.is_fresh(seen) == (other == Makes::kNew));
  }
}

TEST_CASE("shapes that are not known are asked for") {
  for (const bool are_equal : {true, false}) {
    Planned program;
    const SlotPlan::Number x = program.tensor({-1}), a = program.tensor({-1}), b = program.tensor({-1});
    program.kinds.kinds = {{0, 7}, {1, are_equal ? 7 : 8}};
    SlotPlan& plan = program.plan;
    plan.feed(x, 0);
    plan.keep(b);
    plan.add(Numbers{x}, Numbers{a}, Makes::kNewOrInto, false);
    plan.add(Numbers{a}, Numbers{b}, Makes::kNewOrInto, false);
    plan.find_last_uses();
    program.place(0);
    CHECK(program.place(1).into == (are_equal ? 1 : SlotPlan::kNoSlot));
  }
}

TEST_CASE("constants have slots where they are used, idle calls are left out, unused results end") {
  Planned program;
  const SlotPlan::Number idle = program.tensor({2}), a = program.tensor({2}), b = program.tensor({2});
  SlotPlan& plan = program.plan;
  plan.add_constant(-5);
  plan.add_constant(-6);
  plan.add({}, Numbers{idle}, Makes::kAnything, true);
  plan.add(Numbers{-6, -6}, Numbers{a, b}, Makes::kAnything, false);
  plan.keep(b);
  plan.find_last_uses();
  CHECK(plan.place(0, program.kinds) == nullptr);
  const SlotPlan::Step& step = program.place(1);
  CHECK(step.arguments == Slots{1, 1});
  CHECK(step.results == Slots{2, 3});
  CHECK(step.dead == Slots{2});
  REQUIRE(plan.constants().size() == 1);
  CHECK(plan.constants()[0].number == -6);
  CHECK(plan.constants()[0].slot == 1);
  CHECK(plan.slot_of(a) == SlotPlan::kNoSlot);
}

TEST_CASE("an argument that nothing gives is an error") {
  Planned program;
  program.plan.add(Numbers{-1}, Numbers{-2}, Makes::kAnything, false);
  program.plan.find_last_uses();
  CHECK_THROWS_AS(program.plan.place(0, program.kinds), Error);
}

TEST_CASE("a plan has room for any number of values") {
  Planned program;
  Numbers all;
  for (SlotPlan::Number i = 0; i < 1000; ++i) all.push_back(-1 - i);
  for (const SlotPlan::Number number : all) program.plan.add_constant(number);
  program.plan.add(all, Numbers{-2000}, Makes::kAnything, false);
  program.plan.find_last_uses();
  CHECK(program.place(0).arguments.size() == 1000);
  CHECK(program.plan.slots() == 1002);
}
