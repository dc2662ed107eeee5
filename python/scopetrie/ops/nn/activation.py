"""Activations, softmax, and adding biases."""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np

from ... import dtypes
from ..._core import OpFunction, leaky_gradient, name_scope
from ..._core import relu as relu_into
from ...errors import InvalidArgumentError
from ...graph import Tensor
from ...public import v1
from ..array.dims import renamed
from ..array.fill import identity_n
from ..array.indices import are_packed, readable
from ..array.join import concat
from ..array.shape import transpose
from ..constant import convert_to_tensor
from ..declare import FLOATS_HALF_FIRST, NUMBERS, REALS, Types, attr, tensor
from ..direct import direct
from ..elementwise.arithmetic import multiply
from ..elementwise.cast import cast
from ..elementwise.unary import negative, sigmoid
from ..promises import elementwise, makes_new
from ..registry import Kernel, define_op

# Klambauer et al., Self-Normalizing Neural Networks, 2017.
SELU_SCALE = 1.0507009873554805
SELU_ALPHA = 1.6732632423543772


def _activation(
    type: str, summary: str, kernel: Kernel, types: Types = FLOATS_HALF_FIRST, **more: Any
) -> OpFunction[Tensor]:
    return define_op(
        type, tensor("features", types), kernel=kernel, **more,
        doc=f"""{summary}, element by element.

    Args:
        features: A tensor of numbers.
        name: The operation's name.

    Returns:
        A tensor with the dtype and shape of `features`.

    Raises:
        TypeError: If `features` has a dtype that this is not for.
    """,
    )  # fmt: skip


def _relu_kernel(xp: Any) -> Any:
    from array_api_compat import device

    @elementwise(1)
    def relu_of(x: Any, **out: Any) -> Any:
        if are_packed(x):
            made = out["out"] if out else np.empty_like(x)
            if are_packed(made):
                relu_into(x, made)
                return made
        return xp.maximum(x, xp.zeros((), dtype=x.dtype, device=device(x)), **out)

    return relu_of


def _softplus_kernel(xp: Any) -> Any:
    # log(1 + exp(x)) with the large part taken out of the exponential
    return lambda x: xp.log1p(xp.exp(-xp.abs(x))) + xp.clip(x, 0, None)


def _elu_kernel(xp: Any) -> Any:
    return lambda x: xp.where(x > 0, x, xp.expm1(xp.clip(x, None, 0)))


def _selu_kernel(xp: Any) -> Any:
    return lambda x: SELU_SCALE * xp.where(x > 0, x, SELU_ALPHA * xp.expm1(xp.clip(x, None, 0)))


relu = _activation("Relu", "max(x, 0)", _relu_kernel, (*REALS, dtypes.qint8))
relu6 = _activation("Relu6", "min(max(x, 0), 6)", lambda xp: lambda x: xp.clip(x, 0, 6), REALS, scoped=True)
elu = _activation("Elu", "x where it is positive, else exp(x) - 1", _elu_kernel)
selu = _activation("Selu", "1.0507 x where it is positive, else 1.7581 (exp(x) - 1)", _selu_kernel)
softplus = _activation("Softplus", "log(1 + exp(x))", _softplus_kernel)
softsign = _activation("Softsign", "x / (1 + |x|)", lambda xp: lambda x: x / (1 + xp.abs(x)))
softplus = v1("math.softplus", "nn.softplus")(softplus)
softsign = v1("math.softsign", "nn.softsign")(softsign)
elu = v1("nn.elu")(elu)
relu = v1("nn.relu")(relu)
relu6 = v1("nn.relu6")(relu6)
selu = v1("nn.selu")(selu)


def _leaky_kernel(xp: Any, alpha: float = 0.2) -> Any:
    slope = float(np.float32(alpha))  # v1 keeps attributes in float32

    def leaky_of(x: Any) -> Any:
        if not are_packed(x):
            return xp.where(x > 0, x, x * slope)
        made = np.empty_like(x)
        leaky_gradient(x, x, made, slope)
        return made

    return makes_new(leaky_of)


_leaky_relu = define_op(
    "LeakyRelu", tensor("features", FLOATS_HALF_FIRST),
    kernel=_leaky_kernel,
    attributes=(attr("alpha", float),),
)  # fmt: skip


@v1("nn.leaky_relu")
def leaky_relu(features: Any, alpha: float = 0.2, name: str | None = None) -> Tensor:
    """X where it is positive, else `alpha` x, element by element.

    Args:
        features: A tensor of numbers; ints are cast to float32.
        alpha: The slope on the negative side.
        name: The operation's name.

    Returns:
        A tensor with the shape of `features`.
    """
    if isinstance(features, Tensor) and not features.dtype.is_integer and name != "":
        return _leaky_relu(features, alpha=float(alpha), name=name)
    with name_scope(name, "LeakyRelu", [features, alpha]) as scope:
        x = convert_to_tensor(features, name="features")
        if x.dtype.is_integer:
            x = cast(x, dtypes.float32)
        return _leaky_relu(x, alpha=float(alpha), name=scope)


