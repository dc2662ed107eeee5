#include "scopetrie/variables/get_partitioned.hpp"

#include <doctest/doctest.h>

#include "scopes/recording.hpp"
#include "scopetrie/scopetrie.hpp"

using namespace scopetrie;
using scopetrie::testing::error_of;

namespace {

struct Cut {
  Graph graph;
  Context at{graph};

  GotAny get(std::string_view name, AskedShape shape, std::int64_t parts, Reuse reuse = Reuse::kNo, DType dtype = {}) {
    auto scope = at.variable_scope(at.current_variable_scope, {.reuse = reuse});
    return at.get_any(name, {.shape = shape, .dtype = dtype, .partitioner = fixed_size_partitioner(parts)});
  }
  std::string refused(std::string_view name, AskedShape shape, std::int64_t parts, Reuse reuse = Reuse::kNo,
                      DType dtype = {}) {
    return error_of([&] { get(name, shape, parts, reuse, dtype); });
  }
};

}  // namespace

TEST_CASE("a partitioned variable is made in parts and shared as a whole") {
  Cut cut;
  const GotAny made = cut.get("w", {7, 2}, 3);
  CHECK(made.made);
  const auto& whole = std::get<PartitionedVariable>(made.value);
  CHECK(whole.name == "w");
  CHECK(whole.partitions == std::vector<std::int64_t>{3, 1});
  REQUIRE(whole.parts.size() == 3);
  CHECK(whole.parts[0].name() == "w/part_0:0");
  CHECK(whole.parts[0].shape() == Sizes({{3, 2}}));
  CHECK(whole.parts[2].path() == "w/part_2");
  const GotAny again = cut.get("w", {7, 2}, 3, Reuse::kYes);
  CHECK_FALSE(again.made);
  CHECK(std::get<PartitionedVariable>(again.value).parts == whole.parts);
  CHECK(cut.graph.variables.size() == 3);
  // Without a partitioner, under reuse: the whole, however it is cut.
  auto scope = cut.at.variable_scope(cut.at.current_variable_scope, {.reuse = Reuse::kYes});
  CHECK(std::get<PartitionedVariable>(cut.at.get_any("w", {}).value).parts == whole.parts);
  CHECK(error_of([&] { cut.at.get_variable("w"); }) ==
        "TypeError: get_variable: w is a variable in parts. Call get_any() for it.");
}

TEST_CASE("v1's refusals of partitioned variables") {
  Cut cut;
  cut.get("w", {7, 2}, 3);
  CHECK(cut.refused("w", {7, 2}, 3) ==
        "ValueError: Partitioned variable with name w already exists. Did you mean to set reuse=True or "
        "reuse=tf.AUTO_REUSE in VarScope?");
  CHECK(cut.refused("w", {6, 2}, 3, Reuse::kAuto) ==
        "ValueError: Trying to reuse partitioned variable w, but specified shape (6, 2) and found shape (7, 2).");
  CHECK(cut.refused("w", {7, 2}, 3, Reuse::kAuto, kInt32) ==
        "ValueError: Trying to reuse partitioned variable w, but specified dtype int32 and found dtype float32.");
  CHECK(cut.refused("w", {7, 2}, 2, Reuse::kAuto) ==
        "ValueError: Trying to reuse partitioned variable w, but specified partitions [2, 1] and found partitions "
        "[3, 1].");
  CHECK(cut.refused("x", {7, 2}, 2, Reuse::kYes) ==
        "ValueError: PartitionedVariable x does not exist, or was not created with tf.get_variable(). Did you mean to "
        "set reuse=False or reuse=tf.AUTO_REUSE in VarScope?");
  CHECK(
      error_of([&] { cut.at.get_variable("w", {.shape = {7, 2}}); })
          .starts_with("ValueError: No partitioner was provided, but a partitioned version of the variable was found: "
                       "w/part_0. "));
  cut.at.get_variable("u", {.shape = {2}});
  CHECK(
      cut.refused("u", {2}, 2)
          .starts_with(
              "ValueError: A partitioner was provided, but an unpartitioned version of the variable was found: u.  "));
  CHECK(error_of([&] {
          cut.at.get_any("s", {.shape = {4, 4},
                               .partitioner = partitioner([](auto, auto) { return std::vector<std::int64_t>{2, 2}; })});
        }) == "ValueError: Can only slice a variable along one dimension: shape: (4, 4), partitioning: [2, 2]");
}

