"""The registry of op types: what a node of each type takes, gives, computes and is called.

An op is defined once, beside the public function that builds it: `define_op` takes its inputs, its shape
rule and its kernel, gives them to the extension and returns the function (made in C) that adds a node to the
graph. Which module defines which types is in the table OP_TYPES (exports.py): a type is known by its name, in
a GraphDef or to `create_op`, before its module is imported. A program adds types of its own with
`register_op`, by the same means.

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

from collections.abc import Callable, Iterator, Mapping, Sequence
from inspect import Parameter, Signature
from typing import TYPE_CHECKING, Any, Final, Literal, NoReturn, TypeAlias

from .._core import OpFunction, op_definition
from ..dtypes import DType, DTypeLike, as_dtype
from ..exports import OP_TYPES
from ..graph import Tensor
from ..public import v1
from .declare import Attribute, Given, Input, tensor
from .node_text import Dims, attribute_values, dims_text, node_text
from .unneeded import with_all

if TYPE_CHECKING:
    from typing_extensions import TypeVar

    # What the op function gives: one tensor unless its variable is annotated otherwise.
    Made = TypeVar("Made", default=Tensor)

# What a node puts out: one (dtype, dims) for a single tensor, a list of them for several or none.
Spec: TypeAlias = tuple[DType, Dims]
Elementwise: TypeAlias = Literal["same", "bool", "broadcast", "compare"]
Rule: TypeAlias = Elementwise | Callable[..., Spec | list[Spec]]
Kernel: TypeAlias = Callable[..., Callable[..., Any]]

_TYPES: Final = dict.fromkeys(type for types in OP_TYPES.values() for type in types.split())
_OWN: Final[set[str]] = set()  # types that programs have registered


class _Ops(Mapping[str, "OpDef"]):
    """The types of ops, by their names. One that is asked for the first time is imported."""

    def __getitem__(self, type: str) -> OpDef:
        found = op_definition(type)
        if found is None:
            raise KeyError(type)
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(list(_TYPES))

    def __len__(self) -> int:
        return len(_TYPES)


OPS: Final = _Ops()


class OpDef:
    """What the graph and the sessions know of one type of op.

    Attributes:
        type: v1's name of the type, e.g. `"AddV2"`.
        inputs: Its inputs.
        attributes: Its nodes' attributes, besides those that hold the inputs' element types.
        kernel: `kernel(xp, **attrs)` gives the function of arrays that computes the outputs; for a stateful
            op it is `kernel(xp, state, **attrs)`. None where the session itself gives the value
            (placeholders).
        stateful: Whether running the op has effects or depends on more than its inputs.
        host_outputs: Whether the kernel gives NumPy arrays on the host.
        scoped: Whether v1's function opens a name scope for the node; see `define_op`.
        function: What makes a node of the type.
    """

    __slots__ = (
        "attributes", "function", "host_outputs", "inputs", "kernel", "scoped", "stateful", "type",
    )  # fmt: skip

    def __init__(
        self,
        type: str,
        inputs: tuple[Input, ...],
        attributes: tuple[Attribute, ...],
        kernel: Kernel | None,
        stateful: bool,
        host_outputs: bool,
        scoped: bool,
    ) -> None:
        self.type = type
        self.inputs = inputs
        self.attributes = attributes
        self.kernel = kernel
        self.stateful = stateful
        self.host_outputs = host_outputs
        self.scoped = scoped
        self.function: OpFunction[Any] | None = None

    def __repr__(self) -> str:
        return f"OpDef({self.type!r})"

    def signature(self) -> Signature:
        """The parameters of the type's op function: inputs, then `name`, then attributes by keyword."""
        either, none = Parameter.POSITIONAL_OR_KEYWORD, Parameter.empty
        found = [
            Parameter(each.name, either) if each.name else Parameter("values", Parameter.POSITIONAL_ONLY)
            for each in self.inputs
        ]
        found.append(Parameter("name", either, default=None, annotation="str | None"))
        for name, type, default in self.attributes:
            annotation = type.__name__ if type in (bool, int, float, str) else none
            found.append(
                Parameter(
                    name,
                    Parameter.KEYWORD_ONLY,
                    default=none if isinstance(default, Given) else default,
                    annotation=annotation,
                )
            )
        return Signature(found)

    def node_text(self, name: str, inputs: Sequence[Tensor], attrs: Mapping[str, Any] | None) -> str:
        """A node of the type as v1's messages write it: `{{node add}} = AddV2[T=DT_FLOAT](a, b)`."""
        return node_text(self.type, (*self.inputs, *self.attributes), name, inputs, attrs or {})

    def failed(
        self,
        fault: str,
        name: str,
        inputs: Sequence[Tensor],
        attrs: Mapping[str, Any] | None,
        shown: Sequence[tuple[int, bool, str]],
    ) -> NoReturn:
        """Raises an error of the shape rule with the node it concerns written out, as v1 does.

        Args:
            fault: What the rule says.
            name: The name that the node would have had.
            inputs: The node's input tensors, lists flattened.
            attrs: The node's attributes.
            shown: What the rule has read of inputs' values: input, whether as a shape, text.

        Raises:
            ValueError: Always.
        """
        node = self.node_text(name, inputs, attrs)
        text = f"{fault} for '{node}' with input shapes: {', '.join(dims_text(x._dims) for x in inputs)}"
        if values := [f"input[{i}] = <{value}>" for i, is_shape, value in shown if not is_shape]:
            text += f" and with computed input tensors: {', '.join(values)}"
        if shapes := [f"input[{i}] = {value}" for i, is_shape, value in shown if is_shape]:
            text += f" and with input tensors computed as partial shapes: {','.join(shapes)}"
        raise ValueError(text + ".") from None


