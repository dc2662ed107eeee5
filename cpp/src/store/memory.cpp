#include "scopetrie/store/memory.hpp"

#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>

namespace scopetrie {

namespace {

// From this size on the system has zeroed pages, which cost nothing until they are used.
constexpr std::size_t kPages = std::size_t{1} << 16;

}  // namespace

// One block: the Memory, and the bytes behind it from the next aligned address on.
Memory* Memory::allocate(std::size_t bytes, bool is_zeroed) {
  constexpr std::size_t kGiven = __STDCPP_DEFAULT_NEW_ALIGNMENT__;
  constexpr std::size_t kBefore = sizeof(Memory) + kAlignment - kGiven;  // sizes are multiples of what is given
  static_assert(sizeof(Memory) % kGiven == 0 && kAlignment % kGiven == 0);
  if (bytes > (std::size_t{1} << (kSizeBits - 1))) throw std::bad_alloc();
  const bool by_pages = is_zeroed && bytes >= kPages;
  void* block = by_pages ? std::calloc(1, kBefore + bytes) : ::operator new(kBefore + bytes);
  if (block == nullptr) throw std::bad_alloc();
  std::byte* const first = static_cast<std::byte*>(block) + kBefore;
  void* data = first - reinterpret_cast<std::uintptr_t>(first) % kAlignment;
  auto* made = new (block) Memory(data, bytes, by_pages ? kFromCalloc : kOwn);
  if (is_zeroed && !by_pages) std::memset(data, 0, bytes);
  return made;
}

Memory* Memory::zeroed(std::size_t bytes) { return allocate(bytes, true); }
Memory* Memory::uninitialised(std::size_t bytes) { return allocate(bytes, false); }

Memory* Memory::adopt(void* data, std::size_t bytes, const Adopted& from) {
  auto kept = std::make_unique<Adopted>(from);
  auto* made = new (::operator new(sizeof(Memory))) Memory(data, bytes, kAdopted);
  made->behind_.adopted = kept.release();
  return made;
}

Memory* Memory::slice(Memory& whole, std::size_t offset, std::size_t bytes) {
  auto* made =
      new (::operator new(sizeof(Memory))) Memory(static_cast<std::byte*>(whole.data_) + offset, bytes, kSlice);
  made->behind_.whole = &whole;
  whole.own();
  return made;
}

Memory* Memory::copy(const Memory& from) {
  Memory* made = uninitialised(from.bytes_);
  std::memcpy(made->data_, from.data_, from.bytes_);
  return made;
}

void Memory::free() noexcept {
  Memory* const whole = is_slice() ? behind_.whole : nullptr;
  const std::unique_ptr<Adopted> adopted(kind_ == kAdopted ? behind_.adopted : nullptr);
  const bool is_from_calloc = kind_ == kFromCalloc;
  this->~Memory();
  if (is_from_calloc)
    std::free(this);
  else
    ::operator delete(static_cast<void*>(this));
  if (whole != nullptr) whole->disown();
  if (adopted != nullptr && adopted->release != nullptr) adopted->release(adopted->context);
}

}  // namespace scopetrie
