// Functions that are compiled once for each width of vectors, of which one is chosen when the program is loaded. What
// they call is SCOPETRIE_INLINED, to be compiled for the same vectors.
#pragma once

#include "scopetrie/tables/compiler.hpp"

// The resolver of sanitized programs would run before the sanitizer.
#if defined(__x86_64__) && defined(__GLIBC__) && defined(__GNUC__) && !defined(__clang__) && \
    !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define SCOPETRIE_WIDE_VECTORS __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define SCOPETRIE_WIDE_VECTORS
#endif
