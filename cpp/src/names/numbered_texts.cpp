#include "scopetrie/names/numbered_texts.hpp"

namespace scopetrie {

std::uint32_t NumberedTexts::number(std::string_view text, std::uint32_t most) {
  const std::lock_guard lock(mutex_);
  if (const auto at = numbers_.find(text); at != numbers_.end()) return at->second;
  if (texts_.size() >= most) return most;
  const auto number = static_cast<std::uint32_t>(texts_.size());
  numbers_.emplace(texts_.emplace_back(text), number);
  return number;
}

std::optional<std::uint32_t> NumberedTexts::find(std::string_view text) const {
  const std::lock_guard lock(mutex_);
  const auto at = numbers_.find(text);
  return at != numbers_.end() ? std::optional(at->second) : std::nullopt;
}

std::string_view NumberedTexts::text(std::uint32_t number) const {
  const std::lock_guard lock(mutex_);
  return texts_.at(number);
}

std::size_t NumberedTexts::size() const {
  const std::lock_guard lock(mutex_);
  return texts_.size();
}

}  // namespace scopetrie
