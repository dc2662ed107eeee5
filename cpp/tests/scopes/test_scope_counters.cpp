#include "scopetrie/scopes/scope_counters.hpp"

#include <doctest/doctest.h>

#include <map>
#include <random>
#include <string>
#include <vector>

using namespace scopetrie;

namespace {

std::string joined(const std::string& path, const std::string& name) { return path.empty() ? name : path + "/" + name; }

/// v1's rule in its original form: a dictionary of counts.
class V1Counts {
 public:
  void open(const std::string& path) { ++counts_[path]; }
  void close_beneath(const std::string& path) {
    for (auto& [key, count] : counts_)
      if (path.empty() || key.starts_with(path + "/")) count = 0;
  }
  bool is_open(const std::string& path) const {
    const auto at = counts_.find(path);
    return at != counts_.end() && at->second > 0;
  }
  std::string unused(const std::string& parent, const std::string& prefix) const {
    std::string path = joined(parent, prefix);
    for (int number = 1; is_open(path); ++number) path = joined(parent, prefix) + "_" + std::to_string(number);
    return path;
  }
  std::map<std::string, int> counts() const { return counts_; }
  void restore(std::map<std::string, int> counts) { counts_ = std::move(counts); }

 private:
  std::map<std::string, int> counts_;
};

struct Scopes {
  Segments segments;
  ScopeTrie trie{segments};
  ScopeCounters counters{trie};

  void open_unused(const std::string& parent, const std::string& prefix) {
    counters.open(trie.at(unused(parent, prefix)));
  }
  std::string unused(const std::string& parent, const std::string& prefix) {
    std::string text = joined(parent, prefix);
    append_suffix(counters.unused(trie.at(parent), prefix), text);
    return text;
  }
};

}  // namespace

TEST_CASE("default names count the scopes opened under their parent") {
  Scopes s;
  CHECK(s.unused("", "a") == "a");
  CHECK(s.unused("", "a") == "a");  // a query opens nothing
  s.counters.open(s.trie.at("a"));
  CHECK(s.unused("", "a") == "a_1");
  s.counters.open(s.trie.at("a_1"));
  s.counters.open(s.trie.at("a_3"));
  CHECK(s.unused("", "a") == "a_2");
  s.counters.open(s.trie.at("a_2"));
  CHECK(s.unused("", "a") == "a_4");
  CHECK(s.unused("", "A") == "A");
  CHECK(s.unused("b", "a") == "b/a");
  CHECK(s.unused("", "a_1") == "a_1_1");
}

TEST_CASE("an empty default name counts, too") {
  Scopes s;
  CHECK(s.unused("", "") == "");
  s.counters.open(ScopeTrie::kRoot);
  CHECK(s.unused("", "") == "_1");
  s.counters.open(s.trie.at("_1"));
  CHECK(s.unused("", "") == "_2");
  CHECK(s.unused("a", "") == "a/");
  s.counters.open(s.trie.at("a/"));
  CHECK(s.unused("a", "") == "a/_1");
  s.counters.close_beneath(s.trie.at("a"));
  CHECK(s.unused("a", "") == "a/");
}

TEST_CASE("closing a scope forgets what was opened beneath it, not itself") {
  Scopes s;
  const ScopeId a = s.trie.at("a");
  s.counters.open(a);
  s.counters.open(s.trie.at("a/b"));
  s.counters.open(s.trie.at("a/b_1"));
  s.counters.open(s.trie.at("a/b/c"));
  s.counters.open(s.trie.at("ab"));
  CHECK(s.unused("a", "b") == "a/b_2");
  s.counters.close_beneath(a);
  CHECK(s.counters.is_open(a));
  CHECK(s.counters.is_open(s.trie.at("ab")));
  CHECK_FALSE(s.counters.is_open(s.trie.at("a/b/c")));
  CHECK(s.unused("a", "b") == "a/b");
  s.counters.open(s.trie.at("a/b"));
  CHECK(s.unused("a", "b") == "a/b_1");
  CHECK(s.unused("a/b", "c") == "a/b/c");
}

