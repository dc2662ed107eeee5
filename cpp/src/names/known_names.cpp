#include "scopetrie/names/known_names.hpp"

#include "scopetrie/names/numbered_texts.hpp"

namespace scopetrie {

namespace {

NumberedTexts& texts() {
  static auto* const only = new NumberedTexts;  // never destroyed: other statics may ask while they end
  return *only;
}

}  // namespace

std::uint32_t known_name(std::string_view text) { return texts().number(text); }

SegmentId KnownNames::find(Segments& segments, std::uint32_t number) {
  const std::string_view text = texts().text(number);
  if (found_.size() <= number) found_.resize(texts().size(), kNone);
  return found_[number] = segments.intern(text);
}

}  // namespace scopetrie
