// Functions that are compiled once for each width of vectors, of which one is chosen when the program is loaded.
#pragma once

// The resolver of sanitized programs would run before the sanitizer.
#if defined(__x86_64__) && defined(__GLIBC__) && defined(__GNUC__) && !defined(__clang__) && \
    !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define SCOPETRIE_WIDE_VECTORS __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define SCOPETRIE_WIDE_VECTORS
#endif
// Inlined, so that it is compiled for the vectors of its caller.
#if defined(__GNUC__)
#define SCOPETRIE_INLINED __attribute__((always_inline)) inline
#else
#define SCOPETRIE_INLINED inline
#endif
