// Memory that runs out, for tests: `operator new` of the test program fails when it is told to.
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

}  // namespace scopetrie::testing
