#include "scopetrie/names/spelling.hpp"

#include <algorithm>
#include <charconv>

#include "scopetrie/tables/byte_words.hpp"
#include "scopetrie/tables/ids.hpp"

namespace scopetrie {

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_ascii(char c) { return (static_cast<unsigned char>(c) & 0x80) == 0; }
bool has_letters(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) { return is_upper(c) || is_lower(c) || !is_ascii(c); });
}

}  // namespace

std::string Spelling::fault() const {
  if (separator.empty()) return "the separator is empty";
  if (before_number.empty() || is_digit(before_number.back()))
    return "the suffix needs a character that is no digit before the number, or 'w1' with a 1 were 'w' with an 11";
  if (std::any_of(separator.begin(), separator.end(), is_digit)) return "the separator has digits";
  const std::string number = before_number + "1" + after_number;
  if ((number + separator).find(separator) != number.size()) return "the suffix contains the separator";
  if (folds && has_letters(separator)) return "the separator has letters, whose case would not count";
  if (folds && (has_letters(before_number) || has_letters(after_number)))
    return "the suffix has letters, whose case would not count";
  return "";
}

bool Spelling::stands_before_separator(std::string_view segment) const {
  return (std::string(segment) + separator).find(separator) == segment.size();
}

bool Spelling::stands_before_number(std::string_view segment) const {
  return (std::string(segment) + before_number + "1").find(separator) == std::string::npos;
}

// The high bit of a byte says it.
bool Spelling::is_cased(std::string_view text) const {
  constexpr std::uint64_t kHigh = in_each_byte(0x80);
  const std::uint64_t others = lower != nullptr ? kHigh : 0;
  return finds_byte(text, [others](std::uint64_t bytes) {
    const std::uint64_t low = bytes & ~kHigh;
    const std::uint64_t from_a = low + in_each_byte(0x80 - 'A'), behind_z = low + in_each_byte(0x7F - 'Z');
    return (from_a & ~behind_z & ~bytes & kHigh) | (bytes & others);
  });
}

std::string Spelling::folded(std::string_view text) const {
  if (lower != nullptr && !std::all_of(text.begin(), text.end(), is_ascii)) return lower(text);
  std::string made(text);
  for (char& c : made)
    if (is_upper(c)) c = static_cast<char>(c - 'A' + 'a');
  return made;
}

std::size_t Spelling::number_start(std::string_view text, std::uint32_t& number) const {
  if (!after_number.empty()) {
    if (!text.ends_with(after_number)) return std::string_view::npos;
    text.remove_suffix(after_number.size());
  }
  std::size_t at = text.size();
  if (at == 0 || !is_digit(text[at - 1])) return std::string_view::npos;
  while (at > 0 && is_digit(text[at - 1])) --at;
  const std::size_t digits = text.size() - at;
  if (at == 0 || text[at - 1] != before_number.back()) return std::string_view::npos;
  if (digits > 9 || text[at] == '0' || !text.substr(0, at).ends_with(before_number)) return std::string_view::npos;
  number = 0;
  for (const char c : text.substr(at)) number = number * 10 + static_cast<std::uint32_t>(c - '0');
  return number <= kMaxSuffix ? at - before_number.size() : std::string_view::npos;
}

std::size_t Spelling::number_length(std::uint32_t number) const {
  if (number == 0) return 0;
  std::size_t length = before_number.size() + after_number.size();
  for (; number != 0; number /= 10) ++length;
  return length;
}

char* Spelling::write_number(std::uint32_t number, char* to) const {
  if (number == 0) return to;
  to += before_number.copy(to, before_number.size());
  to = std::to_chars(to, to + 10, number).ptr;
  return to + after_number.copy(to, after_number.size());
}

void Spelling::append_number(std::uint32_t number, std::string& out) const {
  if (number == 0) return;
  const std::size_t size = out.size();
  out.resize(size + number_length(number));
  write_number(number, out.data() + size);
}

}  // namespace scopetrie
