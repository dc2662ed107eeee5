// Locality-preserving hashes.
//
// Names that a program makes one after the other are mostly neighbours: w_12 and w_13, scopes and segments numbered in
// order. A hash that scatters them costs each new name a cache miss in each table. So these hashes keep the lowest bits
// of a key's last word (of a text's last character): keys that differ only in the lowest kPlaceBits share a cache line,
// keys that differ only in the lowest kNearBits share a page; all other bits are mixed. A group in a line has at most
// 2^kPlaceBits keys, which bounds how much they lengthen each other's probes.
// Thread safety: functions without state.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace scopetrie {

inline constexpr unsigned kPlaceBits = 2;
inline constexpr unsigned kNearBits = 4;
inline constexpr unsigned kPageBits = 9;  // of a slot's index: 512 slots of 8 bytes fill a page

namespace hashing {

inline constexpr std::uint64_t kFirst = 0x9E3779B97F4A7C15ull;
inline constexpr std::uint64_t kSecond = 0xBF58476D1CE4E5B9ull;
inline constexpr std::uint64_t kThird = 0x94D049BB133111EBull;
inline constexpr std::uint32_t kPlaceMask = (1u << kPlaceBits) - 1;
inline constexpr std::uint32_t kNearMask = (1u << kNearBits) - 1;

inline std::uint64_t load(const char* from, std::size_t bytes) noexcept {
  std::uint64_t word = 0;
  std::memcpy(&word, from, bytes);
  return word;
}

/// Combines `mixed`, made without the last word's lowest kNearBits, with those bits: the upper ones select a line in
/// the page, far apart, and the lowest kPlaceBits the slot in that line.
inline std::uint32_t grouped(std::uint64_t mixed, std::uint32_t last) noexcept {
  const std::uint32_t line = (last & kNearMask) >> kPlaceBits << (kPageBits - (kNearBits - kPlaceBits));
  return ((static_cast<std::uint32_t>(mixed >> 32) & ~kPlaceMask) ^ line) | (last & kPlaceMask);
}

}  // namespace hashing

/// A 32-bit hash of two words (multiply and fold, twice); keys of equal `a` are neighbours.
inline std::uint32_t hash_words(std::uint32_t a, std::uint32_t b) noexcept {
  std::uint64_t h = (static_cast<std::uint64_t>(a) << 32 | b >> kNearBits) * hashing::kFirst;
  h = (h ^ (h >> 29)) * hashing::kSecond;
  return hashing::grouped(h, b);
}

/// The same for one word and for three.
inline std::uint32_t hash_words(std::uint32_t a) noexcept { return hash_words(0, a); }
inline std::uint32_t hash_words(std::uint32_t a, std::uint32_t b, std::uint32_t c) noexcept {
  std::uint64_t h = (static_cast<std::uint64_t>(a) << 32 | b) * hashing::kFirst;
  h = (h ^ (h >> 29) ^ (c >> kNearBits)) * hashing::kSecond;
  return hashing::grouped(h, c);
}

/// The same for a name in a scope, with a suffix (0: none); names that differ in their end are neighbours.
inline std::uint32_t hash_numbered(std::uint32_t scope, std::uint32_t base, std::uint32_t suffix) noexcept {
  return hash_words(scope, suffix == 0 ? 0 : base, suffix == 0 ? base : suffix);
}

/// The place of an id in a table with a power of two of places: eight consecutive ids share a cache line.
inline std::uint32_t place_of_id(std::uint32_t id) noexcept {
  return static_cast<std::uint32_t>((id >> 3) * hashing::kFirst >> 32) << 3 | (id & 7);
}

/// A 32-bit hash of a byte string, eight bytes at a time; texts that differ in the last character are neighbours.
inline std::uint32_t hash_bytes(std::string_view text) noexcept {
  if (text.empty()) return 0;
  const char* const data = text.data();
  const std::size_t size = text.size() - 1;
  const auto last = static_cast<unsigned char>(data[size]);
  // Multiply, so that a change of the size cannot cancel a change of the first bytes.
  std::uint64_t h = (static_cast<std::uint64_t>(last >> kNearBits) << 32 | text.size()) * hashing::kFirst;
  std::uint64_t tail;  // the last bytes, overlapping the eight-byte steps, so that no loop over bytes is needed
  // A product carries only upwards, so the high half is folded down before each multiplication.
  if (size >= 8) {
    for (std::size_t at = 0; at + 8 < size; at += 8) {
      h ^= hashing::load(data + at, 8);
      h = (h ^ (h >> 32)) * hashing::kSecond;
      h ^= h >> 29;
    }
    tail = hashing::load(data + size - 8, 8);
  } else if (size >= 4) {
    tail = hashing::load(data, 4) | hashing::load(data + size - 4, 4) << 32;
  } else if (size != 0) {
    const auto byte = [&](std::size_t at) { return static_cast<std::uint64_t>(static_cast<unsigned char>(data[at])); };
    tail = byte(0) | byte(size / 2) << 8 | byte(size - 1) << 16;
  } else {
    tail = 0;
  }
  h ^= tail;
  h = (h ^ (h >> 32)) * hashing::kThird;
  h = (h ^ (h >> 32)) * hashing::kSecond;
  return hashing::grouped(h, last);
}

}  // namespace scopetrie
