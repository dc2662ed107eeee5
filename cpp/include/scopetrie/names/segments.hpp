// Interned path segments: "conv1" in "tower/conv1/weights".
//
// Invariants: a text has one id; ids are dense and live as long as the table; record 0 is the empty text. A segment of
// the form `base_N` (0 < N <= kMaxSuffix, no leading zero) stores its base and N, so that `mul_7` made by counting and
// a given `mul_7` are the same name; any other segment is its own base with suffix 0. A base is a segment, too (and
// shares its bytes). `folded` is the id of the lower-case form, since v1 compares operation names case-insensitively;
// where case counts it is the segment itself. Texts never move.
// Thread safety: none; one writer or many readers.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "scopetrie/names/spelling.hpp"
#include "scopetrie/tables/id_table.hpp"
#include "scopetrie/tables/ids.hpp"
#include "scopetrie/tables/short_texts.hpp"
#include "scopetrie/tables/table_allocator.hpp"

namespace scopetrie {

class Segments {
 public:
  static constexpr std::size_t kLongest = std::size_t{1} << 31;

  /// v1's, unless another spelling is given.
  explicit Segments(Spelling spelling = {});
  /// The same segments with the same ids.
  Segments(const Segments& other);
  Segments& operator=(const Segments&) = delete;

  const Spelling& spelling() const noexcept { return spelling_; }

  /// The id of `text`; copies the text if it is new. Throws std::length_error if it is too long.
  SegmentId intern(std::string_view text) {
    const std::uint32_t hash = hash_bytes(text);
    std::size_t vacant;
    const SegmentId found = find(hash, text, vacant);
    return found != kNone ? found : add(hash, text, vacant);
  }

  /// The id of `text`, or kNone if it was never interned.
  SegmentId find(std::string_view text) const {
    std::size_t vacant;
    return find(hash_bytes(text), text, vacant);
  }

  /// What a look at the table says of a text: its id, or where it would go.
  struct Sought {
    SegmentId id = kNone;  // kNone: it was never interned
    std::uint32_t hash = 0;
    std::size_t vacant = 0;
  };
  Sought seek(std::string_view text) const {
    Sought sought{.hash = hash_bytes(text)};
    sought.id = find(sought.hash, text, sought.vacant);
    return sought;
  }
  /// intern() of a text that was sought, where nothing was interned since.
  SegmentId intern(std::string_view text, const Sought& sought) {
    return sought.id != kNone ? sought.id : add(sought.hash, text, sought.vacant);
  }

  /// So many bytes may be read from where any text begins.
  static constexpr std::size_t kReadable = 16;
  std::string_view text(SegmentId id) const { return {records_[id].text, records_[id].length}; }
  SegmentId base(SegmentId id) const { return records_[id].base; }
  std::uint32_t suffix(SegmentId id) const { return records_[id].suffix; }
  SegmentId folded(SegmentId id) const { return records_[id].folded; }
  std::size_t size() const noexcept { return records_.size(); }

  /// What a name would have as its last part, without interning it.
  struct Numbered {
    SegmentId base = kNone;  // kNone: nothing by that text was interned
    std::uint32_t number = 0;
  };
  /// The base and number of the folded form of `text`.
  Numbered find_folded(std::string_view text) const;
  /// Makes room for that many more.
  void reserve(std::size_t more);
  /// Takes all segments of another table over, with their ids, where it is of the same spelling and begins with all
  /// that are here: whoever has an id keeps it. That costs a fraction of interning them one by one. False, and nothing
  /// happens, where it does not begin so. Throws std::bad_alloc; it is as before then.
  bool extend_to(const Segments& other);

 private:
  struct Record {
    const char* text;
    std::uint32_t length;
    SegmentId base;
    std::uint32_t suffix;
    SegmentId folded;
  };

  [[gnu::always_inline]] SegmentId find(std::uint32_t hash, std::string_view text, std::size_t& vacant) const {
    return table_.find(hash, [&](SegmentId id) { return are_equal(this->text(id), text); }, vacant);
  }
  SegmentId add(std::uint32_t hash, std::string_view text, std::size_t vacant);
  SegmentId add_base(std::string_view kept);
  Numbered find_numbered(std::string_view text) const;
  SegmentId add_record(std::uint32_t hash, std::string_view kept, std::size_t vacant, SegmentId base,
                       std::uint32_t suffix);
  SegmentId add_record(std::string_view kept, SegmentId base, std::uint32_t suffix) {
    const Sought sought = seek(kept);
    return add_record(sought.hash, kept, sought.vacant, base, suffix);
  }
  const char* keep(std::string_view text);

  Spelling spelling_;
  Table<Record> records_;
  IdTable table_;
  std::vector<std::shared_ptr<char[]>> blocks_;  // shared with copies, which write into blocks of their own
  char* free_ = nullptr;
  std::size_t free_bytes_ = 0;
};

}  // namespace scopetrie
