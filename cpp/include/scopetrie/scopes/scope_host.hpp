// The interface from scopes to the caller's language: references to its objects, scopes that are objects of that
// language, callbacks.
//
// Thread safety: the functions are called in the thread that enters or leaves the scope, while the state is consistent.
// They may run any code, and throw.
#pragma once

#include "scopetrie/graph/host.hpp"
#include "scopetrie/tables/ids.hpp"

namespace scopetrie {

class Context;
class VariableScope;

struct ScopeHost : Host {
  /// Copies a scope; returns one reference.
  VariableScope* (*copy)(const VariableScope& from);
  void (*keep)(VariableScope& scope);
  void (*drop)(VariableScope& scope) noexcept;
  /// Returns a getter that calls `getter` around `inherited`; a new reference.
  void* (*compose_getters)(void* getter, void* inherited);
  /// Calls a context's listener with a new operation.
  void (*tell)(Context& context, void* listener, OpId op);
};

/// Scopes of a C++ program, allocated with new. Objects are scopetrie::Object.
extern const ScopeHost native_scope_host;

}  // namespace scopetrie
