#include "scopetrie/scopes/native_host.hpp"

#include "scopetrie/scopes/variable_scope.hpp"

namespace scopetrie {

struct NativeObjects {
  static void retain(void* object) { native_object(object)->references_.fetch_add(1, std::memory_order_relaxed); }
  static void release(void* object) noexcept {
    if (native_object(object)->references_.fetch_sub(1, std::memory_order_acq_rel) == 1) delete native_object(object);
  }
};

namespace {

struct NativeScope : VariableScope {
  explicit NativeScope(const VariableScope& from) : VariableScope(from) {}
  std::atomic<std::size_t> references{1};
};

NativeScope& native(VariableScope& scope) { return static_cast<NativeScope&>(scope); }

VariableScope* copy(const VariableScope& from) { return new NativeScope(from); }
void keep(VariableScope& scope) { native(scope).references.fetch_add(1, std::memory_order_relaxed); }
void drop(VariableScope& scope) noexcept {
  if (native(scope).references.fetch_sub(1, std::memory_order_acq_rel) == 1) delete &native(scope);
}

void* compose_getters(void* getter, void* inherited) {
  return make_object<ComposedGetters>(HostObject(native_scope_host, getter), HostObject(native_scope_host, inherited))
      .release();
}

void tell(Context& context, void* listener, OpId op) {
  static_cast<OperationListener*>(native_object(listener))->operation_made(context, op);
}

}  // namespace

constinit const ScopeHost native_scope_host = {
    {NativeObjects::retain, NativeObjects::release}, copy, keep, drop, compose_getters, tell};

}  // namespace scopetrie
