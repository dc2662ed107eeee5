"""The differences from TensorFlow that are meant: the table of docs/semantics.md is made of these."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any, Final, NamedTuple

import numpy as np


class Wanted(NamedTuple):
    """A class of differences.

    Attributes:
        topic: What the calls have in common.
        theirs: What TensorFlow does.
        ours: What scopetrie does, and why.
        applies: `applies(kind, call, recorded, found)` says whether a difference is one of these.
    """

    topic: str
    theirs: str
    ours: str
    applies: Callable[[str, Any, Any, Any], bool]


def arrays(given: Any) -> Iterator[tuple[str, list[Any]]]:
    """The arrays among arguments: dtypes and values."""
    if isinstance(given, dict):
        for kind, what in given.items():
            if kind in ("c", "p", "v", "n"):
                yield what[0], what[2]
            else:
                yield from arrays(what)
    elif isinstance(given, list):
        for each in given:
            yield from arrays(each)


def _refused_on_the_processor(kind: str, call: Any, recorded: Any, found: Any) -> bool:
    return (
        recorded[0] == "fails"
        and recorded[1] == "run"
        and (found[0] == "gives" or kind == "error class")
        and (
            recorded[2] == "UnimplementedError"
            or any(
                text in recorded[3]
                for text in (
                    "No OpKernel",
                    "only supports NHWC",
                    "only supports the NHWC",
                    "Current CPU implementation",
                    "Current implementation only supports equal length strides",
                    "currently only supports dilated rates",
                    "Gradients for grouped convolutions",
                    "filter_size does not have enough elements",
                )
            )
        )
    )


def _remainder_of_subnormal(kind: str, call: Any, recorded: Any, found: Any) -> bool:
    return (
        kind == "value"
        and "mod" in call[0]
        and any(0 < abs(value) < np.finfo(_real(dtype)).tiny for dtype, value in _numbers(call))
    )


def _numbers(call: Any) -> Iterator[tuple[str, float]]:
    """The floats, and parts of complex numbers, among a call's arguments."""
    for dtype, values in arrays(call[1:3]):
        if "float" in dtype or "complex" in dtype:
            yield from ((dtype, value) for value in values)


def _real(dtype: str) -> str:
    return {"complex64": "float32", "complex128": "float64", "bfloat16": "float32"}.get(dtype, dtype)


def _complex_overflow(kind: str, call: Any, recorded: Any, found: Any) -> bool:
    return kind == "value" and any(
        "complex" in dtype and not 1e-18 < abs(value) < 1e18 and (value or call[0] == "pow")
        for dtype, value in _numbers(call)
    )


def _limits(kind: str, call: Any, recorded: Any, found: Any) -> bool:
    functions = ("erf", "math.erfcinv", "igamma", "igammac")
    return (
        kind == "value"
        and call[0] in functions
        and any(not 1e-300 < abs(value) < 1e300 for _, value in _numbers(call))
    )


def _short_softplus(kind: str, call: Any, recorded: Any, found: Any) -> bool:
    return kind == "value" and call[0] == "math.softplus" and recorded[1][0][1] == "bfloat16"


def _out_of_range_cast(kind: str, call: Any, recorded: Any, found: Any) -> bool:
    target = recorded[1][0][1] if kind == "value" and "cast" in call[0] else ""
    if "int" not in target:
        return False
    limits = np.iinfo(target)
    return any(not limits.min <= value <= limits.max for _, value in _numbers(call))


def _plain_value_first(kind: str, call: Any, recorded: Any, found: Any) -> bool:
    if recorded[:2] != ["fails", "build"] or all(isinstance(each, dict) for each in call[1]):
        return False
    texts = (
        "does not match type",
        "Value passed to parameter 'x'",
        "must have the same dtype",
        "components have incorrect types",
        "requested dtype",
    )
    binary = len(call[1]) == 2 and not isinstance(call[1][0], dict) and "DataType" in recorded[3]
    return (
        binary
        or re.match(r"Input 'y' of '\w+' Op has type", recorded[3]) is not None
        or any(text in recorded[3] for text in texts)
    )


