#include "scopetrie/names/unique_names.hpp"

#include <doctest/doctest.h>

#include <ctime>
#include <random>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include "scopetrie/names/scope_trie.hpp"
#include "v1_names.hpp"

using namespace scopetrie;
using scopetrie::testing::V1Names;

namespace {

struct Taken {
  Segments segments;
  UniqueNames names{segments};

  std::string take(std::string_view text, ScopeId scope = ScopeTrie::kRoot) {
    const SegmentId segment = segments.intern(text);
    return full(segment, names.take(scope, segment).suffix);
  }
  std::string peek(std::string_view text, ScopeId scope = ScopeTrie::kRoot) {
    const SegmentId segment = segments.intern(text);
    return full(segment, names.peek(scope, segment));
  }
  bool is_taken(std::string_view text) {
    const SegmentId segment = segments.intern(text);
    return names.is_taken(ScopeTrie::kRoot, segments.base(segment), segments.suffix(segment));
  }
  void release(std::string_view text) {
    const SegmentId segment = segments.intern(text);
    names.release(ScopeTrie::kRoot, segments.base(segment), segments.suffix(segment));
  }
  void take_exactly(std::string_view text) {
    const SegmentId segment = segments.intern(text);
    names.take_exactly(ScopeTrie::kRoot, segments.base(segment), segments.suffix(segment));
  }
  std::string full(SegmentId segment, std::uint32_t suffix) const {
    std::string out(segments.text(segment));
    append_suffix(suffix, out);
    return out;
  }
};

/// Returns the seconds of processor time that `work` takes: a busy machine adds none. Bounds are about a hundred times
/// the time without sanitizers.
template <class Work>
double seconds(Work&& work) {
  const std::clock_t start = std::clock();
  work();
  return static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
}

}  // namespace

TEST_CASE("the first is bare, later ones are numbered past what is taken") {
  Taken n;
  CHECK(n.take("a") == "a");
  CHECK(n.take("a") == "a_1");
  CHECK(n.take("a_1") == "a_1_1");
  CHECK(n.take("a") == "a_2");
  CHECK(n.take("a") == "a_3");
  CHECK(n.take("a_2") == "a_2_1");
  CHECK(n.take("a_4") == "a_4");
  CHECK(n.take("a") == "a_5");
  CHECK(n.take("a_1") == "a_1_2");
}

TEST_CASE("names written before counting reaches them, in the worst order") {
  Taken n;
  for (int i = 9; i >= 1; --i) CHECK(n.take("w_" + std::to_string(i)) == "w_" + std::to_string(i));
  CHECK(n.take("w") == "w");
  CHECK(n.take("w") == "w_10");
  CHECK(n.take("w_10") == "w_10_1");
  CHECK(n.take("w_9_1") == "w_9_1");
  CHECK(n.take("w_9") == "w_9_2");
}

TEST_CASE("numbers that counting does not write are names of their own") {
  Taken n;
  CHECK(n.take("w_0") == "w_0");
  CHECK(n.take("w_01") == "w_01");
  CHECK(n.take("w") == "w");
  CHECK(n.take("w") == "w_1");
  CHECK(n.take("w_01") == "w_01_1");
  CHECK(n.take("w_4294967297") == "w_4294967297");
  CHECK(n.take("w") == "w_2");
}

TEST_CASE("the empty name counts like any other") {
  Taken n;  // as TensorFlow answers
  CHECK(n.take("") == "");
  CHECK(n.take("_1") == "_1");
  CHECK(n.take("_1") == "_1_1");
  CHECK(n.take("_1") == "_1_2");
  CHECK(n.take("") == "_2");
}

TEST_CASE("scopes do not share names") {
  Taken n;
  CHECK(n.take("w", 3) == "w");
  CHECK(n.take("w", 4) == "w");
  CHECK(n.take("w", 3) == "w_1");
  CHECK(n.peek("w") == "w");
}