@v1("nn.crelu")
def crelu(features: Any, name: str | None = None, axis: int = -1) -> Tensor:
    """The positive parts of x and of -x, side by side.

    Args:
        features: A tensor of numbers.
        name: The operation's name.
        axis: The dimension along which they are joined.

    Returns:
        A tensor, twice as large along `axis`.
    """
    with name_scope(name, "CRelu", [features]) as scope:
        x = convert_to_tensor(features, name="features")
        return relu(concat([x, negative(x)], axis, name=scope))


@v1("nn.silu", "nn.swish")
def swish(features: Any, beta: Any = 1.0) -> Tensor:
    """X sigmoid(beta x), element by element.

    Args:
        features: A tensor of floats.
        beta: A scalar.

    Returns:
        A tensor with the dtype and shape of `features`.
    """
    x = convert_to_tensor(features, name="features")
    factor = convert_to_tensor(beta, x.dtype.base_dtype, name="beta")
    # v1 has a gradient of its own here, which hands all that it needs on.
    result = multiply(x, sigmoid(multiply(factor, x, name="mul")), name="mul")
    made: Tensor = identity_n([result, x, factor])[0]
    return made


@v1("log_sigmoid", "math.log_sigmoid")
def log_sigmoid(x: Any, name: str | None = None) -> Tensor:
    """log(1 / (1 + exp(-x))), without overflow, element by element.

    Args:
        x: A tensor of floats.
        name: The operation's name.

    Returns:
        A tensor with the dtype and shape of `x`.
    """
    with name_scope(name, "LogSigmoid", [x]) as scope:
        return negative(softplus(negative(convert_to_tensor(x, name="x"))), name=scope)


def softmax_kernel(xp: Any) -> Any:
    """exp(x) / sum(exp(x)) over the last dimension; the largest is subtracted so that nothing overflows."""

    def normalize(x: Any) -> Any:
        if 0 in x.shape:
            return x
        powers = xp.exp(x - xp.max(x, axis=-1, keepdims=True))
        return powers / xp.sum(powers, axis=-1, keepdims=True)

    return normalize


def log_softmax_kernel(xp: Any) -> Any:
    """The logarithm of softmax over the last dimension."""

    def normalize(x: Any) -> Any:
        if 0 in x.shape:
            return x
        low = x - xp.max(x, axis=-1, keepdims=True)
        return low - xp.log(xp.sum(xp.exp(low), axis=-1, keepdims=True))

    return normalize


_softmax = define_op(
    "Softmax", tensor("logits", FLOATS_HALF_FIRST),
    kernel=softmax_kernel,
)  # fmt: skip
_log_softmax = define_op(
    "LogSoftmax", tensor("logits", FLOATS_HALF_FIRST),
    kernel=log_softmax_kernel,
)  # fmt: skip


def _along_axis(op: OpFunction[Tensor], logits: Any, axis: Any, name: str | None) -> Tensor:
    """An op over the last dimension, applied to another one."""
    x = convert_to_tensor(logits) if not isinstance(logits, Tensor) and axis not in (None, -1) else logits
    dims = x._dims if isinstance(x, Tensor) else None
    at = -1 if axis is None else int(axis)
    if dims is not None and at != -1 and not -len(dims) <= at < len(dims):
        raise InvalidArgumentError(
            None,
            None,
            f"`dim` must be in the range [{-len(dims)}, {len(dims)}) where {len(dims)} is the number of "
            f"dimensions in "
            f"the input. Received: dim={at}",
        )
    if at == -1 or (dims is not None and at == len(dims) - 1):
        return op(x, name=name)
    if dims is None:
        raise ValueError(f"softmax: the rank of the logits must be known for axis {at}")
    perm = list(range(len(dims)))
    perm[at], perm[-1] = perm[-1], perm[at]
    return transpose(op(transpose(x, perm), name=name), perm)


_AXIS_DOC = """{summary} along a dimension.

    Args:
        logits: A tensor of floats.
        axis: The dimension; the last one by default.
        name: The operation's name.
        dim: Deprecated name of `axis`.

    Returns:
        A tensor with the dtype and shape of `logits`.

    Raises:
        InvalidArgumentError: If the dimension is out of range.
        ValueError: If `axis` is given under both names.
    """


@v1("math.softmax", "nn.softmax")
@direct(_softmax)
def softmax(logits: Any, axis: Any = None, name: str | None = None, dim: Any = None) -> Tensor:
    """Normalizes exp(x) along a dimension; see below."""
    return _along_axis(_softmax, logits, renamed(axis, "axis", dim, "dim"), name)


