"""What each function of elements is in CUDA C++: one table, by the function's name in the array API.

Semantics are NumPy's: sums of integers wrap around, `maximum` passes NaN on, remainders have the divisor's
sign. A quotient by the integer 0 is 0; that is an error which the kernel reports apart.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

# {0}, {1}, {2}: the arguments; {T}: their type; {U}: the unsigned type; {f}, {d}: the suffixes of
# functions of float and double, C's and our own.
_SAME: Final = {"f": "{0}", "i": "{0}", "u": "{0}", "b": "{0}"}


def _all(text: str, kinds: str = "fiub") -> dict[str, str]:
    return dict.fromkeys(kinds, text)


def _wrapping(sign: str) -> dict[str, str]:
    return {
        "f": f"{{0}} {sign} {{1}}",
        **_all(f"({{T}})(({{U}}){{0}} {sign} ({{U}}){{1}})", "iu"),
    }


def _function(name: str) -> dict[str, str]:
    return {"f": f"{name}{{f}}({{0}})"}


def _bits(sign: str, logical: str) -> dict[str, str]:
    return {**_all(f"({{T}})({{0}} {sign} {{1}})", "iu"), "b": f"{{0}} {logical} {{1}}"}


_FUNCTIONS: Final = (
    "sqrt exp expm1 log log1p log2 log10 sin cos tan asin acos atan sinh cosh tanh asinh acosh atanh "
    "erf erfc erfinv"
).split()

EXPRESSIONS: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType(
    {
        **{name: _function(name) for name in _FUNCTIONS},
        "gammaln": _function("lgamma"),
        "add": {**_wrapping("+"), "b": "{0} || {1}"},
        "subtract": _wrapping("-"),
        "multiply": {
            "f": "{0} * {1}",
            "b": "{0} && {1}",
            # Of short integers: C++ would make ints of them, which do not wrap around.
            **_all("({T})((unsigned long long){0} * (unsigned long long){1})", "iu"),
        },
        "divide": {"f": "{0} / {1}"},
        "floor_divide": {"f": "floor_divide{d}({0}, {1})", **_all("quotient_down<{T}>({0}, {1})", "iu")},
        "remainder": {"f": "remainder_down{d}({0}, {1})", **_all("remainder_down<{T}>({0}, {1})", "iu")},
        "fmod": {"f": "fmod{f}({0}, {1})", **_all("remainder_to_zero<{T}>({0}, {1})", "iu")},
        "pow": {"f": "pow{f}({0}, {1})"},
        "atan2": {"f": "atan2{f}({0}, {1})"},
        "hypot": {"f": "hypot{f}({0}, {1})"},
        "copysign": {"f": "copysign{f}({0}, {1})"},
        "nextafter": {"f": "nextafter{f}({0}, {1})"},
        "maximum": {
            "f": "({0} >= {1} || {0} != {0}) ? {0} : {1}",
            **_all("{0} >= {1} ? {0} : {1}", "iu"),
            "b": "{0} || {1}",
        },
        "minimum": {
            "f": "({0} <= {1} || {0} != {0}) ? {0} : {1}",
            **_all("{0} <= {1} ? {0} : {1}", "iu"),
            "b": "{0} && {1}",
        },
        "negative": {"f": "-{0}", **_all("({T})(({U})0 - ({U}){0})", "iu")},
        "positive": _SAME,
        "abs": {"f": "fabs{f}({0})", "i": "{0} < 0 ? ({T})(({U})0 - ({U}){0}) : {0}", "u": "{0}", "b": "{0}"},
        "sign": {
            "f": "{0} > 0 ? ({T})1 : {0} < 0 ? ({T})-1 : {0} == 0 ? ({T})0 : {0}",
            "i": "({T})(({0} > 0) - ({0} < 0))",
            "u": "({T})({0} > 0)",
        },
        "square": {
            "f": "{0} * {0}",
            **_all("({T})((unsigned long long){0} * (unsigned long long){0})", "iu"),
        },
        "floor": {**_SAME, **_function("floor")},
        "ceil": {**_SAME, **_function("ceil")},
        "trunc": {**_SAME, **_function("trunc")},
        "round": {**_SAME, **_function("rint")},
        "isnan": {"f": "{0} != {0}", **_all("false", "iub")},
        "isinf": {"f": "fabs{f}({0}) == infinity()", **_all("false", "iub")},
        "isfinite": {"f": "fabs{f}({0}) < infinity()", **_all("true", "iub")},
        "signbit": {"f": "copysign{f}(1, {0}) < 0", "i": "{0} < 0", "u": "false"},
        "equal": _all("{0} == {1}"),
        "not_equal": _all("{0} != {1}"),
        "less": _all("{0} < {1}"),
        "less_equal": _all("{0} <= {1}"),
        "greater": _all("{0} > {1}"),
        "greater_equal": _all("{0} >= {1}"),
        "logical_and": {"b": "{0} && {1}"},
        "logical_or": {"b": "{0} || {1}"},
        "logical_xor": {"b": "{0} != {1}"},
        "logical_not": {"b": "!{0}"},
        "bitwise_and": _bits("&", "&&"),
        "bitwise_or": _bits("|", "||"),
        "bitwise_xor": _bits("^", "!="),
        "bitwise_invert": {**_all("({T})(~{0})", "iu"), "b": "!{0}"},
        "bitwise_left_shift": _all(
            "(unsigned long long){1} < 8 * sizeof({T}) ? ({T})(({U}){0} << {1}) : ({T})0", "iu"
        ),
        "bitwise_right_shift": _all(
            "(unsigned long long){1} < 8 * sizeof({T}) ? ({T})({0} >> {1}) : ({T})({0} < 0 ? -1 : 0)", "iu"
        ),
        "where": _all("{0} ? {1} : {2}"),
    }
)
# Functions whose arguments have a dtype that does not follow from the result's.
COMPARES: Final = frozenset("equal not_equal less less_equal greater greater_equal".split())
LOGICAL: Final = frozenset("logical_and logical_or logical_xor logical_not".split())
TESTS: Final = frozenset("isnan isinf isfinite signbit".split())
# What takes so long that it is not computed again for each element that it is broadcast to.
SLOW: Final = frozenset(
    (*_FUNCTIONS, "gammaln", "pow", "atan2", "hypot", "fmod", "remainder", "floor_divide")
) - {"sqrt"}
