// Rules of ops with windows that slide over the spatial axes of a tensor: convolutions, poolings, patches; and of those
// that move blocks between axes.
#include <algorithm>

#include "rules.hpp"

namespace scopetrie::rules {

namespace {

using Attribute = RuleAttribute;
using Numbers = std::span<const std::int64_t>;

/// Where channels and spatial axes are.
struct Layout {
  std::size_t rank;
  bool channels_first;

  Layout(RuleCall& call, std::size_t rank)
      : rank(rank), channels_first(call.text(Attribute::kDataFormat, "").starts_with("NC")) {}
  std::size_t channels() const { return channels_first ? 1 : rank - 1; }
  std::size_t spatial(std::size_t i) const { return i + (channels_first ? 2 : 1); }
  std::size_t spatial_count() const { return rank - 2; }
  Dims arranged(std::int64_t batch, const Dims& sizes, std::int64_t channels) const {
    Dims dims{batch};
    if (channels_first) dims.push_back(channels);
    dims.insert(dims.end(), sizes.begin(), sizes.end());
    if (!channels_first) dims.push_back(channels);
    return dims;
  }
};

/// How windows slide: attributes with an entry for each axis.
struct Sliding {
  Dims strides, dilations, borders;  // of the borders two for each axis
  std::string padding;

  // Of a tensor of this rank.
  Sliding(RuleCall& call, std::size_t rank, Attribute dilations_attribute)
      : strides(call.list(Attribute::kStrides)),
        dilations(call.list(dilations_attribute)),
        borders(call.list(Attribute::kExplicitPaddings)),
        padding(call.text(Attribute::kPadding, "VALID")) {
    if (dilations.empty()) dilations.assign(rank, 1);
    if (rank < 3 || strides.size() != rank || dilations.size() != rank)
      refuse("A sliding window has sizes, strides and dilations for each of at least 3 dimensions, not ", rank, ", ",
             strides.size(), " and ", dilations.size());
  }

  // How many windows fit along an axis.
  std::int64_t fits(std::int64_t size, std::int64_t window, std::size_t axis) const {
    const std::int64_t stride = strides[axis];
    if (stride < 1) refuse("Stride must be > 0, but got ", stride);
    if (!known(size)) return kUnknownDim;
    if (padding == "SAME") return (size + stride - 1) / stride;
    if (window == kUnknownDim) return kUnknownDim;
    const std::int64_t reach = (window - 1) * dilations[axis] + 1;
    if (padding == "EXPLICIT" && 2 * axis + 1 < borders.size()) size += borders[2 * axis] + borders[2 * axis + 1];
    if (reach > size) refuse("Negative dimension size caused by subtracting ", reach, " from ", size);
    return (size - reach) / stride + 1;
  }

