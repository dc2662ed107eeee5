"""Boxes in images: what is in them, which of them overlap, and drawing them."""

from __future__ import annotations

import heapq
from typing import Any

import numpy as np

from ... import dtypes
from ..._core import OpFunction, name_scope
from ...errors import OutOfRangeError
from ...graph import Tensor
from ...public import v1
from ..array.dims import renamed
from ..constant import convert_to_tensor, index_array
from ..declare import REALS, attr, index, tensor
from ..folding import dims_from
from ..registry import Spec, define_op

Array = np.ndarray[Any, Any]
_FLOAT = (dtypes.float32,)
_BOTH = (dtypes.float16, dtypes.float32)
_PIXELS = tuple(each for each in REALS if each not in (dtypes.bfloat16, dtypes.uint32, dtypes.uint64))
_DEPTHS = (1, 3, 4)
_BAD_DEPTH = "Channel depth should be either 1 (GRY), 3 (RGB), or 4 (RGBA)"


def box_places(low: Array, high: Array, size: int, count: int) -> Array:
    """For each box where along an axis of the image the pixels of its crop lie, `[boxes, count]`."""
    if count == 1:
        return (np.float32(0.5) * (low + high) * np.float32(size - 1))[:, None]
    step = (high - low) * np.float32(size - 1) / np.float32(count - 1)
    made: Array = low[:, None] * np.float32(size - 1) + np.arange(count, dtype=np.float32) * step[:, None]
    return made


def check_boxes(boxes: Array, which: Array, batch: int) -> None:
    """Refuses boxes that are none, or of no image."""
    if boxes.ndim != 2 or boxes.shape[1] != 4:
        raise ValueError("boxes must have 4 columns")
    if which.shape != (len(boxes),):
        raise ValueError("box_ind has incompatible shape")
    if ((which < 0) | (which >= batch)).any():
        raise OutOfRangeError(None, None, "box_index has values outside [0, batch_size)")


def _crop_kernel(xp: Any, method: str = "bilinear", extrapolation_value: float = 0.0) -> Any:
    def crop(image: Any, boxes: Any, which: Any, size: Any) -> Any:
        check_boxes(boxes, which, image.shape[0])
        if not np.isfinite(boxes).all():
            raise ValueError("Boxes contains at least one element that is not finite")
        rows, columns = int(size[0]), int(size[1])
        if rows <= 0 or columns <= 0:
            raise ValueError("crop dimensions must be positive")
        high, wide = image.shape[1:3]
        image = np.asarray(image, np.float32)
        ys = box_places(boxes[:, 0], boxes[:, 2], high, rows)[:, :, None]
        xs = box_places(boxes[:, 1], boxes[:, 3], wide, columns)[:, None, :]
        inside = (ys >= 0) & (ys <= high - 1) & (xs >= 0) & (xs <= wide - 1)
        y, x, at = np.clip(ys, 0, high - 1), np.clip(xs, 0, wide - 1), which[:, None, None]
        if method == "nearest":
            made = image[at, _rounded(y), _rounded(x)]
        else:
            top, left = np.floor(y).astype(int), np.floor(x).astype(int)
            bottom, right = np.ceil(y).astype(int), np.ceil(x).astype(int)
            down, across = (y - top)[..., None], (x - left)[..., None]
            above = image[at, top, left] * (1 - across) + image[at, top, right] * across
            below = image[at, bottom, left] * (1 - across) + image[at, bottom, right] * across
            made = above * (1 - down) + below * down
        return np.where(inside[..., None], made, np.float32(extrapolation_value)).astype(np.float32)

    return crop


def _rounded(place: Array) -> Array:
    """The nearest int, halves away from 0."""
    return np.floor(place + np.float32(0.5)).astype(int)


def _crop_rule(image: Tensor, boxes: Tensor, which: Tensor, size: Tensor, **attrs: Any) -> Spec:
    wanted = dims_from(size) or (None, None)
    depth = image.shape.with_rank(4)[3].value
    count = boxes.shape.with_rank(2)[0].value
    if count is None and which._dims:
        count = which._dims[0]
    return dtypes.float32, (count, *wanted, depth)


