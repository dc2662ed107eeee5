// Threads that start together.
#pragma once

#include <barrier>
#include <cstddef>
#include <thread>
#include <vector>

namespace scopetrie::testing {

inline constexpr std::size_t kThreads = 4;

/// Runs work(0), work(1), ... in threads of their own that start together.
template <class Work>
void at_once(Work work) {
  std::barrier start(static_cast<std::ptrdiff_t>(kThreads));
  std::vector<std::jthread> threads;
  for (std::size_t number = 0; number < kThreads; ++number) {
    threads.emplace_back([&, number] {
      start.arrive_and_wait();
      work(number);
    });
  }
}

}  // namespace scopetrie::testing
