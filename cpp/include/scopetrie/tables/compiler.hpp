// Attributes of compilers beyond the language.
#pragma once

/// Marks a slow path: never inlined, so that the hot function calling it saves no registers for it.
#if defined(__GNUC__)
#define SCOPETRIE_COLD __attribute__((cold, noinline))
/// The same for what is rare and takes long: compiled for speed.
#define SCOPETRIE_OUT_OF_LINE __attribute__((noinline))
#else
#define SCOPETRIE_OUT_OF_LINE
#define SCOPETRIE_COLD
#endif

/// Marks a small function of a hot path that is inlined wherever it is called.
#if defined(__GNUC__)
#define SCOPETRIE_INLINED __attribute__((always_inline)) inline
#else
#define SCOPETRIE_INLINED inline
#endif

/// Fetches what a pointer points to into the cache, for somebody who will write there soon; null is allowed.
#if defined(__GNUC__)
#define SCOPETRIE_PREFETCH(pointer) __builtin_prefetch(pointer, 1)
#else
#define SCOPETRIE_PREFETCH(pointer) static_cast<void>(pointer)
#endif
