// Which row a dense id belongs to, where most rows stand for one id and some for a run of them.
//
// Invariants: runs are appended in order and are 1 to 64 ids long; bit i of a word says that its i-th id continues a
// run, and `before` counts the runs that start in earlier words. So an id costs a bit and a half, a row of one id is
// appended by counting, and a row is found by looking at one word (two for a run that began in the word before).
// Thread safety: none; one writer or many readers.
#pragma once

#include <cstdint>
#include <vector>

namespace scopetrie {

class Runs {
 public:
  static constexpr std::uint32_t kLongest = 64;

  struct Place {
    std::uint32_t row;
    std::uint32_t at;  // how far into the row's run
  };

  std::uint32_t size() const noexcept { return size_; }
  std::uint32_t rows() const noexcept { return rows_; }

  /// One more row, which stands for the next `length` ids.
  void append(std::uint32_t length = 1) {
    if (size_ % 64 == 0) words_.push_back({0, rows_});
    ++rows_;
    ++size_;
    if (length != 1) continue_by(length - 1);
  }

  Place find(std::uint32_t id) const {
    const Word& word = words_[id / 64];
    const std::uint32_t bit = id % 64;
    const std::uint64_t continued = word.continued << (63 - bit);  // bits up to the id's, which is the highest now
    if (continued == 0) return {word.before + bit, 0};             // all of them rows of one id
    return find_among_runs(id, continued);
  }

  /// Forgets the ids from `count` on, where a run starts.
  void truncate(std::uint32_t count);

 private:
  struct Word {
    std::uint64_t continued;
    std::uint32_t before;
  };

  Place find_among_runs(std::uint32_t id, std::uint64_t continued) const;
  void continue_by(std::uint32_t more);

  std::vector<Word> words_;
  std::uint32_t size_ = 0;
  std::uint32_t rows_ = 0;
};

}  // namespace scopetrie
