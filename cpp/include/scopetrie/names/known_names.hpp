// Names that programs use again and again ("Assign", "read", an op's default name), by number.
//
// A number is the program's, for all graphs; the segment that a text has in one graph is kept there, so that taking a
// default name hashes no text. Invariants: a text has one number; numbers are dense and never die.
// Thread safety: known_name() may be called from any thread; KnownNames is one graph's, and guarded as the graph is.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "scopetrie/names/segments.hpp"
#include "scopetrie/tables/compiler.hpp"
#include "scopetrie/tables/ids.hpp"

namespace scopetrie {

/// The number of a text, given out on first use.
std::uint32_t known_name(std::string_view text);

/// The segments of known names in one graph.
class KnownNames {
 public:
  SegmentId segment(Segments& segments, std::uint32_t number) {
    return number < found_.size() && found_[number] != kNone ? found_[number] : find(segments, number);
  }

 private:
  SCOPETRIE_COLD SegmentId find(Segments& segments, std::uint32_t number);

  std::vector<SegmentId> found_;
};

}  // namespace scopetrie
