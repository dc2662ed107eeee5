#include "scopetrie/names/known_names.hpp"

#include <deque>
#include <mutex>
#include <string>
#include <unordered_map>

namespace scopetrie {

namespace {

struct Registry {
  std::mutex mutex;
  std::unordered_map<std::string_view, std::uint32_t> numbers;
  std::deque<std::string> texts;  // which stay where they are
};

Registry& registry() {
  static auto* const only = new Registry;  // never destroyed: other statics may ask while they end
  return *only;
}

}  // namespace

std::uint32_t known_name(std::string_view text) {
  Registry& known = registry();
  const std::lock_guard lock(known.mutex);
  if (const auto at = known.numbers.find(text); at != known.numbers.end()) return at->second;
  const auto number = static_cast<std::uint32_t>(known.texts.size());
  known.numbers.emplace(known.texts.emplace_back(text), number);
  return number;
}

SegmentId KnownNames::find(Segments& segments, std::uint32_t number) {
  std::string_view text;
  std::size_t count;
  {
    Registry& known = registry();
    const std::lock_guard lock(known.mutex);
    count = known.texts.size();
    text = known.texts.at(number);
  }
  if (found_.size() < count) found_.resize(count, kNone);
  return found_[number] = segments.intern(text);
}

}  // namespace scopetrie
