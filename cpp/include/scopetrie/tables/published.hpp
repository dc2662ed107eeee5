// A pointer that is null until some thread has made what it points to: readers that come at once make it once.
//
// Invariants: it is set once, and replaced only by what says the same; whoever reads it sees all that was written
// before it was set. Thread safety: all functions, at once with each other, as long as the place stays where it is.
#pragma once

#if !defined(__GNUC__)
#include <atomic>
#endif

namespace scopetrie {

/// What was published in a place; null where nothing was.
template <class T>
T* published(T* const& place) noexcept {
#if defined(__GNUC__)  // not all standard libraries have std::atomic_ref yet
  return __atomic_load_n(&place, __ATOMIC_ACQUIRE);
#else
  return std::atomic_ref<T*>(const_cast<T*&>(place)).load(std::memory_order_acquire);
#endif
}

/// Publishes `made` in a place that is null. Null where that was done; else what another thread has published, and
/// `made` stays the caller's.
template <class T>
T* publish(T*& place, T* made) noexcept {
  T* there = nullptr;
#if defined(__GNUC__)
  __atomic_compare_exchange_n(&place, &there, made, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE);
#else
  std::atomic_ref<T*>(place).compare_exchange_strong(there, made, std::memory_order_acq_rel);
#endif
  return there;
}

/// Replaces what was published in a place. Others may replace it by the same at once.
template <class T>
void replace(T*& place, T* by) noexcept {
#if defined(__GNUC__)
  __atomic_store_n(&place, by, __ATOMIC_RELEASE);
#else
  std::atomic_ref<T*>(place).store(by, std::memory_order_release);
#endif
}

}  // namespace scopetrie
