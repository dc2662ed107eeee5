// Names that are given out, taken over and given back.
#include "names/names.hpp"

namespace scopetrie::python {

namespace {

NamesState::Part& part_of(NamesState& state, PyObject* name) {
  return state.parts[(reinterpret_cast<std::uintptr_t>(name) >> 4) % state.parts.size()];
}

// The place of a name that is not the one its slot has, which then has it. Throws, Error where it is not legal.
[[gnu::noinline]] void find_place(NamesState& state, const char* call, PyObject* name, ScopeId& scope,
                                  SegmentId& segment) {
  const std::string_view text = argument_text(call, "a name", name);
  const ScopeId here = scope;
  scope = state.names.place(text, here, segment);
  if (scope == here && PyUnicode_CheckExact(name) && PyUnicode_CHECK_INTERNED(name)) {
    NamesState::Part& part = part_of(state, name);
    const Ref before(std::exchange(part.text, Py_NewRef(name)));
    part.segment = segment;
  }
}

// The place of a name that is asked for in the current scope. Throws, Error where it is not legal.
SCOPETRIE_INLINED void place_of(NamesState& state, const char* call, PyObject* name, ScopeId& scope,
                                SegmentId& segment) {
  scope = names_scope(state);
  const NamesState::Part& part = part_of(state, name);
  if (part.text == name) [[likely]]
    segment = part.segment;
  else
    find_place(state, call, name, scope, segment);
}

// What give(scope, segment) gives at the place of a name that is asked for.
template <class Give>
PyObject* name_at(NamesState& state, const char* call, PyObject* name, Give&& give) {
  return refusing(state, call, name, [&] {
    ScopeId scope;
    SegmentId segment;
    place_of(state, call, name, scope, segment);
    return to_str(state.writer.write(give(scope, segment)));
  });
}

}  // namespace

PyObject* names_unique(PyObject* self, PyObject* const* args, Py_ssize_t positional, PyObject* keywords) {
  static Signature<1> signature("Names.unique_name", {"name"});
  PyObject* name = signature.parse(args, positional, keywords, 1)[0];
  NamesState& state = names_of(self);
  return name_at(state, "Names.unique_name", name, [&](ScopeId scope, SegmentId segment) {
    const Name made = state.names.unique(scope, segment);
    ++state.version;
    return made;
  });
}

PyObject* names_peek(PyObject* self, PyObject* const* args, Py_ssize_t positional, PyObject* keywords) {
  static Signature<1> signature("Names.peek", {"name"});
  PyObject* name = signature.parse(args, positional, keywords, 1)[0];
  NamesState& state = names_of(self);
  return name_at(state, "Names.peek", name,
                 [&](ScopeId scope, SegmentId segment) { return state.names.peek(scope, segment); });
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
  if (PyUnicode_Check(names))
    raise_error(PyExc_TypeError, "%s takes an iterable of names, not a single str: %R", call, names);
  const bool is_list = PyList_CheckExact(names) || PyTuple_CheckExact(names);
  return checked(is_list ? items_of(names, "an iterable of names is needed") : PySequence_List(names));
}

// Fills a list with a unique name for each place. Where it throws it has taken nothing, unless it called Python.
void fill(NamesState& state, const std::vector<std::pair<ScopeId, SegmentId>>& places, PyObject* list) {
  const std::size_t rows = state.names.row_count();
  state.names.reserve(places.size());
  Py_ssize_t at = 0;
  try {
    for (const auto& [scope, segment] : places)
      PyList_SET_ITEM(list, at++, checked(to_str(state.writer.write(state.names.unique(scope, segment)))).release());
  } catch (...) {
    stay_if_thread_ends();
    if (state.legal == nullptr) state.names.take_back(rows);
    throw;
  }
}

}  // namespace

