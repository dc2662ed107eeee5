#include "scopetrie/graph/runs.hpp"

#include <algorithm>
#include <bit>
#include <stdexcept>

namespace scopetrie {

namespace {

// As std::popcount(), which is a call to the compiler's library where the processor may be an old one.
std::uint32_t count_bits(std::uint64_t word) noexcept {
  word -= word >> 1 & 0x5555'5555'5555'5555u;
  word = (word & 0x3333'3333'3333'3333u) + (word >> 2 & 0x3333'3333'3333'3333u);
  word = (word + (word >> 4)) & 0x0F0F'0F0F'0F0F'0F0Fu;
  return static_cast<std::uint32_t>(word * 0x0101'0101'0101'0101u >> 56);
}

}  // namespace

// `continued`: the id's word, shifted so that the id's bit is the highest.
Runs::Place Runs::find_among_runs(std::uint32_t id, std::uint64_t continued) const {
  const std::uint32_t bit = id % 64;
  const std::uint32_t row = words_[id / 64].before + bit - count_bits(continued);
  auto at = static_cast<std::uint32_t>(std::countl_one(continued));
  if (at > bit) at += continued_before(id / 64);
  return {row, at};
}

// How many ids of a word's first run are in the words before.
std::uint32_t Runs::continued_before(std::uint32_t word) const {
  std::uint32_t count = 0;
  for (;;) {
    const auto here = static_cast<std::uint32_t>(std::countl_one(words_[--word].continued));
    count += here;
    if (here < 64) return count;
  }
}

void Runs::add_word() {
  if (size_ >= most_) throw std::length_error("a graph has at most 2^31 operations, and as many tensors");
  words_.push_back({0, rows_});
}

void Runs::continue_by(std::uint32_t more) {
  while (more != 0) {
    const std::uint32_t bit = size_ % 64;
    if (bit == 0) add_word();
    const std::uint32_t here = std::min(more, 64 - bit);
    words_.back().continued |= ~std::uint64_t{0} >> (64 - here) << bit;
    size_ += here;
    more -= here;
  }
}

void Runs::truncate(std::uint32_t count) noexcept {
  rows_ = count < size_ ? find(count).row : rows_;
  size_ = count;
  words_.resize((count + 63) / 64);
  if (count % 64 != 0) words_.back().continued &= (std::uint64_t{1} << count % 64) - 1;
}

}  // namespace scopetrie
