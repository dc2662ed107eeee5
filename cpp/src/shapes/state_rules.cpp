// Rules of ops that read and change variables, draw random numbers, are fed, or put out nothing.
#include <algorithm>

#include "rules.hpp"

namespace scopetrie::rules {

namespace {

using Attribute = RuleAttribute;

void nothing(RuleCall&) {}

void declared(RuleCall& call) { call.give(call.dtype(Attribute::kDType), call.shape(Attribute::kShape)); }

void variable(RuleCall& call) { call.give(call.dtype(Attribute::kDType).reference(), call.shape(Attribute::kShape)); }

void placeholder_with_default(RuleCall& call) {
  const ShapeId shape = call.shape(Attribute::kShape);
  merged(call, call.shape(0), shape);
  call.give(call.dtype(0), shape);
}

// The first input, a variable's memory, stays one.
void give_reference(RuleCall& call, ShapeId shape) { call.give(call.inputs[0].dtype, shape); }

void reference(RuleCall& call) { give_reference(call, call.shape(0)); }

void assign(RuleCall& call) {
  if (!call.flag(Attribute::kValidateShape, true)) return give_reference(call, call.shape(1));
  give_reference(call, merged(call, call.shape(0), call.shape(1)));
}

void update(RuleCall& call) { give_reference(call, merged(call, call.shape(0), call.shape(1))); }

void update_rows(RuleCall& call) {
  if (call.known_rank(0) && call.known_rank(1) && call.known_rank(2) && call.rank(2) != 0) {
    const auto dims = call.dims(0), at = call.dims(1), rows = call.dims(2);
    Dims wanted(at.begin(), at.end()), found(rows.begin(), rows.end());
    if (!dims.empty()) wanted.insert(wanted.end(), dims.begin() + 1, dims.end());
    merge(found, wanted);
  }
  reference(call);
}

void is_initialized(RuleCall& call) { call.give(kBool, ShapeTable::kScalar); }

void count_up_to(RuleCall& call) {
  need_rank(call, 0, 0);
  call.give(call.dtype(0), ShapeTable::kScalar);
}

void give_sizes(RuleCall& call, DType dtype) {
  need_rank(call, 0, 1);
  Dims dims;
  if (!call.sizes(0, dims)) return call.give_unknown(dtype);
  call.give(dtype, dims);
}

void draw(RuleCall& call) {
  static constexpr DType kFloats[] = {kFloat16, kBFloat16, kFloat32, kFloat64};
  const DType dtype = call.dtype(Attribute::kDType);
  if (std::ranges::find(kFloats, dtype) == std::end(kFloats)) {
    std::string text =
        "Value passed to parameter 'dtype' has DataType " + dtype.name() + " not in list of allowed values: ";
    for (const DType each : kFloats) text += (each == kFloats[0] ? "" : ", ") + each.name();
    throw DTypeError(text);
  }
  give_sizes(call, dtype);
}

void draw_ints(RuleCall& call) {
  for (std::size_t i = 1; i < 3; ++i)
    if (call.rank(i) != 0)
      refuse(i == 1 ? "minval" : "maxval", " must be a scalar; got a tensor of shape ", shown(call.dims(i)));
  give_sizes(call, call.dtype(1));
}

void multinomial(RuleCall& call) {
  Dims dims = dims_of_rank(call, 0, 2);
  need_rank(call, 1, 0);
  const DType made = call.dtype(Attribute::kOutputDType, kInt64);
  if (made != kInt32 && made != kInt64)
    throw Error(ErrorKind::kValue, "Argument `dtype` got invalid value <dtype: '" + made.name() +
                                       "'>. Accepted dtypes are (tf.int32, tf.int64).");
  std::int64_t count = 0;
  dims[1] = call.one_int(1, count) && count >= 0 ? count : kUnknownDim;
  call.give(made, dims);
}

}  // namespace

std::vector<Row> state_rules() {
  return {
      {{ShapeRule::kSame}, "Print RandomShuffle"},
      {by(assign, 2), "Assign"},
      {by(count_up_to), "CountUpTo"},
      {by(declared, 0), "Placeholder"},
      {by(draw), "RandomStandardNormal RandomUniform TruncatedNormal"},
      {by(draw_ints, 3), "RandomUniformInt"},
      {by(is_initialized), "IsVariableInitialized"},
      {by(multinomial, 2), "Multinomial"},
      {by(nothing, 0), "Assert NoOp"},
      {by(placeholder_with_default), "PlaceholderWithDefault"},
      {by(reference), "StridedSliceAssign"},
      {by(variable, 0), "VariableV2"},
      {by(update, 2), "AssignAdd AssignSub"},
      {by(update_rows, 3), "ScatterAdd ScatterDiv ScatterMax ScatterMin ScatterMul ScatterSub ScatterUpdate"},
  };
}

}  // namespace scopetrie::rules
