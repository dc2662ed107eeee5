// Looks at short texts without a call: names have few characters, for which memchr() and memcmp() cost more than the
// look itself.
//
// Invariants: nothing is read but the texts' own bytes.
// Thread safety: functions without state.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "scopetrie/tables/byte_words.hpp"
#include "scopetrie/tables/hashing.hpp"

namespace scopetrie {

/// Whether a text has a character.
inline bool has_character(std::string_view text, char character) noexcept {
  const std::uint64_t wanted = in_each_byte(static_cast<unsigned char>(character));
  return finds_byte(text, [&](std::uint64_t bytes) {
    const std::uint64_t others = bytes ^ wanted;
    return (others - in_each_byte(1)) & ~others & in_each_byte(0x80);
  });
}

/// Whether two texts are equal.
inline bool are_equal(std::string_view a, std::string_view b) noexcept {
  if (a.size() != b.size()) return false;
  const std::size_t size = a.size();
  const auto differ = [&](std::size_t at, std::size_t count) {
    return hashing::load(a.data() + at, count) ^ hashing::load(b.data() + at, count);
  };
  if (size >= 8) {
    for (std::size_t at = 0; at + 8 < size; at += 8)
      if (differ(at, 8) != 0) return false;
    return differ(size - 8, 8) == 0;
  }
  if (size >= 4) return (differ(0, 4) | differ(size - 4, 4)) == 0;
  for (std::size_t at = 0; at < size; ++at)
    if (a[at] != b[at]) return false;
  return true;
}

}  // namespace scopetrie
