#include "scopetrie/names/segments.hpp"

#include <doctest/doctest.h>

#include <map>
#include <random>
#include <string>
#include <vector>

#include "v1_names.hpp"

using namespace scopetrie;

TEST_CASE("a text has one id, and the empty text is 0") {
  Segments segments;
  CHECK(segments.size() == 1);
  CHECK(segments.find("") == 0);
  CHECK(segments.intern("") == 0);
  CHECK(segments.text(0).empty());
  CHECK(segments.find("conv") == kNone);
  const SegmentId conv = segments.intern("conv");
  CHECK(segments.intern("conv") == conv);
  CHECK(segments.find("conv") == conv);
  CHECK(segments.text(conv) == "conv");
  CHECK(segments.intern("con") != conv);
  CHECK(segments.intern(std::string("conv\0", 5)) != conv);
}

TEST_CASE("a segment knows the base and the number that counting would have made it of") {
  struct Row {
    const char* text;
    const char* base;
    std::uint32_t suffix;
  };
  const Row rows[] = {
      {"w_5", "w", 5},
      {"w_10", "w", 10},
      {"w_1_1", "w_1", 1},
      {"w__3", "w_", 3},
      {"_5", "", 5},  // the name of a second operation without a name
      {"__5", "_", 5},
      {"w_99999999", "w", 99999999},
      {"w_536870910", "w", kMaxSuffix},
      // Counting never makes these.
      {"w", "w", 0},
      {"w_", "w_", 0},
      {"w5", "w5", 0},
      {"5", "5", 0},
      {"w_0", "w_0", 0},
      {"w_05", "w_05", 0},
      {"w_00", "w_00", 0},
      {"w_5x", "w_5x", 0},
      {"w_5_", "w_5_", 0},
      {"w_-5", "w_-5", 0},
      {"w_536870911", "w_536870911", 0},
      {"w_4294967297", "w_4294967297", 0},
      {"w_18446744073709551617", "w_18446744073709551617", 0},
  };
  Segments segments;
  for (const Row& row : rows) {
    CAPTURE(row.text);
    const SegmentId id = segments.intern(row.text);
    CHECK(segments.text(segments.base(id)) == row.base);
    CHECK(segments.suffix(id) == row.suffix);
    CHECK((segments.base(id) == id) == (row.suffix == 0));
  }
}

TEST_CASE("folding is to lower case, for ASCII letters only") {
  Segments segments;
  const SegmentId mixed = segments.intern("MatMul_3");
  const SegmentId low = segments.folded(mixed);
  CHECK(segments.text(low) == "matmul_3");
  CHECK(segments.folded(low) == low);
  CHECK(segments.suffix(mixed) == 3);
  CHECK(segments.text(segments.base(mixed)) == "MatMul");
  CHECK(segments.folded(segments.base(mixed)) == segments.base(low));
  const SegmentId other = segments.intern("\xC3\x84[@`{Z");
  CHECK(segments.text(segments.folded(other)) == "\xC3\x84[@`{z");
}

TEST_CASE("texts agree with a map, stay where they are and keep base, suffix and folding consistent") {
  std::mt19937 random(1);
  const char letters[] = "aB_019.";
  Segments segments;
  std::map<std::string, SegmentId> model;
  std::map<SegmentId, const char*> addresses;
  for (int step = 0; step < 20000; ++step) {
    std::string text;
    for (std::size_t length = random() % 9; length-- > 0;) text += letters[random() % (sizeof letters - 1)];
    if (step % 500 == 0) text += std::string(random() % 20000, 'x');  // larger than a block of the arena, at times
    const SegmentId id = segments.intern(text);
    const auto [at, added] = model.emplace(text, id);
    REQUIRE(at->second == id);
    REQUIRE(segments.find(text) == id);
    REQUIRE(addresses.emplace(id, segments.text(id).data()).first->second == segments.text(id).data());
  }
  for (const auto& [text, id] : model) {
    REQUIRE(segments.text(id) == text);
    REQUIRE(segments.text(segments.folded(id)) == testing::lower(text));
    std::string made(segments.text(segments.base(id)));
    if (segments.suffix(id) != 0) made += "_" + std::to_string(segments.suffix(id));
    REQUIRE(made == text);
  }
}

