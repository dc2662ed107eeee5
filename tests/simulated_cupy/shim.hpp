// What a kernel in CUDA C++ needs so that a C++ compiler of the host makes a function of it: threads are a loop.
#define __device__
#define __global__
#define __forceinline__ inline
#define __launch_bounds__(threads)
#define __grid_constant__

struct Index {
  unsigned int x, y, z;
};
static thread_local Index blockIdx, threadIdx, blockDim, gridDim;

#ifdef WITH_THREADS
// Threads of a block that share memory run at once, as threads of the host.
#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>
#define __shared__ static
class Barrier {
 public:
  void begin(unsigned int threads) { threads_ = threads; }
  void wait() {
    std::unique_lock<std::mutex> held(mutex_);
    const unsigned int turn = turn_;
    if (++arrived_ == threads_) {
      arrived_ = 0;
      ++turn_;
      all_.notify_all();
    } else {
      all_.wait(held, [&] { return turn != turn_; });
    }
  }

 private:
  std::mutex mutex_;
  std::condition_variable all_;
  unsigned int threads_ = 1, arrived_ = 0, turn_ = 0;
};
static Barrier barrier;
static thread_local bool is_alone = true;
static inline void __syncthreads() {
  if (!is_alone) barrier.wait();
}
template <class Kernel>
void run_at_once(unsigned int blocks, unsigned int threads, Kernel kernel) {
  barrier.begin(threads);
  std::vector<std::thread> all;
  for (unsigned int thread = 0; thread < threads; ++thread)
    all.emplace_back([=] {
      is_alone = false;
      gridDim.x = blocks;
      blockDim.x = threads;
      threadIdx.x = thread;
      for (blockIdx.x = 0; blockIdx.x < blocks; ++blockIdx.x) {
        kernel();
        barrier.wait();
      }
    });
  for (std::thread& each : all) each.join();
}
#else
static inline void __syncthreads() {}
#endif
// Without shared memory, one thread comes after the other, block by block: the last one of the last block comes last.
static inline void __threadfence() {}
static inline unsigned int atomicAdd(unsigned int* to, unsigned int more) {
  const unsigned int before = *to;
  *to += more;
  return before;
}

static inline unsigned int __float_as_uint(float x) {
  unsigned int bits;
  __builtin_memcpy(&bits, &x, 4);
  return bits;
}
static inline float __uint_as_float(unsigned int bits) {
  float x;
  __builtin_memcpy(&x, &bits, 4);
  return x;
}

#define UNARY(name)      \
  double name(double x); \
  float name##f(float x);
#define BINARY(name)               \
  double name(double x, double y); \
  float name##f(float x, float y);
extern "C" {
// clang-format off: a table, whose entries end in no semicolon
UNARY(sqrt) UNARY(exp) UNARY(expm1) UNARY(log) UNARY(log1p) UNARY(log2) UNARY(log10) UNARY(sin) UNARY(cos) UNARY(tan)
UNARY(asin) UNARY(acos) UNARY(atan) UNARY(sinh) UNARY(cosh) UNARY(tanh) UNARY(asinh) UNARY(acosh) UNARY(atanh)
UNARY(erf) UNARY(erfc) UNARY(lgamma) UNARY(floor) UNARY(ceil) UNARY(trunc) UNARY(rint) UNARY(fabs)
BINARY(fmod) BINARY(pow) BINARY(atan2) BINARY(hypot) BINARY(copysign) BINARY(nextafter)
// clang-format on
}

// By Newton's method, from an estimate of Winitzki's.
static inline double erfinv(double y) {
  if (!(y > -1 && y < 1)) return y == 1 || y == -1 ? y * (1e300 * 1e300) : 0.0 * (1e300 * 1e300);
  const double a = 0.147, l = log((1 - y) * (1 + y)), t = 2 / (3.14159265358979323846 * a) + l / 2;
  double x = copysign(sqrt(sqrt(t * t - l / a) - t), y);
  for (int i = 0; i < 4; ++i) x -= (erf(x) - y) / (1.1283791670955126 * exp(-x * x));
  return x;
}
static inline float erfinvf(float y) { return (float)erfinv(y); }
