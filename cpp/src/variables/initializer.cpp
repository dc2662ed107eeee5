#include "scopetrie/variables/initializer.hpp"

namespace scopetrie {

std::optional<Initializer> Initializer::of_default(DType dtype) {
  if (dtype.is_floating()) return glorot_uniform();
  const char kind = dtype.kind();
  if (kind == 'i' || kind == 'u' || kind == 'b' || kind == 'S') return zeros();
  return {};
}

}  // namespace scopetrie
