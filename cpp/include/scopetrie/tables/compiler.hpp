// What compilers are told beyond the language.
#pragma once

/// Before a function that hot ones call seldom: it stays out of them, so that they need no registers for it.
#if defined(__GNUC__)
#define SCOPETRIE_COLD __attribute__((cold, noinline))
#else
#define SCOPETRIE_COLD
#endif
