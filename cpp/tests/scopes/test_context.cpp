#include "scopetrie/scopes/context.hpp"

#include <doctest/doctest.h>

#include "recording.hpp"

using namespace scopetrie;
using scopetrie::testing::error_of;

namespace {

struct Stand {
  Graph graph;
  Context at{graph};

  std::string take(std::string_view name, NameStyle style = NameStyle::kNode) {
    return graph.text(at.take_name(name, style).name);
  }
  OpId add(std::string_view name, std::span<const TensorId> inputs = {}) {
    const Output output{ShapeTable::kScalar, 1};
    return at.add_operation(0, at.take_name(name, NameStyle::kNode).name, inputs, {&output, 1});
  }
};

}  // namespace

TEST_CASE("names are taken in the current name scope") {
  Stand stand;
  CHECK(stand.take("w") == "w");
  CHECK(stand.take("W") == "W_1");
  stand.at.open_name_scope("a");
  CHECK(stand.at.name_scope_path() == "a");
  CHECK(stand.take("w") == "a/w");
  CHECK(stand.take("b/c") == "a/b/c");
  CHECK(stand.at.unique_name("w", false) == "a/w_1");
  CHECK(stand.at.unique_name("w") == "a/w_1");
  CHECK(stand.at.unique_name("w") == "a/w_2");
  CHECK(stand.at.unique_name("a b/") == "a/a b/");
}

TEST_CASE("a name scope is numbered, entered verbatim, or the root; nothing stands in the trie until it is used") {
  Stand stand;
  const std::size_t scopes = stand.graph.ops.scopes().size();
  for (const char* expected : {"a", "a_1", "a_2"}) {
    const NamesKept kept(stand.at);
    stand.at.open_name_scope("a");
    CHECK(stand.at.name_scope_path() == expected);
  }
  CHECK(stand.graph.ops.scopes().size() == scopes);
  stand.at.open_name_scope("a/");
  stand.at.open_name_scope("b/c");
  CHECK(stand.at.name_scope_path() == "a/b/c");
  stand.at.open_name_scope("");
  CHECK(stand.at.name_scope_path().empty());
}

TEST_CASE("what is no name scope's name changes nothing") {
  Stand stand;
  CHECK(error_of([&] { stand.at.open_name_scope("_a"); }).starts_with("ValueError: '_a' is not a valid root scope"));
  CHECK(stand.at.name_scope_path().empty());
  stand.at.open_name_scope("a");
  stand.at.open_name_scope("_b");
  CHECK(stand.at.name_scope_path() == "a/_b");
  CHECK(error_of([&] { stand.at.open_name_scope("a b"); }).starts_with("ValueError: 'a b' is not a valid scope"));
  CHECK(stand.at.name_scope_path() == "a/_b");
  CHECK_FALSE(stand.graph.has_odd_scopes);
  stand.at.open_name_scope("_b/");
  CHECK(stand.graph.has_odd_scopes);
  CHECK(error_of([&] { stand.take("w"); }).empty());  // a plain name is taken without a look; who adds checks it
  CHECK(error_of([&] { stand.graph.check_operation_name(stand.at.take_name("w", NameStyle::kScope).name); }) ==
        "ValueError: `_b/w_1` is not a valid node name. Accepted names conform to Regex "
        "/re.compile('^[A-Za-z0-9.][A-Za-z0-9_.\\\\\\\\/>-]*$')/");
}

TEST_CASE("a verbatim name is taken as it is, once, and later names step over it") {
  Stand stand;
  stand.at.open_name_scope("a");
  stand.add("x/y/");
  CHECK(stand.graph.ops.find("x/y") == 0);
  CHECK(error_of([&] { stand.take("x/y/"); }) == "ValueError: Duplicate node name in graph: 'x/y'");
  CHECK(stand.graph.has_unnoted_names);
  stand.at.open_name_scope("x/");
  CHECK(error_of([&] { stand.take("y"); }) == "ValueError: Duplicate node name in graph: 'x/y'");
  CHECK(stand.take("y") == "x/y_1");
}

TEST_CASE("which message a bad name gets depends on what opens") {
  Stand stand;
  CHECK(error_of([&] { stand.take("_x"); }).starts_with("ValueError: `_x` is not a valid node name."));
  CHECK(error_of([&] { stand.take("_x", NameStyle::kScope); }).starts_with("ValueError: '_x' is not a valid root"));
  CHECK(error_of([&] { stand.take("_x/"); }).starts_with("ValueError: `_x` is not a valid node name."));
}

TEST_CASE("an operation waits for what the open blocks name, but not for its inputs nor in vain") {
  Stand stand;
  const OpId a = stand.add("a"), b = stand.add("b");
  stand.at.open_controls({a});
  const OpId first = stand.add("first");
  const TensorId first_output = stand.graph.ops.operation(first).first_output;
  const OpId behind = stand.add("behind", {&first_output, 1});
  stand.at.open_controls({b, a});
  CHECK(stand.at.control_inputs() == std::vector<OpId>{a, b, a});
  const TensorId b_output = stand.graph.ops.operation(b).first_output;
  const OpId of_b = stand.add("of_b", {&b_output, 1});
  stand.at.close_controls();
  stand.at.close_controls();
  stand.at.close_controls();  // there is none left
  const OpId free = stand.add("free");
  const auto waits = [&](OpId op) {
    const auto found = stand.graph.ops.control_inputs(op);
    return std::vector<OpId>(found.begin(), found.end());
  };
  CHECK(waits(first) == std::vector<OpId>{a});
  CHECK(waits(behind).empty());  // its input waits already
  CHECK(waits(of_b) == std::vector<OpId>{a});
  CHECK(waits(free).empty());
}

TEST_CASE("a listener hears of each operation, and may go while it does") {
  struct Listener : OperationListener {
    std::vector<OpId> heard;
    std::vector<OpId>& copy;
    explicit Listener(std::vector<OpId>& copy) : copy(copy) {}
    void operation_made(Context& context, OpId op) override {
      context.listener = {};
      heard.push_back(op);
      copy = heard;
    }
  };
  Stand stand;
  std::vector<OpId> heard;
  stand.at.listener = make_object<Listener>(heard);
  CHECK(stand.at.must_ask());
  stand.add("a");
  stand.add("b");
  CHECK(heard == std::vector<OpId>{0});
  CHECK_FALSE(stand.at.must_ask());
}
