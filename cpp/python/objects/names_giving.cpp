// Names that are given out, taken over and given back.
#include "objects/names.hpp"

namespace scopetrie::python {

namespace {

NamesState::Part& part_of(NamesState& state, PyObject* name) {
  return state.parts[(reinterpret_cast<std::uintptr_t>(name) >> 4) % state.parts.size()];
}

// The place of a name that is asked for in the current scope; its text, or null with an exception set. Throws Error and
// PythonError where it is not legal.
bool place_of(NamesState& state, const char* call, PyObject* name, ScopeId& scope, SegmentId& segment) {
  scope = names_scope(state);
  NamesState::Part& part = part_of(state, name);
  if (part.text == name) [[likely]] {
    segment = part.segment;
    return true;
  }
  const std::string_view text = name_text(call, name);
  if (text.data() == nullptr) return false;
  const ScopeId here = scope;
  scope = state.names.place(text, here, segment);
  if (scope == here && PyUnicode_CheckExact(name) && PyUnicode_CHECK_INTERNED(name)) {
    const Ref before(std::exchange(part.text, Py_NewRef(name)));
    part.segment = segment;
  }
  return true;
}

}  // namespace

PyObject* one_name(const char* call, Signature<1>& signature, PyObject* const* args, Py_ssize_t positional,
                   PyObject* keywords) {
  PyObject* given[1];
  if (!signature.parse(args, positional, keywords, given)) return nullptr;
  if (given[0] == nullptr) PyErr_Format(PyExc_TypeError, "Names.%s() missing 1 required argument: 'name'", call);
  return given[0];
}

PyObject* names_unique(PyObject* self, PyObject* const* args, Py_ssize_t positional, PyObject* keywords) {
  static Signature<1> signature("unique_name", {"name"});
  PyObject* name =
      positional == 1 && keywords == nullptr ? args[0] : one_name("unique_name", signature, args, positional, keywords);
  if (name == nullptr) return nullptr;
  NamesState& state = names_of(self);
  return refusing(state, "unique_name", name, [&]() -> PyObject* {
    ScopeId scope;
    SegmentId segment;
    if (!place_of(state, "unique_name", name, scope, segment)) return nullptr;
    const Name made = state.names.unique(scope, segment);
    ++state.version;
    return name_str(state.writer.write(made));
  });
}

PyObject* names_peek(PyObject* self, PyObject* const* args, Py_ssize_t positional, PyObject* keywords) {
  static Signature<1> signature("peek", {"name"});
  PyObject* name = one_name("peek", signature, args, positional, keywords);
  if (name == nullptr) return nullptr;
  NamesState& state = names_of(self);
  return refusing(state, "peek", name, [&]() -> PyObject* {
    ScopeId scope;
    SegmentId segment;
    if (!place_of(state, "peek", name, scope, segment)) return nullptr;
    return name_str(state.writer.write(state.names.peek(scope, segment)));
  });
}

namespace {

// Undoes what was done to the names unless it is kept.
class Span {
 public:
  explicit Span(Names& names) : names_(names), mark_(names.begin()) {}
  ~Span() {
    if (open_) names_.rollback(mark_);
  }
  Span(const Span&) = delete;
  Span& operator=(const Span&) = delete;
  void keep() {
    names_.commit();
    open_ = false;
  }

