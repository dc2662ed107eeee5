#include "scopetrie/segments.hpp"

#include <algorithm>
#include <cstring>

namespace scopetrie {

namespace {

constexpr std::size_t kBlockBytes = 16 * 1024;

// Where `_N` starts in `base_N`, or npos. N has no leading zero, is not 0 and stays below 2^29 (UniqueNames counts so
// far).
std::size_t suffix_start(std::string_view text, std::uint32_t& number) {
  std::size_t at = text.size();
  while (at > 0 && text[at - 1] >= '0' && text[at - 1] <= '9') --at;
  const std::size_t digits = text.size() - at;
  if (digits == 0 || digits > 8 || at < 2 || text[at - 1] != '_' || text[at] == '0') return std::string_view::npos;
  number = 0;
  for (std::size_t i = at; i < text.size(); ++i) number = number * 10 + static_cast<std::uint32_t>(text[i] - '0');
  return at - 1;
}

bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }

}  // namespace

Segments::Segments() { add(hash_bytes({}), {}); }

SegmentId Segments::add(std::uint32_t hash, std::string_view text) {
  const auto id = static_cast<SegmentId>(records_.size());
  records_.push_back({keep(text), static_cast<std::uint32_t>(text.size()), id, 0, id});
  table_.insert(hash, id);
  const std::string_view kept = this->text(id);
  std::uint32_t number = 0;
  if (const std::size_t at = suffix_start(kept, number); at != std::string_view::npos) {
    const SegmentId base = intern(kept.substr(0, at));
    records_[id].base = base;
    records_[id].suffix = number;
  }
  if (std::any_of(kept.begin(), kept.end(), is_upper)) {
    std::string lower(kept);
    for (char& c : lower)
      if (is_upper(c)) c = static_cast<char>(c - 'A' + 'a');
    const SegmentId folded = intern(lower);
    records_[id].folded = folded;
  }
  return id;
}

const char* Segments::keep(std::string_view text) {
  if (text.size() > kBlockBytes / 4) {
    // A block of its own, put below the current one so that the current one stays in use.
    blocks_.push_back(std::make_unique<char[]>(text.size()));
    std::memcpy(blocks_.back().get(), text.data(), text.size());
    return blocks_.back().get();
  }
  if (text.size() > free_bytes_) {
    blocks_.push_back(std::make_unique<char[]>(kBlockBytes));
    free_ = blocks_.back().get();
    free_bytes_ = kBlockBytes;
  }
  char* at = free_;
  if (!text.empty()) std::memcpy(at, text.data(), text.size());
  free_ += text.size();
  free_bytes_ -= text.size();
  return at;
}

}  // namespace scopetrie
