#include <doctest/doctest.h>

#include <algorithm>
#include <vector>

#include "graph/adding.hpp"

using namespace scopetrie;
using namespace scopetrie::testing;

namespace {

constexpr Output kVector{ShapeTable::kScalar + 1, 1};

/// The four operations of a variable: initial value, itself, Assign, read.
Pattern variable(Graph& n) {
  Pattern pattern;
  const TensorId initial = pattern.add(1, n.segment("Initializer/zeros"), {}, kVector, 7);
  const TensorId ref = pattern.add(2, kNone, {}, {ShapeTable::kScalar, 101});
  const TensorId pair[] = {ref, initial};
  pattern.add(3, n.segment("Assign"), pair, {ShapeTable::kScalar, 101});
  pattern.add(4, n.segment("read"), {&ref, 1}, kVector, 8);
  return pattern;
}

OpId add_variable(Graph& n, std::uint32_t pattern, const char* text, std::uint32_t site = kNone) {
  const SegmentId segment = n.segment(text);
  REQUIRE(n.ops.take_owner(ScopeTrie::kRoot, segment));
  return n.ops.add_run(pattern, {ScopeTrie::kRoot, segment, 0}, site);
}

std::vector<TensorId> inputs(const Graph& n, OpId op) {
  const TensorIds found = n.ops.inputs(op);
  return {found.begin(), found.end()};
}

}  // namespace

TEST_CASE("a step of a run may have several outputs, or none") {
  Graph n;
  add(n, {0, n.segment("before"), 0});
  Pattern pattern;
  const Output scalar{ShapeTable::kScalar, 2};
  const Output pair[] = {kVector, scalar};
  const TensorId first = pattern.add_several(1, n.segment("Initializer/Qr"), {}, pair, 7);
  CHECK(first == 0);
  pattern.add_several(5, n.segment("Initializer/check"), {}, {});
  const TensorId second = first + 1;
  CHECK(pattern.add(6, n.segment("Initializer/sign"), {&second, 1}, scalar) == 2);
  CHECK(pattern.add(2, kNone, {}, scalar) == 3);
  const std::uint32_t number = n.ops.add_pattern(std::move(pattern));
  add_variable(n, number, "v");
  add_variable(n, number, "w");
  CHECK(n.ops.size() == 9);
  CHECK(n.ops.tensor_count() == 9);
  const std::uint32_t counts[] = {1, 2, 0, 1, 1, 2, 0, 1, 1};
  const TensorId firsts[] = {0, 1, 3, 3, 4, 5, 7, 7, 8};
  for (OpId op = 0; op < 9; ++op) {
    CAPTURE(op);
    CHECK(n.ops.output_count(op) == counts[op]);
    CHECK(n.ops.operation(op).first_output == firsts[op]);
    for (TensorId tensor = firsts[op]; tensor < firsts[op] + counts[op]; ++tensor) CHECK(n.ops.tensor(tensor).op == op);
  }
  CHECK(n.ops.name(7) == "w/Initializer/sign");
  CHECK(inputs(n, 7) == std::vector<TensorId>{6});
  CHECK(n.ops.tensor(6).dtype == 2);
  n.ops.set_shape(6, kVector.shape);
  CHECK(n.ops.tensor(6).shape == kVector.shape);
  CHECK(n.ops.tensor(2).shape == ShapeTable::kScalar);
  CHECK(n.ops.prune(std::vector<OpId>{7}, {}) == std::vector<OpId>{5, 7});
}

TEST_CASE("a run reads like its operations added one by one") {
  Graph n;
  const OpId first = add(n, {0, n.segment("before"), 0});
  const std::uint32_t pattern = n.ops.add_pattern(variable(n));
  const OpId v = add_variable(n, pattern, "v", 5), w = add_variable(n, pattern, "w", 6);
  const OpId last = add(n, {0, n.segment("after"), 0});
  REQUIRE(std::vector{first, v, w, last} == std::vector<OpId>{0, 1, 5, 9});
  CHECK(n.ops.size() == 10);
  CHECK(n.ops.tensor_count() == 10);
  const char* const names[] = {
      "before", "v/Initializer/zeros", "v", "v/Assign", "v/read", "w/Initializer/zeros", "w", "w/Assign", "w/read",
      "after"};
  for (OpId op = 0; op < 10; ++op) {
    CHECK(n.ops.name(op) == names[op]);
    CHECK(n.ops.find(names[op]) == op);
    CHECK(n.ops.operation(op).first_output == op);
    CHECK(n.ops.tensor(op).op == op);
    CHECK(n.ops.output_count(op) == 1);
  }
  CHECK(n.ops.operation(7).kind == 3);
  CHECK(n.ops.operation(7).attribute == kNone);
  CHECK(n.ops.operation(7).site == 6);
  CHECK(n.ops.operation(5).attribute == 7);
  CHECK(n.ops.operation(8).attribute == 8);
  CHECK(n.ops.operation(1).site == 5);
  CHECK(n.ops.tensor(5).shape == kVector.shape);
  CHECK(n.ops.tensor(6).dtype == 101);
  CHECK(inputs(n, 5).empty());
  CHECK(inputs(n, 3) == std::vector<TensorId>{2, 1});
  CHECK(inputs(n, 7) == std::vector<TensorId>{6, 5});
  CHECK(n.ops.inputs(8)[0] == 6);
  CHECK(inputs(n, 9).empty());
  const OpId targets[] = {8};
  CHECK(n.ops.prune(targets, {}) == std::vector<OpId>{6, 8});
  const OpId assign[] = {3};
  CHECK(n.ops.prune(assign, {}) == std::vector<OpId>{1, 2, 3});
}