_crop_and_resize: OpFunction[Tensor] = define_op(
    "CropAndResize", tensor("image", _PIXELS, host=True), tensor("boxes", _FLOAT, None, host=True),
    index("box_ind", (dtypes.int32,), None), index("crop_size", (dtypes.int32,), None), rule=_crop_rule,
    kernel=_crop_kernel, host_outputs=True,
    attributes=(attr("extrapolation_value", float, 0.0), attr("method", str, "bilinear")),
)  # fmt: skip


@v1("image.crop_and_resize")
def crop_and_resize(
    image: Any, boxes: Any, box_ind: Any = None, crop_size: Any = None, method: str = "bilinear",
    extrapolation_value: float = 0, name: str | None = None, box_indices: Any = None,
) -> Tensor:  # fmt: skip
    """Cuts boxes out of images, and resizes what is in them.

    Args:
        image: Images `[N, H, W, C]`.
        boxes: The boxes `[n, 4]`: the first and last row and column (y1, x1, y2, x2), as fractions.
        box_ind: For each box the number of its image.
        crop_size: The height and the width.
        method: "bilinear" or "nearest".
        extrapolation_value: What stands where a box reaches beyond the image.
        name: The operation's name.
        box_indices: Another name of `box_ind`.

    Returns:
        Images `[n, *crop_size, C]`, float32.
    """
    which = renamed(box_indices, "box_indices", box_ind, "box_ind")
    return _crop_and_resize(
        image, boxes, index_array(which), index_array(crop_size), method=method,
        extrapolation_value=float(extrapolation_value), name=name,
    )  # fmt: skip


def _overlaps(boxes: Array) -> Array:
    """The area that two boxes share, by that of both together, for each pair."""
    y1, y2 = np.minimum(boxes[:, 0], boxes[:, 2]), np.maximum(boxes[:, 0], boxes[:, 2])
    x1, x2 = np.minimum(boxes[:, 1], boxes[:, 3]), np.maximum(boxes[:, 1], boxes[:, 3])
    area = (y2 - y1) * (x2 - x1)
    high = np.maximum(np.minimum(y2[:, None], y2) - np.maximum(y1[:, None], y1), 0)
    wide = np.maximum(np.minimum(x2[:, None], x2) - np.maximum(x1[:, None], x1), 0)
    shared = high * wide
    total = area[:, None] + area - shared
    there = (area[:, None] > 0) & (area > 0)
    made: Array = np.where(there, shared / np.where(there, total, 1), 0)
    return made


def _most(given: Any) -> int:
    """How many boxes are chosen at most."""
    most = int(given)
    if most < 0:
        raise ValueError("output size must be non-negative")
    return most


def _select(
    overlaps: Array, scores: Array, most: int, limit: float, least: float, sigma: float
) -> tuple[list[int], list[float]]:
    """Boxes by their scores, without those that overlap a chosen one too much."""
    if not 0 <= limit <= 1:
        raise ValueError("iou_threshold must be in [0, 1]")
    scale = -0.5 / sigma if sigma > 0 else 0.0
    left = [[-float(score), at, 0] for at, score in enumerate(scores) if score > least]
    chosen: list[int] = []
    found: list[float] = []
    heapq.heapify(left)
    while left and len(chosen) < most:
        negative, at, begin = heapq.heappop(left)
        score, own = -negative, -negative
        kept = True
        for other in reversed(chosen[int(begin) :]):
            overlap = overlaps[int(at), other]
            weight = np.exp(scale * overlap * overlap)
            own *= float(weight) if overlap <= limit or sigma > 0 else 0.0
            if overlap > limit and sigma <= 0:
                kept = False
                break
            if own <= least:
                break
        if not kept:
            continue
        if own == score:
            chosen.append(int(at))
            found.append(own)
        elif own > least:
            heapq.heappush(left, [-own, at, len(chosen)])
    return chosen, found