TEST_CASE("what was sought is interned without a second look, also where that adds other segments") {
  Segments segments;
  for (const char* text : {"w", "w", "w_7", "Other_3", "a_1_2", "B", "x"}) {
    CAPTURE(text);
    const bool is_new = segments.find(text) == kNone;
    const Segments::Sought sought = segments.seek(text);
    CHECK((sought.id == kNone) == is_new);
    const SegmentId id = segments.intern(text, sought);
    CHECK(segments.text(id) == text);
    CHECK(segments.find(text) == id);
    CHECK(segments.seek(text).id == id);
  }
  for (const char* text : {"w", "w_7", "other_3", "Other", "a_1", "a", "b"}) CHECK(segments.find(text) != kNone);
}

TEST_CASE("a name of thousands of suffixes is neither deep recursion nor quadratic memory") {
  std::string text = "A";
  for (int i = 0; i < 10000; ++i) text += "_1";
  Segments segments;
  const SegmentId id = segments.intern(text);
  CHECK(segments.text(id) == text);
  CHECK(segments.text(segments.base(id)) == text.substr(0, text.size() - 2));
  CHECK(segments.text(segments.folded(id)) == testing::lower(text));
  CHECK(segments.size() == 2 * 10001 + 1);
}

TEST_CASE("a capital letter anywhere in a segment is folded, and no other character is") {
  Segments segments;
  for (std::size_t size = 1; size <= 20; ++size) {
    for (const char c : {'@', '[', '`', '{', '\x7f', '\x80', '\xc1', '\xff', '0', '_'}) {
      const SegmentId same = segments.intern(std::string(size, c));
      CHECK(segments.folded(same) == same);
    }
    for (std::size_t at = 0; at < size; ++at)
      for (const char c : {'A', 'M', 'Z'}) {
        std::string text(size, 'w');
        text[at] = c;
        const SegmentId folded = segments.folded(segments.intern(text));
        text[at] = static_cast<char>(c - 'A' + 'a');
        CHECK(segments.text(folded) == text);
      }
  }
}

TEST_CASE("a table takes over another one that begins with all that it has") {
  Segments whole, part, other, unfolded({.folds = false});
  for (const char* text : {"a", "b_7", "Conv"}) {
    whole.intern(text);
    if (*text == 'a') part.intern(text);
  }
  other.intern("else");
  CHECK_FALSE(other.extend_to(whole));
  CHECK_FALSE(unfolded.extend_to(whole));
  CHECK_FALSE(whole.extend_to(part));
  CHECK(other.size() == 2);
  CHECK(other.find("b_7") == kNone);
  REQUIRE(part.extend_to(whole));
  REQUIRE(part.size() == whole.size());
  for (SegmentId id = 0; id < whole.size(); ++id) {
    CHECK(part.text(id) == whole.text(id));
    CHECK(part.find(whole.text(id)) == id);
    CHECK(part.base(id) == whole.base(id));
    CHECK(part.suffix(id) == whole.suffix(id));
    CHECK(part.folded(id) == whole.folded(id));
  }
  // From here on, each goes its way.
  const SegmentId mine = part.intern("mine"), its = whole.intern("its");
  CHECK(mine == its);
  CHECK(part.text(mine) == "mine");
  CHECK(whole.text(its) == "its");
  CHECK(part.find("its") == kNone);
}

TEST_CASE("what was taken over stays when the other table is gone") {
  Segments part;
  {
    Segments whole;
    for (int i = 0; i < 5000; ++i) whole.intern("a_text_of_some_length_" + std::to_string(i));
    REQUIRE(part.extend_to(whole));
  }
  for (int i = 0; i < 5000; ++i) CHECK(part.find("a_text_of_some_length_" + std::to_string(i)) != kNone);
}