TEST_CASE("a shape set on one run's tensor is that tensor's alone, until it is undone") {
  Graph n;
  const std::uint32_t pattern = n.ops.add_pattern(variable(n));
  const OpId v = add_variable(n, pattern, "v");
  Transaction undone(n.ledger());
  const OpId w = add_variable(n, pattern, "w");
  n.ops.set_shape(w + 3, ShapeTable::kUnknown);
  n.ops.set_shape(v + 3, kVector.shape);  // as it is
  CHECK(n.ops.tensor(w + 3).shape == ShapeTable::kUnknown);
  CHECK(n.ops.tensor(w + 3).dtype == kVector.dtype);
  CHECK(n.ops.tensor(w + 3).op == w + 3);
  CHECK(n.ops.tensor(v + 3).shape == kVector.shape);
  CHECK(n.ops.tensor(w).shape == kVector.shape);
  undone.rollback();
  CHECK(n.ops.tensor(add_variable(n, pattern, "x") + 3).shape == kVector.shape);
}

TEST_CASE("rollback takes back runs and patterns") {
  Graph n;
  const std::uint32_t pattern = n.ops.add_pattern(variable(n));
  add_variable(n, pattern, "v");
  Transaction undone(n.ledger());
  const std::uint32_t other = n.ops.add_pattern(variable(n));
  add_variable(n, other, "w");
  CHECK(n.ops.find("w/read") == 7);
  add(n, {0, n.segment("x"), 0});
  undone.rollback();
  CHECK(n.ops.size() == 4);
  CHECK(n.ops.tensor_count() == 4);
  CHECK(n.ops.pattern_count() == 1);
  CHECK(n.ops.find("w/read") == kNone);
  CHECK(n.ops.find("v/read") == 3);
  // The name is free again, and the next row takes the place of the run.
  const OpId w = add_variable(n, pattern, "w");
  CHECK(w == 4);
  CHECK(n.ops.name(w + 1) == "w");
  CHECK(inputs(n, w + 2) == std::vector<TensorId>{5, 4});
}

TEST_CASE("a name that is in use, or beneath which something may stand, cannot own and is not taken") {
  Graph n;
  const auto take_owner = [&](const char* name) {
    const SegmentId segment = n.segment(name);
    const bool can = n.ops.can_own(ScopeTrie::kRoot, segment);
    const bool taken = n.ops.take_owner(ScopeTrie::kRoot, segment);
    CHECK(taken == can);
    return taken;
  };
  unique(n, "w", "part");
  CHECK_FALSE(take_owner("w"));
  CHECK(unique(n, "", "w") == "w");
  CHECK_FALSE(take_owner("W"));  // in use, in another case
  CHECK(take_owner("w_1"));      // no scope has this name
  CHECK_FALSE(take_owner("w_1"));
  CHECK(unique(n, "", "w") == "w_2");
  CHECK_FALSE(take_owner("w_2"));  // counting has passed it
  CHECK(take_owner("v"));
  CHECK(unique(n, "", "v") == "v_1");
}

TEST_CASE("room made beforehand changes nothing that can be seen") {
  Graph n;
  n.ops.reserve_names(ScopeTrie::kRoot, 1000);
  n.ops.reserve(1000, 10, 1000);
  Transaction undone(n.ledger());
  n.ops.reserve_names(ScopeTrie::kRoot, 5000);
  const std::uint32_t pattern = n.ops.add_pattern(variable(n));
  add_variable(n, pattern, "v");
  CHECK(unique(n, "", "v") == "v_1");
  CHECK(unique(n, "v", "read") == "v/read_1");
  undone.rollback();
  CHECK(unique(n, "", "v") == "v");
  CHECK(n.ops.size() == 0);
}
