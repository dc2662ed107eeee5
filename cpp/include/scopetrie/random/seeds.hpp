// The seeds of a graph's random operations: one of the graph's, one of the operation's own.
//
// Invariants: seeds count modulo 2^31 - 1, as in v1. Two zeros stand for no seeds: such an operation's numbers differ
// from session to session.
// Thread safety: that of the graph.
#pragma once

#include <cstdint>
#include <optional>
#include <utility>

namespace scopetrie {

class RandomSeeds {
 public:
  static constexpr std::int64_t kModulus = (std::int64_t{1} << 31) - 1;
  /// What the graph's seed is taken for where only the operation has one.
  static constexpr std::int64_t kDefaultOfGraph = 87654321;

  std::optional<std::int64_t> of_graph;

  /// The seeds of a random operation that is made now; of one without a seed of its own in a graph that has one, the
  /// second counts such operations.
  std::pair<std::uint32_t, std::uint32_t> next(std::optional<std::int64_t> own) {
    if (!of_graph && !own) return {0, 0};
    const std::uint32_t first = reduced(of_graph.value_or(kDefaultOfGraph));
    const std::uint32_t second = reduced(own ? *own : unseeded_++);
    if (first == 0 && second == 0) return {0, static_cast<std::uint32_t>(kModulus)};
    return {first, second};
  }

 private:
  static std::uint32_t reduced(std::int64_t seed) {
    const std::int64_t rest = seed % kModulus;
    return static_cast<std::uint32_t>(rest < 0 ? rest + kModulus : rest);
  }

  std::int64_t unseeded_ = 0;
};

}  // namespace scopetrie