@v1("math.log_softmax", "nn.log_softmax")
@direct(_log_softmax)
def log_softmax(logits: Any, axis: Any = None, name: str | None = None, dim: Any = None) -> Tensor:
    """The logarithm of `softmax`; see below."""
    return _along_axis(_log_softmax, logits, renamed(axis, "axis", dim, "dim"), name)


softmax.__doc__ = _AXIS_DOC.format(summary="exp(x) / sum(exp(x))")
log_softmax.__doc__ = _AXIS_DOC.format(summary="log(exp(x) / sum(exp(x)))")


def _bias_kernel(xp: Any, data_format: str = "NHWC") -> Any:
    first = data_format != "NHWC"

    @elementwise(2)
    def shift(x: Any, bias: Any, **out: Any) -> Any:
        at = 1 if first else len(x.shape) - 1
        if bias.shape != x.shape[at : at + 1]:
            raise ValueError(
                "Must provide as many biases as the last dimension of the input tensor: "
                f"{list(bias.shape)} vs. {list(x.shape)}"
            )
        if first:
            bias = xp.reshape(bias, (*bias.shape, *(1,) * (len(x.shape) - 2)))
        elif readable(x) and bias.shape[0] < _FEW_CHANNELS and x.flags.c_contiguous:
            return _shift_runs(xp, x, bias, **out)
        return xp.add(x, bias, **out)

    return shift


# NumPy adds a bias of so few channels place by place, which takes longer than the additions.
_FEW_CHANNELS: Final = 32
_RUN: Final = 512


def _shift_runs(xp: Any, x: Any, bias: Any, out: Any = None) -> Any:
    """Adds a bias to the channels of NumPy's array, to several places at a time."""
    places, channels = math.prod(x.shape[:-1]), bias.shape[0]
    run = math.gcd(places, 1 << 20)
    while run * channels > _RUN:
        run //= 2
    if run < 2 or (out is not None and not out.flags.c_contiguous):
        return xp.add(x, bias) if out is None else xp.add(x, bias, out=out)
    out = xp.empty_like(x) if out is None else out
    rows = (places // run, run * channels)
    xp.add(xp.reshape(x, rows), xp.tile(bias, (run,)), out=xp.reshape(out, rows))
    return out


_bias_add = define_op(
    "BiasAdd", tensor("value", NUMBERS), tensor("bias"), scoped=True,
    kernel=_bias_kernel, attributes=(attr("data_format", str, "NHWC"),),
)  # fmt: skip


@v1("nn.bias_add")
@direct(_bias_add)
def bias_add(value: Any, bias: Any, data_format: str | None = None, name: str | None = None) -> Tensor:
    """Adds a bias to each channel.

    Args:
        value: A tensor `[N, ..., C]`, or `[N, C, ...]` for a format that begins with "NC".
        bias: A tensor `[C]` of the same dtype.
        data_format: The order of the dimensions; channels last by default.
        name: The operation's name.

    Returns:
        A tensor with the dtype and shape of `value`.

    Raises:
        ValueError: If the shapes do not go together, or the format is none.
        TypeError: If the dtypes differ.

    >>> import scopetrie as tf
    >>> tf.nn.bias_add(tf.zeros([2, 3]), [1, 2, 3])
    <tf.Tensor 'BiasAdd:0' shape=(2, 3) dtype=float32>
    """
    if data_format is None or (data_format.startswith("N") and data_format.endswith("C")):
        layout = "NHWC"
    elif data_format.startswith("NC"):
        layout = "NCHW"
    else:
        raise ValueError(
            f"`data_format` must be of the form `N...C` or `NC...`. Received: data_format={data_format}"
        )
    return _bias_add(value, bias, data_format=layout, name=name)


@v1("nn.xw_plus_b")
def xw_plus_b(x: Any, weights: Any, biases: Any, name: str | None = None) -> Tensor:
    """matmul(x, weights) + biases.

    Args:
        x: A tensor `[N, in]`.
        weights: A tensor `[in, out]`.
        biases: A tensor `[out]`.
        name: The operation's name.

    Returns:
        A tensor `[N, out]`.
    """
    from ..linalg.products import matmul

    with name_scope(name, "xw_plus_b", [x, weights, biases]) as scope:
        return bias_add(matmul(x, weights), biases, name=scope)


@v1("nn.relu_layer")
def relu_layer(x: Any, weights: Any, biases: Any, name: str | None = None) -> Tensor:
    """relu(matmul(x, weights) + biases).

    Args:
        x: A tensor `[N, in]`.
        weights: A tensor `[in, out]`.
        biases: A tensor `[out]`.
        name: The operation's name.

    Returns:
        A tensor `[N, out]`.
    """
    from ..linalg.products import matmul

    with name_scope(name, "relu_layer", [x, weights, biases]) as scope:
        return relu(bias_add(matmul(x, weights), biases), name=scope)
