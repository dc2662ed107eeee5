// Interned names that are used repeatedly ("Assign", "read", an op's default name), by id.
//
// An id is valid for all graphs of the process. Each graph caches the segments of ids, so that taking a default name
// hashes no text. Invariants: a text has one id; ids are dense and permanent.
// Thread safety: known_name() may be called from any thread; a KnownNames belongs to a graph and has its lock.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "scopetrie/names/segments.hpp"
#include "scopetrie/tables/compiler.hpp"
#include "scopetrie/tables/ids.hpp"

namespace scopetrie {

/// The id of a text, assigned at first use.
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
