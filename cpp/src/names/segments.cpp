#include "scopetrie/names/segments.hpp"

#include <cstring>
#include <stdexcept>
#include <string>
#include <utility>

namespace scopetrie {

namespace {

constexpr std::size_t kBlockBytes = 16384;

}  // namespace

Segments::Segments(Spelling spelling) : spelling_(std::move(spelling)) {
  static constexpr char kEmpty[kReadable] = {};
  // NOLINTNEXTLINE(bugprone-string-constructor): empty, but with readable bytes behind it
  add_record({kEmpty, 0}, kNone, 0);
}

Segments::Segments(const Segments& other)
    : spelling_(other.spelling_), records_(other.records_), table_(other.table_), blocks_(other.blocks_) {}

void Segments::reserve(std::size_t more) {
  make_room(records_, more);
  table_.reserve(more);
}

bool Segments::extend_to(const Segments& other) {
  if (spelling_ != other.spelling_ || size() > other.size()) return false;
  for (SegmentId id = 0; id < size(); ++id)
    if (!are_equal(text(id), other.text(id))) return false;
  Table<Record> records(other.records_);
  IdTable table(other.table_);
  std::vector<std::shared_ptr<char[]>> blocks(other.blocks_);
  // This table's own block stays the last one: what is interned from here on may still be written into it.
  blocks.insert(blocks.end(), blocks_.begin(), blocks_.end());
  records_.swap(records);
  table_ = std::move(table);
  blocks_.swap(blocks);
  return true;
}

SegmentId Segments::add(std::uint32_t hash, std::string_view text, std::size_t vacant) {
  if (text.size() > kLongest) throw std::length_error("a part of a name has at most 2^31 characters");
  const std::string_view kept(keep(text), text.size());
  std::uint32_t number = 0;
  const std::size_t at = spelling_.number_start(kept, number);
  if (at == std::string_view::npos) return add_record(hash, kept, vacant, kNone, 0);
  if (const SegmentId base = find(kept.substr(0, at)); base != kNone)
    return add_record(hash, kept, vacant, base, number);
  const SegmentId base = add_base(kept.substr(0, at));
  return add_record(kept, base, number);
}

// A base may itself have a base: "a_1_2" needs "a_1", which needs "a". The shortest is added first, in a loop instead
// of by recursion: a name may have thousands of suffixes.
SegmentId Segments::add_base(std::string_view kept) {
  struct Numbered {
    std::string_view text;
    std::uint32_t number;
  };
  std::vector<Numbered> numbered;
  SegmentId base = kNone;
  std::uint32_t number = 0;
  for (std::size_t at; base == kNone && (at = spelling_.number_start(kept, number)) != std::string_view::npos;) {
    numbered.push_back({kept, number});
    kept = kept.substr(0, at);
    base = find(kept);
  }
  if (base == kNone) base = add_record(kept, kNone, 0);
  for (; !numbered.empty(); numbered.pop_back()) base = add_record(numbered.back().text, base, numbered.back().number);
  return base;
}

// `base` is kNone if the segment is its own base.
SegmentId Segments::add_record(std::uint32_t hash, std::string_view kept, std::size_t vacant, SegmentId base,
                               std::uint32_t suffix) {
  const auto id = static_cast<SegmentId>(records_.size());
  if (id == kNone) throw std::length_error("a graph has at most 2^32 - 1 different parts of names");
  records_.push_back({kept.data(), static_cast<std::uint32_t>(kept.size()), base != kNone ? base : id, suffix, id});
  try {
    table_.insert_at(vacant, hash, id);
    if (spelling_.folds && spelling_.is_cased(kept)) {
      const SegmentId folded = intern(spelling_.folded(kept));  // may be this one; may move the records
      records_[id].folded = folded;
    }
  } catch (...) {
    table_.erase(hash, id);  // nobody finds the record, which may have others behind it
    throw;
  }
  return id;
}

Segments::Numbered Segments::find_numbered(std::string_view text) const {
  if (const SegmentId id = find(text); id != kNone) return {base(id), suffix(id)};
  // `w_5` may be the fifth `w` without ever having been written.
  Numbered numbered;
  const std::size_t at = spelling_.number_start(text, numbered.number);
  if (at == std::string_view::npos) return {};
  numbered.base = find(text.substr(0, at));
  return numbered;
}

Segments::Numbered Segments::find_folded(std::string_view text) const {
  if (spelling_.folds && spelling_.is_cased(text)) return find_numbered(spelling_.folded(text));
  return find_numbered(text);
}

const char* Segments::keep(std::string_view text) {
  if (text.size() > kBlockBytes / 4) {
    // A block of its own, so that the rest of the current block can still be used.
    blocks_.push_back(std::make_shared<char[]>(text.size() + kReadable));
    std::memcpy(blocks_.back().get(), text.data(), text.size());
    return blocks_.back().get();
  }
  if (text.size() > free_bytes_) {
    blocks_.push_back(std::make_shared<char[]>(kBlockBytes + kReadable));
    free_ = blocks_.back().get();
    free_bytes_ = kBlockBytes;
  }
  char* at = free_;
  std::memcpy(at, text.data(), text.size());
  free_ += text.size();
  free_bytes_ -= text.size();
  return at;
}

}  // namespace scopetrie
