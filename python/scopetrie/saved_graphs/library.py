"""GraphDefs whose nodes run functions of a library, as GraphDefs with nodes that run bodies.

With control flow v2 TensorFlow writes a branch or a loop's body as a function: a FunctionDef in the
GraphDef's library. Here the operations of a body are nodes of the graph, so they get names: those of the
functions' nodes, in the scope of the node that runs them (`cond/then`, `cond/otherwise`, `while/test`,
`while/step`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final, NamedTuple

from ..summary.bodies import fill_body
from .v1_contexts import in_order, split_input

__all__ = ["with_functions_inside"]

_BRANCHES: Final = ("If", "StatelessIf")
_LOOPS: Final = ("While", "StatelessWhile")
_CALLS: Final = ("PartitionedCall", "StatefulPartitionedCall")
_VARIABLES: Final = ("Variable", "VariableV2")
# The outputs of types that have several: functions name them.
_OUTPUTS: Final[dict[str, str]] = {
    "AllCandidateSampler": "sampled_candidates true_expected_count sampled_expected_count",
    "ComputeAccidentalHits": "indices ids weights",
    "FixedUnigramCandidateSampler": "sampled_candidates true_expected_count sampled_expected_count",
    "FusedBatchNormV3": "y batch_mean batch_variance reserve_space_1 reserve_space_2 reserve_space_3",
    "ListDiff": "out idx",
    "LogMatrixDeterminant": "sign log_abs_determinant",
    "LogUniformCandidateSampler": "sampled_candidates true_expected_count sampled_expected_count",
    "MaxPoolWithArgmax": "output argmax",
    "NonMaxSuppressionV5": "selected_indices selected_scores valid_outputs",
    "Qr": "q r",
    "SelfAdjointEigV2": "e v",
    "SoftmaxCrossEntropyWithLogits": "loss backprop",
    "SparseAdd": "sum_indices sum_values sum_shape",
    "SparseConcat": "output_indices output_values output_shape",
    "SparseFillEmptyRows": "output_indices output_values empty_row_indicator reverse_index_map",
    "SparseReduceMaxSparse": "output_indices output_values output_shape",
    "SparseReduceSumSparse": "output_indices output_values output_shape",
    "SparseReorder": "output_indices output_values",
    "SparseReshape": "output_indices output_shape",
    "SparseSlice": "output_indices output_values output_shape",
    "SparseSoftmaxCrossEntropyWithLogits": "loss backprop",
    "SparseSparseMaximum": "output_indices output_values",
    "SparseSparseMinimum": "output_indices output_values",
    "Svd": "s u v",
    "TensorArrayV3": "handle flow",
    "TopKV2": "values indices",
    "UniformCandidateSampler": "sampled_candidates true_expected_count sampled_expected_count",
    "Unique": "y idx",
    "UniqueWithCounts": "y idx count",
}
_SEVERAL_LISTS: Final = frozenset({"ParseExampleV2", "ParseSequenceExampleV2", "SparseSplit"})


def with_functions_inside(nodes: Mapping[str, Any], library: Any) -> Mapping[str, Any]:
    """Returns the nodes of a GraphDef with those of the functions that they run.

    Args:
        nodes: The nodes by their names.
        library: The GraphDef's library.

    Returns:
        The same if no node runs a function; else other nodes.

    Raises:
        ValueError: If a function is missing, runs itself, or takes something that it does not say.
    """
    functions = {each.signature.name: each for each in library.function}
    if not any(_runs_functions(node) for node in nodes.values()):
        return nodes
    made: dict[str, Any] = {}
    inside = _Inside(functions, nodes)
    for name, node in nodes.items():
        for each in inside.expand(node, ()):
            made[each.name] = each
        assert name in made
    return made


def _runs_functions(node: Any) -> bool:
    if node.op in _BRANCHES:
        return "then_branch" in node.attr
    return "body" in node.attr if node.op in _LOOPS else node.op in _CALLS


_MOST_NODES: Final = 50_000  # that functions may make


class _Called(NamedTuple):
    """A function's nodes in the graph.

    Attributes:
        nodes: They, each after its inputs.
        outputs: What the function gives, as inputs.
        waits: The names of nodes that run for their effects.
        feeds: What the nodes take from outside.
    """

    nodes: list[Any]
    outputs: list[str]
    waits: list[str]
    feeds: list[str]


class _Inside:
    def __init__(self, functions: Mapping[str, Any], nodes: Mapping[str, Any]) -> None:
        self._functions = functions
        self._most = len(nodes) + _MOST_NODES
        self._nodes = nodes
        self._names: set[str] = set()
        self._scopes: set[str] = set()
        for each in nodes:
            self._take(each)

    def _take(self, name: str) -> None:
        """Notes that a node has a name, and so that there are the scopes around it.

        Raises:
            ValueError: If there are too many nodes: a few functions that run each other twice make billions.
        """
        if len(self._names) == self._most:
            raise ValueError(f"the functions of the GraphDef's library make more than {self._most} nodes")
        self._names.add(name)
        scope = name.rpartition("/")[0]
        while scope and scope not in self._scopes:
            self._scopes.add(scope)
            scope = scope.rpartition("/")[0]

    def expand(self, node: Any, around: tuple[str, ...]) -> list[Any]:
        """A node, after those of the functions that it runs."""
        if not _runs_functions(node):
            return [node]
        inputs = [each for each in node.input if not each.startswith("^")]
        waits = [each for each in node.input if each.startswith("^")]
        if node.op in _BRANCHES:
            return self._branches(node, inputs, waits, around)
        if node.op in _LOOPS:
            return self._loop(node, inputs, waits, around)
        called = self._call(node, "f", "call", inputs, around)
        made = type(node)(name=node.name, op="IdentityN" if called.outputs else "NoOp", device=node.device)
        made.input.extend([*called.outputs, *waits, *(f"^{each}" for each in called.waits)])
        return [*called.nodes, made]

    def _branches(self, node: Any, inputs: list[str], waits: list[str], around: tuple[str, ...]) -> list[Any]:
        predicate, *given = inputs
        branches = [
            (body, self._call(node, attribute, body, given, around))
            for body, attribute in (("then", "then_branch"), ("otherwise", "else_branch"))
        ]
        made = type(node)(name=node.name, op="If", device=node.device)
        taken = list(dict.fromkeys(each for _, called in branches for each in called.feeds))
        made.input.extend([predicate, *taken, *waits])
        made.attr["specs"].list.SetInParent()
        for body, called in branches:
            self._fill(made.attr[body].func, called, called.feeds, [1 + taken.index(x) for x in called.feeds])
        return [*(each for _, called in branches for each in called.nodes), made]

    def _loop(self, node: Any, inputs: list[str], waits: list[str], around: tuple[str, ...]) -> list[Any]:
        own: dict[str, list[str]] = {"Enter": inputs}
        first = []
        for kind, before, op in (("Enter", "Enter", "Enter"), ("Merge", "Enter", "Merge"),
                                 ("Variable", "Merge", "Identity")):  # fmt: skip
            made = [
                type(node)(name=self._name(f"{node.name}/{kind}_{at}"), op=op, input=[text])
                for at, text in enumerate(own[before])
            ]
            first += made
            own[kind] = [each.name for each in made]
        bodies = [
            (body, own[kind], self._call(node, attribute, body, own[kind], around))
            for body, attribute, kind in (("test", "cond", "Merge"), ("step", "body", "Variable"))
        ]
        made = type(node)(name=node.name, op="While", device=node.device)
        taken: list[str] = []
        for _, variables, called in bodies:
            taken += [each for each in called.feeds if each not in variables and each not in taken]
        made.input.extend([*inputs, *taken, *waits])
        made.attr["specs"].list.SetInParent()
        made.attr["count"].i, made.attr["limited"].b = len(inputs), False
        for body, variables, called in bodies:
            more = [each for each in called.feeds if each not in variables]
            places = [*range(len(inputs)), *(len(inputs) + taken.index(each) for each in more)]
            function = made.attr[body].func
            self._fill(function, called, [*variables, *more], places)
            function.attr["own"].list.s.extend(each.encode() for each in variables)
            function.attr["own"].list.shape.extend(node.attr["output_shapes"].list.shape)
        return [*first, *(each for *_, called in bodies for each in called.nodes), made]

    def _fill(self, function: Any, called: _Called, feeds: list[str], places: list[int]) -> None:
        first = called.nodes[0].name if called.nodes else ""
        fill_body(function, called.outputs, feeds, places, first, targets=called.waits)

    def _name(self, wanted: str) -> str:
        """A name that no node has."""
        name, number = wanted, 0
        while name in self._names:
            number += 1
            name = f"{wanted}_{number}"
        self._take(name)
        return name

    def _call(
        self, node: Any, attribute: str, scope: str, given: list[str], around: tuple[str, ...]
    ) -> _Called:
        """The nodes of the function that an attribute names."""
        name = node.attr[attribute].func.name
        function = self._functions.get(name)
        if function is None:
            raise ValueError(f"Node {node.name!r}: the GraphDef's library has no function {name!r}")
        if name in around:
            raise ValueError(f"Node {node.name!r}: the function {name!r} runs itself")
        arguments = [each.name for each in function.signature.input_arg]
        if len(arguments) != len(given):
            raise ValueError(
                f"Node {node.name!r}: the function {name!r} takes {len(arguments)} inputs, but {len(given)} "
                "are given"
            )
        known = dict(zip(arguments, given, strict=True))
        prefix = wanted = f"{node.name}/{scope}"
        number = 0
        while prefix in self._names or prefix in self._scopes:
            number += 1
            prefix = f"{wanted}_{number}"
        self._take(prefix)
        within = {each.name: each for each in function.node_def}
        text = _Texts(name, known, within, prefix).text
        made: list[Any] = []
        for each in in_order(within, _source):
            copy = type(node)()
            copy.CopyFrom(within[each])
            copy.name = f"{prefix}/{each}"
            self._take(copy.name)
            del copy.input[:]
            copy.input.extend([found for one in within[each].input for found in text(one)])
            made += self.expand(copy, (*around, name))
        returned = [function.ret[each.name] for each in function.signature.output_arg]
        outputs = [found for each in returned for found in text(each)]
        waits = [f"{prefix}/{each}" for each in function.control_ret.values()]
        return _Called(made, outputs, waits, list(self._feeds(made, outputs)))

    def _feeds(self, made: Iterable[Any], outputs: list[str]) -> dict[str, None]:
        inside = {each.name for each in made}
        feeds: dict[str, None] = {}
        for text in [*(each for node in made for each in node.input), *outputs]:
            source, output = split_input(text)
            node = self._nodes.get(source)
            is_variable = node is not None and node.op in _VARIABLES
            if output >= 0 and source not in inside and not is_variable:
                feeds[text.removesuffix(":0")] = None
        return feeds


def _source(text: str) -> str:
    return text.removeprefix("^").partition(":")[0]


class _Texts(NamedTuple):
    """How a function's nodes name their inputs: by argument, or by node, output and number."""

    function: str
    known: Mapping[str, str]
    nodes: Mapping[str, Any]
    prefix: str

    def text(self, given: str) -> list[str]:
        """An input in the graph; none for an argument that is waited for."""
        if given.startswith("^"):
            return [f"^{self.prefix}/{given[1:]}"] if given[1:] in self.nodes else []
        source, _, rest = given.partition(":")
        if source in self.known:
            return [self.known[source]]
        if source not in self.nodes:
            raise ValueError(f"The function {self.function!r} takes {given!r}, which it has not")
        op = self.nodes[source].op
        output, _, number = rest.partition(":")
        if op in _SEVERAL_LISTS:
            raise ValueError(
                f"The function {self.function!r} takes {given!r} of type {op}: which output that is depends "
                "on the numbers of others, which are not read here"
            )
        words = _OUTPUTS[op].split() if op in _OUTPUTS else [output]
        if output not in words:
            raise ValueError(f"The function {self.function!r} takes {given!r}: type {op} has no such output")
        at = words.index(output) + int(number or 0)
        return [f"{self.prefix}/{source}:{at}" if at else f"{self.prefix}/{source}"]