def define_op(
    type: str,
    *inputs: Input,
    name: str | None = None,
    rule: Rule | None = None,
    kernel: Kernel | None = None,
    attributes: tuple[Attribute, ...] = (),
    stateful: bool = False,
    host_outputs: bool = False,
    scoped: bool | None = None,
    doc: str = "",
) -> OpFunction[Made]:
    """Files an op type and returns the function that makes its nodes.

    Args:
        type: v1's name of the type.
        *inputs: Its inputs; see `scopetrie.ops.declare`.
        name: The default name of a node; `type` if left out.
        rule: What is put out: None for the rule that the core has for the type (cpp/src/shapes); or `"same"`
            (dtype and shape of the first input), `"bool"` (its shape, boolean), `"broadcast"` (the inputs
            broadcast, dtype of the first), `"compare"` (broadcast, boolean), or `rule(*inputs, **attrs)`,
            which gets the input tensors and returns (dtype, dims) or a list of them.
        kernel: `kernel(xp, **attrs)` returns the function of arrays; `xp` is an array-API namespace.
        attributes: The nodes' attributes.
        stateful: Whether the kernel takes the session's state, as `kernel(xp, state, **attrs)`.
        host_outputs: Whether the kernel gives NumPy arrays on the host.
        scoped: Whether v1's function opens a name scope for the node rather than naming the node itself. It
            shows where the name is "": the node then stands in the root. By default, whether `name` is
            another than `type`.
        doc: The docstring of the function.

    Returns:
        `f(*inputs, name=None, **attrs)`, which returns a Tensor, a list of them, or the Operation if there
        are none.
    """
    if scoped is None:
        scoped = name is not None and name != type
    kernel = with_all(type, kernel, attributes)
    op_def = OpDef(type, inputs, attributes, kernel, stateful, host_outputs, scoped)
    function: OpFunction[Made] = OpFunction(op_def, type, name or type, inputs, rule, doc)
    op_def.function = function
    _TYPES[type] = None
    return function


@v1("register_op")
def register_op(
    type: str,
    kernel: Kernel,
    *,
    inputs: Sequence[str | Input] = ("x",),
    shape: Rule = "same",
    name: str | None = None,
    dtypes: Sequence[DTypeLike] | None = None,
    doc: str = "",
) -> OpFunction[Tensor]:
    """Adds an op type of one's own.

    Args:
        type: The type's name; a new one.
        kernel: `kernel(xp, **attrs)` returns the function of arrays that computes the op. `xp` is the array
            namespace of the session that runs it (NumPy's, CuPy's, ...).
        inputs: The inputs: a name for a tensor, or a declaration of `scopetrie.ops.declare`, such as
            `declare.tensors("values")` for a list of tensors and `declare.index("axis")` for a shape or
            axes, whose ints become int32 (int64 where they need it). The tensors share a dtype.
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
    declared = [tensor(each) if isinstance(each, str) else each for each in inputs]
    if dtypes is not None:
        declared[0] = declared[0]._replace(types=tuple(map(as_dtype, dtypes)))
    _OWN.add(type)
    return define_op(type, *declared, name=name, rule=shape, kernel=kernel, doc=doc)


def node_attributes(op: Any) -> list[tuple[str, Any]]:
    """The attributes that a node has in a GraphDef, in the order of their names.

    Args:
        op: The operation.

    Returns:
        Pairs of name and value: a DType, bool, int, float, str, tuple of ints, or, for `shape`, dims; of a
        type of the program's own, what `scopetrie.ops.given` makes of them.
    """
    op_def = OPS.get(op.type)
    if op_def is None:  # a type of the program's own
        return sorted(op._attrs.items()) if isinstance(op._attrs, dict) else []
    words: list[Input | Attribute] = [*op_def.inputs, *op_def.attributes]
    found = [(name, value) for name, value, _ in attribute_values(words, op.inputs, op._attrs or {})]
    if op.type in _OWN:  # their attributes are not declared
        found = sorted([*found, *(op._attrs or {}).items()])
    return found


def listed(made: Any) -> list[Any]:
    """The outputs of a node as a list; the function of an op with one output returns that by itself."""
    return made if isinstance(made, list) else [made]
