"""Expressions of images; see families.py."""

from __future__ import annotations

import base64
import io
import json
from pathlib import Path
from typing import Any

import numpy as np


def names(tf: Any) -> tuple[dict[str, Any], dict[Any, Any]]:
    """The names of the expressions, and what is fed: D, E and F have unknown sizes, X and U are constants."""
    random = np.random.RandomState(3)
    floats = random.rand(2, 4, 5, 3).astype(np.float32)
    ints = random.randint(0, 256, (2, 4, 5, 3)).astype(np.uint8)
    large = random.rand(1, 17, 13, 2).astype(np.float32)
    big = random.rand(2, 16, 15, 3).astype(np.float32)
    boxes = np.array([[0, 0, 0.5, 0.6], [0.1, 0.2, 1, 0.9], [-0.2, 0.3, 1.1, 0.8]], np.float32)
    many = random.rand(12, 4).astype(np.float32)
    d, e = tf.placeholder(tf.float32, [None, None, None, 3]), tf.placeholder(tf.float32, [None, 5, 3])
    f = tf.placeholder(tf.float32)
    high, wide = tf.placeholder(tf.int32, []), tf.placeholder(tf.int32, [])
    size = tf.placeholder(tf.int32, [2])
    given = {
        "X": tf.constant(floats), "U": tf.constant(ints), "L": tf.constant(large), "BIG": tf.constant(big),
        "B": tf.constant(boxes), "MANY": tf.constant(many), "D": d, "E": e, "F": f, "H": high, "W": wide,
        "SIZE": size, "tf": tf, "np": np, "image": image_file,
        "scores": tf.constant(random.rand(12).astype(np.float32)),
    }  # fmt: skip
    return given, {d: floats, e: floats[0], f: floats, high: 3, wide: 7, size: [3, 9]}


FILES = Path(__file__).with_name("image_files.json")


def image_file(kind: str, mode: str = "RGB") -> bytes:
    """The bytes of a small file, that Pillow has written."""
    return base64.b64decode(json.loads(FILES.read_text("utf-8"))[f"{kind} {mode}"])