 private:
  Names& names_;
  Names::Mark mark_;
  bool open_ = true;
};

// A list or tuple of the names that a call was given.
Ref items_of_names(const char* call, PyObject* names) {
  if (PyUnicode_Check(names)) {
    PyErr_Format(PyExc_TypeError, "Names.%s takes an iterable of names, not a single str: %R", call, names);
    return {};
  }
  return PyList_CheckExact(names) || PyTuple_CheckExact(names) ? Ref(items_of(names, "an iterable of names is needed"))
                                                               : Ref(PySequence_List(names));
}

// Fills a list with a unique name for each place. None, or null with an exception set; then it has taken nothing,
// unless it called Python.
PyObject* fill(NamesState& state, const std::vector<std::pair<ScopeId, SegmentId>>& places, PyObject* list) {
  const std::size_t rows = state.names.row_count();
  Py_ssize_t at = 0;
  try {
    for (const auto& [scope, segment] : places) {
      PyObject* made = name_str(state.writer.write(state.names.unique(scope, segment)));
      if (made == nullptr) break;
      PyList_SET_ITEM(list, at++, made);
    }
  } catch (...) {
    if (state.legal == nullptr) state.names.take_back(rows);
    throw;
  }
  if (static_cast<std::size_t>(at) == places.size()) return Py_NewRef(Py_None);
  if (state.legal == nullptr) state.names.take_back(rows);
  return nullptr;
}

}  // namespace

PyObject* names_unique_many(PyObject* self, PyObject* names) {
  NamesState& state = names_of(self);
  const Ref items = items_of_names("unique_names", names);
  if (!items) return nullptr;
  const Py_ssize_t count = PySequence_Fast_GET_SIZE(items.get());
  // All places first: finding them may call Python, which may give out names, too.
  std::vector<std::pair<ScopeId, SegmentId>> places(static_cast<std::size_t>(count));
  const ScopeId here = names_scope(state);
  for (std::size_t i = 0; i < places.size(); ++i) {
    if (static_cast<Py_ssize_t>(i) >= PySequence_Fast_GET_SIZE(items.get())) break;  // Python has made the list shorter
    PyObject* item = PySequence_Fast_GET_ITEM(items.get(), static_cast<Py_ssize_t>(i));
    const NamesState::Part& part = part_of(state, item);
    if (part.text == item) [[likely]] {
      places[i] = {here, part.segment};
      continue;
    }
    const Ref name = Ref::borrowed(item);
    const Ref done(refusing(state, "unique_names", name.get(), [&]() -> PyObject* {
      return place_of(state, "unique_names", name.get(), places[i].first, places[i].second) ? Py_NewRef(Py_None)
                                                                                            : nullptr;
    }));
    if (!done) return nullptr;
  }
  Ref list(new_list(count));
  if (!list) return nullptr;
  ++state.version;
  const Ref whole(refusing(state, "unique_names", names, [&]() -> PyObject* {
    if (state.legal == nullptr) return fill(state, places, list.get());
    Span span(state.names);
    PyObject* filled = fill(state, places, list.get());
    if (filled != nullptr) span.keep();
    return filled;
  }));
  return whole ? list.release() : nullptr;
}

PyObject* names_reserve(PyObject* self, PyObject* const* args, Py_ssize_t positional, PyObject* keywords) {
  static Signature<1> signature("reserve", {"name"});
  PyObject* name = one_name("reserve", signature, args, positional, keywords);
  if (name == nullptr) return nullptr;
  NamesState& state = names_of(self);
  const std::string_view text = name_text("reserve", name);
  if (text.data() == nullptr) return nullptr;
  return refusing(state, "reserve", name, [&]() -> PyObject* {
    state.names.check_legal(text);
    SegmentId segment;
    const ScopeId scope = state.names.place_as_written(text, names_scope(state), segment);
    const Name full{scope, segment, 0};
    if (state.names.reserve(scope, segment)) {
      ++state.version;
      return name_str(state.writer.write(full));
    }
    std::string taken = "the name '", other;
    state.names.append_name(full, taken);
    state.names.append_name(state.names.peek(scope, segment), other);
    refuse(state, "reserve", name, taken + "' is taken; unique_name() would give '" + other + "'");
    return nullptr;
  });
}

PyObject* names_update(PyObject* self, PyObject* names) {
  NamesState& state = names_of(self);
  const Ref items = items_of_names("update", names);
  if (!items) return nullptr;
  const Ref own(PySequence_Tuple(items.get()));
  if (!own) return nullptr;
  Span span(state.names);
  ++state.version;
  for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(own.get()); ++i) {
    const std::string_view text = name_text("update", PyTuple_GET_ITEM(own.get(), i));
    if (text.data() == nullptr) return nullptr;
    SegmentId segment;
    const ScopeId scope = state.names.place_as_written(text, ScopeTrie::kRoot, segment);
    state.names.add(scope, segment);
  }
  span.keep();
  Py_RETURN_NONE;
}

PyObject* names_release(PyObject* self, PyObject* const* args, Py_ssize_t positional, PyObject* keywords) {
  static Signature<1> signature("release", {"name"});
  PyObject* name = one_name("release", signature, args, positional, keywords);
  if (name == nullptr) return nullptr;
  NamesState& state = names_of(self);
  const std::string_view text = name_text("release", name);
  if (text.data() == nullptr) return nullptr;
  SegmentId segment;
  const ScopeId scope = state.names.place_as_written(text, ScopeTrie::kRoot, segment);
  switch (state.names.release(scope, segment)) {
    case Names::Release::kDone:
      ++state.version;
      Py_RETURN_NONE;
    case Names::Release::kFree:
      PyErr_Format(PyExc_ValueError,
                   "Names.release(%R): the name is free; release takes full names that were given out", name);
      return nullptr;
    default:
      PyErr_Format(
          PyExc_ValueError,
          "Names.release(%R): the path was never given out, it is taken because of the names beneath it; "
          "release those, for example %R",
          name,
          Ref(name_str(state.writer.write(state.names.name(state.names.under(state.names.find_scope(text)).front()))))
              .get());
      return nullptr;
  }
}

}  // namespace scopetrie::python
