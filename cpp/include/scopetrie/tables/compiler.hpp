// Attributes of compilers beyond the language.
#pragma once

/// Marks a slow path: never inlined, so that the hot function calling it saves no registers for it.
#if defined(__GNUC__)
#define SCOPETRIE_COLD __attribute__((cold, noinline))
#else
#define SCOPETRIE_COLD
#endif
