"""Calls of tf.image on images of all dtypes and shapes."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from differential.draw import Draw, Json
from differential.families.elementwise import Accepts

RESIZES = "resize_bilinear resize_bicubic resize_nearest_neighbor resize_area".split()
COLOURS = "rgb_to_grayscale rgb_to_hsv hsv_to_rgb rgb_to_yiq yiq_to_rgb rgb_to_yuv yuv_to_rgb".split()
DTYPES = "float32 float32 float32 uint8 uint8 float64 float16 bfloat16 int8 int16 uint16 int32 int64".split()
DTYPES += "complex64 bool string".split()


def calls(draw: Draw, accepts: Accepts) -> Iterator[Json]:
    """The family's calls: one in so many of those that were drawn when all of them were compared."""
    yield from itertools.islice(_drawn(Draw("imagess1")), 0, None, 4)


def _drawn(draw: Draw) -> Iterator[Json]:
    for dtype in DTYPES * 6:
        yield from _resized(draw, dtype)
        yield from _moved(draw, dtype)
        yield from _coloured(draw, dtype)
        yield from _measured(draw, dtype)
        yield from _boxes(draw, dtype)


def _image(draw: Draw, dtype: str, deep: int | None = None, wrong: float = 0.06) -> Json:
    """An image or a batch of them; now and then of another rank, without rows or of an odd depth."""
    deep = draw.int(1, 4) if deep is None else deep
    shape = [draw.int(1, 5), draw.int(1, 5), deep]
    if draw.chance() < 0.6:
        shape = [draw.int(0 if draw.chance() < 0.1 else 1, 2), *shape]
    if draw.chance() < wrong:
        shape = draw.pick([shape[1:], [1, *shape], [*shape[:-1], 2], [*shape[:-2], 0, deep]])
    return draw.tensor(dtype, shape, _kind(draw, dtype))


def _kind(draw: Draw, dtype: str) -> str:
    if "float" in dtype:
        return draw.pick(["unit", "unit", "plain", "mixed"])
    return draw.pick(["plain", "special", "mixed"])


def _batch(draw: Draw, dtype: str, deep: int | None = None) -> Json:
    shape = [draw.int(1, 2), draw.int(1, 6), draw.int(1, 6), draw.int(1, 3) if deep is None else deep]
    if draw.chance() < 0.05:
        shape = draw.pick([shape[1:], [0, *shape[1:]], [shape[0], 0, *shape[2:]]])
    return draw.tensor(dtype, shape, "unit" if "float" in dtype else "plain")


def _resized(draw: Draw, dtype: str) -> Iterator[Json]:
    low = 0 if draw.chance() < 0.06 else 1
    size = [draw.int(low, 7), draw.int(low, 7)]
    if draw.chance() < 0.04:
        size = draw.pick([[3], [-1, 2], [2, 3, 4]])
    for name in RESIZES:
        kwargs: Json = {}
        if draw.chance() < 0.4:
            kwargs[draw.pick(["align_corners", "half_pixel_centers"])] = True
            if name == "resize_area":
                kwargs = {"align_corners": True}
        yield [f"image.{name}", [_batch(draw, dtype), draw.ints(size, "int32")], kwargs]
    kwargs = {"method": draw.int(0, 3)}
    for key in ("align_corners", "preserve_aspect_ratio"):
        if draw.chance() < 0.3:
            kwargs[key] = True
    yield ["image.resize_images", [_image(draw, dtype), draw.ints(size, "int32")], kwargs]
    yield ["image.resize_image_with_pad", [_image(draw, dtype), draw.int(low, 6), draw.int(low, 6)], {}]


def _moved(draw: Draw, dtype: str) -> Iterator[Json]:
    for name in ("flip_left_right", "flip_up_down", "transpose"):
        yield [f"image.{name}", [_image(draw, dtype)], {}]
    yield ["image.rot90", [_image(draw, dtype), draw.scalar(draw.int(-3, 5), "int32")], {}]
    yield [
        "image.central_crop",
        [_image(draw, dtype), draw.pick([0.1, 0.3, 0.5, 0.7, 0.99, 1.0, 0.0, 1.2])],
        {},
    ]
    place = [draw.int(0, 2), draw.int(0, 2), draw.int(1, 4), draw.int(1, 4)]
    if draw.chance() < 0.1:
        place[draw.int(0, 3)] = draw.pick([-1, 0])
    yield ["image.crop_to_bounding_box", [_image(draw, dtype), *place], {}]
    place[2:] = [size + 3 for size in place[2:]]
    yield ["image.pad_to_bounding_box", [_image(draw, dtype), *place], {}]
    target = [draw.scalar(draw.int(0 if draw.chance() < 0.1 else 1, 7), "int32") for _ in range(2)]
    yield ["image.resize_image_with_crop_or_pad", [_image(draw, dtype), *target], {}]
    window = [1, draw.int(1, 3), draw.int(1, 3), 1]
    rates = [1, draw.int(1, 2), draw.int(1, 2), 1]
    steps = [1, draw.int(1, 3), draw.int(1, 3), 1]
    if draw.chance() < 0.06:
        draw.pick([window, rates, steps])[draw.int(0, 3)] = draw.pick([0, -1, 2])
    args = [_batch(draw, dtype), window, steps, rates, draw.pick(["SAME", "VALID"])]
    yield ["image.extract_patches", args, {}]


