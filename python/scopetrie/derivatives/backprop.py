"""The reverse pass: `tf.gradients`."""

from __future__ import annotations

from collections import deque
from enum import Enum
from typing import Any, Final

import numpy as np

from .._core import Variable, name_scope
from ..graph import Graph, Operation, Tensor, get_default_graph
from ..ops.array.fill import fill, identity, zeros_like
from ..ops.array.shape import shape
from ..ops.constant import constant, convert_to_tensor
from ..ops.indexed_slices import IndexedSlices
from ..public import v1
from .aggregation import AggregationMethod, Grad, total
from .between import is_trainable, stops, way_between
from .declare import Gradient, gradient_of

_NO_GRADIENT: Final = (
    "No gradient defined for operation'{name}' (op type: {type}). In general every operation must have an "
    "associated `@tf.RegisterGradient` for correct autodiff, which this op is lacking. If you want to "
    "pretend this operation is a constant in your program, you may insert `tf.stop_gradient`. This can be "
    "useful to silence the error in cases where you know gradients are not needed, e.g. the forward pass of "
    "tf.custom_gradient. Please see more details in "
    "https://www.tensorflow.org/api_docs/python/tf/custom_gradient."
)


@v1("UnconnectedGradients")
class UnconnectedGradients(Enum):
    """What the gradient by something is that nothing depends on.

    Attributes:
        NONE: None.
        ZERO: Zeros.
    """

    NONE = "none"
    ZERO = "zero"


@v1("gradients")
def gradients(
    ys: Any,
    xs: Any,
    grad_ys: Any = None,
    name: str = "gradients",
    colocate_gradients_with_ops: bool = False,
    gate_gradients: bool = False,
    aggregation_method: int | None = None,
    stop_gradients: Any = None,
    unconnected_gradients: UnconnectedGradients = UnconnectedGradients.NONE,
) -> list[Any]:
    """Builds the derivatives of the sum of tensors by other tensors.

    Args:
        ys: A tensor or a list of tensors.
        xs: A tensor or variable, or a list of them.
        grad_ys: The gradients that the pass begins with, one for each of `ys`; ones if left out.
        name: The operations' scope.
        colocate_gradients_with_ops: Accepted for v1's sake: operations run where the session runs.
        gate_gradients: Whether an operation's gradients pass through identities, as v1 makes them to wait for
            one another; here a session runs one operation at a time, in the order in which they were made.
        aggregation_method: One of `tf.AggregationMethod`; all sum by one AddN.
        stop_gradients: A tensor or a list of tensors that count as constants.
        unconnected_gradients: What is returned for those of `xs` that `ys` do not depend on.

    Returns:
        A list with a tensor for each of `xs`; IndexedSlices where rows were picked of it (`tf.gather`), None
        where `ys` do not depend on it.

    Raises:
        LookupError: If an operation on the way has no gradient.
        ValueError: If `grad_ys` are not as many as `ys`, or a gradient does not fit its tensor.
        TypeError: If a gradient of `grad_ys` has another kind of dtype than its tensor, or one of `ys` is
            complex and has none.

    >>> import scopetrie as tf
    >>> x = tf.placeholder(tf.float32, [])
    >>> y = x * x * x
    >>> (first,) = tf.gradients(y, x)
    >>> (second,) = tf.gradients(first, x)
    >>> with tf.Session() as session:
    ...     print(*session.run([first, second], {x: 2.0}))
    12.0 12.0
    """
    ys, xs, stop = _listed(ys), _listed(xs), [] if stop_gradients is None else _listed(stop_gradients)
    given = [None] * len(ys) if grad_ys is None else _listed(grad_ys)
    try:
        zero = UnconnectedGradients(unconnected_gradients) is UnconnectedGradients.ZERO
    except ValueError:
        raise ValueError(f"Unknown value for unconnected_gradients: '{unconnected_gradients}'") from None
    if aggregation_method not in (None, 0, 1, 2):
        raise ValueError(
            f"Invalid `aggregation_method` specified {aggregation_method}. Accepted values are [0, 1, 2]."
        )
    with name_scope(name, "gradients", [*ys, *xs, *stop, *(each for each in given if each is not None)]):
        tops = [_tensor(each, f"y_{at}") for at, each in enumerate(ys)]
        bottoms = [_origin(each, f"x_{at}") for at, each in enumerate(xs)]
        fixed = [_origin(each, "stop") for each in stop]
        graph = get_default_graph()
        assert isinstance(graph, Graph)
        starts = _starts(tops, given)
        made = _Pass(graph, tops, bottoms, fixed, starts, gate_gradients).results()
    if zero:
        return [zeros_like(x) if grad is None else grad for x, grad in zip(bottoms, made, strict=True)]
    return made


