// Subnormal numbers as zeros, for as long as a block lasts: TensorFlow 1 computes so, and a processor computes with
// subnormal numbers a hundred times as slowly.
//
// Invariants: the thread's floating-point control is at the end what it was at the start.
// Thread safety: the control is the thread's own.
#pragma once

#include <cstdint>

#if defined(__SSE2__) || defined(_M_X64)
#include <xmmintrin.h>
#define SCOPETRIE_SSE_CONTROL 1
#endif

namespace scopetrie {

class SubnormalControl {
 public:
  SubnormalControl(const SubnormalControl&) = delete;
  SubnormalControl& operator=(const SubnormalControl&) = delete;

 protected:
  explicit SubnormalControl(bool are_zeros) noexcept {
#ifdef SCOPETRIE_SSE_CONTROL
    constexpr unsigned kZeros = 0x8040;  // results and operands
    before_ = _mm_getcsr();
    _mm_setcsr(are_zeros ? before_ | kZeros : before_ & ~kZeros);
#elif defined(__aarch64__) && defined(__GNUC__)
    constexpr std::uint64_t kZeros = std::uint64_t{1} << 24;
    __asm__ volatile("mrs %0, fpcr" : "=r"(before_));
    const std::uint64_t control = are_zeros ? before_ | kZeros : before_ & ~kZeros;
    __asm__ volatile("msr fpcr, %0" : : "r"(control));
#else
    static_cast<void>(are_zeros);
#endif
  }
  ~SubnormalControl() {
#ifdef SCOPETRIE_SSE_CONTROL
    _mm_setcsr(before_);
#elif defined(__aarch64__) && defined(__GNUC__)
    __asm__ volatile("msr fpcr, %0" : : "r"(before_));
#endif
  }

 private:
#ifdef SCOPETRIE_SSE_CONTROL
  unsigned before_;
#else
  std::uint64_t before_ = 0;
#endif
};

/// Where operations compute.
struct FlushSubnormals : SubnormalControl {
  FlushSubnormals() noexcept : SubnormalControl(true) {}
};

/// Where a number that the program gave becomes an element: it is what it is.
struct KeepSubnormals : SubnormalControl {
  KeepSubnormals() noexcept : SubnormalControl(false) {}
};

}  // namespace scopetrie
