// Names as text, one after another: what a name shares with the last one is not written again.
//
// Invariants: `text_` starts with `scope_`'s path and the separator at its end, `base_` characters, then comes
// `segment_`'s text, `end_` characters in all; what stands behind is the last number. There is always room for a short
// segment and a number.
// Thread safety: none; each writer belongs to one thread.
#pragma once

#include <charconv>
#include <cstring>
#include <string>
#include <string_view>

#include "scopetrie/names/segments.hpp"
#include "scopetrie/names/spelling.hpp"
#include "scopetrie/tables/compiler.hpp"
#include "scopetrie/tables/ids.hpp"

namespace scopetrie {

class NameWriter {
 public:
  /// `names` is where the names are from: it has segments() and append_scope().
  template <class Names>
  explicit NameWriter(const Names& names)
      : segments_(names.segments()),
        spelling_(segments_.spelling()),
        is_short_(spelling_.before_number.size() == 1 && spelling_.after_number.empty()),
        before_number_(spelling_.before_number[0]),
        names_(&names),
        append_scope_([](const void* from, ScopeId scope, std::string& out) {
          static_cast<const Names*>(from)->append_scope(scope, out);
        }) {}

  /// The name's text, valid until the next call.
  std::string_view write(const Name& name) {
    if (name.scope != scope_) [[unlikely]]
      write_scope(name.scope);
    if (name.segment != segment_) {
      write_segment(name.segment);
    } else if (name.suffix == suffix_ + 1 && suffix_ != 0 && count_up()) {
      suffix_ = name.suffix;
      return {text_.data(), size_};
    }
    suffix_ = name.suffix;
    if (name.suffix == 0) return {text_.data(), end_};
    write_number();
    return {text_.data(), size_};
  }

 private:
  SCOPETRIE_COLD void write_scope(ScopeId scope);
  void write_segment(SegmentId segment) {
    const std::string_view text = segments_.text(segment);
    if (text.size() <= Segments::kReadable) [[likely]] {
      std::memcpy(text_.data() + base_, text.data(), Segments::kReadable);  // of a known size: two moves
      end_ = base_ + text.size();
    } else {
      write_long_segment(text);
    }
    segment_ = segment;
  }
  SCOPETRIE_COLD void write_long_segment(std::string_view text);
  void write_number() {
    char* const to = text_.data() + end_;
    if (is_short_ && suffix_ < 10) {  // most are
      to[0] = before_number_;
      to[1] = static_cast<char>('0' + suffix_);
      size_ = end_ + 2;
    } else if (is_short_) {
      to[0] = before_number_;
      size_ = static_cast<std::size_t>(std::to_chars(to + 1, to + 11, suffix_).ptr - text_.data());
    } else {
      size_ = static_cast<std::size_t>(spelling_.write_number(suffix_, to) - text_.data());
    }
  }
  // Adds one to the number that was written last. False where it needs a digit more.
  bool count_up() {
    char* const first = text_.data() + end_ + spelling_.before_number.size();
    for (char* digit = text_.data() + size_ - spelling_.after_number.size(); digit-- > first; *digit = '0')
      if (*digit != '9') {
        ++*digit;
        return true;
      }
    return false;
  }

  std::size_t longest_number() const { return spelling_.number_length(0xFFFF'FFFFu); }

  const Segments& segments_;
  const Spelling& spelling_;
  bool is_short_;  // a number is one character and its digits
  char before_number_;
  const void* names_;
  void (*append_scope_)(const void* from, ScopeId scope, std::string& out);
  std::string text_;
  std::size_t base_ = 0, end_ = 0, size_ = 0;
  ScopeId scope_ = kNone;
  SegmentId segment_ = kNone;
  std::uint32_t suffix_ = 0;
};

}  // namespace scopetrie
