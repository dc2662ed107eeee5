// Texts by number, for all threads of a program.
//
// Invariants: a text has one number; numbers are dense and never die; texts never move.
// Thread safety: may be used from any thread.
#pragma once

#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace scopetrie {

class NumberedTexts {
 public:
  /// The number of a text, given out on first use while fewer than `most` are out; else `most`.
  std::uint32_t number(std::string_view text, std::uint32_t most = 0xFFFFFFFFu);
  /// The number of a text that has one.
  std::optional<std::uint32_t> find(std::string_view text) const;
  /// The text of a number that was given out.
  std::string_view text(std::uint32_t number) const;
  std::size_t size() const;

 private:
  mutable std::mutex mutex_;
  std::unordered_map<std::string_view, std::uint32_t> numbers_;
  std::deque<std::string> texts_;
};

}  // namespace scopetrie