TEST_CASE("peek gives what take would give, and takes nothing") {
  Taken n;
  CHECK(n.peek("w") == "w");
  CHECK(n.peek("w") == "w");
  n.take("w_1");
  CHECK(n.peek("w") == "w");
  n.take("w");
  CHECK(n.peek("w") == "w_2");
  CHECK(n.peek("w") == "w_2");
  CHECK(n.peek("w_1") == "w_1_1");
  CHECK(n.peek("w_2") == "w_2");
  CHECK(n.take("w_2") == "w_2");
  CHECK(n.peek("w") == "w_3");
  CHECK(n.take("w") == "w_3");
}

TEST_CASE("any sequence of takes, peeks and rollbacks gives v1's names") {
  const char* const vocabulary[] = {
      "w",  "w_1",  "w_2", "w_3", "w_5", "w_12", "w_1_1", "w_1_2", "w_2_1",   "w_5_1",  "w_1_3",      "w_0", "w_01",
      "w_", "w__1", "_1",  "",    "a",   "a_1",  "a_2",   "a_1_1", "a_1_1_1", "a_1_01", "a_99999999", "1",   "1_1"};
  for (unsigned seed = 0; seed < 300; ++seed) {
    CAPTURE(seed);
    std::mt19937 random(seed);
    Taken n;
    V1Names model;
    std::vector<std::size_t> marks;
    // Some runs use few names, so that counters get large; some use all, so that they collide.
    const std::size_t names = 1 + random() % std::size(vocabulary);
    const std::size_t first = random() % (std::size(vocabulary) - names + 1);
    const ScopeId scopes = 1 + random() % 3;
    for (int step = 0; step < 400; ++step) {
      std::string text = vocabulary[first + random() % names];
      if (random() % 8 == 0) text += "_" + std::to_string(1 + random() % 60);
      const ScopeId scope = random() % scopes;
      const std::string prefix = std::to_string(scope) + "/";
      const unsigned what = random() % 40;
      if (what == 0) {
        marks.push_back(n.names.begin());
        model.begin();
      } else if (what == 1 && !marks.empty()) {
        n.names.undo(marks.back()), n.names.commit();
        marks.pop_back();
        model.rollback();
      } else if (what == 2 && !marks.empty()) {
        n.names.commit();
        marks.pop_back();
        model.commit();
      } else if (what < 10) {
        REQUIRE(prefix + n.peek(text, scope) == model.unique(prefix + text, false));
      } else {
        REQUIRE(prefix + n.take(text, scope) == model.unique(prefix + text));
      }
    }
  }
}

TEST_CASE("what was released is given out again, the least number first") {
  Taken n;
  for (int i = 0; i < 5; ++i) n.take("w");
  n.release("w_3");
  n.release("w_1");
  CHECK_FALSE(n.is_taken("w_1"));
  CHECK(n.is_taken("w_2"));
  CHECK(n.peek("w") == "w_1");
  CHECK(n.take("w") == "w_1");
  CHECK(n.take("w_3") == "w_3");
  CHECK(n.take("w") == "w_5");
  n.release("w");
  CHECK(n.take("w") == "w");
  CHECK(n.take("w") == "w_6");
}

