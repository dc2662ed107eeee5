// Rules of ops that work element by element: most put out the shape of an input, or of the inputs broadcast.
#include "rules.hpp"

namespace scopetrie::rules {

namespace {

void cast(RuleCall& call) { call.give(call.dtype(RuleAttribute::kDstT), call.shape(0)); }

void bitcast(RuleCall& call) {
  const DType made = call.dtype(RuleAttribute::kType);
  const auto old_size = static_cast<std::int64_t>(call.dtype(0).size()),
             new_size = static_cast<std::int64_t>(made.size());
  if (old_size == 0 || new_size == 0)
    throw DTypeError("Cannot bitcast from " + call.dtype(0).name() + " to " + made.name());
  Dims dims;
  if (!call.read(0, dims) || old_size == new_size) return call.give(made, call.shape(0));
  if (old_size > new_size) {
    dims.push_back(old_size / new_size);
  } else {
    const std::int64_t wanted = new_size / old_size;
    if (dims.empty() || (known(dims.back()) && dims.back() != wanted))
      refuse("Cannot bitcast due to shape. ", dims.empty() ? 0 : dims.back(), " does not match ", wanted);
    dims.pop_back();
  }
  call.give(made, dims);
}

DType real_of(DType dtype) { return dtype == kComplex64 ? kFloat32 : kFloat64; }

// Of complex numbers: a real number for each.
void part(RuleCall& call) { call.give(real_of(call.dtype(0)), call.shape(0)); }

void complex(RuleCall& call) {
  call.give(call.dtype(0) == kFloat32 ? kComplex64 : kComplex128, broadcast(call, call.shape(0), call.shape(1)));
}

void add_n(RuleCall& call) {
  // v1 merges from the last shape on, and says with which one it was at.
  std::size_t at = call.size() - 1;
  ShapeId shape = call.shape(at);
  while (at-- > 0) {
    const ShapeId next = call.shape(at);
    if (next == shape || !call.shapes.known_rank(next)) continue;
    Dims dims;
    call.read(at, dims);
    if (call.shapes.known_rank(shape))
      merge(dims, call.shapes.dims(shape), "\n\tFrom merging shape " + std::to_string(at) + " with other shapes.");
    shape = call.shapes.intern(dims);
  }
  call.give(call.dtype(0), shape);
}

void select(RuleCall& call) {
  ShapeId shape = merged(call, call.shape(1), call.shape(2));
  const ShapeId chosen = call.shape(0);
  if (call.known_rank(0) && call.shapes.known_rank(shape) && chosen != ShapeTable::kScalar && chosen != shape) {
    const auto dims = call.shapes.dims(shape), picked = call.dims(0);
    if (picked.size() == 1 && dims.size() > 1) {
      Dims first(picked.begin(), picked.end());
      merge(first, dims.first(1));
    } else if (picked.size() != dims.size()) {
      refuse("Shapes must be equal rank, but are ", dims.size(), " and ", picked.size());
    } else {
      shape = merged(call, shape, chosen);
    }
  }
  call.give(call.dtype(1), shape);
}

void select_v2(RuleCall& call) {
  call.give(call.dtype(1), broadcast(call, broadcast(call, call.shape(1), call.shape(2)), call.shape(0)));
}

// Scalars go with the others, which are of one shape.
void betainc(RuleCall& call) {
  ShapeId shape = ShapeTable::kUnknown, last = ShapeTable::kScalar;
  std::size_t scalars = 0;
  for (std::size_t i = 0; i < call.size(); ++i) {
    if (call.known_rank(i) && call.rank(i) == 0) {
      ++scalars;
    } else {
      shape = last = merged(call, shape, call.shape(i));
    }
  }
  call.give(call.dtype(0), scalars + 1 >= call.size() ? last : shape);
}

}  // namespace

std::vector<Row> elementwise_rules() {
  return {
      {{ShapeRule::kSame},
       "Abs Acos Acosh Asin Asinh Atan Atanh BesselI0 BesselI0e BesselI1 BesselI1e Ceil CheckNumerics "
       "ClipByValue Conj Cos Cosh Digamma Elu Erf Erfc Erfinv Exp Expm1 Floor GuaranteeConst Identity "
       "Invert LeakyRelu Lgamma Log Log1p Ndtri Neg OnesLike Reciprocal Relu Relu6 Rint Round Rsqrt "
       "Selu Sigmoid Sign Sin Sinh Softplus Softsign Sqrt Square StopGradient Tan Tanh ZerosLike"},
      {{ShapeRule::kBool}, "IsFinite IsInf IsNan LogicalNot"},
      {{ShapeRule::kBroadcast},
       "Add AddV2 Atan2 BitwiseAnd BitwiseOr BitwiseXor Div DivNoNan FloorDiv FloorMod Igamma "
       "Igammac LeftShift Maximum Minimum Mod Mul MulNoNan NextAfter Polygamma Pow RealDiv RightShift "
       "SquaredDifference Sub TruncateDiv TruncateMod Xdivy Xlog1py Xlogy Zeta"},
      {{ShapeRule::kCompare}, "Equal Greater GreaterEqual Less LessEqual LogicalAnd LogicalOr NotEqual"},
      {by(add_n), "AddN"},
      {by(betainc, 3), "Betainc"},
      {by(bitcast), "Bitcast"},
      {by(cast), "Cast"},
      {by(complex, 2), "Complex"},
      {by(part), "Angle ComplexAbs Imag Real"},
      {by(select, 3), "Select"},
      {by(select_v2, 3), "SelectV2"},
  };
}

}  // namespace scopetrie::rules
