"""Functions that the kernels call and CUDA C++ lacks: each is written into the kernels that use it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final


def _of_reals(name: str, text: str) -> dict[str, str]:
    """A function of float and of double: REAL is the type, F at a name's end what C adds to it for floats."""
    own = re.compile(rf"\b{name}F\b")
    return {
        f"{name}{ending}": re.sub(r"(?<=[a-z])F\b", of_c, own.sub(f"{name}{ending}", text)).replace(
            "REAL", real
        )
        for real, ending, of_c in (("float", "f", "f"), ("double", "d", ""))
    }


FUNCTIONS: Final[Mapping[str, str]] = {
    "Pack": """template <class T, int N>
struct alignas(N * sizeof(T)) Pack {
  T at[N];
};""",
    "infinity": "__device__ __forceinline__ double infinity() { return 1e300 * 1e300; }",
    "not_a_number": "__device__ __forceinline__ double not_a_number() { return infinity() - infinity(); }",
    "from_half": """__device__ __forceinline__ float from_half(unsigned short half) {
#ifdef __CUDA_ARCH__
  float x;
  asm("cvt.f32.f16 %0, %1;" : "=f"(x) : "h"(half));
  return x;
#else
  const unsigned int sign = (unsigned int)(half & 0x8000) << 16, rest = half & 0x7fff;
  if (rest >= 0x7c00) return __uint_as_float(sign | 0x7f800000 | (rest & 0x3ff) << 13);
  if (rest >= 0x400) return __uint_as_float(sign | ((rest << 13) + 0x38000000));
  return (sign ? -1.0f : 1.0f) * (float)rest * 0x1p-24f;
#endif
}""",
    "to_half": """__device__ __forceinline__ unsigned short to_half(float x) {
#ifdef __CUDA_ARCH__
  unsigned short half;
  asm("cvt.rn.f16.f32 %0, %1;" : "=h"(half) : "f"(x));
  return half;
#else
  const unsigned int bits = __float_as_uint(x), sign = bits >> 16 & 0x8000, rest = bits & 0x7fffffff;
  if (rest > 0x7f800000) return sign | 0x7e00;
  if (rest >= 0x47800000) return sign | 0x7c00;
  if (rest < 0x38800000) return sign | (unsigned short)rintf(__uint_as_float(rest) * 0x1p24f);
  return sign | (rest - 0x38000000 + 0xfff + (rest >> 13 & 1)) >> 13;
#endif
}""",
    "as_half": "__device__ __forceinline__ float as_half(float x) { return from_half(to_half(x)); }",
    # Rounded to odd on the way, so that the second rounding does what one alone would.
    "double_as_half": """__device__ __forceinline__ float double_as_half(double x) {
  const float near = (float)x;
  unsigned int bits = __float_as_uint(near);
  if ((double)near != x && x == x && fabs(x) < 1e30) {
    if (fabs((double)near) > fabs(x)) bits -= 1;
    bits |= 1;
  }
  return as_half(__uint_as_float(bits));
}""",
    "from_bfloat16": """__device__ __forceinline__ float from_bfloat16(unsigned short x) {
  return __uint_as_float((unsigned int)x << 16);
}""",
    "to_bfloat16": """__device__ __forceinline__ unsigned short to_bfloat16(float x) {
  const unsigned int bits = __float_as_uint(x);
  if (x != x) return bits >> 16 & 0x8000 | 0x7fc0;
  return (bits + 0x7fff + (bits >> 16 & 1)) >> 16;
}""",
    "as_bfloat16": """__device__ __forceinline__ float as_bfloat16(float x) {
  return from_bfloat16(to_bfloat16(x));
}""",
    "quotient_down": """template <class T>
__device__ __forceinline__ T quotient_down(T x, T y) {
  if (y == 0) return 0;
  if (y == (T)-1 && (T)-1 < 0) return (T)(0 - (unsigned long long)x);
  const T quotient = x / y;
  return (T)(quotient * y != x && (x < 0) != (y < 0) ? quotient - 1 : quotient);
}""",
    "remainder_down": """template <class T>
__device__ __forceinline__ T remainder_down(T x, T y) {
  if (y == 0 || (y == (T)-1 && (T)-1 < 0)) return 0;
  const T rest = x % y;
  return (T)(rest != 0 && (rest < 0) != (y < 0) ? rest + y : rest);
}""",
    "remainder_to_zero": """template <class T>
__device__ __forceinline__ T remainder_to_zero(T x, T y) {
  return y == 0 || (y == (T)-1 && (T)-1 < 0) ? 0 : (T)(x % y);
}""",
    **_of_reals(
        "remainder_down",
        """__device__ __forceinline__ REAL remainder_downF(REAL x, REAL y) {
  const REAL rest = fmodF(x, y);
  if (rest == 0) return copysignF((REAL)0, y);
  return (rest < 0) != (y < 0) && rest == rest ? rest + y : rest;
}""",
    ),
    **_of_reals(
        "floor_divide",
        """__device__ __forceinline__ REAL floor_divideF(REAL x, REAL y) {
  if (y == 0) return x / y;
  REAL rest = fmodF(x, y), quotient = (x - rest) / y;
  if (rest != 0 && (rest < 0) != (y < 0)) quotient -= 1;
  if (quotient == 0) return copysignF((REAL)0, x / y);
  const REAL down = floorF(quotient);
  return quotient - down > (REAL)0.5 ? down + 1 : down;
}""",
    ),
}
_NAME: Final = re.compile(r"\b[A-Za-z_0-9]+\b")


def prelude(text: str) -> str:
    """Returns the functions that a kernel calls, and those that they call.

    Args:
        text: The kernel's source.

    Example:
        >>> prelude("v0 = infinity();")
        '__device__ __forceinline__ double infinity() { return 1e300 * 1e300; }'
    """
    used: set[str] = set()
    open_ = [text]
    while open_:
        for name in _NAME.findall(open_.pop()):
            if name in FUNCTIONS and name not in used:
                used.add(name)
                open_.append(FUNCTIONS[name])
    return "\n".join(each for name, each in FUNCTIONS.items() if name in used)
