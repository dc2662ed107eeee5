#include "ops/op_function.hpp"
#include "support/bindings.hpp"

#include <algorithm>
#include <cstddef>
#include <stdexcept>
#include <string>
#include <unordered_map>

namespace scopetrie::python {

namespace {

/// What Python has of the types of operations, by number; never destroyed, as they hold Python objects.
struct KindTable {
  struct Kind {
    PyObject* name = nullptr;
    PyObject* definition = nullptr;  // the OpDef, or, a str, the module that makes it when it is imported
  };
  std::vector<Kind> kinds;
};

KindTable& kind_table() {
  static KindTable* const only = new KindTable;
  return *only;
}

// A type's entry, made if Python has not met the type.
KindTable::Kind& kind_entry(KindId kind) {
  std::vector<KindTable::Kind>& kinds = kind_table().kinds;
  if (kind < kinds.size() && kinds[kind].name != nullptr) [[likely]]
    return kinds[kind];
  PyObject* name = to_str(scopetrie::kind_name(kind));
  if (name == nullptr) throw_raised();
  PyUnicode_InternInPlace(&name);  // which may wait for another thread: it may add this type, too
  if (kinds.size() <= kind) kinds.resize(std::size_t{kind} + 1);
  if (kinds[kind].name == nullptr)
    kinds[kind].name = name;
  else
    Py_DECREF(name);
  return kinds[kind];
}

// A type's OpDef, whose module is imported if need be. Borrowed; null if there is none. Throws.
PyObject* definition_at(KindId kind) {
  const Ref definition = Ref::borrowed(kind_entry(kind).definition);
  if (!definition || !PyUnicode_Check(definition.get())) [[likely]]
    return definition.get();  // the table's
  load(definition.get());
  PyObject* const made = kind_table().kinds[kind].definition;
  if (!PyUnicode_Check(made)) return made;
  raise_error(PyExc_ImportError, "op type %U is not defined by %U: run python .ci/generate.py",
              kind_table().kinds[kind].name, made);
}

// op_definition(type)
PyObject* op_definition(PyObject*, PyObject* type) {
  PyObject* found = PyUnicode_Check(type) ? find_kind(text_of(type)) : nullptr;
  return Py_NewRef(or_none(found));
}

// Made, as kinds(), while the module is loaded: making them calls Python, where another thread may wait for them.
PyObject* name_keyword() {
  static PyObject* const only = PyUnicode_InternFromString("name");
  return only;
}

PyObject* function_call(PyObject* self, PyObject* const* args, std::size_t flagged, PyObject* keywords) {
  const Definition& definition = definition_of(self);
  const std::size_t count = definition.inputs.size();
  const auto given = static_cast<std::size_t>(PyVectorcall_NARGS(flagged));
  PyObject* inputs[kMostInputs];
  PyObject* name = nullptr;
  Ref attrs;
  if (given > count + 1)
    raise_error(PyExc_TypeError, "%U() takes %zu inputs and a name, but %zu positional arguments were given",
                kind_name(definition.kind), count, given);
  for (std::size_t i = 0; i < count; ++i) inputs[i] = i < given ? args[i] : nullptr;
  if (given == count + 1) name = args[count];
  if (keywords != nullptr) {
    PyObject* const name_text = name_keyword();
    for (Py_ssize_t k = 0; k < PyTuple_GET_SIZE(keywords); ++k) {
      PyObject* keyword = PyTuple_GET_ITEM(keywords, k);
      PyObject* value = args[given + static_cast<std::size_t>(k)];
      if (keyword == name_text || PyUnicode_Compare(keyword, name_text) == 0) {
        name = value;
        continue;
      }
      std::size_t at = 0;
      while (at < count && definition.inputs[at].name != keyword &&
             PyUnicode_Compare(definition.inputs[at].name, keyword) != 0)
        ++at;
      if (at < count) {
        if (inputs[at] != nullptr)
          raise_error(PyExc_TypeError, "%U() got multiple values for argument '%U'", kind_name(definition.kind),
                      keyword);
        inputs[at] = value;
        continue;
      }
      if (!definition.takes(keyword))
        raise_error(PyExc_TypeError, "%U() got an unexpected keyword argument '%U'", kind_name(definition.kind),
                    keyword);
      if (!attrs) attrs = Ref(new_dict());
      if (!attrs || PyDict_SetItem(attrs.get(), keyword, value) < 0) return nullptr;
    }
  }
  for (std::size_t i = 0; i < count; ++i)
    if (inputs[i] == nullptr)
      raise_error(PyExc_TypeError, "%U() missing required argument '%U'", kind_name(definition.kind),
                  definition.inputs[i].name);
  if (name == Py_None) name = nullptr;
  return build(definition, inputs, name, definition.default_name, attrs.get(), Conversion::kStrict);
}

Input::Kind kind_of_input(std::string_view text) {
  static constexpr std::pair<std::string_view, Input::Kind> kKinds[] = {
      {"tensor", Input::kTensor}, {"reference", Input::kReference}, {"index", Input::kIndex},    {"axes", Input::kAxes},
      {"order", Input::kOrder},   {"list", Input::kList},           {"mixed", Input::kMixedList}};
  const auto* at = std::ranges::find(kKinds, text, &std::pair<std::string_view, Input::Kind>::first);
  if (at == std::end(kKinds))
    raise_error(PyExc_ValueError, "an input is of no kind %s; see scopetrie.ops.declare", std::string(text).c_str());
  return at->second;
}

void read_allowed(Input& input, PyObject* types) {
  if (types == Py_None) return;
  const Ref names = checked(map_items(types, [&](PyObject* type) {
    const std::uint8_t number = dtype_number(type);
    input.allowed.set(number);
    input.fixed = PyTuple_GET_SIZE(types) == 1 ? number : 0;
    return PyObject_GetAttrString(type, "name");
  }));
  input.allowed_text = checked(PyUnicode_Join(checked(PyUnicode_FromString(", ")).get(), names.get())).release();
  input.checks_dtype = true;
}

// Reads declare.Input: (name, kind, types, attribute of the dtype, whether it is wanted on the host).
void read_input_declaration(Definition& definition, PyObject* declared, std::vector<PyObject*>& attributes) {
  PyObject *name, *kind, *types, *attribute;
  int host;
  if (!PyArg_ParseTuple(declared, "UUOOp", &name, &kind, &types, &attribute, &host)) throw_raised();
  const std::size_t at = definition.inputs.size();
  Input& input = definition.inputs.emplace_back();
  input.kind = kind_of_input(text_of(kind));
  read_allowed(input, types);
  input.name = Py_NewRef(name);
  PyUnicode_InternInPlace(&input.name);
  input.known = known_name(text_of(name));
  definition.has_lists |= input.is_list();
  definition.has_indices |= input.is_index();
  // Inputs have one dtype if one attribute holds it, or if it is fixed; the elements of a mixed list have any.
  attributes.push_back(attribute);
  std::size_t first = 0;
  while (first < at && (definition.inputs[first].kind == Input::kMixedList ||
                        (attribute == Py_None
                             ? input.fixed == 0 || definition.inputs[first].fixed != input.fixed
                             : attributes[first] == Py_None || PyUnicode_Compare(attributes[first], attribute) != 0)))
    ++first;
  input.group = static_cast<std::uint8_t>(input.kind == Input::kMixedList ? at : first);
  definition.same_dtype &= input.group == 0 && input.kind != Input::kMixedList;
}

// The rule of the core for the type.
void read_type_rule(Definition& definition, PyObject* type) {
  const ShapeRule* rule = find_rule(text_of(type));
  if (rule == nullptr)
    raise_error(PyExc_ValueError, "op type %R has no shape rule: the core has none for it, and none is given", type);
  definition.rule = *rule;
  definition.checks_attributes = true;
  const Ref attributes = checked(PyObject_GetAttrString(definition.op_def, "attributes"));
  const Ref listed = checked(PySequence_Tuple(attributes.get()));
  for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(listed.get()); ++i) {
    PyObject* name = checked(PySequence_GetItem(PyTuple_GET_ITEM(listed.get(), i), 0)).release();
    PyUnicode_InternInPlace(&name);
    definition.attributes.push_back(name);
  }
}

void read_rule(Definition& definition, PyObject* rule, PyObject* type) {
  if (rule == Py_None) return read_type_rule(definition, type);
  if (!PyUnicode_Check(rule)) {
    definition.rule.kind = ShapeRule::kFunction;
    definition.rule_function = Py_NewRef(rule);
    if (PyCallable_Check(rule)) return;
    raise_error(PyExc_TypeError, "a shape rule must be a function or the name of one, not %R", rule);
  }
  static const std::unordered_map<std::string_view, ShapeRule::Kind> rules = {{"same", ShapeRule::kSame},
                                                                              {"bool", ShapeRule::kBool},
                                                                              {"broadcast", ShapeRule::kBroadcast},
                                                                              {"compare", ShapeRule::kCompare}};
  const auto at = rules.find(text_of(rule));
  if (at == rules.end())
    raise_error(PyExc_ValueError,
                "there is no shape rule %R; take 'same', 'bool', 'broadcast', 'compare' or a function", rule);
  definition.rule.kind = at->second;
  if (definition.inputs.empty())
    raise_error(PyExc_ValueError, "an op without inputs needs a function as its shape rule");
}

// OpFunction(op_def, type, name, inputs, rule, doc)
PyObject* function_make(PyTypeObject* type, PyObject* args, PyObject*) {
  PyObject *op_def, *type_name, *name, *inputs, *rule, *doc;
  if (!PyArg_ParseTuple(args, "OUUO!OU", &op_def, &type_name, &name, &PyTuple_Type, &inputs, &rule, &doc))
    return nullptr;
  if (PyTuple_GET_SIZE(inputs) > 16)
    raise_error(PyExc_ValueError, "an op has at most 16 named inputs; take a list input");
  Ref self(allocated(type));
  auto* made = reinterpret_cast<PyOpFunction*>(self.get());
  made->vectorcall = locked<function_call>;
  made->definition = new Definition;
  Definition& definition = *made->definition;
  definition.op_def = Py_NewRef(op_def);
  definition.kind = kind_number(text_of(type_name));
  Py_XSETREF(kind_table().kinds[definition.kind].definition, Py_NewRef(op_def));
  definition.default_name = known_name(text_of(name));
  std::vector<PyObject*> attributes;
  for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(inputs); ++i)
    read_input_declaration(definition, PyTuple_GET_ITEM(inputs, i), attributes);
  read_rule(definition, rule, type_name);
  made->dict = checked(new_dict()).release();
  if (PyDict_SetItemString(made->dict, "__name__", name) < 0 ||
      PyDict_SetItemString(made->dict, "__qualname__", name) < 0 ||
      PyDict_SetItemString(made->dict, "__doc__", doc) < 0)
    return nullptr;
  return self.release();
}

