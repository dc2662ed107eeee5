// What scopes ask of the language that a program is written in: to keep its objects, to make scopes that are objects of
// that language, and to run what the core cannot.
//
// Thread safety: the functions are called in the thread that enters or leaves the scope. They may run anything, and
// throw; nothing is half changed then.
#pragma once

#include "scopetrie/graph/host.hpp"
#include "scopetrie/tables/ids.hpp"

namespace scopetrie {

class Context;
class VariableScope;

struct ScopeHost : Host {
  /// A copy of a scope, with one reference.
  VariableScope* (*copy)(const VariableScope& from);
  void (*keep)(VariableScope& scope);
  void (*drop)(VariableScope& scope) noexcept;
  /// The getter that calls `getter` around `inherited`; a new reference.
  void* (*compose_getters)(void* getter, void* inherited);
  /// Tells a context's listener of an operation that was made.
  void (*tell)(Context& context, void* listener, OpId op);
};

/// Scopes of a C++ program, allocated with new. Objects are scopetrie::Object.
extern const ScopeHost native_scope_host;

}  // namespace scopetrie
