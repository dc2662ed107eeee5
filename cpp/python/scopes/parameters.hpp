// The parameters of get_variable, scopes and Variable: their names, which functions have them, and in which order.
//
// Thread safety: constants.
#pragma once

#include <algorithm>
#include <array>
#include <string>

#include "scopetrie/scopes/variable_scope.hpp"
#include "support/python.hpp"

namespace scopetrie::python {

/// Those of get_variable, in order, and those that only VariableScope.get_variable has.
enum VariableParameter : std::uint8_t {
  kName,
  kShape,
  kDType,
  kInitializer,
  kRegularizer,
  kTrainable,
  kCollections,
  kCachingDevice,
  kPartitioner,
  kValidateShape,
  kUseResource,
  kCustomGetter,
  kConstraint,
  kSynchronization,
  kAggregation,
  kReuse,
  kVarStore,
  kAllParameters,
  kNameOrScope = kAllParameters,  // those of scopes, from here on
  kDefaultName,
  kValues,
  kAuxiliaryNameScope,
  kNameScope,
  kScopeParameters,
  kInitialValue = kScopeParameters,  // those of Variable, from here on
  kExpectedShape,
  kVariableDef,
  kImportScope,
  kKey,     // the name by which get_variable finds it
  kWanted,  // the shape that get_variable asked the initializer for
  kVariableParameters
};
inline constexpr std::array<const char*, kVariableParameters> kParameterNames{
    "name",           "shape",           "dtype",
    "initializer",    "regularizer",     "trainable",
    "collections",    "caching_device",  "partitioner",
    "validate_shape", "use_resource",    "custom_getter",
    "constraint",     "synchronization", "aggregation",
    "reuse",          "var_store",       "name_or_scope",
    "default_name",   "values",          "auxiliary_name_scope",
    "name_scope",     "initial_value",   "expected_shape",
    "variable_def",   "import_scope",    "key",
    "wanted"};

/// The arguments of a call, borrowed; null where there is none.
using Arguments = std::array<PyObject*, kAllParameters>;
using ScopeArguments = std::array<PyObject*, kScopeParameters>;
using NewVariableArguments = std::array<PyObject*, kVariableParameters>;

/// What a scope hands on.
inline constexpr std::pair<VariableParameter, Setting> kHandedOn[] = {
    {kInitializer, Setting::kInitializer},     {kRegularizer, Setting::kRegularizer},
    {kCachingDevice, Setting::kCachingDevice}, {kPartitioner, Setting::kPartitioner},
    {kCustomGetter, Setting::kCustomGetter},   {kUseResource, Setting::kUseResource},
    {kConstraint, Setting::kConstraint}};

inline constexpr auto kOfGetVariable = in_order<kReuse>();
inline constexpr Order<17> kOfScope{kVarStore,        kName,          kShape,       kDType,        kInitializer,
                                    kRegularizer,     kReuse,         kTrainable,   kCollections,  kCachingDevice,
                                    kPartitioner,     kValidateShape, kUseResource, kCustomGetter, kConstraint,
                                    kSynchronization, kAggregation};
/// The true getter's, and what custom getters are given by keyword.
inline constexpr Order<15> kOfGetter = [] {
  Order<15> order{};
  std::ranges::copy_if(kOfScope, order.begin(), [](auto each) { return each != kVarStore && each != kCustomGetter; });
  return order;
}();
inline constexpr Order<15> kGiven = [] {
  Order<15> order = kOfGetter;
  const auto at = std::ranges::find(order, kConstraint);
  std::rotate(at, at + 1, order.end());
  return order;
}();
/// The same of a Store.
inline constexpr Order<8> kOfStore{kName,        kShape,     kDType,       kInitializer,
                                   kRegularizer, kTrainable, kPartitioner, kCustomGetter};
inline constexpr Order<7> kGivenByStore{kShape, kDType, kInitializer, kRegularizer, kReuse, kTrainable, kPartitioner};

/// variable_scope's; Store.scope's; VariableScope's.
inline constexpr Order<13> kOfBlock{
    kNameOrScope,  kDefaultName, kValues, kInitializer, kRegularizer, kCachingDevice,     kPartitioner,
    kCustomGetter, kReuse,       kDType,  kUseResource, kConstraint,  kAuxiliaryNameScope};
inline constexpr Order<14> kOfStoreBlock = [] {
  Order<14> order{};
  *std::ranges::copy(kOfBlock, order.begin()).out = kTrainable;
  return order;
}();
inline constexpr Order<11> kOfNewScope{kReuse,         kName,        kInitializer,  kRegularizer,
                                       kCachingDevice, kPartitioner, kCustomGetter, kNameScope,
                                       kDType,         kUseResource, kConstraint};

/// What v1's variable creators are given by keyword; and create_variable's.
inline constexpr Order<15> kOfCreators{kInitialValue, kName,          kTrainable,   kCollections,     kCachingDevice,
                                       kDType,        kValidateShape, kConstraint,  kSynchronization, kAggregation,
                                       kShape,        kVariableDef,   kImportScope, kExpectedShape,   kUseResource};
inline constexpr Order<17> kOfNewVariable = [] {
  Order<17> order{};
  auto end = std::ranges::copy(kOfCreators, order.begin()).out;
  *end++ = kKey;
  *end = kWanted;
  return order;
}();

/// A function of these parameters.
template <auto order, std::size_t all = kAllParameters>
class VariableSignature : public Signature<order.size(), all, order> {
 public:
  constexpr explicit VariableSignature(const char* function) : Signature<order.size(), all, order>(function, names()) {}

  /// What its docstring begins with: the parameters, after some that are written as here.
  static std::string text(const char* function, const std::string& first = {}, std::size_t written = 0) {
    std::string text = std::string(function) + '(' + first;
    for (std::size_t i = written; i < order.size(); ++i) {
      const std::uint8_t each = order[i];
      text += text.back() == '(' ? "" : ", ";
      text += kParameterNames[each];
      if (each == kValidateShape || each == kAuxiliaryNameScope)
        text += "=True";
      else if (each != kName && each != kVarStore && each != kNameOrScope)
        text += "=None";
    }
    return text + ")\n--\n\n";
  }

 private:
  static constexpr std::array<const char*, order.size()> names() {
    std::array<const char*, order.size()> texts{};
    for (std::size_t i = 0; i < order.size(); ++i) texts[i] = kParameterNames[order[i]];
    return texts;
  }
};

}  // namespace scopetrie::python