def _any_shape(kind: str, call: Any, recorded: Any, found: Any) -> bool:
    return kind == "no error" and call[0] == "ensure_shape" and "Shape must be rank -1" in recorded[3]


def _unknown_diagonal(kind: str, call: Any, recorded: Any, found: Any) -> bool:
    return kind == "static shape" and call[0] == "matrix_diag" and None in found[1][0][2]


def _constant_of_nothing(kind: str, call: Any, recorded: Any, found: Any) -> bool:
    return kind == "dtype" and call[0] == "constant" and 0 in call[2].get("shape", [])


def _range_of_halves(kind: str, call: Any, recorded: Any, found: Any) -> bool:
    return kind == "no error" and call[0] == "range" and "Unsupported dtype" in recorded[3]


def _repeat_of_nothing(kind: str, call: Any, recorded: Any, found: Any) -> bool:
    return kind == "no error" and call[0] == "repeat" and "in both shapes must be equal" in recorded[3]


def _tuples_of_nothing(kind: str, call: Any, recorded: Any, found: Any) -> bool:
    if not call[0].startswith(("gather_nd", "scatter_nd", "tensor_scatter")):
        return False
    shape = next(iter(call[1][0 if call[0] == "scatter_nd" else 1].values()))[1]
    return recorded[0] == "fails" and found[0] == "gives" and (shape[-1:] == [0] or len(shape) == 1)


def _empty_list(kind: str, call: Any, recorded: Any, found: Any) -> bool:
    return (
        recorded[:3] == ["fails", "build", "TypeError"]
        and "DataType float32" in recorded[3]
        and [] in [*call[1], *call[2].values()]
    )


def _order_of_no_numbers(kind: str, call: Any, recorded: Any, found: Any) -> bool:
    functions = (
        "sort", "argsort", "nn.top_k", "nn.max_pool", "nn.max_pool_v2",
        "nn.max_pool_with_argmax", "math.cumulative_logsumexp",
    )  # fmt: skip
    return (
        kind == "value"
        and call[0] in functions
        and any(not np.isfinite(value) for _, value in _numbers(call))
    )


def _no_order(kind: str, call: Any, recorded: Any, found: Any) -> bool:
    return kind == "value" and call[0] == "nn.top_k" and call[2].get("sorted") is False


def _overflow_on_the_way(kind: str, call: Any, recorded: Any, found: Any) -> bool:
    return (
        kind == "value"
        and call[0] in ("reduce_sum", "reduce_prod", "cumsum", "cumprod", "reduce_mean")
        and any(abs(value) > 1e37 for _, value in _numbers(call))
    )


def _strings(kind: str, call: Any, recorded: Any, found: Any) -> bool:
    refused = found[:3] == ["fails", "build", "TypeError"] and "DataType string" in found[3]
    return kind.startswith("error") and refused


def _limit_overflows(kind: str, call: Any, recorded: Any, found: Any) -> bool:
    return (
        kind == "value"
        and call[0] == "saturate_cast"
        and {"int64", "uint64"} & {d for d, _ in arrays(call[1])} != set()
    )


def _guarded_assertion(kind: str, call: Any, recorded: Any, found: Any) -> bool:
    pairs = zip(recorded[1], found[1], strict=True) if kind == "name" else ()
    return any(one[0].endswith("Merge Merge") and other[0].endswith("Merge Assert") for one, other in pairs)


def _scan_of_nothing(kind: str, call: Any, recorded: Any, found: Any) -> bool:
    return kind == "no error" and call[0] == "scan" and "array size is: 0" in recorded[3]


def _axis_among_the_batch(kind: str, call: Any, recorded: Any, found: Any) -> bool:
    return call[0] == "gather" and found[0] == "fails" and found[3].startswith("batch_dims (")


def _internal_error(kind: str, call: Any, recorded: Any, found: Any) -> bool:
    return kind == "error class" and recorded[2] == "InternalError" and found[2] == "InvalidArgumentError"


