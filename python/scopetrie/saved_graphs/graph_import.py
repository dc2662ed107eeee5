"""tf.import_graph_def: the nodes of a GraphDef in the default graph."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from .._core import name_scope
from ..graph import Graph, get_default_graph
from ..ops.constant import convert_to_tensor
from ..public import v1
from .library import with_functions_inside
from .nodes import NodeImport, as_value_errors
from .v1_arrays import with_rows
from .v1_contexts import split_input
from .v1_flow import with_bodies

__all__ = ["add_graph_def", "import_graph_def", "is_graph_def"]


def is_graph_def(value: Any) -> bool:
    """Whether something is a GraphDef, of any package."""
    return getattr(getattr(value, "DESCRIPTOR", None), "name", None) == "GraphDef"


@v1(
    "import_graph_def",
    note="supported; `op_dict` and `producer_op_list` change nothing",
)
def import_graph_def(
    graph_def: Any,
    input_map: Mapping[str, Any] | None = None,
    return_elements: Any = None,
    name: str | None = None,
    op_dict: Any = None,
    producer_op_list: Any = None,
) -> list[Any] | None:
    """Adds the nodes of a GraphDef to the default graph: all of them, or none if it fails.

    GraphDefs that this package or TensorFlow wrote are read, as far as it has the types of their nodes.
    Branches and loops are read as both write them: with Switch, Merge, Enter and Exit, as TensorFlow 1 does,
    also with TensorArrays; and with functions (control flow v2), whose nodes then are in the graph, in the
    scope of the node that runs them. They have gradients as those of `tf.cond` and `tf.while_loop` do.

    Args:
        graph_def: The GraphDef.
        input_map: Tensors of the default graph to be used in place of those of the GraphDef, by their names.
        return_elements: Names of operations and tensors of the GraphDef that are returned.
        name: What comes before the names of the nodes; "import" by default, and nothing for "".
        op_dict: Accepted without effect.
        producer_op_list: Accepted without effect.

    Returns:
        A list of operations and tensors if `return_elements` is given; else None.

    Raises:
        TypeError: If `graph_def` is none, `input_map` no dict, or `return_elements` has more than texts.
        ValueError: If names are not there, or are taken; if inputs or attributes are not those of a type; if
            Switches and Merges are put together in another way than by `tf.cond`, `tf.case` and
            `tf.while_loop`.
        NotFoundError: If a node's type is not registered. The stacks in which TensorFlow 1 keeps what the
            gradient of a loop needs (StackPushV2) are not, nor the lists of control flow v2
            (TensorListReserve).

    >>> import scopetrie as tf
    >>> with tf.Graph().as_default() as graph:
    ...     x = tf.placeholder(tf.float32, [2], name="x")
    ...     y = tf.multiply(x, 2.0, name="y")
    >>> with tf.Graph().as_default(), tf.Session() as session:
    ...     (y,) = tf.import_graph_def(graph.as_graph_def(), {"x:0": [1.0, 2.0]}, ["y:0"])
    ...     print(y.name, session.run(y))
    import/y:0 [2. 4.]
    """
    return add_graph_def(graph_def, input_map, return_elements, name)[0]


def add_graph_def(
    graph_def: Any,
    input_map: Mapping[str, Any] | None = None,
    return_elements: Any = None,
    name: str | None = None,
    trainable: Callable[[str], bool] = lambda name: True,
) -> tuple[list[Any] | None, NodeImport]:
    """As `import_graph_def`; returns what has become of the nodes, too.

    Args:
        graph_def: The GraphDef.
        input_map: As there.
        return_elements: As there.
        name: As there.
        trainable: Whether a variable, by its name in the GraphDef, is to be trained.
    """
    if not is_graph_def(graph_def):
        raise TypeError("Argument `graph_def` must be a GraphDef proto.")
    if input_map is not None and not isinstance(input_map, Mapping):
        raise TypeError(f"Argument `input_map` must be a dictionary. Obtained {type(input_map).__name__}")
    wanted = None if return_elements is None else [return_elements]
    if wanted is not None:
        wanted = [return_elements] if isinstance(return_elements, str) else list(return_elements)
        if not all(isinstance(each, str) for each in wanted):
            raise TypeError(
                f"Argument `return_elements` must be a list of strings. Obtained {return_elements}."
            )
    given = {node.name: node for node in graph_def.node}
    if len(given) != len(graph_def.node):
        twice, _ = Counter(node.name for node in graph_def.node).most_common(1)[0]
        raise ValueError(f"Node '{twice}' is not unique")
    with as_value_errors(""):
        nodes = with_bodies(with_rows(with_functions_inside(given, graph_def.library)))
    graph = get_default_graph()
    assert isinstance(graph, Graph)
    with graph.transaction(), name_scope(name, "import", list((input_map or {}).values())) as scope:
        mapped = {key.removeprefix("^"): convert_to_tensor(value) for key, value in (input_map or {}).items()}
        made = NodeImport(graph, nodes, str(scope), mapped, trainable)
        made.run()
        if unknown := sorted(set(mapped) - made.used - _outputs(made, mapped)):
            raise ValueError(
                f"Attempted to map inputs that were not found in graph_def: [{', '.join(unknown)}]"
            )
        return None if wanted is None else [made.element(each) for each in wanted], made


def _outputs(made: NodeImport, mapped: Mapping[str, Any]) -> set[str]:
    """Which of the mapped names are outputs, although nobody takes them."""
    return {key for key in mapped if made.operation(split_input(key)[0]) is not None}
