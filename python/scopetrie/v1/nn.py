"""`tf.nn`: layers of neural nets."""

from ..ops.array.space import (
    depth_to_space,
    space_to_batch,
    space_to_depth,
)
from ..ops.math.elementwise import (
    sigmoid,
    tanh,
)
from ..ops.math.formulas import (
    zero_fraction,
)
from ..ops.math.reduce import l2_loss
from ..ops.math.sort import (
    in_top_k,
    top_k,
)
from ..ops.nn.activation import (
    bias_add,
    crelu,
    elu,
    leaky_relu,
    log_softmax,
    relu,
    relu6,
    relu_layer,
    selu,
    softmax,
    softplus,
    softsign,
    swish,
    xw_plus_b,
)
from ..ops.nn.conv import (
    conv1d,
    conv2d,
    conv3d,
)
from ..ops.nn.conv_any import (
    atrous_conv2d,
    convolution,
)
from ..ops.nn.conv_depthwise import (
    depthwise_conv2d,
    depthwise_conv2d_native,
    separable_conv2d,
)
from ..ops.nn.conv_transpose import (
    conv1d_transpose,
    conv2d_backprop_input,
    conv2d_transpose,
    conv3d_transpose,
    conv_transpose,
)
from ..ops.nn.embedding import (
    dropout,
    embedding_lookup,
)
from ..ops.nn.loss import (
    log_poisson_loss,
    sigmoid_cross_entropy_with_logits,
    softmax_cross_entropy_with_logits,
    softmax_cross_entropy_with_logits_v2,
    sparse_softmax_cross_entropy_with_logits,
    weighted_cross_entropy_with_logits,
)
from ..ops.nn.lrn import local_response_normalization, lrn
from ..ops.nn.norm import (
    batch_norm_with_global_normalization,
    batch_normalization,
    fused_batch_norm,
    l2_normalize,
    moments,
    normalize_moments,
    sufficient_statistics,
    weighted_moments,
)
from ..ops.nn.pool import (
    avg_pool,
    avg_pool3d,
    max_pool,
    max_pool3d,
    max_pool_with_argmax,
    pool,
)
from ..ops.nn.pool_names import avg_pool1d, avg_pool_v2, max_pool1d, max_pool2d, max_pool_v2
from ..ops.refused import refuser

silu = swish
avg_pool2d = avg_pool

__getattr__ = refuser("nn")

__all__ = [
    "atrous_conv2d",
    "avg_pool",
    "avg_pool1d",
    "avg_pool2d",
    "avg_pool3d",
    "avg_pool_v2",
    "batch_norm_with_global_normalization",
    "batch_normalization",
    "bias_add",
    "conv1d",
    "conv1d_transpose",
    "conv2d",
    "conv2d_backprop_input",
    "conv2d_transpose",
    "conv3d",
    "conv3d_transpose",
    "conv_transpose",
    "convolution",
    "crelu",
    "depth_to_space",
    "depthwise_conv2d",
    "depthwise_conv2d_native",
    "dropout",
    "elu",
    "embedding_lookup",
    "fused_batch_norm",
    "in_top_k",
    "l2_loss",
    "l2_normalize",
    "leaky_relu",
    "local_response_normalization",
    "log_poisson_loss",
    "log_softmax",
    "lrn",
    "max_pool",
    "max_pool1d",
    "max_pool2d",
    "max_pool3d",
    "max_pool_v2",
    "max_pool_with_argmax",
    "moments",
    "normalize_moments",
    "pool",
    "relu",
    "relu6",
    "relu_layer",
    "selu",
    "separable_conv2d",
    "sigmoid",
    "sigmoid_cross_entropy_with_logits",
    "silu",
    "softmax",
    "softmax_cross_entropy_with_logits",
    "softmax_cross_entropy_with_logits_v2",
    "softplus",
    "softsign",
    "space_to_batch",
    "space_to_depth",
    "sparse_softmax_cross_entropy_with_logits",
    "sufficient_statistics",
    "swish",
    "tanh",
    "top_k",
    "weighted_cross_entropy_with_logits",
    "weighted_moments",
    "xw_plus_b",
    "zero_fraction",
]