def _suppression_kernel(xp: Any) -> Any:
    def select(boxes: Any, scores: Any, most: Any, limit: Any, least: Any) -> Any:
        chosen, _ = _select(_overlaps(boxes), scores, _most(most), float(limit), float(least), 0.0)
        return np.array(chosen, np.int32)

    return select


_suppression: OpFunction[Tensor] = define_op(
    "NonMaxSuppressionV3", tensor("boxes", _BOTH, host=True), tensor("scores", _BOTH, host=True),
    index("max_output_size", (dtypes.int32,), None), tensor("iou_threshold", _BOTH, "T_threshold", host=True),
    tensor("score_threshold", _BOTH, "T_threshold", host=True),
    rule=lambda *inputs: (dtypes.int32, (None,)), kernel=_suppression_kernel, host_outputs=True,
)  # fmt: skip


@v1("image.non_max_suppression")
def non_max_suppression(
    boxes: Any, scores: Any, max_output_size: Any, iou_threshold: Any = 0.5,
    score_threshold: Any = float("-inf"), name: str | None = None,
) -> Tensor:  # fmt: skip
    """Chooses boxes with high scores that do not overlap too much.

    Args:
        boxes: The boxes `[n, 4]`: two corners that lie opposite (y1, x1, y2, x2).
        scores: Their scores, `[n]`.
        max_output_size: How many are chosen at most.
        iou_threshold: How much of the area of two chosen boxes together they may share.
        score_threshold: What the scores are above.
        name: The operations' scope.

    Returns:
        The indices of the chosen boxes, those with the highest scores first.

    >>> import scopetrie as tf
    >>> boxes = [[0.0, 0.0, 1.0, 1.0], [0.0, 0.1, 1.0, 1.0], [0.0, 2.0, 1.0, 3.0]]
    >>> with tf.Session() as session:
    ...     print(session.run(tf.image.non_max_suppression(boxes, [0.5, 0.9, 0.3], 3)))
    [1 2]
    """
    with name_scope(name, "non_max_suppression"):
        limit = convert_to_tensor(iou_threshold, dtypes.float32, name="iou_threshold")
        least = convert_to_tensor(score_threshold, dtypes.float32, name="score_threshold")
        return _suppression(boxes, scores, index_array(max_output_size), limit, least)


def _scored_kernel(xp: Any, pad_to_max_output_size: bool = False) -> Any:
    def select(boxes: Any, scores: Any, most: Any, limit: Any, least: Any, sigma: Any) -> Any:
        chosen, found = _select(
            _overlaps(boxes), scores, _most(most), float(limit), float(least), float(sigma)
        )
        picked = np.array(chosen, np.int32), np.array(found, scores.dtype)
        return *picked, np.array(len(chosen), np.int32)

    return select


_scored: OpFunction[list[Tensor]] = define_op(
    "NonMaxSuppressionV5", tensor("boxes", _BOTH, host=True), tensor("scores", _BOTH, host=True),
    index("max_output_size", (dtypes.int32,), None), tensor("iou_threshold", _BOTH, host=True),
    tensor("score_threshold", _BOTH, host=True), tensor("soft_nms_sigma", _BOTH, host=True),
    rule=lambda boxes, scores, *rest, **attrs: [
        (dtypes.int32, (None,)), (scores.dtype.base_dtype, (None,)), (dtypes.int32, ())
    ],
    kernel=_scored_kernel, attributes=(attr("pad_to_max_output_size", bool, False),), host_outputs=True,
)  # fmt: skip


@v1("image.non_max_suppression_with_scores")
def non_max_suppression_with_scores(
    boxes: Any, scores: Any, max_output_size: Any, iou_threshold: Any = 0.5,
    score_threshold: Any = float("-inf"), soft_nms_sigma: Any = 0.0, name: str | None = None,
) -> tuple[Tensor, Tensor]:  # fmt: skip
    """As `non_max_suppression`, with scores that may be lowered rather than boxes left out.

    Args:
        boxes: The boxes `[n, 4]`.
        scores: Their scores, `[n]`.
        max_output_size: How many are chosen at most.
        iou_threshold: How much of the area of two chosen boxes together they may share.
        score_threshold: What the scores are above.
        soft_nms_sigma: How little the score of a box is lowered by a chosen one that it overlaps; 0 to leave
            it out.
        name: The operations' scope.

    Returns:
        The indices of the chosen boxes, and their scores.
    """
    with name_scope(name, "non_max_suppression_with_scores"):
        limit = convert_to_tensor(iou_threshold, dtypes.float32, name="iou_threshold")
        least = convert_to_tensor(score_threshold, dtypes.float32, name="score_threshold")
        sigma = convert_to_tensor(soft_nms_sigma, dtypes.float32, name="soft_nms_sigma")
        chosen, found, _ = _scored(boxes, scores, index_array(max_output_size), limit, least, sigma)
        return chosen, found


