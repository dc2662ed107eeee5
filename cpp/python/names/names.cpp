// Names, as Python sees it: the type, its options, and looking at the names.
#include "names/names.hpp"

#include <cstddef>

#include "support/bindings.hpp"
#include "support/types.hpp"

namespace scopetrie::python {

namespace {

// Options ------------------------------------------------------------------------------------------------------------

std::string lower(std::string_view text) {
  const Ref str = checked(to_str(text));
  return std::string(checked_text(checked(PyObject_CallMethod(str.get(), "lower", nullptr)).get()));
}

bool is_legal(PyObject* legal, std::string_view text) {
  const Ref str = checked(to_str(text));
  return truth_of(called(legal, str).get());
}

std::string cleaned(PyObject* clean, std::string_view text) {
  const Ref str = checked(to_str(text)), made = called(clean, str);
  if (PyUnicode_Check(made.get())) return std::string(checked_text(made.get(), "Names.clean"));
  raise_error(PyExc_TypeError, "Names: clean(%R) must give a str, not %s: %R", str.get(), Py_TYPE(made.get())->tp_name,
              made.get());
}

// The callables are this state's; they are looked for when they are needed, since the collector may have cleared them.
void set_rules(NamesState& state, PyObject* legal, PyObject* clean) {
  state.legal = Py_XNewRef(legal);
  state.clean = Py_XNewRef(clean);
  std::function<bool(std::string_view)> legal_rule;
  std::function<std::string(std::string_view)> clean_rule;
  if (legal != nullptr)
    legal_rule = [&state](std::string_view text) {
      const Ref held = Ref::borrowed(state.legal);
      return !held || is_legal(held.get(), text);
    };
  if (clean != nullptr)
    clean_rule = [&state](std::string_view text) {
      const Ref held = Ref::borrowed(state.clean);
      return held ? cleaned(held.get(), text) : std::string(text);
    };
  state.names.set_rules(std::move(legal_rule), std::move(clean_rule));
}

PyObject* make_from(PyTypeObject* type, std::unique_ptr<NamesState> state, PyObject* legal, PyObject* clean) {
  PyObject* self = allocated(type);
  reinterpret_cast<PyNames*>(self)->state = state.release();
  set_rules(names_of(self), legal, clean);
  return self;
}

// Names.__new__(type, separator, before_number, after_number, fold, scopes_are_names, legal, clean)
PyObject* names_make(PyTypeObject* type, PyObject* args, PyObject*) {
  PyObject *separator, *before, *after, *legal, *clean;
  int folds, scopes_are_names;
  if (!PyArg_ParseTuple(args, "UUUppOO", &separator, &before, &after, &folds, &scopes_are_names, &legal, &clean))
    return nullptr;
  Names::Options options;
  options.spelling.separator = checked_text(separator, "Names.separator");
  options.spelling.before_number = checked_text(before, "Names.suffix");
  options.spelling.after_number = checked_text(after, "Names.suffix");
  options.spelling.folds = folds != 0;
  options.spelling.lower = lower;
  options.scopes_are_names = scopes_are_names != 0;
  // Only whether there are any matters here: they are replaced by those that know the state.
  if (legal != Py_None) options.legal = [](std::string_view) { return true; };
  if (clean != Py_None) options.clean = [](std::string_view text) { return std::string(text); };
  try {
    return make_from(type, std::make_unique<NamesState>(std::move(options)), none_to_null(legal), none_to_null(clean));
  } catch (const Error& error) {
    raise_error(PyExc_ValueError, "Names(separator=%R, suffix='%U{}%U'): %s", separator, before, after, error.what());
  }
}

PyObject* fork(PyObject* self, PyObject*) {
  const NamesState& state = names_of(self);
  return make_from(Py_TYPE(self), std::make_unique<NamesState>(state), state.legal, state.clean);
}

struct OwnedNames : PyNames {
  int visit_more(visitproc visit, void* arg) const {
    if (state == nullptr) return 0;
    Py_VISIT(state->legal);
    Py_VISIT(state->clean);
    return 0;
  }
  void clear_more() const {
    if (state == nullptr) return;
    Py_CLEAR(state->legal);
    Py_CLEAR(state->clean);
  }
  void end() {
    if (weak_references != nullptr) PyObject_ClearWeakRefs(reinterpret_cast<PyObject*>(this));
    clear_more();
    if (const std::unique_ptr<NamesState> gone(std::exchange(state, nullptr)); gone)
      for (const NamesState::Part& part : gone->parts) Py_XDECREF(part.text);
  }
};
using NamesOwning = Owning<OwnedNames>;

// Looking ------------------------------------------------------------------------------------------------------------

int contains(PyObject* self, PyObject* name) {
  const std::string_view text = argument_text("Names.__contains__", "a name", name);
  return names_of(self).names.is_taken(text) ? 1 : 0;
}

Py_ssize_t length(PyObject* self) { return static_cast<Py_ssize_t>(names_of(self).names.size()); }

PyObject* iterate(PyObject* self) { return make_names_iterator(self, true, {}); }

PyObject* under(PyObject* self, PyObject* const* args, Py_ssize_t positional, PyObject* keywords) {
  static Signature<1> signature("Names.under", {"path"});
  PyObject* path = signature.parse(args, positional, keywords, 1)[0];
  const std::string_view text = argument_text("Names.under", "a path", path);
  const Names& names = names_of(self).names;
  const ScopeId scope = names.find_scope(text);
  return make_names_iterator(self, false, scope != kNone ? names.under(scope) : std::vector<std::uint32_t>());
}

PyObject* scope(PyObject* self, PyObject* const* args, Py_ssize_t positional, PyObject* keywords) {
  static Signature<2> signature("Names.scope", {"name", "reopen"});
  auto given = signature.parse(args, positional, keywords, 1);
  const bool reopen = truth_of(given[1]);
  if (given[0] != Py_None) argument_text("Names.scope", "a name", given[0]);
  return make_names_scope(self, given[0], reopen);
}

PyObject* repr(PyObject* self) {
  return PyUnicode_FromFormat("<Names: %zd in use>", static_cast<Py_ssize_t>(names_of(self).names.size()));
}

// Undo ---------------------------------------------------------------------------------------------------------------

PyObject* begin(PyObject* self, PyObject*) {
  NamesState& state = names_of(self);
  state.spans.push_back(state.names.begin());
  return PyLong_FromSize_t(state.spans.size());
}

// Ends the span of a number that _begin() gave, and those within it.
PyObject* end(PyObject* self, PyObject* const* args, Py_ssize_t count) {
  NamesState& state = names_of(self);
  if (count != 2) return PyErr_Format(PyExc_TypeError, "Names._end() takes 2 arguments (%zd given)", count);
  const std::size_t number = PyLong_AsSize_t(args[0]);
  if (PyErr_Occurred()) return nullptr;
  if (number == 0) return PyErr_Format(PyExc_ValueError, "Names._end: there is no transaction 0");
  for (; state.spans.size() >= number; state.spans.pop_back()) {
    if (args[1] == Py_True) {
      state.names.commit();
    } else {
      state.names.rollback(state.spans.back());
      ++state.version;
    }
  }
  Py_RETURN_NONE;
}

}  // namespace

void bind_names(PyObject* module) {
  const PyType_Slot own_methods = methods(
      {fast("unique_name", locked<names_unique>,
            "unique_name($self, name)\n--\n\n"
            "Gives out a name in the current scope: `name` if it is free, else with the first number that is.\n\n"
            "Args:\n    name: A str; it may be a path.\n\n"
            "Returns:\n    The full name, which is taken from now on.\n\n"
            "Raises:\n    ValueError: If the name is not legal (see `Names`).\n    TypeError: If it is no str.\n\n"
            ">>> from scopetrie import Names\n>>> names = Names()\n"
            ">>> [names.unique_name(\"Add\") for _ in range(3)]\n['Add', 'Add_1', 'Add_2']\n"),
       {"unique_names", locked<names_unique_many>, METH_O,
        "unique_names($self, names, /)\n--\n\n"
        "`unique_name` for each of many, all of them or none.\n\n"
        "Args:\n    names: An iterable of str.\n\n"
        "Returns:\n    A list of full names.\n\n"
        "Raises:\n    ValueError: As `unique_name`; nothing is taken then.\n    TypeError: Likewise.\n\n"
        ">>> from scopetrie import Names\n>>> Names().unique_names([\"MatMul\", \"Add\", \"MatMul\"])\n"
        "['MatMul', 'Add', 'MatMul_1']\n"},
       fast("peek", locked<names_peek>,
            "peek($self, name)\n--\n\n"
            "What `unique_name` would give now; nothing is taken.\n\n"
            "Args:\n    name: A str; it may be a path.\n\n"
            "Returns:\n    The full name.\n\n"
            "Raises:\n    ValueError: As `unique_name`.\n    TypeError: Likewise.\n"),
       fast("reserve", locked<names_reserve>,
            "reserve($self, name)\n--\n\n"
            "Takes exactly this name in the current scope.\n\n"
            "Args:\n    name: A str; it may be a path.\n\n"
            "Returns:\n    The full name.\n\n"
            "Raises:\n    ValueError: If it is taken, or not legal.\n    TypeError: If it is no str.\n\n"
            ">>> from scopetrie import Names\n>>> names = Names()\n>>> names.reserve(\"logits\")\n'logits'\n"
            ">>> names.reserve(\"logits\")\nTraceback (most recent call last):\n  ...\n"
            "ValueError: Names.reserve('logits'): the name 'logits' is taken; unique_name() would give 'logits_1'\n"),
       {"update", locked<names_update>, METH_O,
        "update($self, names, /)\n--\n\n"
        "Takes over names that are in use elsewhere, as they are, whatever is legal or taken here.\n\n"
        "Args:\n    names: An iterable of full names. Those that are listed already stay so.\n\n"
        "Raises:\n    TypeError: If one of them is no str; none is taken over then.\n"},
       fast(
           "release", locked<names_release>,
           "release($self, name)\n--\n\n"
           "Gives a name back: it is free again, and the next to be given out for its base.\n\n"
           "Args:\n    name: A full name that was given out, or the path of a scope. Where names beneath it are\n"
           "        in use it stays taken as long as they are.\n\n"
           "Raises:\n    ValueError: If it is free, or was never given out itself.\n    TypeError: If it is no str.\n\n"
           ">>> from scopetrie import Names\n>>> names = Names()\n>>> names.unique_names([\"w\", \"w\", \"w\"])\n"
           "['w', 'w_1', 'w_2']\n>>> names.release(\"w_1\")\n>>> names.unique_name(\"w\")\n'w_1'\n"),
       fast(
           "under", locked<under>,
           "under($self, path)\n--\n\n"
           "The names beneath a path, in the order in which they were given out.\n\n"
           "Args:\n    path: A scope's full path; \"\" for all names.\n\n"
           "Returns:\n    An iterator. It takes time for what is beneath the path, however much there is elsewhere.\n\n"
           "Raises:\n    TypeError: If the path is no str.\n    RuntimeError: From the iterator, if the names "
           "change.\n"),
       fast("scope", locked<scope>,
            "scope($self, name, reopen=False)\n--\n\n"
            "A `with` block in whose body this thread's names are given out beneath a path.\n\n"
            "Args:\n    name: The scope's name in the current scope, made unique as a name is. None is the root.\n"
            "    reopen: Whether to go to exactly this scope, be it new or not.\n\n"
            "Returns:\n    A context manager that gives the scope's full path.\n\n"
            "Raises:\n    ValueError: On entering, if the name is not legal.\n    TypeError: If it is no str.\n\n"
            ">>> from scopetrie import Names\n>>> names = Names()\n"
            ">>> for _ in range(2):\n...     with names.scope(\"layer\") as path:\n"
            "...         print(path, names.unique_name(\"MatMul\"))\n"
            "layer layer/MatMul\nlayer_1 layer_1/MatMul\n"
            ">>> with names.scope(\"layer\", reopen=True):\n...     names.unique_name(\"MatMul\")\n'layer/MatMul_1'\n"),
       {"fork", locked<fork>, METH_NOARGS,
        "fork($self, /)\n--\n\nAn independent copy, with no scope open.\n\nReturns:\n    Names of the same type.\n"},
       {"_begin", locked<begin>, METH_NOARGS, "Starts a transaction; gives its number for _end()."},
       with_arguments("_end", locked<end>, "Ends a transaction and those within it: (number, keep).")});
  add_type<PyNames>(
      module, "Names", Py_TPFLAGS_BASETYPE,
      NamesOwning::slots_and({slot(Py_tp_new, locked<names_make>), slot(Py_tp_repr, locked<repr>),
                              slot(Py_tp_iter, locked<iterate>), slot(Py_sq_contains, locked<contains>),
                              slot(Py_sq_length, locked<length>), own_methods,
                              members({offset_of("__weaklistoffset__", offsetof(PyNames, weak_references))})}));
  bind_names_views(module);
}

}  // namespace scopetrie::python
