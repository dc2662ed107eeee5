// Names as text, one after another: what a name shares with the last one is not written again.
//
// Invariants: `text_` starts with `scope_`'s path and the slash at its end, `base_` characters, then comes `segment_`'s
// text, `end_` characters in all; what stands behind is the last number. There is always room for a short segment and a
// number.
// Thread safety: none; each writer belongs to one thread.
#pragma once

#include <charconv>
#include <cstring>
#include <string>
#include <string_view>

#include "scopetrie/names/segments.hpp"
#include "scopetrie/tables/compiler.hpp"
#include "scopetrie/tables/ids.hpp"

namespace scopetrie {

class NameWriter {
 public:
  /// `names` is where the names are from: it has segments() and append_scope().
  template <class Names>
  explicit NameWriter(const Names& names)
      : segments_(names.segments()),
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
  static constexpr std::size_t kNumberLength = 11;  // "_4294967295"

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
    char* to = text_.data() + end_;
    *to++ = '_';
    if (suffix_ < 10) {
      *to++ = static_cast<char>('0' + suffix_);
    } else {
      to = std::to_chars(to, to + kNumberLength, suffix_).ptr;
    }
    size_ = static_cast<std::size_t>(to - text_.data());
  }
  // Adds one to the number that was written last. False where it needs a digit more.
  bool count_up() {
    char* const first = text_.data() + end_ + 1;
    for (char* digit = text_.data() + size_; digit-- > first; *digit = '0')
      if (*digit != '9') {
        ++*digit;
        return true;
      }
    return false;
  }

  const Segments& segments_;
  const void* names_;
  void (*append_scope_)(const void* from, ScopeId scope, std::string& out);
  std::string text_;
  std::size_t base_ = 0, end_ = 0, size_ = 0;
  ScopeId scope_ = kNone;
  SegmentId segment_ = kNone;
  std::uint32_t suffix_ = 0;
};

}  // namespace scopetrie
