// How names are spelt: what stands between the parts of a path and around the number of a name, and whether case
// counts.
//
// Invariants, which check() looks at: a text is the name of one path, segment and number only. So the number's text has
// a character that is no digit before it, does not contain the separator, and folding changes neither of them.
// Thread safety: never changes.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace scopetrie {

struct Spelling {
  std::string separator = "/";
  std::string before_number = "_";
  std::string after_number = {};
  bool folds = true;  // names that differ in case only are equal, as for v1's operations
  /// The lower-case form of a text that is not all ASCII; null: only ASCII letters have one.
  std::string (*lower)(std::string_view text) = nullptr;
  friend bool operator==(const Spelling&, const Spelling&) = default;

  /// What is wrong with it, as the end of a sentence that begins with "the separator" or "the suffix"; "" if nothing
  /// is.
  std::string fault() const;
  /// Whether no other path has the same text as one with this segment in it. Only separators of several characters make
  /// that a question: "a:" within "::" is one.
  bool can_stand(std::string_view segment) const {
    return separator.size() == 1 || (stands_before_separator(segment) && stands_before_number(segment));
  }

  /// The lower-case form of a text.
  std::string folded(std::string_view text) const;
  /// Whether folded() may differ from the text.
  bool is_cased(std::string_view text) const;

  /// Where the number's text starts in `base_N`, and N; npos where counting would not have written the text so.
  std::size_t number_start(std::string_view text, std::uint32_t& number) const;

  /// Appends `_number`; nothing where it is 0.
  void append_number(std::uint32_t number, std::string& out) const;
  /// How many characters that is.
  std::size_t number_length(std::uint32_t number) const;
  /// Writes `_number` and gives its end; there must be room for it.
  char* write_number(std::uint32_t number, char* to) const;

 private:
  bool stands_before_separator(std::string_view segment) const;
  bool stands_before_number(std::string_view segment) const;
};

}  // namespace scopetrie