struct OwnedFunction : PyOpFunction {
  int visit_more(visitproc visit, void* arg) const {
    if (definition == nullptr) return 0;
    Py_VISIT(definition->op_def);
    Py_VISIT(definition->rule_function);
    return 0;
  }
  void clear_more() const {
    if (definition == nullptr) return;
    Py_CLEAR(definition->op_def);
    Py_CLEAR(definition->rule_function);
  }
  void end() const {
    clear_more();
    if (definition == nullptr) return;
    for (const Input& input : definition->inputs) {
      Py_XDECREF(input.name);
      Py_XDECREF(input.allowed_text);
    }
    for (PyObject* attribute : definition->attributes) Py_DECREF(attribute);
    delete definition;
  }
};
using FunctionOwning = Owning<OwnedFunction, &PyOpFunction::dict>;

PyObject* function_repr(PyObject* self) {
  return PyUnicode_FromFormat("<op function %U>", kind_name(definition_of(self).kind));
}

PyObject* get_def(PyObject* self, void*) {
  PyObject* op_def = definition_of(self).op_def;
  return Py_NewRef(or_none(op_def));
}

// What help(), inspect and notebooks show; made when asked for.
PyObject* function_get_signature(PyObject* self, void*) {
  return PyObject_CallMethod(definition_of(self).op_def, "signature", nullptr);
}

}  // namespace

