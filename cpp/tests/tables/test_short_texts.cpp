#include "scopetrie/tables/short_texts.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace scopetrie;

namespace {

// Each text in memory of its own, so that a sanitizer sees a look beyond it.
std::vector<char> alone(const std::string& text) { return {text.begin(), text.end()}; }
std::string_view view(const std::vector<char>& text) { return {text.data(), text.size()}; }

}  // namespace

TEST_CASE("a character is found wherever it stands, and none of its neighbours is taken for it") {
  for (std::size_t length = 0; length < 40; ++length) {
    CAPTURE(length);
    for (const char other : {'a', '.', '0', '\0', '\x80', '\xAF', '\xFF'}) {
      const std::string text(length, other);
      CHECK_FALSE(has_character(view(alone(text)), '/'));
      for (std::size_t at = 0; at < length; ++at) {
        std::string with = text;
        with[at] = '/';
        CHECK(has_character(view(alone(with)), '/'));
      }
    }
  }
}

TEST_CASE("texts are equal where each of their characters is") {
  for (std::size_t length = 0; length < 40; ++length) {
    CAPTURE(length);
    std::string text(length, 'x');
    const std::vector<char> same = alone(text);
    CHECK(are_equal(view(alone(text)), view(same)));
    CHECK_FALSE(are_equal(view(alone(text + "x")), view(same)));
    for (std::size_t at = 0; at < length; ++at) {
      text[at] = 'y';
      CHECK_FALSE(are_equal(view(alone(text)), view(same)));
      text[at] = 'x';
    }
  }
}
