"""`tf.keras.backend`, as far as programs use it beside their own graphs: settings, sessions, the phase.

>>> import scopetrie as tf
>>> tf.keras.backend.floatx(), tf.keras.backend.epsilon(), tf.keras.backend.image_data_format()
('float32', 1e-07, 'channels_last')
>>> tf.keras.backend.int_shape(tf.placeholder(tf.float32, [None, 2]))
(None, 2)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from ..dtypes import bool as boolean
from ..execution import BaseSession, Session, get_default_session
from ..graph import control_dependencies, get_default_graph, reset_default_graph
from ..namespaces import namespace
from ..ops.constant import constant
from ..ops.placeholder import placeholder_with_default
from ..public import v1, whole
from ..scopes import name_scope
from ..variables import is_variable_initialized

_SETTINGS: Final[dict[str, Any]] = {
    "floatx": "float32",
    "epsilon": 1e-7,
    "image_data_format": "channels_last",
    "session": None,
}
_FLOATS: Final = ("float16", "float32", "float64")
_ORDERS: Final = ("channels_last", "channels_first")


@v1("keras.backend.floatx")
def floatx() -> str:
    """Returns the name of the dtype of layers' variables that no input decides."""
    return str(_SETTINGS["floatx"])


@v1("keras.backend.set_floatx")
def set_floatx(value: str) -> None:
    """Sets what `floatx` returns.

    Args:
        value: "float16", "float32" or "float64".

    Raises:
        ValueError: If it is another one.
    """
    if value not in _FLOATS:
        raise ValueError(f"Unknown `floatx` value: {value}. Expected one of {_FLOATS}.")
    _SETTINGS["floatx"] = value


@v1("keras.backend.epsilon")
def epsilon() -> float:
    """Returns the small number that keeps divisors and logarithms from 0."""
    found: float = _SETTINGS["epsilon"]
    return found


@v1("keras.backend.set_epsilon")
def set_epsilon(value: float) -> None:
    """Sets what `epsilon` returns.

    Args:
        value: The number.

    Raises:
        TypeError: If it is none.
        ValueError: Likewise.
    """
    _SETTINGS["epsilon"] = float(value)


@v1("keras.backend.image_data_format")
def image_data_format() -> str:
    """Returns the order of dimensions of layers that are told none."""
    return str(_SETTINGS["image_data_format"])


@v1("keras.backend.set_image_data_format")
def set_image_data_format(data_format: str) -> None:
    """Sets what `image_data_format` returns.

    Args:
        data_format: "channels_last" or "channels_first".

    Raises:
        ValueError: If it is another one.
    """
    if data_format not in _ORDERS:
        raise ValueError(f"Unknown `data_format`: {data_format}. Expected one of {_ORDERS}.")
    _SETTINGS["image_data_format"] = data_format


@v1("keras.backend.int_shape")
def int_shape(x: Any) -> tuple[int | None, ...] | None:
    """Returns a tensor's shape as a tuple, with None for sizes that are not known.

    Args:
        x: A tensor or a variable.

    Returns:
        The sizes; None if the rank is not known.
    """
    return None if x.shape.ndims is None else tuple(x.shape.as_list())


@v1("keras.backend.ndim")
def ndim(x: Any) -> int | None:
    """Returns the number of a tensor's dimensions; None if it is not known.

    Args:
        x: A tensor or a variable.
    """
    found: int | None = x.shape.ndims
    return found


@v1("keras.backend.learning_phase")
@whole
def learning_phase() -> Any:
    """Returns whether layers train that are not told: what was set, or a placeholder.

    The placeholder says False where it is not fed.

    >>> import scopetrie as tf
    >>> tf.keras.backend.learning_phase()
    <tf.Tensor 'keras_learning_phase:0' shape=() dtype=bool>
    """
    kept = vars(get_default_graph())
    if "_learning_phase" not in kept:
        with name_scope(""), control_dependencies(None):
            kept["_learning_phase"] = placeholder_with_default(
                constant(False, boolean, name="keras_learning_phase/input"), [], "keras_learning_phase"
            )
    return kept["_learning_phase"]


@v1("keras.backend.set_learning_phase")
def set_learning_phase(value: Any) -> None:
    """Sets whether layers of the graph train that are not told.

    Args:
        value: 0 or 1.

    Raises:
        ValueError: If it is another one.
    """
    if value not in (0, 1):
        raise ValueError(f"Expected learning phase to be 0 or 1, not {value!r}.")
    vars(get_default_graph())["_learning_phase"] = int(value)


def noted(variable: Any) -> None:
    """Notes a layer's variable, which the session of `get_session` initializes.

    Args:
        variable: The variable.
    """
    vars(get_default_graph()).setdefault("_keras_variables", []).append((variable, []))


@v1("keras.backend.get_session")
def get_session() -> Any:
    """Returns the default session, or else one that is kept for the graph; layers' variables are initialized.

    >>> import scopetrie as tf
    >>> layer = tf.keras.layers.Dense(2, kernel_initializer="ones")
    >>> y = layer(tf.ones([1, 3]))
    >>> tf.keras.backend.get_session().run(y).tolist()
    [[3.0, 3.0]]
    """
    session, graph = get_default_session(), get_default_graph()
    if session is None:
        session = _SETTINGS["session"]
        if session is None or session.graph is not graph:
            session = _SETTINGS["session"] = Session()
    left = []
    with session.graph.as_default(), control_dependencies(None):
        for variable, asked in vars(session.graph).get("_keras_variables", []):
            if not asked:
                asked.append(is_variable_initialized(variable))
            left.append((variable, asked[0]))
    known = session.run([asked for _, asked in left])
    session.run([each.initializer for (each, _), is_there in zip(left, known, strict=True) if not is_there])
    return session


@v1("keras.backend.set_session")
def set_session(session: Any) -> None:
    """Sets the session that `get_session` returns where there is no default one.

    Args:
        session: The session; None for one that is made when it is asked for.

    Raises:
        TypeError: If it is none.
    """
    if session is not None and not isinstance(session, BaseSession):
        raise TypeError(f"keras.backend.set_session: `session` must be a Session or None, not {session!r}.")
    _SETTINGS["session"] = session


@v1("keras.backend.clear_session")
def clear_session() -> None:
    """Forgets the kept session, and makes a new default graph."""
    _SETTINGS["session"] = None
    reset_default_graph()


if not TYPE_CHECKING:
    __getattr__, __dir__, __all__ = namespace("keras.backend")
