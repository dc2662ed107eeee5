// Memory that runs out, and how much is asked for: `operator new` of the test program fails when it is told to.
#pragma once

#include <cstddef>

namespace scopetrie::testing {

/// While one lives, allocation number `at` of this thread (from 0 on) throws std::bad_alloc, and so do all after it.
class FailingNew {
 public:
  explicit FailingNew(std::size_t at) { left_ = at + 1; }
  ~FailingNew() { left_ = kNever; }
  FailingNew(const FailingNew&) = delete;
  FailingNew& operator=(const FailingNew&) = delete;

  /// Whether an allocation may go on; called by operator new.
  static bool allows() { return left_ == kNever || (left_ > 1 && --left_ != 0); }

 private:
  static constexpr std::size_t kNever = 0;
  static inline constinit thread_local std::size_t left_ = kNever;  // allocations, plus 1
};

/// While one lives, notes the largest block that this thread allocates.
class LargestNew {
 public:
  LargestNew() { largest_ = 0; }
  LargestNew(const LargestNew&) = delete;
  LargestNew& operator=(const LargestNew&) = delete;

  std::size_t bytes() const { return largest_; }
  /// Called by operator new.
  static void note(std::size_t bytes) {
    if (bytes > largest_) largest_ = bytes;
  }

 private:
  static inline constinit thread_local std::size_t largest_ = 0;
};

}  // namespace scopetrie::testing
