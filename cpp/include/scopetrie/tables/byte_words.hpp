// Texts eight bytes at a time.
//
// Invariants: nothing is read but the text's own bytes.
// Thread safety: functions without state.
#pragma once

#include <cstdint>
#include <string_view>

#include "scopetrie/tables/hashing.hpp"

namespace scopetrie {

/// A byte in all eight places of a word.
constexpr std::uint64_t in_each_byte(std::uint64_t byte) { return byte * 0x0101'0101'0101'0101u; }

/// Whether `find` gives something for a word of the text's bytes. Each byte is in one word or in several: words overlap
/// where the text's length is no multiple of eight. `find` gives 0 for a word without what is looked for.
template <class Find>
bool finds_byte(std::string_view text, Find&& find) {
  const char* const data = text.data();
  const std::size_t size = text.size();
  if (size >= 8) {
    std::uint64_t found = find(hashing::load(data + size - 8, 8));
    for (std::size_t at = 0; at + 8 < size; at += 8) found |= find(hashing::load(data + at, 8));
    return found != 0;
  }
  if (size >= 4) return find(hashing::load(data, 4) | hashing::load(data + size - 4, 4) << 32) != 0;
  if (size == 0) return false;
  std::uint64_t bytes = in_each_byte(static_cast<unsigned char>(data[0]));
  for (std::size_t at = 1; at < size; ++at) bytes = bytes << 8 | static_cast<unsigned char>(data[at]);
  return find(bytes) != 0;
}

}  // namespace scopetrie
