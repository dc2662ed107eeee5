// What get_variable decides: whether a name is shared, made, or refused, in v1's order of checks.
//
// A look-up gives a verdict and changes nothing. Who asked acts on it: a variable that is to be made has an initializer
// of the core's, or one that only the caller's language can run.
// Thread safety: that of the graph.
#pragma once

#include <string>

#include "scopetrie/error.hpp"
#include "scopetrie/graph/graph.hpp"
#include "scopetrie/scopes/variable_scope.hpp"

namespace scopetrie {

/// Whether a call shares a variable or makes one: v1's reuse. A custom getter that passes no mode on says nothing,
/// which does both.
enum class Sharing : std::uint8_t { kNo, kYes, kAuto, kNotSaid };

/// What a scope of this mode says.
inline Sharing sharing_of(Reuse reuse) {
  return reuse == Reuse::kNo ? Sharing::kNo : reuse == Reuse::kYes ? Sharing::kYes : Sharing::kAuto;
}

/// Where a variable's first value comes from: a rule or a function that is told the shape, or a value that has one.
enum class InitialSource : std::uint8_t { kNotGiven, kTold, kValue };
inline InitialSource source_of(bool is_given, bool is_value) {
  return is_value ? InitialSource::kValue : is_given ? InitialSource::kTold : InitialSource::kNotGiven;
}

struct VariableRequest {
  ScopeId scope = ScopeTrie::kRoot;  // of the store: the whole name is "scope/segment"
  SegmentId segment = 0;
  Sharing sharing = Sharing::kNo;
  InitialSource source = InitialSource::kNotGiven;
  bool has_shape = false;
  bool is_part = false;  // of a partitioned variable
  ShapeId shape = ShapeTable::kUnknown;
  DType dtype = kFloat32;  // a base type
};

struct Verdict {
  enum class Kind : std::uint8_t {
    kFound,
    kMake,
    // Refused:
    kHasParts,        // `variable` is the first part
    kValueWithShape,  // an initializer that is a value has its own shape
    kExists,          // `variable`
    kOtherShape,      // of `variable`
    kOtherDType,
    kDoesNotExist,
    kNoShape,
    kNoInitializer  // variables of the dtype have no default
  };
  Kind kind = Kind::kMake;
  VariableId variable = kNone;

  bool is_refused() const { return kind > Kind::kMake; }
};

Verdict look_up(Graph& graph, const VariableRequest& request);

/// The error of a refusal: v1's text and the facts.
Error refusal(const Graph& graph, const VariableRequest& request, const Verdict& verdict);

/// The error of an initializer that is to be told a shape where that is not known.
Error refuse_open_shape(const Graph& graph, ScopeId scope, SegmentId segment);

/// The first part of the partitioned variable of this name; kNone where there is none.
VariableId first_part(Graph& graph, ScopeId scope, SegmentId segment);
/// Notes the name of a new variable: where it is that of a first part, look-ups ask for parts from now on.
void note_part(Graph& graph, SegmentId segment);

/// The whole name in the store.
std::string full_name(const Graph& graph, ScopeId scope, SegmentId segment);

}  // namespace scopetrie