def _slip(kind: str, call: Any, recorded: Any, found: Any) -> bool:
    """Whether TensorFlow stumbles in its own Python: an error without a word on the argument."""
    slips = {"AttributeError", "AssertionError", "IndexError", "KeyError", "UnboundLocalError"}
    texts = (
        "unsupported operand type(s)", "not enough values to unpack", "object is not", "has no len()",
        "not inexact", "Cannot take the length of shape with unknown rank",
        "Cannot convert unknown Dimension ? to a Tensor", "Cannot convert a partially known TensorShape",
    )  # fmt: skip
    slipped = recorded[:2] == ["fails", "build"] and (
        recorded[2] in slips or any(text in recorded[3] for text in texts)
    )
    proper = found[0] == "gives" or found[2] in ("ValueError", "TypeError", "InvalidArgumentError")
    return slipped and proper


def _not_positive_definite(kind: str, call: Any, recorded: Any, found: Any) -> bool:
    return call[0] == "cholesky" and kind == "error" and "not positive definite" in found[3]


def _mean_of_nothing(kind: str, call: Any, recorded: Any, found: Any) -> bool:
    nothing = any(not values for _, values in arrays(call[1:3]))
    return kind == "value" and nothing and call[0] in ("reduce_mean", "nn.moments", "nn.fused_batch_norm")


def _dilated_gradient(kind: str, call: Any, recorded: Any, found: Any) -> bool:
    if not call[0].startswith("nn.depthwise_conv2d_backprop") or max(call[2]["dilations"]) == 1:
        return False
    if kind == "error":  # the dilated window does not fit
        return str(found[3]).startswith("Computed output size would be negative")
    return kind == "value" or (kind == "no error" and "of out_backprop doesn't" in recorded[3])


def _shape(given: Any) -> list[int]:
    ((_, shape, *_),) = given.values()
    return list(shape)


def _dilated(window: list[int], rates: list[int]) -> list[int]:
    return [(size - 1) * rate + 1 for size, rate in zip(window, rates, strict=True)]


def _negative_padding(kind: str, call: Any, recorded: Any, found: Any) -> bool:
    if kind != "value" or call[0] not in ("nn.conv3d", "nn.max_pool3d", "nn.avg_pool3d"):
        return False
    if call[0] == "nn.conv3d":
        window, steps = (
            [1, *_dilated(_shape(call[1][1])[:3], call[2]["dilations"][1:4]), 1],
            call[2]["strides"],
        )
    else:
        window, steps = call[1][1:3]
    beyond = any(step > size for step, size in zip(steps, window, strict=True))
    return beyond and call[2].get("padding", call[1][-1]) == "SAME"


def _gradient_of_nothing(kind: str, call: Any, recorded: Any, found: Any) -> bool:
    """Whether zeros are given for no gradient or no image: what a sum of nothing is."""
    if "backprop" not in call[0] or kind not in ("value", "no error"):
        return False
    nothing = any(not values for _, values in arrays(call[1]))
    return nothing and all(not any(output[4]) for output in found[1])


def _across_channels(kind: str, call: Any, recorded: Any, found: Any) -> bool:
    return "pool" in call[0] and found[0] == "fails" and "across" in found[3]


def _choice_of_rates(kind: str, call: Any, recorded: Any, found: Any) -> bool:
    return kind in ("name", "static shape") and call[0] == "train.piecewise_constant"


def _rates_of_other_floats(kind: str, call: Any, recorded: Any, found: Any) -> bool:
    texts = (
        "Input 'y' of 'Mul' Op has type",
        "stddev: Tensor conversion requested dtype float32",
        "`x` and `y` must have the same dtype",
    )
    return (
        kind == "no error"
        and call[0].startswith("train.")
        and ("cosine" in call[0] or "cycle" in call[2])
        and recorded[1:3] in (["build", "TypeError"], ["build", "ValueError"])
        and recorded[3].startswith(texts)
    )


def _tuple_for_list(kind: str, call: Any, recorded: Any, found: Any) -> bool:
    return (
        recorded[0] == "fails"
        and recorded[3].startswith("The two structures don't have the same nested")
        and "maximum_iterations" in str(call)
        and (kind == "no error" or found[2] == "ValueError")
    )


def _another_dtype(kind: str, call: Any, recorded: Any, found: Any) -> bool:
    texts = ("incompatible with expected", "was passed", "Op is trying to write dtype")
    refused = kind == "error class" and found[1:3] == ["build", "TypeError"]
    return refused and recorded[1] == "run" and any(text in recorded[3] for text in texts)


