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

class FlushSubnormals {
 public:
  FlushSubnormals() noexcept {
#ifdef SCOPETRIE_SSE_CONTROL
    before_ = _mm_getcsr();
    _mm_setcsr(before_ | 0x8040);  // results and operands
#elif defined(__aarch64__) && defined(__GNUC__)
    std::uint64_t control;
    __asm__ volatile("mrs %0, fpcr" : "=r"(control));
    before_ = control;
    control |= std::uint64_t{1} << 24;
    __asm__ volatile("msr fpcr, %0" : : "r"(control));
#endif
  }
  FlushSubnormals(const FlushSubnormals&) = delete;
  FlushSubnormals& operator=(const FlushSubnormals&) = delete;
  ~FlushSubnormals() {
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

}  // namespace scopetrie