const Definition& definition_of(PyObject* op_function) {
  return *reinterpret_cast<PyOpFunction*>(op_function)->definition;
}

KindId kind_number(std::string_view type) {
  const KindId kind = scopetrie::kind_number(type);
  kind_entry(kind);
  return kind;
}

PyObject* kind_name(KindId kind) { return kind_entry(kind).name; }

PyObject* find_kind(std::string_view type) {
  const auto kind = scopetrie::find_kind(type);
  return kind ? definition_at(*kind) : nullptr;
}

PyObject* kind_definition(KindId kind) {
  PyObject* definition = definition_at(kind);
  return or_none(definition);
}

void keep_op_types(PyObject* modules) {
  if (!PyDict_Check(modules)) raise_error(PyExc_TypeError, "op_types: a dict is needed");
  Py_ssize_t at = 0;
  for (PyObject *type, *module; PyDict_Next(modules, &at, &type, &module);) {
    const std::string_view text = checked_text(type);
    checked_text(module);
    PyObject*& definition = kind_table().kinds[kind_number(text)].definition;
    if (definition == nullptr) definition = Py_NewRef(module);
  }
}

void bind_op_function(PyObject* module) {
  state().op_function_type = add_type<PyOpFunction>(
      module, "OpFunction", Py_TPFLAGS_HAVE_VECTORCALL,
      FunctionOwning::slots_and(
          {slot(Py_tp_new, locked<function_make>), slot(Py_tp_call, PyVectorcall_Call),
           slot(Py_tp_repr, locked<function_repr>),
           members({offset_of("__dictoffset__", offsetof(PyOpFunction, dict)),
                    offset_of("__vectorcalloffset__", offsetof(PyOpFunction, vectorcall))}),
           properties({property("definition", unlocked<get_def>, "The OpDef that the function makes nodes of."),
                       property("__signature__", unlocked<function_get_signature>,
                                "The function's parameters, as inspect.Signature."),
                       property("__dict__", PyObject_GenericGetDict, PyObject_GenericSetDict, nullptr)})}));
  kinds();
  if (name_keyword() == nullptr) throw_raised();
  add_functions(module, {{"op_definition", locked<op_definition>, METH_O,
                          "The OpDef of a type of operations; None if there is none."}});
}

}  // namespace scopetrie::python