PyObject* names_unique_many(PyObject* self, PyObject* names) {
  NamesState& state = names_of(self);
  const Ref items = items_of_names("Names.unique_names", names);
  const Py_ssize_t count = PySequence_Fast_GET_SIZE(items.get());
  // All places first: finding them may call Python, which may give out names, too.
  std::vector<std::pair<ScopeId, SegmentId>> places;
  places.reserve(static_cast<std::size_t>(count));
  const ScopeId here = names_scope(state);
  for (Py_ssize_t i = 0; i < count; ++i) {
    if (i >= PySequence_Fast_GET_SIZE(items.get())) break;  // Python has made the list shorter
    PyObject* item = PySequence_Fast_GET_ITEM(items.get(), i);
    const NamesState::Part& part = part_of(state, item);
    if (part.text == item) [[likely]] {
      places.emplace_back(here, part.segment);
      continue;
    }
    const Ref name = Ref::borrowed(item);
    std::pair<ScopeId, SegmentId>& place = places.emplace_back();
    refusing(state, "Names.unique_names", name.get(),
             [&] { place_of(state, "Names.unique_names", name.get(), place.first, place.second); });
  }
  Ref list(new_list(static_cast<Py_ssize_t>(places.size())));
  if (!list) return nullptr;
  ++state.version;
  refusing(state, "Names.unique_names", names, [&] {
    if (state.legal == nullptr) return fill(state, places, list.get());
    Span span(state.names);
    fill(state, places, list.get());
    span.keep();
  });
  return list.release();
}

PyObject* names_reserve(PyObject* self, PyObject* const* args, Py_ssize_t positional, PyObject* keywords) {
  static Signature<1> signature("Names.reserve", {"name"});
  PyObject* name = signature.parse(args, positional, keywords, 1)[0];
  NamesState& state = names_of(self);
  const std::string_view text = argument_text("Names.reserve", "a name", name);
  return refusing(state, "Names.reserve", name, [&] {
    state.names.check_legal(text);
    SegmentId segment;
    const ScopeId scope = state.names.place_as_written(text, names_scope(state), segment);
    const Name full{scope, segment, 0};
    if (state.names.reserve(scope, segment)) {
      ++state.version;
      return to_str(state.writer.write(full));
    }
    std::string taken = "the name '", other;
    state.names.append_name(full, taken);
    state.names.append_name(state.names.peek(scope, segment), other);
    refuse(state, "Names.reserve", name, taken + "' is taken; unique_name() would give '" + other + "'");
  });
}

PyObject* names_update(PyObject* self, PyObject* names) {
  NamesState& state = names_of(self);
  const Ref items = items_of_names("Names.update", names);
  const Ref own = checked(PySequence_Tuple(items.get()));
  Span span(state.names);
  ++state.version;
  for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(own.get()); ++i) {
    const std::string_view text = argument_text("Names.update", "a name", PyTuple_GET_ITEM(own.get(), i));
    SegmentId segment;
    const ScopeId scope = state.names.place_as_written(text, ScopeTrie::kRoot, segment);
    state.names.add(scope, segment);
  }
  span.keep();
  Py_RETURN_NONE;
}

PyObject* names_release(PyObject* self, PyObject* const* args, Py_ssize_t positional, PyObject* keywords) {
  static Signature<1> signature("Names.release", {"name"});
  PyObject* name = signature.parse(args, positional, keywords, 1)[0];
  NamesState& state = names_of(self);
  const std::string_view text = argument_text("Names.release", "a name", name);
  SegmentId segment;
  const ScopeId scope = state.names.place_as_written(text, ScopeTrie::kRoot, segment);
  switch (state.names.release(scope, segment)) {
    case Names::Release::kDone:
      ++state.version;
      Py_RETURN_NONE;
    case Names::Release::kFree:
      raise_error(PyExc_ValueError, "Names.release(%R): the name is free; release takes full names that were given out",
                  name);
    default: {
      const std::uint32_t first = state.names.under(state.names.find_scope(text)).front();
      raise_error(PyExc_ValueError,
                  "Names.release(%R): the path was never given out, it is taken because of the names beneath it; "
                  "release those, for example %R",
                  name, checked(to_str(state.writer.write(state.names.name(first)))).get());
    }
  }
}

}  // namespace scopetrie::python
