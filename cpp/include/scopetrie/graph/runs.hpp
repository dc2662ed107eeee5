// Maps dense ids to rows, where most rows represent one id and some a run of ids.
//
// Invariants: runs are appended in order and are 1 to 8,192 ids long. Bit i of a word is set if its i-th id continues a
// run; `before` counts the runs that start in earlier words. So an id costs 1.5 bits, appending a row of one id
// increments a counter, and finding a row reads one word, and those before it as far as its run goes back. Thread
// safety: none; one writer or many readers.
#pragma once

#include <cstdint>
#include <vector>

namespace scopetrie {

class Runs {
 public:
  static constexpr std::uint32_t kLongest = 8192;
  static constexpr std::uint32_t kMost = 1U << 31;  // an OpId leaves a bit for kOwnedBit

  struct Place {
    std::uint32_t row;
    std::uint32_t at;  // the position in the row's run
  };

  /// At most `most` ids, a multiple of 64.
  explicit Runs(std::uint32_t most = kMost) : most_(most) {}

  std::uint32_t size() const noexcept { return size_; }
  std::uint32_t rows() const noexcept { return rows_; }

  /// Appends a row that represents the next `length` ids. Throws std::length_error if there are too many; some of the
  /// ids may be there then.
  void append(std::uint32_t length = 1) {
    if (size_ % 64 == 0) add_word();
    ++rows_;
    ++size_;
    if (length == 1) return;
    const std::uint32_t more = length - 1, bit = size_ % 64;
    if (bit == 0 || bit + more > 64) [[unlikely]]
      return continue_by(more);
    words_.back().continued |= ((std::uint64_t{1} << more) - 1) << bit;
    size_ += more;
  }

  Place find(std::uint32_t id) const {
    const Word& word = words_[id / 64];
    const std::uint32_t bit = id % 64;
    const std::uint64_t continued = word.continued << (63 - bit);  // shifted so that the id's bit is the highest
    if (continued == 0) return {word.before + bit, 0};             // no runs up to here: each id is a row
    return find_among_runs(id, continued);
  }

  /// Keeps the first `count` ids; a run must start at `count`.
  void truncate(std::uint32_t count) noexcept;

 private:
  struct Word {
    std::uint64_t continued;
    std::uint32_t before;
  };

  Place find_among_runs(std::uint32_t id, std::uint64_t continued) const;
  std::uint32_t continued_before(std::uint32_t word) const;
  void add_word();
  void continue_by(std::uint32_t more);

  std::vector<Word> words_;
  std::uint32_t most_;
  std::uint32_t size_ = 0;
  std::uint32_t rows_ = 0;
};

}  // namespace scopetrie