# The colors of boxes, red, green, blue, opacity.
_COLORS = np.array(
    [
        [1, 1, 0, 1], [0, 0, 1, 1], [1, 0, 0, 1], [0, 1, 0, 1], [0.5, 0, 0.5, 1], [0.5, 0.5, 0, 1],
        [0.5, 0, 0, 1], [0, 0, 0.5, 1], [0, 1, 1, 1], [1, 0, 1, 1],
    ],
    np.float32,
)  # fmt: skip


def _draw_kernel(xp: Any) -> Any:
    def draw(images: Any, boxes: Any, colors: Any = None) -> Any:
        depth = images.shape[3]
        if depth not in _DEPTHS:
            raise ValueError(_BAD_DEPTH)
        is_given = colors is not None and len(colors)
        palette = np.asarray(colors if is_given else _COLORS, np.float32)
        if depth == 1 and not is_given:
            palette = np.ones((1, 1), np.float32)
        made = np.array(images)
        high, wide = images.shape[1:3]
        for image, own in zip(made, boxes, strict=True):
            for at, (y1, x1, y2, x2) in enumerate(own):
                color = palette[at % len(palette)][:depth]
                top, bottom = int(y1 * (high - 1)), int(y2 * (high - 1))
                left, right = int(x1 * (wide - 1)), int(x2 * (wide - 1))
                if top > bottom or left > right:
                    continue
                if top >= high or bottom < 0 or left >= wide or right < 0:
                    continue
                rows = slice(max(top, 0), min(bottom, high - 1) + 1)
                columns = slice(max(left, 0), min(right, wide - 1) + 1)
                if top >= 0:
                    image[top, columns] = color
                if bottom < high:
                    image[bottom, columns] = color
                if left >= 0:
                    image[rows, left] = color
                if right < wide:
                    image[rows, right] = color
        return made

    return draw


def _draw_rule(images: Tensor, *rest: Tensor) -> Spec:
    dims = images.shape.with_rank(4)._dims
    if dims is not None and dims[3] is not None and dims[3] not in _DEPTHS:
        raise ValueError(f"{_BAD_DEPTH}, not {dims[3]}")
    return images.dtype.base_dtype, images._dims


def _draw(type: str, *more: Any) -> OpFunction[Tensor]:
    return define_op(
        type, tensor("images", _BOTH, host=True), tensor("boxes", _FLOAT, None, host=True), *more,
        rule=_draw_rule, kernel=_draw_kernel,
        host_outputs=True,
    )  # fmt: skip


_draw_boxes = _draw("DrawBoundingBoxes")
_draw_boxes_v2 = _draw("DrawBoundingBoxesV2", tensor("colors", _FLOAT, None, host=True))


@v1("image.draw_bounding_boxes")
def draw_bounding_boxes(images: Any, boxes: Any, name: str | None = None, colors: Any = None) -> Tensor:
    """Draws the outlines of boxes into images.

    Args:
        images: Images `[N, H, W, C]` of floats, with 1, 3 or 4 channels.
        boxes: The boxes of each image, `[N, n, 4]` (y1, x1, y2, x2), as fractions.
        name: The operation's name.
        colors: The colors that the boxes have in turn, `[m, C]`.

    Returns:
        A tensor like `images`.
    """
    if colors is None:
        return _draw_boxes(images, boxes, name=name)
    return _draw_boxes_v2(images, boxes, colors, name=name)
