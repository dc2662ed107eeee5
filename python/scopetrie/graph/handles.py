"""Tensor and Operation, the handles of a graph's ids.

Their hot members (identity, operators, names) are in the extension; this module has the others. It adds them
to the extension's types: a Python subclass would cost each handle 16 bytes, and the garbage collector would
track it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, ClassVar, Final, NoReturn, TypeVar

from .. import _core
from ..late import load
from ..public import v1
from ..shapes import TensorShape, as_shape
from ..tracebacks import shorten
from .attributes import keep_attributes
from .export import exporter
from .placement import device_of, device_text, groups_of
from .reference import Reference

if TYPE_CHECKING:
    from .graph import Graph

# `Tensor.eval` and `Operation.run` are implemented floors above.
_EVALUATION: Final = "execution.sessions.evaluation"

T = TypeVar("T")


def extend_type(members: type[T]) -> type[T]:
    """Class decorator: adds the members of a class to the extension type that it derives from.

    Args:
        members: A class without state, derived from a type of the extension.

    Returns:
        The extension's type, which now has the members.
    """
    target: Any = members.__base__
    for name, member in vars(members).items():
        if name not in ("__dict__", "__weakref__", "__slots__", "__module__", "__annotations__"):
            setattr(target, name, member)
    target.__module__ = "scopetrie"
    extended: type[T] = target
    return extended


class OperatorNotAllowedInGraphError(TypeError):
    """A tensor was used where Python needs its value, which only a session knows."""


@v1("Tensor", note="supported, but not to be made by hand")
@extend_type
class Tensor(_core.Tensor):
    """One output of an operation: a value that a session can compute.

    Two handles of one tensor are equal and hash alike; `==` compares tensors, not their values.
    """

    __slots__ = ()
    __array_priority__ = 100  # NumPy's operators leave `array + tensor` to the tensor

    # The methods of operators, which programs give to classes of their own that stand for tensors; without
    # those of Python 2.
    OVERLOADABLE_OPERATORS: ClassVar[frozenset[str]] = frozenset(
        f"__{name}__"
        for name in """
        abs add and eq floordiv ge getitem gt invert le lt matmul mod mul ne neg or pow radd rand
        rfloordiv rmatmul rmod rmul ror rpow rsub rtruediv rxor sub truediv xor
        """.split()
    )

    graph: Graph

    def get_shape(self) -> TensorShape:
        """Returns the shape, as far as it is known."""
        return as_shape(self._dims)

    @property
    def _shape(self) -> TensorShape:  # as libraries of v1 ask for it
        return as_shape(self._dims)

    def _shape_tuple(self) -> tuple[int | None, ...] | None:  # so, too
        return self._dims

    def set_shape(self, shape: Any) -> None:
        """Adds what is known of the shape.

        Args:
            shape: A shape that fits the one known so far.

        Raises:
            ValueError: If it does not.

        >>> import scopetrie as tf
        >>> x = tf.placeholder(tf.float32, [None, 3])
        >>> x.set_shape([2, None])
        >>> x.shape.as_list()
        [2, 3]
        """
        known, more = self.get_shape(), as_shape(shape)
        if known.ndims is not None and more.ndims is not None:
            if known.ndims != more.ndims:
                raise ValueError(f"Shapes must be equal rank, but are {known.ndims} and {more.ndims}")
            for axis, (a, b) in enumerate(zip(known.as_list(), more.as_list(), strict=True)):
                if a is not None and b is not None and a != b:
                    raise ValueError(
                        f"Dimension {axis} in both shapes must be equal, but are {a} and {b}. "
                        f"Shapes are {_bracketed(known)} and {_bracketed(more)}."
                    )
        merged = known.merge_with(more)
        self._set_dims(None if merged.ndims is None else tuple(merged.as_list()))

    def consumers(self) -> list[Operation]:
        """Returns the operations that take this tensor, in the order in which they were made."""
        return [op for op in self.graph.get_operations() if self in op.inputs]

    def eval(self, feed_dict: Any = None, session: Any = None) -> Any:
        """Computes the tensor.

        Args:
            feed_dict: Values for tensors, as for `Session.run`.
            session: The session; the default one if left out.

        Returns:
            The value, as a NumPy array.

        Raises:
            ValueError: If there is no session, or it runs another graph.
        """
        try:
            return load(_EVALUATION).eval_tensor(self, feed_dict, session)
        except Exception as error:
            shorten(error)
            raise

    def ref(self) -> Reference:
        """Returns a key for dictionaries and sets, whose `deref()` is the tensor."""
        return Reference(self)

    experimental_ref = ref

    @property
    def device(self) -> str:
        """The device that its operation was placed on, or ""."""
        device: str = self.op.device
        return device

    def __repr__(self) -> str:
        if not self._is_current:
            return "<tf.Tensor, undone>"
        return f"<tf.Tensor '{self.name}' shape={self.shape} dtype={self.dtype.name}>"

    def __str__(self) -> str:
        dims = "" if self._dims is None else f", shape={self.shape}"
        device = f", device={self.device}" if self.device else ""
        return f'Tensor("{self.name}"{dims}, dtype={self.dtype.name}{device})'

    def __bool__(self) -> NoReturn:
        raise OperatorNotAllowedInGraphError(
            "Using a symbolic `tf.Tensor` as a Python `bool` is not allowed. Run it in a session, or use "
            "tf.cond."
        )

    def __iter__(self) -> Iterator[Any]:
        raise OperatorNotAllowedInGraphError(
            "Iterating over a symbolic `tf.Tensor` is not allowed. Use tf.unstack, or run it in a session."
        )

    def __len__(self) -> int:
        raise TypeError(
            f"len is not well defined for a symbolic Tensor ({self.name}). "
            "Please call `x.shape` rather than `len(x)` for shape information."
        )

    def __float__(self) -> float:
        raise self._is_symbolic("float() argument must be a string or a real number")

    def __int__(self) -> int:
        raise self._is_symbolic("int() argument must be a string, a bytes-like object or a real number")

    def __setitem__(self, key: Any, value: Any) -> NoReturn:
        raise TypeError(
            f"'Tensor' object does not support item assignment\n{self.name} is computed. "
            "Make another with tf.where, tf.concat or tf.tensor_scatter_nd_update; items of a variable are "
            "set by v[i].assign(value)."
        )

    def _is_symbolic(self, what: str) -> TypeError:
        return TypeError(
            f"{what}, not 'Tensor'\nOnly a session knows the value of {self.name}: use session.run(x) or "
            "x.eval(). In the graph, tf.cast changes the dtype."
        )

    if not TYPE_CHECKING:  # checkers are to say that there is none

        @property
        def numpy(self) -> NoReturn:
            """Not here: tensors have no values of their own; `Session.run` and `eval` return arrays."""
            raise AttributeError(
                f"'Tensor' object has no attribute 'numpy'\nOnly a session knows the value of {self.name}: "
                "use session.run(x) or x.eval()."
            )

    def __array__(self, dtype: Any = None, copy: Any = None) -> NoReturn:
        raise NotImplementedError(
            f"Cannot convert a symbolic tf.Tensor ({self.name}) to a numpy array. This error may indicate "
            "that you're trying to pass a Tensor to a NumPy call, which is not supported.\n"
            "Use the function of that name in tf, or the value: session.run(x)."
        )


def _bracketed(shape: TensorShape) -> str:
    return "[" + ",".join("?" if size is None else str(size) for size in shape.as_list()) + "]"


@v1("Operation", note="supported, but not to be made by hand")
@extend_type
class Operation(_core.Operation):
    """One node of a graph.

    Two handles of one operation are equal and hash alike.
    """

    __slots__ = ()

    graph: Graph

    def run(self, feed_dict: Any = None, session: Any = None) -> None:
        """Runs the operation.

        Args:
            feed_dict: Values for tensors, as for `Session.run`.
            session: The session; the default one if left out.

        Raises:
            ValueError: If there is no session, or it runs another graph.
        """
        try:
            load(_EVALUATION).run_operation(self, feed_dict, session)
        except Exception as error:
            shorten(error)
            raise

    def values(self) -> tuple[Tensor, ...]:
        """Returns the outputs, as a tuple."""
        return tuple(self.outputs)

    @property
    def device(self) -> str:
        """The device that it was placed on, e.g. "/device:GPU:0", or "": recorded; placement is soft."""
        return device_of(self.graph, self)

    def _set_device(self, device: Any) -> None:
        self.graph._devices.take(self.graph, self._id, device_text(device))

    def colocation_groups(self) -> list[bytes]:
        """Returns the names of the operations it is to stand beside, as `b"loc:@name"`; its own if none."""
        return self._groups or [f"loc:@{self.name}".encode()]

    @property
    def _groups(self) -> list[bytes]:
        return groups_of(self.graph, self)

    def _add_control_input(self, op: Operation) -> None:
        self._add_control_inputs([op])

    def get_attr(self, name: str) -> Any:
        """Returns an attribute, as it is in a NodeDef.

        Args:
            name: The attribute's name, e.g. "dtype" or "transpose_a".

        Returns:
            A DType, bool, int, float, bytes, or a list of those; of "shape" and a constant's "value", the
            protobuf.

        Raises:
            ValueError: If the operation has no such attribute.
            ImportError: If it is a protobuf, and the extra `tensorboard` is not installed.

        >>> import scopetrie as tf
        >>> tf.placeholder(tf.float32).op.get_attr("dtype")
        tf.float32
        """
        return exporter().attribute(self, name)

    def _show_attributes(self, attrs: dict[str, Any]) -> None:
        self.graph._shown_attributes.take(self.graph, self._id, attrs)

    @property
    def _shown(self) -> dict[str, Any]:
        shown: dict[str, Any] = self.graph._shown_attributes.get(self._id, {})
        return shown

    @property
    def node_def(self) -> Any:
        """The operation as a NodeDef protobuf; needs the extra `tensorboard`."""
        return exporter().node_def(self)

    @property
    def op_def(self) -> Any:
        """What is known of operations of its type, as an OpDef protobuf; needs the extra `tensorboard`."""
        return exporter().op_def(self)

    @property
    def traceback(self) -> list[tuple[str, int, str]]:
        """(file, line, function) of the line that made it, in a list; empty where none is known."""
        return [] if self._site is None else [self._site]

    def __repr__(self) -> str:
        if not self._is_current:
            return "<tf.Operation, undone>"
        return f"<tf.Operation '{self.name}' type={self.type}>"

    def __str__(self) -> str:
        return exporter().text(self)


keep_attributes(Tensor)
keep_attributes(Operation)
