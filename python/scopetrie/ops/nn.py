"""`tf.nn`: layers of neural nets."""

from .math_elementwise import sigmoid, tanh
from .math_reduce import l2_loss
from .nn_activation import (
    bias_add, crelu, elu, leaky_relu, log_softmax, relu, relu6, relu_layer, selu, softmax, softplus, softsign, swish,
    xw_plus_b,
)  # fmt: skip
from .nn_conv import (
    atrous_conv2d, conv1d, conv2d, conv2d_backprop_input, conv2d_transpose, conv3d, convolution, depthwise_conv2d,
    depthwise_conv2d_native, separable_conv2d,
)  # fmt: skip
from .nn_embedding import dropout, embedding_lookup
from .nn_loss import (
    log_poisson_loss, sigmoid_cross_entropy_with_logits, softmax_cross_entropy_with_logits,
    softmax_cross_entropy_with_logits_v2, sparse_softmax_cross_entropy_with_logits,
    weighted_cross_entropy_with_logits,
)  # fmt: skip
from .nn_norm import (
    batch_normalization, fused_batch_norm, l2_normalize, local_response_normalization, lrn, moments, normalize_moments,
    sufficient_statistics, weighted_moments,
)  # fmt: skip
from .math_sort import in_top_k, top_k
from .nn_activation import log_sigmoid
from .nn_pool import avg_pool, avg_pool3d, max_pool, max_pool3d, max_pool_with_argmax, pool

silu = swish
max_pool2d, avg_pool2d = max_pool, avg_pool
