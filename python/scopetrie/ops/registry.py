"""The registry of op types: what a node of each type takes, gives, computes and is called.

An op is defined once, beside the public function that builds it: `define_op` takes its inputs, its shape
rule and its kernel, files them in `OPS` and returns the function (made in C) that adds a node to the graph. A
program adds types of its own with `register_op`, by the same means.

Example:
    >>> import scopetrie as tf
    >>> scale = tf.register_op(
    ...     "Scale", lambda xp, by: lambda x: xp.multiply(x, xp.asarray(by, dtype=x.dtype))
    ... )
    >>> y = scale(tf.constant([1.0, 2.0]), by=3)
    >>> y
    <tf.Tensor 'Scale:0' shape=(2,) dtype=float32>
    >>> with tf.Session() as session:
    ...     print(session.run(y))
    [3. 6.]
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, NoReturn, TypeAlias

from .. import dtypes
from .._core import DirectFunction, OpFunction
from ..dtypes import DType
from ..graph import Tensor

if TYPE_CHECKING:
    from typing import ParamSpec

    from typing_extensions import TypeVar

    P = ParamSpec("P")
    Result = TypeVar("Result")

    # What the op function gives: one tensor unless its variable is annotated otherwise.
    Made = TypeVar("Made", default=Tensor)

Dims: TypeAlias = tuple[int | None, ...] | None
# What a node puts out: one (dtype, dims) for a single tensor, a list of them for several or none.
Spec: TypeAlias = tuple[DType, Dims]
Rule: TypeAlias = str | Callable[..., Spec | list[Spec]]
Kernel: TypeAlias = Callable[..., Callable[..., Any]]

# Element types by NumPy's codes, in the orders in which v1's messages list them.
_CODES: Final = {
    "f2": "float16", "f4": "float32", "f8": "float64", "bf": "bfloat16", "i1": "int8", "i2": "int16",
    "i4": "int32", "i8": "int64", "u1": "uint8", "u2": "uint16", "u4": "uint32", "u8": "uint64", "b1": "bool",
    "c8": "complex64", "c16": "complex128", "S": "string", "qi1": "qint8", "qu1": "quint8", "qi4": "qint32",
    "qi2": "qint16", "qu2": "quint16", "V": "variant",
}  # fmt: skip
FLOATS: Final = "bf f2 f4 f8"
FLOATS_HALF_FIRST: Final = "f2 bf f4 f8"
INEXACT: Final = "bf f2 f4 f8 c8 c16"
SIGNED: Final = "bf f2 f4 f8 i1 i2 i4 i8 c8 c16"
REALS: Final = "f4 f8 i4 u1 i2 i1 i8 bf u2 f2 u4 u8"
NUMBERS: Final = "f4 f8 i4 u1 i2 i1 c8 i8 qi1 qu1 qi4 bf qi2 qu2 u2 c16 f2 u4 u8"
ORDERED: Final = "f4 f8 i4 u1 i2 i1 i8 bf u2 f2 u4 u8 qi1 qu1 qi4 qi2 qu2"
ARITHMETIC: Final = "bf f2 f4 f8 u1 i1 u2 i2 i4 u4 u8 i8 c8 c16"
INTEGERS: Final = "i1 i2 i4 i8 u1 u2 u4 u8"
INDICES: Final = "i4 i8"

OPS: Final[dict[str, OpDef]] = {}


class ShapeError(ValueError):
    """What a shape rule raises: the fault, which the node's description is added to.

    Args:
        message: The fault in v1's words, without the part from " for '{{node".
        constants: Values of inputs that the rule looked at, by position, as v1 writes them (`"<5>"` without
            the brackets).
        partial: Shapes that the rule read from inputs, by position, as v1 writes them (`"[2,?]"`).
    """

    def __init__(
        self,
        message: str,
        constants: Mapping[int, str] | None = None,
        partial: Mapping[int, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.constants = constants or {}
        self.partial = partial or {}


class OpDef:
    """What the graph and the sessions know of one type of op.

    Attributes:
        type: v1's name of the type, e.g. `"AddV2"`.
        inputs: Names of the inputs; `"values*"` is a list of one dtype, `"data**"` a list of any dtypes,
            `"ref:ref"` a variable's own memory, `"index:shape"` a shape or axes, `"axes:axis"` axes.
        kernel: `kernel(xp, **attrs)` gives the function of arrays that computes the outputs; for a stateful
            op it is `kernel(xp, state, **attrs)`. None where the session itself gives the value
            (placeholders).
        stateful: Whether running the op has effects or depends on more than its inputs.
        host: Positions of inputs that the kernel wants as NumPy arrays wherever it computes: shapes, axes.
        host_outputs: Whether the outputs are such values.
        attributes: The node's attributes in a GraphDef, as a template; see `node_attributes`.
        scoped: Whether v1's function opens a name scope for the node; see `define_op`.
        function: What makes a node of the type.
    """

    __slots__ = (
        "attributes",
        "function",
        "host",
        "host_outputs",
        "inputs",
        "kernel",
        "scoped",
        "stateful",
        "type",
    )

    def __init__(
        self,
        type: str,
        inputs: tuple[str, ...],
        kernel: Kernel | None,
        stateful: bool,
        host: tuple[int, ...],
        host_outputs: bool,
        attributes: str,
        scoped: bool,
    ) -> None:
        self.type = type
        self.inputs = inputs
        self.kernel = kernel
        self.stateful = stateful
        self.host = host
        self.host_outputs = host_outputs
        self.attributes = attributes
        self.scoped = scoped
        self.function: OpFunction[Any] | None = None

    def __repr__(self) -> str:
        return f"OpDef({self.type!r})"

    def failed(
        self, fault: str | Exception, name: str, inputs: Sequence[Tensor], attrs: Mapping[str, Any] | None
    ) -> NoReturn:
        """Raises `fault` with the node it concerns written out, as v1 does.

        Args:
            fault: What a shape rule raised, or its message.
            name: The name that the node would have had.
            inputs: The node's input tensors, lists flattened.
            attrs: The node's attributes.

        Raises:
            ValueError: Always, unless `fault` is another kind of error; then that one.
        """
        if isinstance(fault, Exception) and not isinstance(fault, ShapeError):
            raise fault
        node = node_text(self, name, inputs, attrs or {})
        text = f"{fault} for '{node}' with input shapes: {', '.join(dims_text(x._dims) for x in inputs)}"
        if isinstance(fault, ShapeError):
            if fault.constants:
                text += " and with computed input tensors: "
                text += ", ".join(f"input[{i}] = <{value}>" for i, value in fault.constants.items())
            if fault.partial:
                text += " and with input tensors computed as partial shapes: "
                text += ",".join(f"input[{i}] = {dims}" for i, dims in fault.partial.items())
        raise ValueError(text + ".") from None


def type_names(codes: str) -> tuple[str, ...]:
    """v1's names of the element types that NumPy's codes stand for.

    Args:
        codes: Codes with spaces between them, e.g. `"f4 f8"`.

    Returns:
        The names in the same order.

    >>> type_names("f4 i8")
    ('float32', 'int64')
    """
    return tuple(_CODES[code] for code in codes.split())


def define_op(
    type: str,
    inputs: tuple[str, ...] = ("x",),
    *,
    name: str | None = None,
    rule: Rule = "same",
    native: str | None = None,
    remembered: bool = True,
    kernel: Kernel | None = None,
    dtypes: str | None = None,
    same_dtype: bool = True,
    attributes: str = "T",
    stateful: bool = False,
    host: Sequence[str] = (),
    host_outputs: bool = False,
    scoped: bool | None = None,
    doc: str = "",
) -> OpFunction[Made]:
    """Files an op type and returns the function that makes its nodes.

    Args:
        type: v1's name of the type.
        inputs: Names of the inputs, which constants made of Python values are named after: `"x"` a tensor,
            `"values*"` a list of one dtype, `"data**"` a list of any dtypes, `"ref:ref"` a variable's memory,
            `"index:shape"` ints that become int32, or int64 where they need it, as v1's shapes and axes do;
            `"axes:axis"` the same, where None stands for all axes of the first input, which become a
            constant beside the node; `"order:perm"` the same, where None stands for the axes from the last to
            the first. Values for the latter three need no `index_array`.
        name: The default name of a node; `type` if left out.
        rule: What is put out: `"same"` (dtype and shape of the first input), `"bool"` (its shape, boolean),
            `"broadcast"` (the inputs broadcast, dtype of the first), `"compare"` (broadcast, boolean), or
            `rule(*inputs, **attrs)`, which gets the input tensors and returns (dtype, dims) or a list of
            them.
        native: The name of the extension's version of such a function (see cpp/python/calls/op_rules.cpp),
            which is asked first: it decides the common cases, and leaves the rest, and all errors, to `rule`.
        remembered: Whether what `rule` gives follows from the inputs' dtypes and static shapes, the
            attributes, and the values of the inputs in `host`; then it is called once for each of them.
        kernel: `kernel(xp, **attrs)` returns the function of arrays; `xp` is an array-API namespace.
        dtypes: Codes of the dtypes that the first input may have (see `type_names`); None for any.
        same_dtype: Whether all inputs share a dtype. Python values are converted to it.
        attributes: Template of the GraphDef attributes; see `node_attributes`.
        stateful: Whether the kernel takes the session's state, as `kernel(xp, state, **attrs)`.
        host: Names of inputs that the kernel wants as NumPy arrays on the host.
        host_outputs: Whether the kernel gives NumPy arrays on the host.
        scoped: Whether v1's function opens a name scope for the node rather than naming the node itself. It
            shows where the name is "": the node then stands in the root. By default, whether `name` is
            another than `type`.
        doc: The docstring of the function.

    Returns:
        `f(*inputs, name=None, **attrs)`, which returns a Tensor, a list of them, or the Operation if there
        are none.
    """
    names = [each.rpartition(":")[2].rstrip("*") for each in inputs]
    positions = tuple(names.index(each) for each in host)
    if scoped is None:
        scoped = name is not None and name != type
    op_def = OpDef(type, inputs, kernel, stateful, positions, host_outputs, attributes, scoped)
    allowed = None if dtypes is None else type_names(dtypes)
    function: OpFunction[Made] = OpFunction(
        op_def,
        type,
        name or type,
        inputs,
        rule,
        allowed,
        same_dtype,
        doc,
        native,
        positions if remembered else None,
    )
    op_def.function = function
    OPS[type] = op_def
    return function


def direct(
    op: OpFunction[Any], roles: str, name: str | None = None
) -> Callable[[Callable[P, Result]], Callable[P, Result]]:
    """Makes of a public function one whose common calls go straight to the op function of its node.

    What a call gives beyond tensors and plain values, and what the op's rules cannot decide by themselves, is
    left to the function; so it must make the same node for all that these decide.

    Args:
        op: The op function.
        roles: What each parameter of the function is to the op: `0`, `1`, ... an input; `1=0` one that is 0
            where it is left out; `name` the node's name; `key` an attribute, `key?` one that is left out with
            its argument, `key#` one that is a shape, `key@` axes, `key%` a list of ints; `-` nothing: calls
            that give it are the function's.
        name: The node's default name; that of the function, or else of the op, if left out.

    Returns:
        A decorator.
    """

    def decorate(function: Callable[P, Result]) -> Callable[P, Result]:
        empty = inspect.Parameter.empty
        parameters = inspect.signature(function).parameters.values()
        spec = tuple(
            (each.name, role, each.default is not empty, None if each.default is empty else each.default)
            for each, role in zip(parameters, roles.split(), strict=True)
        )
        own = next((default for _, role, _, default in spec if role == "name"), None)
        made: Any = DirectFunction(function, op, name or own or op.__name__, spec)
        functools.update_wrapper(made, function)
        wrapped: Callable[P, Result] = made
        return wrapped

    return decorate


def register_op(
    type: str,
    kernel: Kernel,
    *,
    inputs: Sequence[str] = ("x",),
    shape: Rule = "same",
    name: str | None = None,
    dtypes: Sequence[Any] | None = None,
    doc: str = "",
) -> OpFunction[Tensor]:
    """Adds an op type of one's own.

    Args:
        type: The type's name; a new one.
        kernel: `kernel(xp, **attrs)` returns the function of arrays that computes the op. `xp` is the array
            namespace of the session that runs it (NumPy's, CuPy's, ...).
        inputs: The names of the inputs; a trailing `*` marks a list of tensors, `index:` in front a shape or
            axes, whose ints become int32 (int64 where they need it); an op with such an input does not ask
            the others to share a dtype.
        shape: The shape rule: `"same"`, `"broadcast"`, `"compare"`, `"bool"`, or `shape(*inputs, **attrs)`,
            which returns (dtype, dims); dims is a tuple with None for unknown sizes, or None for an unknown
            rank.
        name: The default name of nodes; `type` if left out.
        dtypes: The dtypes that the first input may have; any if left out.
        doc: The docstring of the function.

    Returns:
        `f(*inputs, name=None, **attrs)`, which adds a node and returns its output.

    Raises:
        ValueError: If the type exists already.

    Example:
        >>> import scopetrie as tf
        >>> def square_sum(xp):
        ...     return lambda x: xp.sum(x * x, axis=-1)
        >>> def drop_last(x):
        ...     return x.dtype, x.shape.as_list() and tuple(x.shape.as_list()[:-1])
        >>> rows = tf.register_op("SquareSum", square_sum, shape=drop_last)
        >>> rows(tf.placeholder(tf.float32, [None, 3])).shape
        TensorShape([Dimension(None)])
    """
    if type in OPS:
        raise ValueError(f"register_op: there is an op type {type!r} already. Choose another name.")
    codes = None
    if dtypes is not None:
        wanted = {as_dtype.name for as_dtype in map(_as_dtype, dtypes)}
        codes = " ".join(code for code, long in _CODES.items() if long in wanted)
    return define_op(
        type, tuple(inputs), name=name, rule=shape, remembered=False, kernel=kernel, dtypes=codes, doc=doc,
        same_dtype=not any(each.startswith("index:") for each in inputs),
    )  # fmt: skip


_as_dtype = dtypes.as_dtype


def listed(made: Any) -> list[Any]:
    """The outputs of a node as a list; the function of an op with one output returns that by itself."""
    return made if isinstance(made, list) else [made]


def dtype_refusal(message: str) -> TypeError:
    """The error for a value or a tensor of a dtype that an operation does not take.

    Its attribute `refuses_dtype` tells it from others of v1's class; the extension sets it, too.
    """
    error = TypeError(message)
    error.refuses_dtype = True  # type: ignore[attr-defined]
    return error


def check_dtype(tensor: Tensor, parameter: str, codes: str) -> None:
    """Refuses an input of a dtype that its op does not take.

    Raises:
        TypeError: With v1's text.
    """
    allowed = type_names(codes)
    found = tensor.dtype.base_dtype.name
    if found not in allowed:
        raise dtype_refusal(
            f"Value passed to parameter '{parameter}' has DataType {found} not in list of allowed values: "
            + ", ".join(allowed)
        )


def dims_text(dims: Dims) -> str:
    """A shape as v1's messages write it: `[2,?]`, or `<unknown>`."""
    if dims is None:
        return "<unknown>"
    return "[" + ",".join("?" if size is None else str(size) for size in dims) + "]"


def node_text(op_def: OpDef, name: str, inputs: Sequence[Tensor], attrs: Mapping[str, Any]) -> str:
    """A node as v1's messages write it: `{{node add}} = AddV2[T=DT_FLOAT](a, b)`."""
    shown = [f"{key}={_attribute_text(key, value)}" for key, value in _filled(op_def, inputs, attrs)]
    sources = (x.name.removesuffix(":0") for x in inputs)
    return f"{{{{node {name}}}}} = {op_def.type}[{', '.join(shown)}]({', '.join(sources)})"


def node_attributes(op: Any) -> list[tuple[str, Any]]:
    """The attributes that a node has in a GraphDef, in the order of their names.

    The template of its type has a word for each: `T` is the dtype of input 0 unless the node has an
    attribute of
    that name, `T:1` that of input 1, `N` the length of the input list, and `key=value` an attribute that is
    the constant (`false`, `1`, `""`) where the node has it not.

    Args:
        op: The operation.

    Returns:
        Pairs of name and value: a DType, bool, int, float, str, tuple of ints, or, for `shape`, dims.
    """
    op_def = OPS.get(op.type)
    return [] if op_def is None else _filled(op_def, op.inputs, op._attrs or {})


def _filled(op_def: OpDef, inputs: Sequence[Tensor], attrs: Mapping[str, Any]) -> list[tuple[str, Any]]:
    filled: list[tuple[str, Any]] = []
    for word in op_def.attributes.split():
        key, is_constant, constant = word.partition("=")
        key, _, position = key.partition(":")
        if key in attrs:
            filled.append((key, attrs[key]))
        elif is_constant:
            filled.append((key, _literal(constant)))
        elif key == "N":
            filled.append((key, len(inputs) - sum("*" not in each for each in op_def.inputs)))
        elif inputs:
            filled.append((key, inputs[int(position or 0)].dtype.base_dtype))
    return filled


def _literal(text: str) -> Any:
    if text in _LITERALS:
        return _LITERALS[text]
    return text.strip('"') if text.startswith('"') else int(text)


_LITERALS: Final = {"false": False, "true": True, "[]": ()}
_DT_NAMES: Final = {"float16": "HALF", "float32": "FLOAT", "float64": "DOUBLE"}


def _attribute_text(key: str, value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, DType):
        return "DT_" + _DT_NAMES.get(value.name, value.name.upper())
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, float):
        return f"{value:g}"
    if key == "shape":
        return dims_text(value)
    if isinstance(value, (tuple, list)):
        return "[" + ", ".join(_attribute_text("", each) for each in value) + "]"
    return str(value)
