#include "scopetrie/names/scope_trie.hpp"

#include <doctest/doctest.h>

#include <map>
#include <random>
#include <string>
#include <vector>

#include "v1_names.hpp"

using namespace scopetrie;

namespace {

struct Trie {
  Segments segments;
  ScopeTrie scopes{segments};

  std::string path(ScopeId scope) const {
    std::string out;
    scopes.append_path(scope, out);
    return out;
  }
};

}  // namespace

TEST_CASE("the root is the empty path, within itself and its own folding") {
  Trie trie;
  CHECK(trie.scopes.at("") == ScopeTrie::kRoot);
  CHECK(trie.path(ScopeTrie::kRoot).empty());
  CHECK(trie.scopes.folded(ScopeTrie::kRoot) == ScopeTrie::kRoot);
  CHECK(trie.scopes.is_within(ScopeTrie::kRoot, ScopeTrie::kRoot));
  CHECK(trie.scopes.size() == 1);
}

TEST_CASE("a path has one scope, whether its number was written or counted") {
  Trie trie;
  const SegmentId mul = trie.segments.intern("mul");
  const ScopeId counted = trie.scopes.child(ScopeTrie::kRoot, mul, 7);
  CHECK(trie.scopes.at("mul_7") == counted);
  CHECK(trie.scopes.find_child(ScopeTrie::kRoot, trie.segments.intern("mul_7")) == counted);
  CHECK(trie.scopes.child(ScopeTrie::kRoot, trie.segments.intern("mul_7"), 2) == trie.scopes.at("mul_7_2"));
  CHECK(trie.scopes.at("mul_07") != counted);
  CHECK(trie.path(counted) == "mul_7");
  CHECK(trie.scopes.base(counted) == mul);
  CHECK(trie.scopes.suffix(counted) == 7);
  CHECK(trie.scopes.at("b", trie.scopes.at("mul_7")) == trie.scopes.at("mul_7/b"));
}

TEST_CASE("looking for a scope makes none") {
  Trie trie;
  const SegmentId a = trie.segments.intern("a");
  CHECK(trie.scopes.find_child(ScopeTrie::kRoot, a) == kNone);
  CHECK(trie.scopes.find_child(ScopeTrie::kRoot, a, 3) == kNone);
  CHECK(trie.scopes.size() == 1);
  const ScopeId scope = trie.scopes.child(ScopeTrie::kRoot, a);
  CHECK(trie.scopes.find_child(ScopeTrie::kRoot, a) == scope);
  CHECK(trie.scopes.find_child(scope, a) == kNone);
}

TEST_CASE("is_within is about paths, not texts") {
  Trie trie;
  const ScopeId a = trie.scopes.at("a");
  const ScopeId inner = trie.scopes.at("a/b/c");
  CHECK(trie.scopes.is_within(inner, a));
  CHECK(trie.scopes.is_within(inner, inner));
  CHECK(trie.scopes.is_within(inner, ScopeTrie::kRoot));
  CHECK_FALSE(trie.scopes.is_within(a, inner));
  CHECK_FALSE(trie.scopes.is_within(trie.scopes.at("ab"), a));
}

TEST_CASE("empty segments are segments: v1 makes `x//v` of an empty scope name") {
  Trie trie;
  for (const char* path : {"x/", "x//v", "/v", "//", "/"}) {
    CAPTURE(path);
    const ScopeId scope = trie.scopes.at(path);
    CHECK(trie.path(scope) == path);
    CHECK(trie.scopes.at(path) == scope);
  }
  CHECK(trie.scopes.at("x/") != trie.scopes.at("x"));
}

TEST_CASE("a name is a scope and a last segment, either of which may be empty parts") {
  Trie trie;
  struct Row {
    const char *name, *scope, *last;
  };
  for (const Row& row : {Row{"c", "", "c"}, Row{"a/b/c", "a/b", "c"}, Row{"a/", "a", ""}, Row{"a//c", "a/", "c"}}) {
    CAPTURE(row.name);
    SegmentId last = kNone;
    CHECK(trie.path(trie.scopes.scope_of_name(row.name, ScopeTrie::kRoot, last)) == row.scope);
    CHECK(trie.segments.text(last) == row.last);
    const ScopeId from = trie.scopes.at("from");
    CHECK(trie.scopes.scope_of_name(row.name, from, last) == trie.scopes.at(row.scope, from));
  }
  SegmentId last = kNone;
  const ScopeId scope = trie.scopes.scope_of_name("/c", ScopeTrie::kRoot, last);
  CHECK(scope != ScopeTrie::kRoot);  // though both read ""
  CHECK(trie.path(trie.scopes.child(scope, last)) == "/c");
}

TEST_CASE("paths agree with a map from texts, and fold to the scope of the lower-case text") {
  std::mt19937 random(2);
  const char* const parts[] = {"a", "A", "b", "a_1", "A_1", "a_1_1", "a_01", "Conv_2", "conv_2", "conv", "", "_1"};
  Trie trie;
  std::map<std::string, ScopeId> model{{"", ScopeTrie::kRoot}};
  for (int step = 0; step < 5000; ++step) {
    auto from = std::next(model.begin(), static_cast<std::ptrdiff_t>(random() % model.size()));
    if (from->first.size() > 40) continue;
    const std::string part = parts[random() % std::size(parts)];
    const std::uint32_t number = random() % 3 == 0 ? random() % 3 : 0;
    std::string text = from->second == ScopeTrie::kRoot ? part : from->first + "/" + part;
    if (number != 0) text += "_" + std::to_string(number);
    if (text.empty()) continue;  // the empty segment at the root reads like the root
    const ScopeId scope = trie.scopes.child(from->second, trie.segments.intern(part), number);
    const auto [at, added] = model.emplace(text, scope);
    REQUIRE(at->second == scope);
    REQUIRE(trie.path(scope) == text);
    REQUIRE(trie.path(trie.scopes.folded(scope)) == testing::lower(text));
    REQUIRE(trie.scopes.at(text) == scope);
    REQUIRE(trie.scopes.at(testing::lower(text)) == trie.scopes.folded(scope));
    REQUIRE(trie.scopes.parent(scope) == from->second);
  }
}

TEST_CASE("opened is remembered for each scope while the table grows") {
  Trie trie;
  const ScopeId a = trie.scopes.at("a");
  CHECK_FALSE(trie.scopes.opened(a));
  trie.scopes.set_opened(a, true);
  for (int i = 0; i < 1000; ++i) trie.scopes.at("b_" + std::to_string(i));
  CHECK(trie.scopes.opened(a));
  CHECK_FALSE(trie.scopes.opened(trie.scopes.at("b_7")));
  trie.scopes.set_opened(a, false);
  CHECK_FALSE(trie.scopes.opened(a));
}

TEST_CASE("the path of a scope nested 200,000 deep is made without recursion") {
  Trie trie;
  std::string text = "S";
  for (int i = 1; i < 200000; ++i) text += "/S";
  const ScopeId scope = trie.scopes.at(text);
  std::string out = "before:";
  trie.scopes.append_path(scope, out);
  CHECK(out == "before:" + text);
  CHECK(trie.path(trie.scopes.folded(scope)) == testing::lower(text));
}