TEST_CASE("a refusal of a partitioned variable tells its kind apart from its words") {
  using Kind = PartitionedVerdict::Kind;
  Cut cut;
  cut.get("w", {7, 2}, 3);
  const std::vector<std::int64_t> partitions = cut.graph.partitioned[0].partitions;
  const PartitionedRequest request{.segment = cut.graph.ops.segments().intern("w"), .partitions = partitions};
  for (int number = static_cast<int>(Kind::kMake) + 1; number <= static_cast<int>(Kind::kExtraPart); ++number) {
    const auto kind = static_cast<Kind>(number);
    const bool differs = kind == Kind::kOtherShape || kind == Kind::kOtherDType || kind == Kind::kOtherPartitions;
    CHECK(refusal(cut.graph, request, {kind, 0, 0}).facts().refusal == (differs ? Refusal::kDiffers
                                                                        : kind == Kind::kDoesNotExist
                                                                            ? Refusal::kMissingWhole
                                                                            : Refusal::kOther));
  }
}

TEST_CASE("parts that were made one by one must be those of the variable") {
  Cut cut;
  {
    auto scope = cut.at.variable_scope("w");
    cut.at.get_variable("part_0", {.shape = {2}});
    cut.at.get_variable("part_1", {.shape = {2}});
  }
  const std::string start =
      "ValueError: Partitioner returned a different partitioning than what was already found.  Partitioner returned ";
  CHECK(cut.refused("w", {6}, 3, Reuse::kAuto) ==
        start + "3 shards, and shard w/part_0 was found, but w/part_2 was not.");
  CHECK(cut.refused("w", {1}, 1, Reuse::kAuto) ==
        start + "1 shards, and shard w/part_0 was found, but so was the extra shard w/part_1.");
  const GotAny got = cut.get("w", {4}, 2, Reuse::kAuto);
  CHECK_FALSE(got.made);
  CHECK(cut.graph.partitioned.size() == 1);
}

TEST_CASE("an undone partitioned variable is none") {
  Cut cut;
  {
    const Transaction undone = cut.at.transaction();
    cut.get("w", {4}, 2);
    CHECK(cut.graph.partitioned.size() == 1);
  }
  CHECK(cut.graph.partitioned.size() == 0);
  CHECK(cut.graph.partitioned.find(ScopeTrie::kRoot, cut.graph.segment("w")) == kNone);
  CHECK(cut.get("w", {6}, 3).made);
}

TEST_CASE("a value is cut into parts") {
  Cut cut;
  const GotAny got = cut.at.get_any(
      "w", {.shape = {2}, .initializer = std::vector{1.0, 2.0}, .partitioner = fixed_size_partitioner(2)});
  const auto& whole = std::get<PartitionedVariable>(got.value);
  CHECK(whole.parts[1].shape() == Sizes({{1}}));
  CHECK(cut.graph.find_operation("w/part_1/PartitionedInitializer/Slice").has_value());
  CHECK(cut.graph.find_operation("w/part_0/PartitionedInitializer/Slice/begin").has_value());
  CHECK(cut.refused("s", {2, 2}, 2) == "");
  CHECK(error_of([&] {
          cut.at.get_any(
              "x", {.shape = {2, 2}, .initializer = std::vector{1.0, 2.0}, .partitioner = fixed_size_partitioner(2)});
        })
            .starts_with(
                "ValueError: Shape must be rank 2 but is rank 1 for '{{node x/part_0/PartitionedInitializer/Slice"));
  CHECK(cut.graph.find_variable("x/part_0") == std::nullopt);
}

TEST_CASE("a partitioner cuts all but scalars, and a name of parts is shared") {
  Graph graph;
  const ScopeId scope = ScopeTrie::kRoot;
  const SegmentId segment = graph.segment("w");
  CHECK(gets_parts(graph, scope, segment, true, false, Sharing::kNo));
  CHECK_FALSE(gets_parts(graph, scope, segment, true, true, Sharing::kYes));
  CHECK_FALSE(gets_parts(graph, scope, segment, false, false, Sharing::kYes));
  graph.has_parts = true;
  graph.partitioned.add({scope, segment, ShapeTable::kScalar, kFloat32, {2}, {}});
  CHECK(gets_parts(graph, scope, segment, false, false, Sharing::kYes));
  CHECK_FALSE(gets_parts(graph, scope, segment, false, false, Sharing::kAuto));
}