  // The same, where a window that is larger by less than a stride fits no times.
  std::int64_t fits_or_none(std::int64_t size, std::int64_t window, std::size_t axis) const {
    const std::int64_t reach = (window - 1) * dilations[axis] + 1, stride = strides[axis];
    if (padding == "SAME" || stride < 1 || reach <= size) return fits(size, window, axis);
    const std::int64_t count = (size - reach + stride) / stride;
    if (count < 0)
      refuse("Computed output size would be negative: ", count, " [input_size: ", size,
             ", effective_filter_size: ", reach, ", stride: ", stride, "]");
    return count;
  }
};

void conv(RuleCall& call) {
  const std::size_t rank = call.list(Attribute::kStrides).size();
  const Sliding sliding(call, rank, Attribute::kDilations);
  const Layout layout(call, rank);
  const Dims dims = dims_of_rank(call, 0, rank), taps = dims_of_rank(call, 1, rank);
  const std::int64_t channels = dims[layout.channels()], depth = taps[rank - 2], made = taps[rank - 1];
  if (known(channels) && known(depth)) {
    if (depth == 0) refuse("Depth of filter must not be 0");
    if (channels % depth != 0)
      refuse("Depth of input (", channels, ") is not a multiple of input depth of filter (", depth, ")");
    const std::int64_t groups = channels / depth;
    if (groups != 0 && known(made) && made % groups != 0)
      refuse("Depth of output (", made, ") is not a multiple of the number of groups (", groups, ")");
  }
  Dims sizes;
  for (std::size_t i = 0; i < layout.spatial_count(); ++i)
    sizes.push_back(sliding.fits(dims[layout.spatial(i)], taps[i], layout.spatial(i)));
  call.give(call.dtype(0), layout.arranged(dims[0], sizes, made));
}

void depthwise_conv(RuleCall& call) {
  const Sliding sliding(call, 4, Attribute::kDilations);
  const Layout layout(call, 4);
  const Dims dims = dims_of_rank(call, 0, 4), taps = dims_of_rank(call, 1, 4);
  const std::int64_t channels = merged(dims[layout.channels()], taps[2]);
  Dims sizes;
  for (std::size_t i = 0; i < 2; ++i)
    sizes.push_back(sliding.fits(dims[layout.spatial(i)], taps[i], layout.spatial(i)));
  call.give(call.dtype(0), layout.arranged(dims[0], sizes, times(channels, taps[3])));
}

// The input of a convolution, as its gradient has it: of the sizes that are given.
void conv2d_backprop(RuleCall& call) {
  const Layout layout(call, 4);
  const Dims filter = dims_of_rank(call, 1, 4), gradient = dims_of_rank(call, 2, 4);
  merged(gradient[layout.channels()], filter[3]);
  Dims made;
  if (!call.sizes(0, made)) made.assign(4, kUnknownDim);
  if (made.size() == 2) made = layout.arranged(kUnknownDim, Dims(made), filter[2]);
  if (made.size() != 4)
    refuse("Conv2DBackpropInput requires input_sizes to contain 4 values or 2 values, but got: ", made.size());
  merged(made[0], gradient[0]);
  made[0] = gradient[0];
  call.give(call.dtype(1), made);
}

void conv3d_backprop(RuleCall& call) {
  need_rank(call, 1, 5);
  need_rank(call, 2, 5);
  Dims made;
  if (!call.sizes(0, made)) return call.give_rank(call.dtype(1), 5);
  if (made.size() != 5) refuse("Shape must be rank 5 but is rank ", made.size());
  call.give(call.dtype(1), made);
}

ShapeId pooled(RuleCall& call) {
  const Dims window = call.list(Attribute::kKsize);
  const Sliding sliding(call, window.size(), Attribute::kDilations);
  const Layout layout(call, window.size());
  const Dims dims = dims_of_rank(call, 0, layout.rank);
  if (std::ranges::min(sliding.strides) < 1) refuse("Stride must be > 0, but got ", std::ranges::min(sliding.strides));
  Dims sizes;
  for (std::size_t i = 0; i < layout.spatial_count(); ++i) {
    const std::size_t axis = layout.spatial(i);
    sizes.push_back(sliding.fits(dims[axis], window[axis], axis));
  }
  std::int64_t channels = dims[layout.channels()];
  if (layout.rank == 4) channels = sliding.fits(channels, window[layout.channels()], layout.channels());
  return call.shapes.intern(layout.arranged(dims[0], sizes, channels));
}

void pool(RuleCall& call) { call.give(call.dtype(0), pooled(call)); }

void max_pool(RuleCall& call) {
  const Dims window = call.list(Attribute::kKsize);
  if (std::ranges::find(window, 0) != window.end())
    throw Error(ErrorKind::kValue, "`ksize` cannot be zero. Received: ksize=" + shown(window));
  pool(call);
}

void pool_with_places(RuleCall& call) {
  const Dims window = call.list(Attribute::kKsize);
  if (std::ranges::min(window) < 1) refuse("ksize must be a positive int32 value, got:", std::ranges::min(window));
  const ShapeId shape = pooled(call);
  // The kernel refuses a window over channels; one that is larger than these does not even fit, as v1 says first.
  const std::size_t channels = Layout(call, window.size()).channels();
  Sliding(call, window.size(), Attribute::kDilations)
      .fits(dims_of_rank(call, 0, 4)[channels], window[channels], channels);
  call.give(call.dtype(0), shape);
  call.give(call.dtype(Attribute::kTargmax, kInt64), shape);
}

void patches(RuleCall& call) {
  const Dims window = call.list(Attribute::kKsizes);
  if (window.size() != 4) refuse("ksizes must have 4 entries, not ", window.size());
  const Sliding sliding(call, 4, Attribute::kRates);
  const Dims dims = dims_of_rank(call, 0, 4);
  const std::int64_t taken = times(window[1], window[2]);
  Dims made{dims[0], kUnknownDim, kUnknownDim, times(dims[3], taken)};
  if (known(dims[1]) && known(dims[2]))
    for (std::size_t axis = 1; axis < 3; ++axis) made[axis] = sliding.fits_or_none(dims[axis], window[axis], axis);
  call.give(call.dtype(0), made);
}

// Blocks --------------------------------------------------------------------------------------------------------------

void space_to_depth(RuleCall& call) {
  const std::int64_t block = call.integer(Attribute::kBlockSize);
  const Layout layout(call, 4);
  const Dims dims = dims_of_rank(call, 0, 4);
  const Dims sizes{over(dims[layout.spatial(0)], block), over(dims[layout.spatial(1)], block)};
  call.give(call.dtype(0), layout.arranged(dims[0], sizes, times(dims[layout.channels()], block * block)));
}

void depth_to_space(RuleCall& call) {
  const std::int64_t block = call.integer(Attribute::kBlockSize);
  const Layout layout(call, 4);
  const Dims dims = dims_of_rank(call, 0, 4);
  const std::int64_t depth = over(dims[layout.channels()], block * block);
  const Dims sizes{times(dims[layout.spatial(0)], block), times(dims[layout.spatial(1)], block)};
  call.give(call.dtype(0), layout.arranged(dims[0], sizes, depth));
}

// Moves blocks of the axes behind the first one into it, or out of it.
void batch_blocks(RuleCall& call, bool into_batch) {
  const DType dtype = call.dtype(0);
  if (!call.known_rank(1) || call.rank(1) != 1) refuse("block_shape must have rank 1.");
  const std::int64_t length = call.dims(1)[0];
  if (!known(length)) refuse("block_shape must have known size.");
  const auto count = static_cast<std::size_t>(length);
  need_rank_at_least(call, 0, count + 1);
  const Dims table = dims_of_rank(call, 2, 2);
  merged(table[0], length);
  merged(table[1], 2);
  Numbers blocks, edges;
  const bool knows_blocks = call.ints(1, blocks), knows_edges = call.ints(2, edges);
  if (knows_blocks && std::ranges::any_of(blocks, [](auto each) { return each < 1; }))
    refuse("block_shape must be positive");
  if (knows_edges && std::ranges::any_of(edges, [](auto each) { return each < 0; }))
    refuse(into_batch ? "paddings cannot be negative" : "crops cannot be negative");
  Dims dims;
  if (!call.read(0, dims)) return call.give_unknown(dtype);
  std::int64_t total = count == 0 || knows_blocks ? 1 : kUnknownDim;
  for (const std::int64_t block : blocks) total = times(total, block);
  if (!known(dims[0]) || !known(total)) {
    dims[0] = kUnknownDim;
  } else {
    dims[0] = into_batch ? times(dims[0], total) : over(dims[0], total);
  }
  for (std::size_t i = 0; i < count; ++i) {
    std::int64_t& size = dims[i + 1];
    if (!knows_blocks || !knows_edges) size = kUnknownDim;
    if (!known(size)) continue;
    const std::int64_t edge = edges[2 * i] + edges[2 * i + 1];
    size = into_batch ? over(size + edge, blocks[i]) : times(size, blocks[i]) - edge;
    if (size < 0) refuse("Negative dimension size caused by subtracting ", edge, " from ", size + edge);
  }
  call.give(dtype, dims);
}

void space_to_batch(RuleCall& call) { batch_blocks(call, true); }
void batch_to_space(RuleCall& call) { batch_blocks(call, false); }

}  // namespace

std::vector<Row> window_rules() {
  return {
      {by(batch_to_space, 3), "BatchToSpaceND"},
      {by(conv, 2), "Conv2D Conv3D"},
      {by(conv2d_backprop, 3), "Conv2DBackpropInput"},
      {by(conv3d_backprop, 3), "Conv3DBackpropInputV2"},
      {by(depth_to_space), "DepthToSpace"},
      {by(depthwise_conv, 2), "DepthwiseConv2dNative"},
      {by(max_pool), "MaxPool"},
      {by(patches), "ExtractImagePatches"},
      {by(pool), "AvgPool AvgPool3D MaxPool3D"},
      {by(pool_with_places), "MaxPoolWithArgmax"},
      {by(space_to_batch, 3), "SpaceToBatchND"},
      {by(space_to_depth), "SpaceToDepth"},
  };
}

}  // namespace scopetrie::rules