class _Pass:
    """One reverse pass.

    Invariants:
        An operation is ready once all that use it on the way have been passed. The gradients of a tensor are
        a list in `_grads`, with one element once its operation is passed.
    """

    def __init__(
        self, graph: Graph, ys: list[Tensor], xs: list[Tensor], fixed: list[Tensor], starts: list[Any],
        gated: bool, within: bool = False,
    ) -> None:  # fmt: skip
        self._graph = graph
        self._xs = xs
        self._gated = gated
        self._grads: dict[int, list[Any]] = {}
        for y, start in zip(ys, starts, strict=True):
            self._grads.setdefault(y._id, []).append(start)
        self._way = way_between(graph, ys, xs, within)
        ends = stops(self._way, xs, fixed)
        nodes, maker, pending = self._way
        grads_of, maker_of = self._grads.get, maker.get
        ready = deque(dict.fromkeys(y.op._id for y in ys if pending.get(y.op._id) == 0))
        while ready:
            op_id = ready.popleft()
            kind, first, count, inputs = nodes[op_id]
            if count != 1:
                outputs = self._collected(first, count)
            elif (found := grads_of(first)) is None:
                outputs = []
            else:
                if len(found) > 1:
                    found[:] = [total(found)]
                outputs = found
            if outputs and op_id not in ends:
                self._go_through(graph.operation(op_id), kind, inputs, outputs)
            for each in inputs:
                of = maker_of(each)
                if of in pending:
                    pending[of] -= 1
                    if not pending[of]:
                        ready.append(of)

    def results(self) -> list[Grad | None]:
        """The gradients by the tensors that were asked for."""
        found = [self._grads.get(x._id) for x in self._xs]
        return [None if grads is None else total(grads) for grads in found]

    def _collected(self, first: int, count: int) -> list[Any]:
        """The gradients by the outputs of an operation, each summed; an empty list if there is none."""
        outputs: list[Grad | None] = []
        for each in range(first, first + count):
            grads = self._grads.get(each)
            if grads is not None and len(grads) > 1:
                grads[:] = [total(grads)]
            outputs.append(None if grads is None else grads[0])
        return outputs if any(each is not None for each in outputs) else []

    def _go_through(self, op: Operation, kind: str, inputs: tuple[int, ...], outputs: list[Any]) -> None:
        """Builds the gradients by an operation's inputs."""
        graph, declared = self._graph, _declared(self._graph, op, kind)
        if declared.function is None:
            return
        if len(outputs) > 1 and not declared.partial and None in outputs:
            outputs = [
                zeros_like(made) if grad is None and is_trainable(made) else grad
                for made, grad in zip(op.outputs, outputs, strict=True)
            ]
        if not declared.sparse:
            outputs = [
                convert_to_tensor(each) if each.__class__ is IndexedSlices else each for each in outputs
            ]
        with name_scope(op.name + "_grad"):
            made = declared.function(op, *outputs)
            grads: Any = made if isinstance(made, (list, tuple)) else [made]
            if len(grads) != len(inputs):
                raise ValueError(
                    f"Num gradients {len(grads)} generated for op {op.name} do not match num inputs "
                    f"{len(inputs)}"
                )
            if self._gated and len(grads) > 1:
                grads = _gated(grads)
            (nodes, maker, _), kept, spec = self._way, self._grads, graph._spec_number
            for at, tensor in enumerate(inputs):
                grad = grads[at]
                if grad is None or maker.get(tensor) not in nodes:
                    continue
                if grad.__class__ is not Tensor and not isinstance(grad, IndexedSlices):
                    grad = convert_to_tensor(grad)
                if grad.__class__ is Tensor and spec(tensor) != spec(grad._id):
                    _check_shape(op, at, grad)
                if tensor in kept:
                    kept[tensor].append(grad)
                else:
                    kept[tensor] = [grad]


