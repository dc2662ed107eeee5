#include "scopetrie/names/known_names.hpp"

#include <doctest/doctest.h>

using namespace scopetrie;

TEST_CASE("a known name has one number, and in each table a segment of its text") {
  const std::uint32_t assign = known_name("test/Assign"), read = known_name("test/read");
  CHECK(assign != read);
  CHECK(known_name("test/Assign") == assign);
  Segments first, second;
  second.intern("before");
  KnownNames in_first, in_second;
  for (int again = 0; again < 2; ++again) {
    CHECK(first.text(in_first.segment(first, read)) == "test/read");
    CHECK(second.text(in_second.segment(second, read)) == "test/read");
    CHECK(second.text(in_second.segment(second, assign)) == "test/Assign");
  }
  CHECK(in_second.segment(second, assign) == second.find("test/Assign"));
}

TEST_CASE("a name that becomes known later is found in tables that knew others") {
  Segments segments;
  KnownNames names;
  names.segment(segments, known_name("test/early"));
  const std::uint32_t late = known_name("test/late");
  CHECK(segments.text(names.segment(segments, late)) == "test/late");
}
