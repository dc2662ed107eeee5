#include "scopetrie/variables/get_variable.hpp"

#include <doctest/doctest.h>

#include "scopetrie/variables/creation.hpp"

namespace st = scopetrie;
using st::Sharing;
using Kind = st::Verdict::Kind;

namespace {

/// A graph with the variable "layer/w" of shape [2, 3].
struct OneVariable {
  st::Graph graph;
  st::VariableRequest request;

  OneVariable() {
    request.scope = graph.ops.scopes().at("layer");
    request.segment = graph.ops.segments().intern("w");
    request.has_shape = true;
    request.shape = shape({2, 3});
    const st::Output output{request.shape, st::kFloat32};
    REQUIRE(graph.ops.take_owner(request.scope, request.segment));
    const auto run = st::run_of(graph, st::InitialValue{}, output);
    st::create_variable(graph, run, {request.scope, request.segment, 0}, true, output, true, st::kNone);
  }
  st::ShapeId shape(std::vector<std::int64_t> dims) { return graph.ops.shapes().intern(dims); }
  Kind verdict() { return st::look_up(graph, request).kind; }
  std::string text() { return st::refusal(graph, request, st::look_up(graph, request)).what(); }
};

}  // namespace

TEST_CASE("a name is shared, made or refused as the mode says") {
  OneVariable at;
  for (const auto& [sharing, found, missing] : {std::tuple{Sharing::kNo, Kind::kExists, Kind::kMake},
                                                {Sharing::kYes, Kind::kFound, Kind::kDoesNotExist},
                                                {Sharing::kAuto, Kind::kFound, Kind::kMake},
                                                {Sharing::kNotSaid, Kind::kFound, Kind::kMake}}) {
    at.request.sharing = sharing;
    at.request.segment = at.graph.ops.segments().intern("w");
    CHECK(at.verdict() == found);
    at.request.segment = at.graph.ops.segments().intern("other");
    CHECK(at.verdict() == missing);
  }
}

TEST_CASE("what is shared must be as asked for, as far as that is known") {
  OneVariable at;
  at.request.sharing = Sharing::kYes;
  at.request.shape = at.shape({st::ShapeTable::kUnknownDim, 3});
  CHECK(at.verdict() == Kind::kFound);
  at.request.shape = at.shape({3});
  CHECK(at.text() == "Trying to share variable layer/w, but specified shape (3,) and found shape (2, 3).");
  at.request.has_shape = false;
  at.request.dtype = st::kInt32;
  CHECK(at.text() == "Trying to share variable layer/w, but specified dtype int32 and found dtype float32_ref.");
}

TEST_CASE("the checks come in v1's order") {
  OneVariable at;
  at.request.source = st::InitialSource::kValue;
  CHECK(at.verdict() == Kind::kValueWithShape);  // though it exists
  at.request.source = st::InitialSource::kNotGiven;
  at.request.dtype = st::kInt32;
  at.request.shape = at.shape({7});
  CHECK(at.verdict() == Kind::kExists);
  at.request.sharing = Sharing::kAuto;
  CHECK(at.verdict() == Kind::kOtherShape);
  at.request.segment = at.graph.ops.segments().intern("other");
  at.request.dtype = st::kComplex64;
  CHECK(at.text() == "An initializer for variable layer/other of <dtype: 'complex64'> is required");
  at.request.has_shape = false;
  CHECK(at.text() == "Variable layer/other did not get an initializer, so its `shape` argument must be specified.");
  at.request.source = st::InitialSource::kTold;
  CHECK(at.verdict() == Kind::kMake);
}

TEST_CASE("the parts of a variable keep others from its name") {
  OneVariable at;
  at.request.scope = at.graph.ops.scopes().at("layer/v");
  at.request.segment = at.graph.ops.segments().intern("part_0");
  at.graph.has_parts = true;
  st::VariableRow part;
  part.scope = at.request.scope;
  part.segment = at.request.segment;
  at.graph.variables.create(part);
  at.request.scope = at.graph.ops.scopes().at("layer");
  at.request.segment = at.graph.ops.segments().intern("v");
  CHECK(at.verdict() == Kind::kHasParts);
  at.request.is_part = true;
  CHECK(at.verdict() == Kind::kMake);
}

TEST_CASE("a refusal tells its kind apart from its words, and where they say a place") {
  OneVariable at;
  for (int number = static_cast<int>(Kind::kMake) + 1; number <= static_cast<int>(Kind::kNoInitializer); ++number) {
    const auto kind = static_cast<Kind>(number);
    const bool differs = kind == Kind::kOtherShape || kind == Kind::kOtherDType;
    const st::Error error = st::refusal(at.graph, at.request, {kind, 0});
    CHECK(error.facts().refusal == (differs                       ? st::Refusal::kDiffers
                                    : kind == Kind::kDoesNotExist ? st::Refusal::kMissing
                                                                  : st::Refusal::kOther));
    CHECK(std::string_view(error.what()).ends_with(error.facts().place));
    CHECK(error.facts().place == (kind == Kind::kExists ? "Originally defined at:\n\n  operation layer/w" : ""));
  }
}
