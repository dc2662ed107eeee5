"""Operations that compute summaries: scalar, histogram, image, audio, text; and what merges them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .._core import name_scope
from ..dtypes import DType, as_dtype, float16, float32, float64, string, uint8
from ..errors import InvalidArgumentError
from ..graph import GraphKeys, Tensor, get_collection
from ..ops.checks import on_host
from ..ops.constant import convert_to_tensor
from ..ops.declare import REALS, attr, tensor, tensors
from ..ops.node_text import Dims
from ..ops.registry import define_op
from ..public import v1
from .buckets import fill_histogram
from .graph_messages import fill_tensor
from .media import as_bytes, png, wav
from .protos import proto
from .tags import collect, summary_scope

__all__ = ["audio", "histogram", "image", "merge", "merge_all", "scalar", "tensor_summary", "text"]

Array = np.ndarray[Any, Any]


def _one_string(*inputs: Any, **attrs: Any) -> tuple[DType, Dims]:
    return string, ()


def _kernel(fill: Callable[..., None]) -> Callable[..., Any]:
    """The kernel of an op whose output is a Summary, which a function fills from NumPy arrays."""

    def kernel(xp: Any, state: Any, **attrs: Any) -> Any:
        def compute(*arrays: Any) -> Array:
            summary = proto("summary").Summary()
            given = (on_host(state, each) for each in arrays)
            fill(summary, *given, **attrs)
            made: Array = np.array(None, object)
            made[()] = summary.SerializeToString()
            return made

        return compute

    return kernel


def _text(array: Array) -> str:
    found: Any = array[()]
    return str(found, errors="replace")


def _fill_scalar(summary: Any, tags: Array, values: Array) -> None:
    if tags.shape != values.shape:
        shapes = " != ".join(str(list(each.shape)) for each in (tags, values))
        first = f" (tag '{_text(tags)}')" if not tags.shape else ""
        raise InvalidArgumentError(None, None, f"tags and values are not the same shape: {shapes}{first}")
    for tag, value in zip(tags.ravel(), values.ravel(), strict=True):
        summary.value.add(tag=tag.decode(errors="replace"), simple_value=float(value))


def _fill_histogram(summary: Any, tag: Array, values: Array) -> None:
    name = _text(tag)
    fill_histogram(summary.value.add(tag=name).histo, values, name)


def _fill_image(summary: Any, tag: Array, images: Array, max_images: int) -> None:
    if images.ndim != 4 or images.shape[-1] not in (1, 3, 4):
        raise InvalidArgumentError(
            None, None,
            "Tensor must be 4-D with last dim 1, 3, or 4, not " + str(list(images.shape)),
        )  # fmt: skip
    for at, each in enumerate(images[:max_images]):
        value = summary.value.add(tag=_numbered(tag, "image", at, max_images)).image
        value.height, value.width, value.colorspace = each.shape
        value.encoded_image_string = png(each if each.dtype == np.uint8 else as_bytes(each))


def _fill_audio(summary: Any, tag: Array, sounds: Array, sample_rate: Array, max_outputs: int) -> None:
    if sounds.ndim not in (2, 3):
        raise InvalidArgumentError(None, None, f"Tensor must be 3-D or 2-D, got: {list(sounds.shape)}")
    rate = float(sample_rate)
    if not rate > 0:
        raise InvalidArgumentError(None, None, "sample_rate must be > 0")
    for at, each in enumerate(sounds[:max_outputs]):
        sound = each.reshape(len(each), -1)
        value = summary.value.add(tag=_numbered(tag, "audio", at, max_outputs)).audio
        value.sample_rate, value.num_channels, value.length_frames = rate, sound.shape[1], len(sound)
        value.encoded_audio_string, value.content_type = wav(sound, rate), "audio/wav"


def _numbered(tag: Array, kind: str, at: int, most: int) -> str:
    return f"{_text(tag)}/{kind}" + (f"/{at}" if most > 1 else "")


def _fill_tensor(summary: Any, tag: Array, tensor: Array, metadata: Array) -> None:
    value = summary.value.add(tag=_text(tag))
    value.metadata.MergeFromString(metadata[()])
    fill_tensor(value.tensor, as_dtype(string if tensor.dtype.hasobject else tensor.dtype), tensor)


def _fill_merged(summary: Any, *parts: Array) -> None:
    seen = set()
    for part in (each for array in parts for each in array.ravel()):
        for value in proto("summary").Summary.FromString(part).value:
            if value.tag in seen:
                raise InvalidArgumentError(None, None, f"Duplicate tag {value.tag} found in summary inputs")
            seen.add(value.tag)
            summary.value.append(value)


def _define(type: str, *inputs: Any, fill: Callable[..., None], **options: Any) -> Any:
    return define_op(
        type, *inputs, rule=_one_string, kernel=_kernel(fill), stateful=True, host_outputs=True, **options
    )


_TAG = tensor("tag", (string,), attr=None, host=True)
_scalar = _define("ScalarSummary", _TAG._replace(name="tags"), tensor("values", REALS), fill=_fill_scalar)
_histogram = _define("HistogramSummary", _TAG, tensor("values", REALS), fill=_fill_histogram)
_image = _define(
    "ImageSummary", _TAG, tensor("tensor", (uint8, float32, float16, float64)), fill=_fill_image,
    attributes=(attr("max_images", int, 3),),
)  # fmt: skip
_audio = _define(
    "AudioSummaryV2", _TAG, tensor("tensor", (float32,), attr=None),
    tensor("sample_rate", (float32,), attr=None, host=True), fill=_fill_audio,
    attributes=(attr("max_outputs", int, 3),),
)  # fmt: skip
_tensor = _define(
    "TensorSummaryV2", _TAG, tensor("tensor"),
    tensor("serialized_summary_metadata", (string,), attr=None, host=True), fill=_fill_tensor,
)  # fmt: skip
_merge = _define("MergeSummary", tensors("inputs", (string,), attr=None), fill=_fill_merged)


@v1("summary.scalar")
def scalar(name: str, tensor: Any, collections: Any = None, family: str | None = None) -> Tensor:
    """Makes an operation that computes the summary of a number.

    Args:
        name: The name, which is the tag, too, with that of the name scope before it.
        tensor: A real scalar.
        collections: Keys of the collections that it joins; [GraphKeys.SUMMARIES] by default.
        family: What comes before the tag, so that TensorBoard shows summaries together.

    Returns:
        A string tensor: the bytes of a Summary, for `FileWriter.add_summary`.

    >>> import scopetrie as tf
    >>> with tf.Graph().as_default(), tf.Session() as session, tf.summary.FileWriter("logs") as writer:
    ...     with tf.name_scope("train"):
    ...         summary = tf.summary.scalar("loss", tf.constant(0.5))
    ...     writer.add_summary(session.run(summary), global_step=1)
    ...     print(tf.summary.Summary.FromString(session.run(summary)).value[0].tag)
    train/loss
    """
    with summary_scope(name, family, values=[tensor]) as (tag, scope):
        return collect(_scalar(tag, tensor, name=scope), collections)  # type: ignore[no-any-return]


@v1("summary.histogram")
def histogram(name: str, values: Any, collections: Any = None, family: str | None = None) -> Tensor:
    """Makes an operation that computes the histogram of numbers.

    Args:
        name: The name, which is the tag, too, with that of the name scope before it.
        values: A real tensor of any shape.
        collections: Keys of the collections that it joins; [GraphKeys.SUMMARIES] by default.
        family: What comes before the tag, so that TensorBoard shows summaries together.

    Returns:
        A string tensor: the bytes of a Summary. It fails where a value is infinite or not a number.
    """
    with summary_scope(name, family, values=[values], default_name="HistogramSummary") as (tag, scope):
        return collect(_histogram(tag, values, name=scope), collections)  # type: ignore[no-any-return]


@v1("summary.image")
def image(
    name: str, tensor: Any, max_outputs: int = 3, collections: Any = None, family: str | None = None
) -> Tensor:
    """Makes an operation that computes the summary of images, as PNG.

    Args:
        name: The name, which is the tag, too, with that of the name scope before it; "/image/0" follows.
        tensor: Images; [N, H, W, C], with 1, 3 or 4 channels. Bytes are taken as they are; floats are scaled
            such that the largest is 255, or if there are negative ones such that 0 is 128.
        max_outputs: How many images of a batch are taken at most.
        collections: Keys of the collections that it joins; [GraphKeys.SUMMARIES] by default.
        family: What comes before the tag, so that TensorBoard shows summaries together.

    Returns:
        A string tensor: the bytes of a Summary.
    """
    with summary_scope(name, family, values=[tensor]) as (tag, scope):
        made = _image(tag, tensor, max_images=int(max_outputs), name=scope)
        return collect(made, collections)  # type: ignore[no-any-return]


@v1("summary.audio")
def audio(
    name: str,
    tensor: Any,
    sample_rate: Any,
    max_outputs: int = 3,
    collections: Any = None,
    family: str | None = None,
) -> Tensor:
    """Makes an operation that computes the summary of sounds, as WAV.

    Args:
        name: The name, which is the tag, too, with that of the name scope before it; "/audio/0" follows.
        tensor: Floats from -1 to 1; [N, frames, channels], or [N, frames].
        sample_rate: Frames a second: a number, or a float32 tensor.
        max_outputs: How many sounds of a batch are taken at most.
        collections: Keys of the collections that it joins; [GraphKeys.SUMMARIES] by default.
        family: What comes before the tag, so that TensorBoard shows summaries together.

    Returns:
        A string tensor: the bytes of a Summary.
    """
    with summary_scope(name, family, values=[tensor]) as (tag, scope):
        rate = convert_to_tensor(sample_rate, dtype=float32, name="sample_rate")
        made = _audio(tag, tensor, rate, max_outputs=int(max_outputs), name=scope)
        return collect(made, collections)  # type: ignore[no-any-return]


@v1("summary.tensor_summary")
def tensor_summary(
    name: str,
    tensor: Any,
    summary_description: Any = None,
    collections: Any = None,
    summary_metadata: Any = None,
    family: str | None = None,
    display_name: str | None = None,
) -> Tensor:
    """Makes an operation that computes the summary of a tensor of any dtype and shape.

    Args:
        name: The name, which is the tag, too, with that of the name scope before it.
        tensor: The tensor.
        summary_description: A SummaryDescription, whose type hint is kept.
        collections: Keys of the collections that it joins; [GraphKeys.SUMMARIES] by default.
        summary_metadata: A SummaryMetadata, which says what shows the tensor.
        family: What comes before the tag, so that TensorBoard shows summaries together.
        display_name: The name that is shown.

    Returns:
        A string tensor: the bytes of a Summary.

    Raises:
        ImportError: If the extra `tensorboard` is not installed.
    """
    metadata = proto("summary").SummaryMetadata()
    if summary_metadata is not None:
        metadata.MergeFromString(summary_metadata.SerializeToString())
    if summary_description is not None:
        metadata.summary_description = summary_description.type_hint
    if display_name is not None:
        metadata.display_name = display_name
    with summary_scope(name, family, values=[tensor]) as (tag, scope):
        made = _tensor(tag, tensor, metadata.SerializeToString(), name=scope)
        return collect(made, collections)  # type: ignore[no-any-return]


@v1("summary.text")
def text(name: str, tensor: Any, collections: Any = None) -> Tensor:
    """Makes an operation that computes the summary of texts, in which TensorBoard reads Markdown.

    Args:
        name: The name, which is the tag, too, with that of the name scope before it.
        tensor: A string tensor: a text, a row or a table of texts.
        collections: Keys of the collections that it joins; [GraphKeys.SUMMARIES] by default.

    Returns:
        A string tensor: the bytes of a Summary.

    Raises:
        ValueError: If the tensor is not of strings.
        ImportError: If the extra `tensorboard` is not installed.
    """
    given = convert_to_tensor(tensor)
    if given.dtype.base_dtype is not string:
        raise ValueError(f"Expected tensor {given.name} to have dtype string, got {given.dtype}")
    metadata = proto("summary").SummaryMetadata()
    metadata.plugin_data.plugin_name = "text"
    return tensor_summary(name, given, collections=collections, summary_metadata=metadata)


@v1("summary.merge")
def merge(inputs: Any, collections: Any = None, name: str | None = None) -> Tensor:
    """Makes an operation that computes several summaries as one.

    Args:
        inputs: A list of summaries: string tensors.
        collections: Keys of the collections that it joins; none by default.
        name: The name of its scope.

    Returns:
        A string tensor: the bytes of a Summary. It fails where two of them have one tag.

    Raises:
        ValueError: If there is no summary.
    """
    given = list(inputs)
    if not given:
        raise ValueError(
            "List argument 'inputs' to 'MergeSummary' Op with length 0 shorter than minimum length 1."
        )
    with name_scope(name, "Merge", given):
        return collect(_merge(given, name="MergeSummary"), collections or [])  # type: ignore[no-any-return]


@v1("summary.merge_all")
def merge_all(
    key: Any = GraphKeys.SUMMARIES, scope: str | None = None, name: str | None = None
) -> Tensor | None:
    """Merges the summaries of a collection.

    Args:
        key: The collection.
        scope: A regular expression that a summary's name has to match at its start.
        name: The name of its scope.

    Returns:
        A string tensor; None if there are no summaries.
    """
    found = get_collection(key, scope)
    return merge(found, name=name) if found else None