TEST_CASE("any sequence of takes, releases and rollbacks gives the first name that is free") {
  const char* const vocabulary[] = {"w", "w_1", "w_2", "w_3", "w_5", "w_1_1", "w_1_2", "w_2_1", "w_0", "", "_1", "a"};
  for (unsigned seed = 0; seed < 400; ++seed) {
    CAPTURE(seed);
    std::mt19937 random(seed);
    Taken n;
    std::set<std::string> taken;  // the model
    std::vector<std::pair<std::size_t, std::set<std::string>>> spans;
    const auto unique = [&](const std::string& text) {
      if (!taken.contains(text)) return text;
      int number = 1;
      while (taken.contains(text + "_" + std::to_string(number))) ++number;
      return text + "_" + std::to_string(number);
    };
    const std::size_t names = 1 + random() % std::size(vocabulary);
    for (int step = 0; step < 400; ++step) {
      std::string text = vocabulary[random() % names];
      if (random() % 4 == 0) text += "_" + std::to_string(1 + random() % 9);
      const unsigned what = random() % 40;
      if (what == 0) {
        spans.emplace_back(n.names.begin(), taken);
      } else if (what == 1 && !spans.empty()) {
        n.names.undo(spans.back().first);
        n.names.commit();
        taken = spans.back().second;
        spans.pop_back();
      } else if (what == 2 && !spans.empty()) {
        n.names.commit();
        spans.pop_back();
      } else if (what < 10) {
        REQUIRE(n.peek(text) == unique(text));
      } else if (what < 22 && !taken.empty()) {
        const auto at = std::next(taken.begin(), static_cast<long>(random() % taken.size()));
        n.release(*at);
        taken.erase(at);
      } else if (what < 25 && !taken.contains(text)) {
        n.take_exactly(text);
        taken.insert(text);
      } else {
        const std::string wanted = unique(text);
        REQUIRE(n.take(text) == wanted);
        taken.insert(wanted);
      }
      REQUIRE(n.is_taken(text) == taken.contains(text));
    }
    for (const std::string& name : taken) REQUIRE(n.is_taken(name));
    for (const char* base : vocabulary)
      for (int number = 1; number < 80; ++number) {
        const std::string name = base + ("_" + std::to_string(number));
        REQUIRE(n.is_taken(name) == taken.contains(name));
      }
  }
}

TEST_CASE("a number that was written, counted past, released and written again is stepped over") {
  Taken names;
  for (const char* each : {"a", "a_1", "a_2"}) CHECK(names.take("a") == each);
  names.take_exactly("a_4");
  for (const char* each : {"a_3", "a_5"}) CHECK(names.take("a") == each);  // counting is past all that was written
  CHECK(names.take("a_5") == "a_5_1");
  for (const char* each : {"a_5", "a_4", "a_3"}) names.release(each);
  names.take_exactly("a_5");
  for (const char* each : {"a_3", "a_4", "a_6", "a_7"}) CHECK(names.take("a") == each);
}

TEST_CASE("what a span took past a written number is given out again when it is undone") {
  Taken names;
  for (const char* each : {"a", "a_1"}) CHECK(names.take("a") == each);
  names.take_exactly("a_3");
  const std::size_t mark = names.names.begin();
  for (const char* each : {"a_2", "a_4", "a_5"}) CHECK(names.take("a") == each);
  names.names.undo(mark);
  names.names.commit();
  for (const char* each : {"a_2", "a_4"}) CHECK(names.take("a") == each);
}

TEST_CASE("a name tells whether a scope was opened at it, with or without a number") {
  Taken n;
  const SegmentId w = n.segments.intern("w");
  const SegmentId other = n.segments.intern("other");
  n.names.note_scope(0, w);
  CHECK(n.names.take(0, w).has_scopes);
  CHECK(n.names.take(0, w).has_scopes);
  CHECK(n.names.take(0, n.segments.intern("w_5")).has_scopes);
  CHECK(n.names.take(0, n.segments.intern("w_5")).has_scopes == false);  // it is w_5_1, a number of w_5
  CHECK_FALSE(n.names.take(0, other).has_scopes);
  CHECK_FALSE(n.names.take(1, w).has_scopes);
  n.names.note_scope(0, n.segments.intern("w_5"));  // some w_5_N
  CHECK(n.names.take(0, n.segments.intern("w_5")).has_scopes);
  CHECK(n.names.take(0, n.segments.intern("w_5_9")).has_scopes);
}

TEST_CASE("scopes outlive a rollback, owners do not") {
  Taken n;
  const SegmentId w = n.segments.intern("w");
  const SegmentId older = n.segments.intern("older");
  n.names.take(0, older);
  const std::size_t mark = n.names.begin();
  n.names.take(0, w);
  n.names.note_owner(0, w);
  n.names.note_owner(0, older);
  n.names.note_scope(0, w);
  CHECK(n.names.may_own(0, w));
  n.names.undo(mark), n.names.commit();
  CHECK_FALSE(n.names.may_own(0, w));
  CHECK_FALSE(n.names.may_own(0, older));
  const auto taken = n.names.take(0, w);
  CHECK(taken.suffix == 0);
  CHECK(taken.has_scopes);
}