def write_files() -> None:
    """Has Pillow write the files anew; see `image_file`."""
    import PIL.Image

    pixels = np.random.RandomState(5).randint(0, 256, (6, 7, 4)).astype(np.uint8)
    ramp = np.add.outer(np.arange(6) * 20, np.arange(7) * 15).astype(np.uint8)
    smooth = np.stack([ramp, ramp[::-1], ramp // 2], axis=2)
    images = {
        "PNG L": pixels[..., 0], "PNG RGB": pixels[..., :3], "PNG RGBA": pixels, "PNG LA": pixels[..., :2],
        "PNG I;16": pixels[..., 0].astype(np.uint16) * 200, "PNG P": pixels[..., 0] // 64 * 64,
        "JPEG RGB": smooth, "JPEG L": ramp, "BMP RGB": pixels[..., :3], "BMP L": pixels[..., 0],
        "GIF L": pixels[..., 0],
    }  # fmt: skip
    found = {}
    for name, array in images.items():
        made = PIL.Image.fromarray(array)
        if name == "PNG P":
            made = made.convert("P")
        out = io.BytesIO()
        more = {"save_all": True, "append_images": [made.transpose(1)]} if name == "GIF L" else {}
        made.save(out, format=name.split()[0], **more)
        found[name] = base64.b64encode(out.getvalue()).decode()
    FILES.write_text(json.dumps(found, indent=1) + "\n", "utf-8")


EXPRESSIONS = """
tf.image.resize_images(X, [6, 7])
tf.image.resize_images(X, [3, 9], align_corners=True)
tf.image.resize_images(X, [6, 7], method=1)
tf.image.resize_images(X, [9, 4], tf.image.ResizeMethod.NEAREST_NEIGHBOR, align_corners=True)
tf.image.resize_images(X, [6, 7], method=2)
tf.image.resize_images(X, [3, 3], method=2, align_corners=True)
tf.image.resize_images(X, [2, 2], method=3)
tf.image.resize_images(X, [3, 4], method=3)
tf.image.resize_images(X, [9, 8], method=3)
tf.image.resize_images(L, [5, 20])
tf.image.resize_images(L, [5, 20], method=1)
tf.image.resize_images(L, [30, 6], method=2)
tf.image.resize_images(L, [6, 5], method=3)
tf.image.resize_images(X, [1, 1])
tf.image.resize_images(X, [4, 5])
tf.image.resize_images(X[0], [6, 7])
tf.image.resize_images(X, [8, 20], preserve_aspect_ratio=True)
tf.image.resize_images(D, [8, 20], preserve_aspect_ratio=True)
tf.image.resize_images(U, [6, 7])
tf.image.resize_images(U, [6, 7], method=1)
tf.image.resize_images(U, [6, 7], method=2)
tf.image.resize_images(U, [2, 3], method=3)
tf.image.resize_images(D, [6, 7])
tf.image.resize_images(D, SIZE)
tf.image.resize_images(F, [6, 7])
tf.image.resize_images(X[0, 0], [6, 7])
tf.image.resize_images(X, [6])
tf.image.resize_images(X, [6, 7], method=9)
tf.image.resize_images(X, [6, 0])
tf.image.resize_bilinear(X, [6, 7], half_pixel_centers=True)
tf.image.resize_bicubic(X, [6, 7], half_pixel_centers=True)
tf.image.resize_bicubic(X, [2, 3], half_pixel_centers=True)
tf.image.resize_nearest_neighbor(X, [6, 7], half_pixel_centers=True)
tf.image.resize_nearest_neighbor(X, [3, 3], half_pixel_centers=True)
tf.image.resize_image_with_crop_or_pad(X, 6, 3)
tf.image.resize_image_with_crop_or_pad(X[0], 3, 8)
tf.image.resize_image_with_crop_or_pad(D, 6, 3)
tf.image.resize_image_with_crop_or_pad(E, 6, 3)
tf.image.resize_image_with_crop_or_pad(X, H, W)
tf.image.resize_image_with_crop_or_pad(X, 0, 3)
tf.image.resize_image_with_pad(X, 6, 3)
tf.image.resize_image_with_pad(X[0], 8, 8)
tf.image.crop_to_bounding_box(X, 1, 2, 2, 3)
tf.image.crop_to_bounding_box(X[0], 1, 2, 2, 3)
tf.image.crop_to_bounding_box(D, 1, 2, 2, 3)
tf.image.crop_to_bounding_box(D, 1, 2, 2, 9)
tf.image.crop_to_bounding_box(X, 1, 2, 2, 9)
tf.image.crop_to_bounding_box(X, -1, 2, 2, 3)
tf.image.crop_to_bounding_box(X[0, 0], 1, 2, 2, 3)
tf.image.pad_to_bounding_box(X, 1, 2, 8, 9)
tf.image.pad_to_bounding_box(X[0], 1, 2, 8, 9)
tf.image.pad_to_bounding_box(D, 1, 2, 8, 9)
tf.image.pad_to_bounding_box(X, 1, 2, 3, 9)
tf.image.central_crop(X[0], 0.5)
tf.image.central_crop(X, 0.5)
tf.image.central_crop(E, 0.6)
tf.image.central_crop(X, 1.0)
tf.image.central_crop(X, 1.5)
tf.image.flip_left_right(X[0])
tf.image.flip_left_right(X)
tf.image.flip_left_right(D)
tf.image.flip_up_down(X[0])
tf.image.flip_up_down(X)
tf.image.flip_up_down(X[0, 0])
tf.image.transpose_image(X[0])
tf.image.transpose(X)
tf.image.adjust_brightness(X, 0.1)
tf.image.adjust_brightness(U, 0.3)
tf.image.adjust_brightness(tf.cast(X, tf.float64), 0.1)
tf.image.adjust_contrast(X, 2.0)
tf.image.adjust_contrast(U, 2.0)
tf.image.adjust_saturation(X, 2.0)
tf.image.adjust_saturation(U, 0.5)
tf.image.adjust_hue(X, 0.2)
tf.image.adjust_hue(U, -0.3)
tf.image.adjust_gamma(X, 2.0, 3.0)
tf.image.adjust_gamma(U, 0.5)
tf.image.adjust_gamma(X, -1)
tf.image.random_brightness(X, -1)
tf.image.random_contrast(X, 2.0, 1.0)
tf.image.random_hue(X, 0.7)
tf.image.per_image_standardization(X[0])
tf.image.per_image_standardization(X)
tf.image.per_image_standardization(U)
tf.image.per_image_standardization(D)
tf.image.per_image_standardization(tf.zeros([2, 2, 1]))
tf.image.rgb_to_grayscale(X)
tf.image.rgb_to_grayscale(U)
tf.image.grayscale_to_rgb(X[:, :, :, :1])
tf.image.grayscale_to_rgb(X)
tf.image.rgb_to_hsv(X)
tf.image.rgb_to_hsv([[0.5, 0.5, 0.5], [0.0, 0.0, 0.0], [1.0, 0.0, 0.0], [0.2, 0.7, 0.7]])
tf.image.rgb_to_hsv(tf.ones([2, 4]))
tf.image.hsv_to_rgb(X)
tf.image.rgb_to_yiq(X)
tf.image.yiq_to_rgb(X)
tf.image.rgb_to_yuv(X)
tf.image.yuv_to_rgb(X)
tf.image.convert_image_dtype(U, tf.float32)
tf.image.convert_image_dtype(X, tf.uint8)
tf.image.convert_image_dtype(X * 2 - 0.5, tf.uint8, saturate=True)
tf.image.convert_image_dtype(U, tf.uint16)
tf.image.convert_image_dtype(tf.cast(U, tf.uint16) * 200, tf.uint8)
tf.image.convert_image_dtype(X, tf.float64)
tf.image.convert_image_dtype(U, tf.uint8)
tf.image.convert_image_dtype(X, tf.int16)
tf.image.convert_image_dtype(X, tf.string)
tf.image.total_variation(X)
tf.image.total_variation(X[0])
tf.image.total_variation(X[0, 0])
tf.image.psnr(X, X * 0.5, 1.0)
tf.image.psnr(U, U // 2, 255)
tf.image.psnr(X, X[:, :2], 1.0)
tf.image.ssim(BIG, BIG * 0.8, 1.0)
tf.image.ssim(BIG, BIG[::-1], 1.0, filter_size=7, filter_sigma=1.0)
tf.image.sobel_edges(X)
tf.image.image_gradients(X)
tf.image.image_gradients(X[0])
tf.image.crop_and_resize(X, B, [0, 1, 0], [3, 3])
tf.image.crop_and_resize(X, B, [0, 1, 0], [3, 3], method="nearest", extrapolation_value=0.5)
tf.image.crop_and_resize(U, B, [0, 1, 1], [1, 6])
tf.image.crop_and_resize(D, B, box_indices=[0, 1, 1], crop_size=SIZE)
tf.image.crop_and_resize(X, B, [0, 1, 2], [3, 3])
tf.image.draw_bounding_boxes(X, tf.stack([B, B]))
tf.image.draw_bounding_boxes(X, tf.stack([B, B]), colors=[[1.0, 0.5, 0.25]])
tf.image.draw_bounding_boxes(X[:, :, :, :1], tf.stack([B, B]))
tf.image.non_max_suppression(MANY, scores, 5)
tf.image.non_max_suppression(MANY, scores, 20, iou_threshold=0.2, score_threshold=0.3)
tf.image.non_max_suppression_with_scores(MANY, scores, 8, soft_nms_sigma=0.5)
tf.image.non_max_suppression_with_scores(MANY, scores, 8, 0.2)
tf.image.decode_png(image("PNG"))
tf.image.decode_png(image("PNG", "L"), channels=3)
tf.image.decode_png(image("PNG", "RGBA"))
tf.image.decode_png(image("PNG", "RGBA"), channels=3)
tf.image.decode_png(image("PNG", "LA"))
tf.image.decode_png(image("PNG", "P"))
tf.image.decode_png(image("PNG", "I;16"), dtype=tf.uint16)
tf.image.decode_png(image("PNG", "I;16"))
tf.image.decode_png(image("PNG", "L"), dtype=tf.uint16)
tf.image.decode_png(b"nothing")
tf.image.decode_png([b"a", b"b"])
tf.image.decode_png(b"", channels=7)
tf.image.decode_jpeg(image("PNG"))
tf.image.decode_bmp(image("BMP"))
tf.image.decode_bmp(image("BMP", "L"))
tf.image.decode_gif(image("GIF", "L"))
tf.image.decode_image(image("PNG"))
tf.image.decode_image(image("PNG"), dtype=tf.float32)
tf.image.decode_image(image("GIF", "L"))
tf.image.decode_image(image("GIF", "L"), expand_animations=False)
tf.image.decode_image(image("BMP"), channels=3)
tf.image.is_jpeg([image("JPEG"), b"x"])
tf.image.extract_jpeg_shape(image("JPEG"))
tf.image.decode_png(tf.image.encode_png(U[0]))
tf.image.decode_png(tf.image.encode_png(U[0, :, :, :1], compression=9))
tf.image.decode_png(tf.image.encode_png(U)[1])
""".strip().split("\n")
# Gradients: values alone are compared.
GRADIENTS = """
tf.gradients(tf.image.resize_bilinear(X, [6, 7]) ** 2, X)
tf.gradients(tf.image.resize_bilinear(L, [6, 7], align_corners=True) ** 2, L)
tf.gradients(tf.image.resize_bilinear(X, [3, 9], half_pixel_centers=True) ** 2, X)
tf.gradients(tf.image.resize_nearest_neighbor(X, [6, 3]) ** 2, X)
tf.gradients(tf.image.resize_nearest_neighbor(D, [6, 3]) ** 2, D)
tf.gradients(tf.image.resize_bicubic(X, [6, 7]) ** 2, X)
tf.gradients(tf.image.crop_and_resize(X, B, [0, 1, 0], [3, 4]) ** 2, [X, B])
tf.gradients(tf.image.crop_and_resize(X, B, [0, 1, 0], [3, 4], method="nearest") ** 2, X)
tf.gradients(tf.image.rgb_to_hsv(X) ** 2, X)
tf.gradients(tf.image.hsv_to_rgb(X), X)
tf.gradients(tf.image.resize_area(X, [2, 2]), X)
tf.gradients(tf.image.adjust_contrast(X, 2.0), X)
tf.gradients(tf.image.per_image_standardization(X) ** 2 * X, X)
tf.gradients(tf.image.total_variation(X), X)
tf.gradients(tf.image.ssim(BIG, BIG * 0.8, 1.0), BIG)
tf.gradients(tf.image.resize_image_with_crop_or_pad(X, 6, 3) ** 2, X)
tf.gradients(tf.image.flip_left_right(X) * X, X)
""".strip().split("\n")
# Branches are other nodes here, and so is SSIM's filter.
OTHER_NODES = """
tf.image.rot90(X[0])
tf.image.rot90(X, 2)
tf.image.rot90(X[0], tf.constant(3))
tf.image.flip_left_right(F)
tf.image.transpose_image(F)
tf.image.per_image_standardization(F)
tf.image.central_crop(D, 0.5)
tf.image.resize_image_with_pad(D, 3, 12)
""".strip().split("\n")
# Decoders of JPEG, and weights of gray, differ by some units.
LOSSY = """
tf.image.decode_jpeg(image("JPEG"))
tf.image.decode_jpeg(image("JPEG", "L"), channels=3)
tf.image.decode_jpeg(image("JPEG"), channels=1)
tf.image.decode_image(image("PNG"), channels=1)
tf.image.decode_and_crop_jpeg(image("JPEG"), [1, 2, 3, 4])
""".strip().split("\n")
EXPRESSIONS += GRADIENTS + OTHER_NODES + LOSSY
OTHER_NODES += [each for each in EXPRESSIONS if "ssim" in each]
