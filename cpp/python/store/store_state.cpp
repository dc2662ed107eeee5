// A store's state: what changes with its variables, and who is told of it.
#include <algorithm>

#include "store/store.hpp"

namespace scopetrie::python {

void StoreState::cut(const Mark& mark) noexcept {
  for (auto id = static_cast<VariableId>(mark.variables); id < live.size(); ++id) {
    if (live[id] == nullptr) continue;
    // Only the row of this number goes, so the handle cannot stay; what it was called stays readable.
    PyStoreVariable* handle = as_variable(live[id]);
    handle->number = kNone;
    handle->scope = variables[id].scope;
    handle->segment = variables[id].segment;
  }
  GraphState::cut(mark);
}

StoreState::~StoreState() {
  for (PyObject* watcher : watchers_) Py_DECREF(watcher);
  for (const AskedTuple& each : asked) Py_XDECREF(each.tuple);
  for (const KnownInitializer& each : known) Py_XDECREF(each.object);
}

void StoreState::settle() noexcept {
  GraphState::settle();
  tell_watchers();
}

void StoreState::watch(PyObject* reference) {
  make_room(watchers_, 1);
  if (watchers_.size() >= most_watchers_) {
    std::vector<Ref> targets;  // let go of at the end, as that may run anything
    targets.reserve(watchers_.size());
    for (PyObject*& watcher : watchers_) {
      targets.push_back(checked(PyObject_CallNoArgs(watcher)));
      if (targets.back().get() == Py_None) Py_CLEAR(watcher);
    }
    std::erase(watchers_, nullptr);
    most_watchers_ = 2 * std::max<std::size_t>(watchers_.size(), 8);
  }
  watchers_.push_back(reference);
}

void StoreState::tell_changes() noexcept {
  told_ = values.revision();
  if (watchers_.empty()) return;
  PyObject *type, *value, *traceback;  // this may be the end of what failed
  PyErr_Fetch(&type, &value, &traceback);
  const Ref keep = Ref::borrowed(static_cast<PyObject*>(owner));
  for (std::size_t i = 0; i < watchers_.size();) {
    const Ref reference = Ref::borrowed(watchers_[i]);
    const Ref watcher(PyObject_CallNoArgs(reference.get()));
    if (watcher.get() == Py_None) {
      if (i < watchers_.size() && watchers_[i] == reference.get()) {
        watchers_.erase(watchers_.begin() + static_cast<std::ptrdiff_t>(i));
        Py_DECREF(reference.get());
      }
      continue;
    }
    if (!watcher || !Ref(PyObject_CallMethod(watcher.get(), "let_go", nullptr))) PyErr_WriteUnraisable(reference.get());
    ++i;
  }
  PyErr_Restore(type, value, traceback);
}

}  // namespace scopetrie::python