TEST_CASE("committing an inner span leaves it to the outer one to undo") {
  Taken n;
  const std::size_t outer = n.names.begin();
  n.take("w");
  n.names.begin();
  n.take("w");
  n.names.commit();
  CHECK(n.peek("w") == "w_2");
  n.names.undo(outer), n.names.commit();
  CHECK(n.peek("w") == "w");
}

TEST_CASE("names cost amortised constant time, whatever was taken before") {
  constexpr int kNames = 200000;  // quadratic would be 2e10 steps
  constexpr double kSeconds = 10;
  SUBCASE("numbers written upwards, then counted") {
    Taken n;
    CHECK(seconds([&] {
            for (int i = 1; i <= kNames; ++i) n.take("w_" + std::to_string(i));
            for (int i = 0; i < kNames; ++i) n.take("w");
          }) < kSeconds);
    CHECK(n.peek("w") == "w_" + std::to_string(2 * kNames));
  }
  SUBCASE("numbers written downwards between the counted ones") {
    Taken n;
    CHECK(seconds([&] {
            for (int i = kNames; i >= 1; --i) {
              n.take("w_" + std::to_string(i));
              n.take("w");
            }
          }) < kSeconds);
  }
  SUBCASE("each counted name written again") {
    Taken n;
    CHECK(seconds([&] {
            n.take("w");
            for (int i = 0; i < kNames; ++i) {
              const std::string made = n.take("w");
              REQUIRE(n.take(made) == made + "_1");
            }
          }) < kSeconds);
  }
  SUBCASE("peeking again and again over a long run of written names") {
    Taken n;
    n.take("w");
    for (int i = 1; i <= kNames; ++i) n.take("w_" + std::to_string(i));
    CHECK(seconds([&] {
            for (int i = 0; i < kNames; ++i) n.peek("w");
          }) < kSeconds);
    CHECK(n.peek("w") == "w_" + std::to_string(kNames + 1));
  }
  SUBCASE("released and taken again, from the middle of a long run") {
    Taken n;
    for (int i = 0; i <= kNames; ++i) n.take("w");
    CHECK(seconds([&] {
            for (int i = 1; i < kNames; i += 2) n.release("w_" + std::to_string(i));
            for (int i = 1; i < kNames; i += 2) REQUIRE(n.take("w") == "w_" + std::to_string(i));
            for (int i = 0; i < kNames; ++i) {
              n.release("w_1");
              n.take("w");
            }
          }) < kSeconds);
    CHECK(n.peek("w") == "w_" + std::to_string(kNames + 1));
  }
  SUBCASE("undone again and again") {
    Taken n;
    for (int i = 1; i <= kNames; ++i) n.take("w_" + std::to_string(i));
    n.take("w");
    n.take("w");
    CHECK(seconds([&] {
            for (int i = 0; i < kNames; ++i) {
              const std::size_t mark = n.names.begin();
              n.take("w");
              n.names.undo(mark), n.names.commit();
            }
          }) < kSeconds);
    CHECK(n.peek("w") == "w_" + std::to_string(kNames + 2));
  }
}

namespace scopetrie {

/// A counter as it is after half a billion names.
struct NearTheLimit {
  static void set(UniqueNames& names, ScopeId scope, SegmentId segment, std::uint32_t next) {
    names.counters_.at(scope, segment).next = next & ((1U << 29) - 1);
  }
};

}  // namespace scopetrie

TEST_CASE("past 2^29 names nothing is taken") {
  Taken n;
  n.take("w");
  const SegmentId w = n.segments.intern("w");
  NearTheLimit::set(n.names, 0, w, kMaxSuffix - 1);
  CHECK(n.names.take(0, w).suffix == kMaxSuffix - 1);
  CHECK(n.names.take(0, w).suffix == kMaxSuffix);
  for (int i = 0; i < 3; ++i) CHECK_THROWS_AS(n.names.take(0, w), std::length_error);
  CHECK(n.take("v") == "v");
}
