#include "scopetrie/tables/byte_words.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace scopetrie;

TEST_CASE("each byte of a text is in a word, and no other byte is") {
  const auto has = [](std::string_view text, unsigned char wanted) {
    return finds_byte(text, [wanted](std::uint64_t bytes) {
      std::uint64_t found = 0;
      for (; bytes != 0; bytes >>= 8) found |= static_cast<std::uint64_t>((bytes & 0xFF) == wanted);
      return found;
    });
  };
  for (std::size_t size = 0; size <= 40; ++size) {
    const std::string around(size + 2, 'X');
    std::string text(around);
    text.replace(1, size, size, 'a');
    const std::string_view inside = std::string_view(text).substr(1, size);
    CHECK_FALSE(has(inside, 'X'));
    CHECK_FALSE(has(inside, 0));
    for (std::size_t at = 0; at < size; ++at) {
      std::string with(inside);
      with[at] = '\x80';
      CHECK(has(with, 0x80));
    }
  }
}
