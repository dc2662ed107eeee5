#include "scopetrie/tables/hashing.hpp"

#include <doctest/doctest.h>

#include <random>
#include <set>
#include <string>
#include <vector>

using namespace scopetrie;

namespace {

constexpr std::uint32_t kPlaces = 1u << kPlaceBits;

/// The mean number of slots probed, including the empty one, to add a key to a table that is getting full.
template <class Hash>
double mean_probes(Hash&& hash) {
  std::vector<bool> taken(std::size_t{1} << 17);
  const auto keys = static_cast<std::uint32_t>(taken.size() * 7 / 10);
  std::size_t probes = 0;
  for (std::uint32_t i = 0; i < keys; ++i) {
    std::size_t at = hash(i) % taken.size();
    for (++probes; taken[at]; at = (at + 1) % taken.size()) ++probes;
    taken[at] = true;
  }
  return static_cast<double>(probes) / keys;
}

/// The number of 64-byte lines that a thousand consecutive keys touch in a large table of 8-byte slots.
template <class Hash>
std::size_t lines(Hash&& hash) {
  std::set<std::uint32_t> touched;
  for (std::uint32_t i = 500'000; i < 501'000; ++i) touched.insert(hash(i) % (1u << 21) / 8);
  return touched.size();
}

std::string numbered(const char* base, std::uint32_t i) { return base + std::to_string(i); }

}  // namespace

TEST_CASE("dense ids and numbered names are found within a few probes") {
  // In a table filled to 0.7, a random function takes (1 + 1 / (1 - 0.7)) / 2 = 2.2 probes. Full groups of four take
  // less than four times as many, of slots in the same cache line.
  CHECK(mean_probes([](std::uint32_t i) { return hash_words(i); }) < 9);
  CHECK(mean_probes([](std::uint32_t i) { return hash_words(5, i); }) < 9);
  CHECK(mean_probes([](std::uint32_t i) { return hash_words(5, 9, i); }) < 9);
  CHECK(mean_probes([](std::uint32_t i) { return hash_words(i >> 8, i & 255); }) < 9);
  CHECK(mean_probes([](std::uint32_t i) { return hash_words(i, i + 1, i & 7); }) < 4);
  CHECK(mean_probes([](std::uint32_t i) { return hash_words(i, 1); }) < 4);
  CHECK(mean_probes([](std::uint32_t i) { return hash_words(3, i, 1); }) < 4);
  CHECK(mean_probes([](std::uint32_t i) { return hash_numbered(i & 3, i >> 2, 0); }) < 9);
  CHECK(mean_probes([](std::uint32_t i) { return hash_numbered(1, 2, i); }) < 9);
  CHECK(mean_probes([](std::uint32_t i) { return hash_bytes(numbered("w_", i)); }) < 9);
  CHECK(mean_probes([](std::uint32_t i) { return hash_bytes(numbered("a_longer_name_", i)); }) < 9);
  CHECK(mean_probes([](std::uint32_t i) { return hash_bytes(numbered("", i) + "/behind"); }) < 4);
}

TEST_CASE("neighbours share lines, whatever else is in the key") {
  constexpr std::size_t scattered = 1'000 * 9 / 10, together = 1'000 / kPlaces * 5 / 4;
  CHECK(lines([](std::uint32_t i) { return hash_words(i); }) <= together);
  CHECK(lines([](std::uint32_t i) { return hash_words(77, i); }) <= together);
  CHECK(lines([](std::uint32_t i) { return hash_numbered(77, i, 0); }) <= together);
  CHECK(lines([](std::uint32_t i) { return hash_numbered(77, 8, i); }) <= together);
  // Numbers end in ten digits, which make groups of four, four and two.
  CHECK(lines([](std::uint32_t i) { return hash_bytes(numbered("layer_", i)); }) <= 1'000 * 3 / 10 + 10);
  CHECK(lines([](std::uint32_t i) { return hash_words(i, 77); }) > scattered);
}

TEST_CASE("keys that differ have different hashes, but for chance") {
  std::set<std::uint32_t> hashes;
  for (std::uint32_t a = 0; a < 32; ++a)
    for (std::uint32_t b = 0; b < 32; ++b)
      for (std::uint32_t c = 0; c < 32; ++c) hashes.insert(hash_words(a, b, c));
  CHECK(hashes.size() > 32 * 32 * 32 - 8);
  hashes.clear();
  std::string text(1, ' ');
  for (char first = 'a'; first <= 'z'; ++first)
    for (std::size_t length = 1; length < 40; ++length)
      for (std::size_t at = 0; at < length; ++at) {
        text.assign(length, '.');
        text[at] = first;
        hashes.insert(hash_bytes(text));
      }
  CHECK(hashes.size() > 26 * 39 * 40 / 2 - 4);
}

TEST_CASE("byte hashes tell apart texts that differ only in trailing zeros, and ignore alignment") {
  std::set<std::uint32_t> hashes;
  for (std::size_t length = 0; length < 40; ++length) hashes.insert(hash_bytes(std::string(length, '\0')));
  CHECK(hashes.size() == 40);
  const std::string text = "xyz/alignment_does_not_matter";
  for (std::size_t skip = 0; skip < 8; ++skip) {
    const std::string moved = std::string(skip, '-') + text;
    CHECK(hash_bytes(std::string_view(moved).substr(skip)) == hash_bytes(text));
  }
}
