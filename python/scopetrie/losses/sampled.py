"""Losses over some of many classes: nce_loss, sampled_softmax_loss."""

from __future__ import annotations

from typing import Any

from .. import dtypes
from .._core import name_scope
from ..describe import describer
from ..graph import Tensor
from ..ops.array.dims import expand_dims
from ..ops.array.fill import ones, ones_like, stop_gradient, zeros_like
from ..ops.array.join import concat, stack
from ..ops.array.scatter import scatter_nd
from ..ops.array.shape import reshape, shape
from ..ops.array.slice import slice_
from ..ops.elementwise.arithmetic import multiply
from ..ops.elementwise.cast import cast
from ..ops.elementwise.unary import log
from ..ops.linalg.products import matmul
from ..ops.nn.embedding import embedding_lookup
from ..ops.nn.loss import sigmoid_cross_entropy_with_logits, softmax_cross_entropy_with_logits_v2
from ..ops.random.candidates import compute_accidental_hits, log_uniform_candidate_sampler
from ..public import v1

_RAISES = "ValueError: If the shapes do not go together."
described = describer(
    {
        "biases": "A bias for each class, `[num_classes]`.",
        "inputs": "What the classes are chosen for, `[N, dim]`.",
        "labels": "The numbers of the right classes, `[N, num_true]`.",
        "name": "The operations' scope.",
        "num_classes": "How many classes there are.",
        "num_sampled": "How many classes are drawn, for all examples together.",
        "num_true": "How many right classes each example has.",
        "partition_strategy": 'How rows are dealt out to several parts of the weights: "mod" or "div".',
        "remove_accidental_hits": "Whether drawn classes that are right ones do not count.",
        "sampled_values": "What a candidate sampler gave; log_uniform_candidate_sampler by default.",
        "seed": "The sampler's seed.",
        "weights": "A row for each class, `[num_classes, dim]`, or a list of parts.",
    }
)


def _sum_rows(x: Tensor) -> Tensor:
    """The sums of rows, by a product, as v1: its gradient is another one."""
    columns = shape(x)[1]
    return reshape(matmul(x, ones(stack([columns, 1]), x.dtype.base_dtype)), [-1])


def _logits(
    weights: Any, biases: Any, labels: Any, inputs: Any, num_sampled: int, num_classes: int, num_true: int,
    sampled_values: Any, subtract_log_q: bool, remove_accidental_hits: bool, strategy: str, name: str,
    seed: int | None,
) -> tuple[Tensor, Tensor]:  # fmt: skip
    """Logits of right classes and drawn ones side by side, and the labels that go with them."""
    with name_scope(name, values=[inputs, labels]):
        truth = cast(labels, dtypes.int64)
        flat = reshape(truth, [-1])
        if sampled_values is None:
            sampled_values = log_uniform_candidate_sampler(
                truth, num_true, num_sampled, True, num_classes, seed
            )
        drawn, true_counts, drawn_counts = (stop_gradient(each) for each in sampled_values)
        drawn = cast(drawn, dtypes.int64)
        both = concat([flat, drawn], 0)
        rows = cast(embedding_lookup(weights, both, strategy), inputs.dtype.base_dtype)
        count = shape(flat)[0]
        of_truth = slice_(rows, [0, 0], stack([count, -1]))
        of_drawn = slice_(rows, stack([count, 0]), [-1, -1])
        drawn_logits = matmul(inputs, of_drawn, transpose_b=True)
        shifts = cast(embedding_lookup(biases, both, strategy), inputs.dtype.base_dtype)
        true_shifts, drawn_shifts = slice_(shifts, [0], [count]), slice_(shifts, [count], [-1])
        dim = shape(of_truth)[1:2]
        by_example = reshape(of_truth, concat([[-1, num_true], dim], 0))
        products = multiply(expand_dims(inputs, 1), by_example, name="Mul")
        true_logits = _sum_rows(reshape(products, concat([[-1], dim], 0)))
        true_logits = reshape(true_logits, [-1, num_true]) + reshape(true_shifts, [-1, num_true])
        drawn_logits = drawn_logits + drawn_shifts
        if remove_accidental_hits:
            examples, places, penalties = compute_accidental_hits(truth, drawn, num_true)
            at = concat([reshape(examples, [-1, 1]), reshape(cast(places, dtypes.int32), [-1, 1])], 1)
            spread = scatter_nd(at, cast(penalties, drawn_logits.dtype.base_dtype), shape(drawn_logits))
            drawn_logits = drawn_logits + spread
        if subtract_log_q:
            true_logits = true_logits - log(cast(true_counts, true_logits.dtype.base_dtype))
            drawn_logits = drawn_logits - log(cast(drawn_counts, drawn_logits.dtype.base_dtype))
        out_logits = concat([true_logits, drawn_logits], 1)
        out_labels = concat([ones_like(true_logits) / num_true, zeros_like(drawn_logits)], 1)
        return out_logits, out_labels


@v1("nn.nce_loss")
@described("The loss of each example, `[N]`.", _RAISES)
def nce_loss(
    weights: Any, biases: Any, labels: Any, inputs: Any, num_sampled: int, num_classes: int,
    num_true: int = 1, sampled_values: Any = None, remove_accidental_hits: bool = False,
    partition_strategy: str = "mod", name: str = "nce_loss",
) -> Tensor:  # fmt: skip
    """Noise-contrastive estimation: right classes are told from drawn ones (Gutmann and Hyvarinen, 2010).

    >>> import scopetrie as tf
    >>> weights, biases = tf.get_variable("w", [50, 4]), tf.get_variable("b", [50])
    >>> loss = tf.nn.nce_loss(weights, biases, [[3], [7]], tf.zeros([2, 4]), num_sampled=5, num_classes=50)
    >>> loss.shape.as_list()
    [2]
    """
    logits, truth = _logits(
        weights, biases, labels, inputs, num_sampled, num_classes, num_true, sampled_values, True,
        remove_accidental_hits, partition_strategy, name, None,
    )  # fmt: skip
    losses = sigmoid_cross_entropy_with_logits(labels=truth, logits=logits, name="sampled_losses")
    return _sum_rows(losses)


@v1("nn.sampled_softmax_loss")
@described("The loss of each example, `[N]`.", _RAISES)
def sampled_softmax_loss(
    weights: Any, biases: Any, labels: Any, inputs: Any, num_sampled: int, num_classes: int,
    num_true: int = 1, sampled_values: Any = None, remove_accidental_hits: bool = True,
    partition_strategy: str = "mod", name: str = "sampled_softmax_loss", seed: int | None = None,
) -> Tensor:  # fmt: skip
    """The softmax over right classes and drawn ones, for training (Jean et al., 2014)."""
    logits, truth = _logits(
        weights, biases, labels, inputs, num_sampled, num_classes, num_true, sampled_values, True,
        remove_accidental_hits, partition_strategy, name, seed,
    )  # fmt: skip
    fixed = stop_gradient(truth, name="labels_stop_gradient")
    return softmax_cross_entropy_with_logits_v2(labels=fixed, logits=logits)
