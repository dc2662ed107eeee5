#include "scopetrie/store/buffer.hpp"

#include <cstring>
#include <new>

namespace scopetrie {

Buffer::Buffer(std::size_t bytes) : bytes_(bytes) {
  // An empty buffer has an address of its own, too, so that exporting it is no special case.
  data_ = ::operator new(bytes != 0 ? bytes : 1, std::align_val_t{kAlignment});
  std::memset(data_, 0, bytes);
}

Buffer::~Buffer() {
  if (release_) {
    release_();
  } else if (data_ != nullptr) {
    ::operator delete(data_, std::align_val_t{kAlignment});
  }
}

}  // namespace scopetrie