def _colors_without_bound(kind: str, call: Any, recorded: Any, found: Any) -> bool:
    functions = (
        "image.adjust_hue",
        "image.adjust_saturation",
        "image.adjust_contrast",
        "image.resize_images",
    )
    return (
        kind == "value"
        and call[0] in functions
        and any(not abs(value) < 1e30 for _, value in _numbers([None, call[1][:1], {}]))
    )


def _contrast_of_long_ints(kind: str, call: Any, recorded: Any, found: Any) -> bool:
    return kind == "value" and call[0] == "image.adjust_contrast" and recorded[1][0][1] == "int64"


WANTED: Final = (
    Wanted(
        "loops with maximum_iterations whose body gives a tuple where a list began",
        "TypeError: with that argument the two must be of one kind",
        "the same as without it: v1's documents give tuples for lists",
        _tuple_for_list,
    ),
    Wanted(
        "bodies of loops, and functions of map_fn, that give another dtype",
        "InvalidArgumentError when it runs",
        "TypeError when it is built, which names the tensor",
        _another_dtype,
    ),
    Wanted(
        "contrast, hue, saturation and size of images with NaN, infinities and numbers next to the largest",
        "sums and compares in an order of its own: some parts of a pixel become NaN, or overflow, and others "
        "do not",
        "in another order, in which other parts do",
        _colors_without_bound,
    ),
    Wanted(
        "the contrast of images of int64 beyond what a float32 holds",
        "the least int64 for what lies above the largest one; digits that a float32 does not have",
        "the largest number below it; other digits",
        _contrast_of_long_ints,
    ),
    Wanted(
        "gradients of depthwise convolutions with dilations",
        "leaves the dilations out",
        "the gradients of what is computed",
        _dilated_gradient,
    ),
    Wanted(
        "convolutions and poolings of three dimensions, SAME, with strides beyond the window",
        "begins behind the first element, as if the padding were negative",
        "no padding is negative, as in two dimensions",
        _negative_padding,
    ),
    Wanted(
        "gradients of convolutions that have given nothing",
        "memory that nobody has written to, or an error",
        "zeros",
        _gradient_of_nothing,
    ),
    Wanted(
        "pooling across channels with avg_pool, max_pool_with_argmax or overlapping windows",
        "leaves the channels as they are, against its static shape; or another error",
        "UnimplementedError",
        _across_channels,
    ),
    Wanted(
        "the operation that piecewise_constant gives",
        "the Merge of a case, of an unknown shape if that of one value is unknown",
        "a GatherV2 of the rates: fewer operations; the shape of the others",
        _choice_of_rates,
    ),
    Wanted(
        "rates of float64 and float16 that follow a cosine, or polynomials again and again",
        "TypeError: its π is a float32, and the number of steps is not cast",
        "computed in the dtype of the rate",
        _rates_of_other_floats,
    ),
    Wanted(
        "dtypes and layouts without a kernel on the CPU",
        "builds the node and refuses to run it, with InvalidArgumentError or UnimplementedError",
        "computes: what can be built can be run",
        _refused_on_the_processor,
    ),
    Wanted(
        "the remainder by a number below the smallest normal one",
        "takes it for zero, as both do in all other functions: NaN",
        "what the C library gives, which sees the number",
        _remainder_of_subnormal,
    ),
    Wanted(
        "complex numbers with infinite, huge or tiny parts",
        "multiplies and divides by the schoolbook formulas, whose steps overflow",
        "what the array library gives: as a rule fewer of the parts are NaN",
        _complex_overflow,
    ),
    Wanted(
        "erf, erfcinv and incomplete gamma functions at infinity and next to 0",
        "NaN for erf of a huge float64, 0 for igamma(inf, inf), infinity for erfcinv of tiny numbers",
        "the limit where there is one, else NaN; the number",
        _limits,
    ),
    Wanted(
        "softplus of bfloat16",
        "exp(x) below -2.8, for log(1 + exp(x))",
        "the number, rounded",
        _short_softplus,
    ),
    Wanted(
        "floats that do not fit the ints they are cast to",
        "whatever the processor's instruction leaves",
        "whatever the array library's leaves: the result is undefined in both, clip first",
        _out_of_range_cast,
    ),
    Wanted(
        "a Python value in front of a tensor of another dtype: `tf.add(2, x)`",
        "TypeError: the value is converted on its own, to int32, say",
        "the value takes the tensor's dtype, on either side of it",
        _plain_value_first,
    ),
    Wanted(
        "tuples of no indices, and a single tuple, in gather_nd and scatters",
        "refuses some of them",
        "tuples of nothing name the whole tensor, and a vector is one tuple, as the definition says",
        _tuples_of_nothing,
    ),
    Wanted(
        "ensure_shape(x, None)",
        "ValueError if the rank of x is known",
        "x: any shape will do",
        _any_shape,
    ),
    Wanted(
        "matrix_diag of diagonals whose length is not known",
        "a static shape that no value has: it takes the length for -1",
        "sizes that are not known",
        _unknown_diagonal,
    ),
    Wanted(
        "constants without elements: `tf.constant([1], shape=[0])`",
        "float32, whatever the value",
        "the value's dtype",
        _constant_of_nothing,
    ),
    Wanted(
        "ranges of float16",
        "ValueError if the ends are constants",
        "the numbers, as where they are not",
        _range_of_halves,
    ),
    Wanted(
        "repeat along an axis behind one of size 0",
        "ValueError: it takes the repeated axis for one of size 0, too",
        "nothing, in the right shape",
        _repeat_of_nothing,
    ),
    Wanted(
        "an empty list where ints are wanted: `tf.roll(x, [], [])`",
        "TypeError: it is taken for floats",
        "no ints",
        _empty_list,
    ),
    Wanted(
        "NaN and infinities in sort, top_k, max pooling and cumulative_logsumexp",
        "any order, as comparisons fall out; NaN is lost; a window of -inf gives the lowest finite number",
        "NaN comes last in sorting, and what is computed of it is NaN; -inf is a number like others",
        _order_of_no_numbers,
    ),
    Wanted(
        "top_k(sorted=False)",
        "gives the entries in any order",
        "in descending order: it costs nothing",
        _no_order,
    ),
    Wanted(
        "sums and products that overflow on the way",
        "in the order of its vector instructions",
        "in the array library's order: one may overflow where the other does not",
        _overflow_on_the_way,
    ),
    Wanted(
        "adding strings",
        "joins them",
        "TypeError: there is no arithmetic of strings; tf.strings.join joins them",
        _strings,
    ),
    Wanted(
        "saturate_cast of 64-bit ints to floats",
        "the least float for every number: the limit that it clips by overflows",
        "the numbers",
        _limit_overflows,
    ),
    Wanted(
        "the operation that an assertion gives",
        "the Merge of a branch, which keeps what is printed where it is",
        "the Assert, under the Merge's name",
        _guarded_assertion,
    ),
    Wanted(
        "scan of no rows",
        "InvalidArgumentError: there is no first row to begin with",
        "no totals",
        _scan_of_nothing,
    ),
    Wanted(
        "gather along an axis before `batch_dims`",
        "an empty tensor of a rank of its own, where it is empty",
        "InvalidArgumentError, as where it is not",
        _axis_among_the_batch,
    ),
    Wanted(
        "truncatediv and truncatemod by the integer 0",
        "InternalError",
        "InvalidArgumentError, as the other divisions",
        _internal_error,
    ),
    Wanted(
        "arguments that TensorFlow stumbles over: AttributeError, IndexError, AssertionError",
        "an error from its inside, without a word on the argument",
        "ValueError or TypeError that names it, or the result where there is one",
        _slip,
    ),
    Wanted(
        "cholesky of a matrix that is not positive definite",
        "NaN, and memory that nobody has written to",
        "InvalidArgumentError",
        _not_positive_definite,
    ),
    Wanted(
        "means of no complex numbers, and batch normalization of no images",
        "0 for the mean; NaN for statistics that were given",
        "NaN for the mean, as of floats; the statistics that were given",
        _mean_of_nothing,
    ),
)
