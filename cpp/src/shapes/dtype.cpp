#include "scopetrie/shapes/dtype.hpp"

#include <cmath>

namespace scopetrie {

namespace {

constexpr std::string_view kReferenceEnding = "_ref";

}  // namespace

bool DType::holds(double number) const {
  const double most = largest();
  return most != 0 && (!std::isfinite(number) || std::fabs(number) <= most);
}

std::string DType::name() const {
  std::string name(detail::facts_of(*this).name);
  if (is_reference() && !name.empty()) name += kReferenceEnding;
  return name;
}

DType DType::named(std::string_view name) {
  const bool is_reference = name.ends_with(kReferenceEnding);
  if (is_reference) name.remove_suffix(kReferenceEnding.size());
  for (std::size_t number = 1; number < detail::kDTypes.size(); ++number) {
    const DType found(static_cast<std::uint8_t>(number));
    if (detail::kDTypes[number].name == name) return is_reference ? found.reference() : found;
  }
  for (std::size_t own = 0; own < detail::kOwnDTypes.size() && !is_reference; ++own)
    if (detail::kOwnDTypes[own].name == name) return {static_cast<std::uint8_t>(DType::kOwn + own)};
  return {};
}

}  // namespace scopetrie