def gradients_within(ys: list[Tensor], xs: list[Tensor], grad_ys: list[Any]) -> list[Grad | None]:
    """The gradients of tensors by others, of which none counts as depending on another: in a body.

    Args:
        ys: The tensors.
        xs: The others.
        grad_ys: The gradients by `ys`.

    Returns:
        A gradient or None for each of `xs`.
    """
    graph = get_default_graph()
    assert isinstance(graph, Graph)
    with name_scope("gradients"):
        return _Pass(graph, ys, xs, xs, grad_ys, gated=False, within=True).results()


def _gated(grads: Any) -> Any:
    """Gradients, if there are several passed through identities, under the names of v1's `tuple`."""
    if sum(each is not None for each in grads) < 2:
        return grads
    passed: list[Any] = []
    at = 0
    with name_scope("tuple"):
        for grad in grads:
            if grad is None:
                passed.append(None)
                continue
            name = f"control_dependency_{at}" if at else "control_dependency"
            at += 1
            if isinstance(grad, IndexedSlices):
                values = identity(grad.values, name=name)
                passed.append(IndexedSlices(values, grad.indices, grad.dense_shape))
            else:
                passed.append(identity(grad, name=name))
    return passed


def _declared(graph: Graph, op: Operation, kind: str) -> Gradient:
    """What is declared of an operation: by its own gradient's name, or by its type."""
    name = graph._gradient_names.get(op._id) or kind
    found = name if isinstance(name, Gradient) else gradient_of(name)
    if found is None:
        raise LookupError(_NO_GRADIENT.format(name=op.name, type=op.type))
    return found


def _check_shape(op: Operation, at: int, grad: Tensor) -> None:
    """Adds what is known of an input's shape to its gradient's."""
    given = op.inputs[at]
    dims = given._dims
    if dims is None or dims == grad._dims:
        return
    try:
        grad.set_shape(given.shape)
    except ValueError:
        raise ValueError(
            "Incompatible shapes between op input and calculated input gradient. Forward operation: "
            f"{op.name}. Input index: {at}. Original input shape: {given.shape}. Calculated input gradient "
            f"shape: {grad.shape}"
        ) from None


def _listed(values: Any) -> list[Any]:
    return list(values) if isinstance(values, (list, tuple)) else [values]


def _tensor(value: Any, name: str) -> Tensor:
    return convert_to_tensor(value, name=name)


def _origin(value: Any, name: str) -> Tensor:
    """What `value` is by: a variable's own memory, which all of its reads stand on."""
    if isinstance(value, Variable):
        memory: Tensor = value._ref()
        return memory
    if isinstance(value, IndexedSlices):
        rows: Tensor = value.values
        return rows
    return convert_to_tensor(value, name=name)


def _starts(ys: list[Tensor], given: list[Any]) -> list[Grad]:
    """The gradients by `ys` that the pass begins with."""
    if len(given) != len(ys):
        raise ValueError(f"Length mismatch. Passed {len(given)} grad_ys for {len(ys)} ys")
    starts: list[Grad] = []
    for at, (y, grad) in enumerate(zip(ys, given, strict=True)):
        dtype = y.dtype.base_dtype
        if grad is None:
            if dtype.is_complex:
                raise TypeError(
                    f"Gradients of complex tensors ({y}) must set grad_ys (y.dtype = {dtype.name})"
                )
            one = constant(np.asarray(1, dtype.as_numpy_dtype), name=f"grad_ys_{at}/Const")
            starts.append(fill(shape(y), one, name=f"grad_ys_{at}"))
            continue
        start = grad if isinstance(grad, IndexedSlices) else convert_to_tensor(grad, name=f"grad_ys_{at}")
        _check_kind(y, start)
        starts.append(start)
    return starts


def _check_kind(y: Tensor, grad: Grad) -> None:
    own, other = y.dtype.base_dtype, grad.dtype.base_dtype
    real = own.is_floating or own.is_integer
    if real and not (other.is_floating or other.is_integer):
        raise TypeError(
            f"Gradient type {other.name} generated for real or integer-valued tensor {y} with type "
            f"{own.name} must be real or integer"
        )
    if own.is_complex and not other.is_complex:
        raise TypeError(
            f"Gradient type {other.name} generated for complex-valued tensor {y} with type {own.name} must "
            "be complex"
        )
    if not real and not own.is_complex and own is not other:
        raise TypeError(f"Tensor {y} with type {own.name} must be numeric to obtain a default gradient")


__all__ = ["AggregationMethod", "UnconnectedGradients", "gradients"]