TEST_CASE("restore takes back openings, closings and what counting had learnt") {
  Scopes s;
  const ScopeId a = s.trie.at("a");
  s.counters.open(a);
  s.counters.open(s.trie.at("a/b"));
  CHECK(s.unused("a", "b") == "a/b_1");
  const std::size_t mark = s.counters.save();
  s.counters.open(s.trie.at("a/b_1"));
  s.counters.open(s.trie.at("a/b_2"));
  CHECK(s.unused("a", "b") == "a/b_3");
  s.counters.close_beneath(a);
  CHECK(s.unused("a", "b") == "a/b");
  s.counters.restore(mark);
  CHECK(s.counters.is_open(s.trie.at("a/b")));
  CHECK(s.unused("a", "b") == "a/b_1");
}

TEST_CASE("a program of nested scopes counts as v1 does") {
  const char* const names[] = {"a", "A", "a_1", "b", "b_1", "a/b", "b_2_1"};
  const char* const prefixes[] = {"a", "b", "a_1", "a/b", "c"};
  for (unsigned seed = 0; seed < 100; ++seed) {
    CAPTURE(seed);
    std::mt19937 random(seed);
    Scopes s;
    V1Counts model;
    struct Entered {
      std::string path;
      bool captured;
      std::size_t mark;
      std::map<std::string, int> counts;
    };
    std::vector<Entered> stack;
    std::vector<std::string> seen;
    for (int step = 0; step < 300; ++step) {
      const std::string current = stack.empty() ? "" : stack.back().path;
      const unsigned what = random() % 16;
      if (what < 6 && !stack.empty()) {
        if (stack.back().captured) {
          s.counters.restore(stack.back().mark);
          model.restore(stack.back().counts);
        } else {
          s.counters.close_beneath(s.trie.at(current));
          model.close_beneath(current);
        }
        stack.pop_back();
      } else if (what == 6 && stack.empty() && random() % 4 == 0) {
        s.counters.close_beneath(ScopeTrie::kRoot);
        model.close_beneath("");
      } else if (current.size() < 24) {
        const bool captured = what < 9 && !seen.empty();
        std::string path =
            captured ? seen[random() % seen.size()] : joined(current, names[random() % std::size(names)]);
        if (what >= 12) {
          const std::string prefix = prefixes[random() % std::size(prefixes)];
          path = s.unused(current, prefix);
          REQUIRE(path == model.unused(current, prefix));
        }
        s.counters.open(s.trie.at(path));
        model.open(path);
        seen.push_back(path);
        stack.push_back({path, captured, captured ? s.counters.save() : 0, model.counts()});
      }
      for (const auto& [path, count] : model.counts()) REQUIRE(s.counters.is_open(s.trie.at(path)) == (count > 0));
    }
  }
}

TEST_CASE("captured scopes that are left in the order they were entered leave nothing behind") {
  Scopes s;  // generators do this
  const std::size_t first = s.counters.save();
  s.counters.open(s.trie.at("a"));
  const std::size_t second = s.counters.save();
  s.counters.open(s.trie.at("b"));
  s.counters.restore(first);
  s.counters.open(s.trie.at("d"));
  s.counters.open(s.trie.at("e"));
  s.counters.restore(second);
  CHECK_FALSE(s.counters.is_open(s.trie.at("a")));
  CHECK_FALSE(s.counters.is_open(s.trie.at("b")));
  s.counters.open(s.trie.at("c"));
  CHECK(s.counters.save() == 0);
}

TEST_CASE("opening, counting and capturing cost the same however many scopes were opened before") {
  constexpr int kScopes = 100000;  // quadratic would be minutes
  Scopes s;
  for (int i = 0; i < kScopes; ++i) {
    const ScopeId scope = s.trie.at(s.unused("", "layer"));
    s.counters.open(scope);
    s.counters.close_beneath(scope);
  }
  CHECK(s.unused("", "layer") == "layer_" + std::to_string(kScopes));
  const ScopeId captured = s.trie.at("layer");
  for (int i = 0; i < kScopes; ++i) {
    s.counters.open(captured);
    const std::size_t mark = s.counters.save();
    s.open_unused("", "layer");
    s.counters.restore(mark);
  }
  CHECK(s.unused("", "layer") == "layer_" + std::to_string(kScopes));
}
