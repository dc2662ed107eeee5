#include "scopetrie/graph/inference.hpp"

#include <doctest/doctest.h>

#include <string>

#include "scopetrie/scopetrie.hpp"
#include "scopetrie/shapes/rule.hpp"

using namespace scopetrie;

namespace {

using Ints = std::vector<std::int64_t>;

struct Fixture {
  Graph graph;
  Context at{graph};

  Tensor x(Sizes shape, DType dtype = kFloat32) { return at.add_op("Placeholder", {}, {{dtype, std::move(shape)}}); }
  Tensor constant(Ints values) {
    Sizes shape = Ints{static_cast<std::int64_t>(values.size())};
    return at.add_op("Const", {}, {{kInt32, shape}}, {.attributes = {{"value", AttributeValue(std::move(values))}}});
  }
  Tensor constant(std::int64_t value) {
    return at.add_op("Const", {}, {{kInt32, Ints{}}}, {.attributes = {{"value", AttributeValue(value)}}});
  }
  std::string refusal(std::string_view type, std::initializer_list<Tensor> inputs, const OpOptions& options = {}) {
    const std::size_t before = graph.ops.size();
    try {
      at.add_op(type, inputs, options);
    } catch (const Error& error) {
      CHECK(graph.ops.size() == before);
      return error.what();
    }
    return "";
  }
};

}  // namespace

TEST_CASE_FIXTURE(Fixture, "an operation of a common type needs no outputs") {
  const Tensor a = x(Ints{-1, 3}), b = x(Ints{3, 4});
  const Tensor product = at.add_op("MatMul", {a, b}, {.name = "product"});
  CHECK((product.name() == "product:0" && product.dtype() == kFloat32 && product.shape() == Ints{-1, 4}));
  CHECK(Tensor(at.add_op("AddV2", {product, x(Ints{4})})).shape() == Ints{-1, 4});
  CHECK(Tensor(at.add_op("Relu", {product})).shape() == Ints{-1, 4});
  const Tensor less = at.add_op("Less", {product, product});
  CHECK((less.dtype() == kBool && less.shape() == Ints{-1, 4}));
}

TEST_CASE_FIXTURE(Fixture, "rules read the values of constants") {
  CHECK(Tensor(at.add_op("Reshape", {x(Ints{4, 3}), constant(Ints{-1, 2})})).shape() == Ints{6, 2});
  CHECK(Tensor(at.add_op("Sum", {x(Ints{4, 3}), constant(1)})).shape() == Ints{4});
  CHECK(Tensor(at.add_op("Sum", {x(Ints{4, 3}), x(Ints{}, kInt32)})).shape() == std::nullopt);
  CHECK(Tensor(at.add_op("Reshape", {x(Ints{4, 3}), x(Ints{2}, kInt32)})).shape() == Ints{-1, -1});
}

TEST_CASE_FIXTURE(Fixture, "rules read attributes") {
  const OpOptions keep{.attributes = {{"keep_dims", AttributeValue(true)}}};
  CHECK(Tensor(at.add_op("Sum", {x(Ints{4, 3}), constant(0)}, keep)).shape() == Ints{1, 3});
  const OpOptions conv{
      .attributes = {{"strides", AttributeValue(Ints{1, 2, 2, 1})}, {"padding", AttributeValue(std::string("SAME"))}}};
  CHECK(Tensor(at.add_op("Conv2D", {x(Ints{-1, 7, 7, 3}), x(Ints{3, 3, 3, 8})}, conv)).shape() == Ints{-1, 4, 4, 8});
  const Operation split = at.add_op("Split", {constant(1), x(Ints{2, 6})},
                                    {.attributes = {{"num_split", AttributeValue(std::int64_t{3})}}});
  CHECK((split.output_count() == 3 && split.output(2).shape() == Ints{2, 2}));
  const Tensor whole = at.add_op("Cast", {x(Ints{2})}, {.attributes = {{"DstT", AttributeValue(kInt64)}}});
  CHECK(whole.dtype() == kInt64);
}

TEST_CASE_FIXTURE(Fixture, "what does not fit is refused in v1's words, and nothing is made") {
  const Tensor a = x(Ints{2, 3}), b = x(Ints{4, 5}), one = constant(1);
  CHECK(refusal("MatMul", {a, b}) == "Dimensions must be equal, but are 3 and 4");
  CHECK(refusal("AddV2", {a, b}) == "Dimensions must be equal, but are 3 and 5");
  CHECK(refusal("ConcatV2", {a, b, one}) ==
        "Dimension 0 in both shapes must be equal, but are 2 and 4. Shapes are [2] and [4].");
  CHECK(refusal("Softmax", {x(Ints{})}) == "Shape must be at least rank 1 but is rank 0");
  CHECK(refusal("MatMul", {a}) == "The operation needs at least 2 inputs, but has 1.");
  CHECK(refusal("Cast", {a}) == "add_op: the attribute 'DstT' is missing.");
  CHECK(refusal("Sum", {a, one}, {.attributes = {{"keep_dims", AttributeValue(std::int64_t{1})}}}) ==
        "add_op: the attribute 'keep_dims' is of another kind than the operation's type has.");
  CHECK(refusal("MyOwn", {a}) == "add_op: the type 'MyOwn' has no shape rule; give its outputs.");
}

TEST_CASE_FIXTURE(Fixture, "sizes that are too large for an int are refused") {
  const std::int64_t large = std::int64_t{1} << 62;
  CHECK(refusal("Tile", {x(Ints{large}), constant(Ints{4})}) ==
        "Negative dimension size caused by overflow when multiplying 4611686018427387904 and 4");
  CHECK(refusal("ConcatV2", {x(Ints{large}), x(Ints{large}), constant(0)}) ==
        "Dimension size overflow from adding 4611686018427387904 and 4611686018427387904");
}