def _coloured(draw: Draw, dtype: str) -> Iterator[Json]:
    for name in COLOURS:
        yield [f"image.{name}", [_image(draw, dtype, 3)], {}]
    yield ["image.grayscale_to_rgb", [_image(draw, dtype, 1)], {}]
    yield ["image.adjust_brightness", [_image(draw, dtype), draw.pick([0.0, 0.2, -0.7, 3])], {}]
    yield ["image.adjust_contrast", [_image(draw, dtype), draw.pick([0.0, 0.5, 2.0, -1.0])], {}]
    yield ["image.adjust_saturation", [_image(draw, dtype, 3), draw.pick([0.0, 0.5, 2.0])], {}]
    yield ["image.adjust_hue", [_image(draw, dtype, 3), draw.pick([0.0, 0.3, -1.0, 0.9])], {}]
    yield [
        "image.adjust_gamma",
        [_image(draw, dtype), draw.pick([1, 0.5, 2.0, 0, -1]), draw.pick([1, 2.0])],
        {},
    ]
    target = draw.pick("float32 float64 float16 uint8 uint16 int16 int8 int32 int64 bfloat16".split())
    yield [
        "image.convert_image_dtype",
        [_image(draw, dtype), {"d": target}],
        {"saturate": draw.chance() < 0.5},
    ]


def _measured(draw: Draw, dtype: str) -> Iterator[Json]:
    yield ["image.per_image_standardization", [_image(draw, dtype)], {}]
    yield ["image.total_variation", [_image(draw, dtype)], {}]
    yield ["image.sobel_edges", [_batch(draw, dtype)], {}]
    yield ["image.image_gradients", [_batch(draw, dtype)], {}]
    shape = [draw.int(1, 2), draw.int(1, 4), draw.int(1, 4), draw.int(1, 3)]
    other = shape if draw.chance() < 0.8 else draw.broadcasting(shape)
    pair = [draw.tensor(dtype, each, _kind(draw, dtype)) for each in (shape, other)]
    yield ["image.psnr", [*pair, draw.pick([1, 1.0, 255])], {}]
    side = draw.int(2, 5)
    shape = [1, side + draw.int(-1, 2), side + draw.int(0, 1), draw.int(1, 2)]
    pair = [draw.tensor(dtype, shape, "unit" if "float" in dtype else "plain") for _ in range(2)]
    yield ["image.ssim", [*pair, draw.pick([1.0, 255])], {"filter_size": side, "filter_sigma": 1.5}]


def _boxes(draw: Draw, dtype: str) -> Iterator[Json]:
    images, number = draw.int(1, 2), draw.int(0 if draw.chance() < 0.2 else 1, 4)
    kind = draw.pick(["unit", "unit", "plain", "mixed"])
    boxes = draw.tensor("float32", [number, 4], kind)
    which = draw.tensor("int32", [number], values=draw.indices(images, number))
    size = [draw.int(0 if draw.chance() < 0.1 else 1, 4), draw.int(1, 4)]
    shape = [images, draw.int(1, 4), draw.int(1, 4), draw.int(1, 2)]
    batch = draw.tensor(dtype, shape)
    kwargs: Json = {"method": "nearest"} if draw.chance() < 0.3 else {}
    if draw.chance() < 0.3:
        kwargs["extrapolation_value"] = draw.pick([-1.0, 0.5])
    yield ["image.crop_and_resize", [batch, boxes, which, draw.ints(size, "int32")], kwargs]
    drawn = draw.tensor("float32", [images, number, 4], draw.pick(["unit", "unit", "plain"]))
    colours = {} if draw.chance() < 0.6 else {"colors": draw.tensor("float32", [draw.int(1, 3), 4], "unit")}
    yield ["image.draw_bounding_boxes", [batch, drawn], colours]
    number = draw.int(0, 6)
    boxes = draw.tensor(
        "float32" if draw.chance() < 0.8 else dtype, [number, 4], draw.pick(["unit", "plain", "mixed"])
    )
    scores = draw.tensor("float32", [number], draw.pick(["unit", "mixed"]))
    most = draw.scalar(draw.int(0, 7) if draw.chance() < 0.95 else -1, "int32")
    limits = {
        "iou_threshold": draw.pick([0.0, 0.3, 0.5, 1.0, 1.5]),
        "score_threshold": draw.pick([-1.0, 0.0, 0.4]),
    }
    yield ["image.non_max_suppression", [boxes, scores, most], {} if draw.chance() < 0.4 else limits]
    limits["soft_nms_sigma"] = draw.pick([0.0, 0.5, 1.0])
    yield ["image.non_max_suppression_with_scores", [boxes, scores, most], limits]
