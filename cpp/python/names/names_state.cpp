// Where each thread stands in Names, and how names and refusals become Python's.
#include <atomic>

#include "names/names.hpp"
#include "scopes/scopes.hpp"
#include "store/store.hpp"

namespace scopetrie::python {

namespace {

std::uint64_t thread_number() {
  static std::atomic<std::uint64_t> last{0};
  static thread_local std::uint64_t number = 0;
  if (number == 0) [[unlikely]]
    number = ++last;
  return number;
}

}  // namespace

ScopeId names_scope(NamesState& state) {
  const ScopeId own = own_names_scope(state);
  if (state.followed == nullptr || own != ScopeTrie::kRoot) [[likely]]
    return own;
  const VariableScope& scope = *context_of_store(state.store, store_of(state.store).serial)->current_variable_scope;
  return state.followed->scope(scope.in(store_of(state.store)));
}

void follow_store(PyObject* names, PyGraph* store, PyObject* others) {
  NamesState& state = *reinterpret_cast<PyNames*>(names)->state;
  const Values& values = store_of(store).values;
  state.followed = others == nullptr ? std::make_unique<FollowedNames>(state.names, values)
                                     : std::make_unique<FollowedNames>(state.names, values, *names_of(others).followed);
  state.store = store;
}

void leave_store(PyObject* names) {
  NamesState& state = *reinterpret_cast<PyNames*>(names)->state;
  state.followed = nullptr;
  state.store = nullptr;
}

ScopeId own_names_scope(NamesState& state) {
  const std::uint64_t thread = thread_number();
  if (state.here.thread == thread) [[likely]]
    return state.here.scope;
  state.here = {thread, ScopeTrie::kRoot};
  for (const NamesState::Here& open : state.open)
    if (open.thread == thread) state.here = open;
  return state.here.scope;
}

void set_names_scope(NamesState& state, ScopeId scope) {
  state.here = {thread_number(), scope};
  std::erase_if(state.open, [&](const NamesState::Here& open) { return open.thread == state.here.thread; });
  if (scope != ScopeTrie::kRoot) state.open.push_back(state.here);
}

void refuse(NamesState& state, const char* call, PyObject* name, std::string_view why) {
  std::string where;
  if (const ScopeId scope = names_scope(state); scope != ScopeTrie::kRoot) {
    where = " in the scope '";
    state.names.scopes().append_path(scope, where);
    where += '\'';
  }
  const Ref reason = checked(to_str(why)), place = checked(to_str(where));
  raise_error(PyExc_ValueError, "%s(%R)%U: %U", call, name, place.get(), reason.get());
}

}  // namespace scopetrie::python
