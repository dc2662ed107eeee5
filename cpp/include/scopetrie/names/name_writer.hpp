// Names as text, one after another: what a name shares with the last one is not written again, and a number that is one
// more than the last is counted up in place.
//
// Invariants: `text_` is the last name; its first `base_` characters are scope and segment, which stand for `scope_`
// and `segment_`. Thread safety: none; each writer belongs to one thread.
#pragma once

#include <charconv>
#include <string>
#include <string_view>

#include "scopetrie/graph/op_graph.hpp"
#include "scopetrie/tables/compiler.hpp"

namespace scopetrie {

class NameWriter {
 public:
  explicit NameWriter(const OpGraph& graph) : graph_(graph) {}

  /// The name's text; it is there until the next call.
  std::string_view write(const Name& name) {
    if (name.scope != scope_ || name.segment != segment_) [[unlikely]]
      write_base(name);
    if (name.suffix == 0) return {text_.data(), base_};
    if (name.suffix != suffix_ + 1 || !count_up()) write_number(name.suffix);
    suffix_ = name.suffix;
    return {text_.data(), size_};
  }

 private:
  static constexpr std::size_t kNumberLength = 11;  // "_4294967295"

  SCOPETRIE_COLD void write_base(const Name& name);
  void write_number(std::uint32_t number) {
    char* const digits = text_.data() + base_ + 1;
    size_ = static_cast<std::size_t>(std::to_chars(digits, digits + kNumberLength, number).ptr - text_.data());
  }
  // Adds one to the number that was written last. False where it needs a digit more, or none was written.
  bool count_up() {
    char* const first = text_.data() + base_ + 1;
    for (char* digit = text_.data() + size_; digit-- > first; *digit = '0')
      if (*digit != '9') {
        ++*digit;
        return true;
      }
    return false;
  }

  const OpGraph& graph_;
  std::string text_;
  std::size_t base_ = 0, size_ = 0;
  ScopeId scope_ = kNone;
  SegmentId segment_ = kNone;
  std::uint32_t suffix_ = 0;
};

}  // namespace scopetrie
