// Store.get where somebody may have to be asked: getters, initializers that Python has, values.
#include "store/store_call.hpp"

#include "calls/signatures.hpp"
#include "scopetrie/names/legal_names.hpp"
#include "scopetrie/values/refusal.hpp"
#include "scopetrie/variables/partitions.hpp"
#include "variables/initializers.hpp"

namespace scopetrie::python {

bool read_core_rule(PyObject* object, Initializer& out) {
  return read_initializer(object, out) && !is_recorded(out.kind);
}

ShapeId asked_shape(StoreState& store, StoreName place, PyObject* given) {
  try {
    return parse_dims(store.ops.shapes(), given);
  } catch (const PythonRaised&) {  // NOLINT(bugprone-empty-catch): it is said which variable it is about
  }
  if (!PyErr_ExceptionMatches(PyExc_ValueError) && !PyErr_ExceptionMatches(PyExc_TypeError)) throw_raised();
  KeptException why;
  PyObject* error = why.object();
  const Ref name = checked(to_str(full_name(store, place.scope, place.segment)));
  PyErr_Format(reinterpret_cast<PyObject*>(Py_TYPE(error)), "Store.get: %U was asked for with shape=%R: %S", name.get(),
               given, error);
  why.drop();
  throw_raised();
}

namespace {

// The call in a scope. Stores say themselves which dtypes there are, and their scopes what is trained.
VariableCall store_call_in(const PyVariableScope& scope, const Arguments& arguments) {
  VariableCall call = call_in(scope, arguments);
  if (call.has_dtype) call.dtype = read_array_dtype(arguments[kDType]);
  if (call[kTrainable] == nullptr && !scope.is_trainable()) call[kTrainable] = Py_False;
  return call;
}

/// Makes a variable, or finds it, where somebody may have to be asked.
class Single {
 public:
  Single(PyObject* self, const VariableCall& call, StoreName place)
      : self_(self), store_(store_of(self)), call_(call), place_(place) {}

  PyObject* get() {
    read();
    const Verdict verdict = look_up(store_, request_);
    if (verdict.kind == Verdict::Kind::kFound) return found(verdict.variable);
    if (verdict.is_refused()) throw store_refusal(store_.values, request_, verdict);
    return make();
  }

 private:
  void read() {
    is_value_ = call_[kInitializer] != nullptr && !PyUnicode_Check(call_[kInitializer]) &&
                !PyCallable_Check(call_[kInitializer]) && !read_core_rule(call_[kInitializer], rule_);
    request_.scope = place_.scope;
    request_.segment = place_.segment;
    request_.sharing = call_.sharing;
    request_.source = source_of(call_[kInitializer] != nullptr, is_value_);
    request_.has_shape = call_[kShape] != nullptr;
    request_.dtype = call_.dtype;
    if (request_.has_shape) request_.shape = asked_shape(store_, place_, call_[kShape]);
    request_.is_part = true;  // values know better which variable is in parts
  }

  PyObject* found(VariableId id) { return Ref(store_variable(as_graph(self_), store_.values.resolved(id))).release(); }

  std::string full_name() const { return scopetrie::full_name(store_, place_.scope, place_.segment); }
  bool is_defined() const { return request_.has_shape && store_.ops.shapes().elements(request_.shape) >= 0; }

  PyObject* make() {
    trainable_ = truth_of(call_[kTrainable], true);
    if (is_value_) return make_of_value(call_[kInitializer], call_.has_dtype ? call_.dtype : DType());
    if (!is_defined()) return make_by_needing_nothing();
    const Output output{request_.shape, call_.dtype};
    return add(output, origin());
  }

  Values::Origin origin() {
    if (call_[kInitializer] == nullptr) return store_.values.usual_origin(call_.dtype);  // there is one
    if (read_core_rule(call_[kInitializer], rule_)) return store_.values.origin_of(rule_);
    if (PyUnicode_Check(call_[kInitializer])) {
      const Ref named = called(state().hooks.named_initializer, call_[kInitializer]);
      if (PyUnicode_Check(named.get()))
        raise_error(PyExc_ValueError, "Store.get: there is no initializer of the name %R", call_[kInitializer]);
      return store_.values.origin_of(HostObject(python_host, named.get()));
    }
    return store_.values.origin_of(HostObject(python_host, call_[kInitializer]));
  }

  PyObject* add(Output output, Values::Origin origin) {
    Values& values = store_.values;
    check(output, origin);
    check_rank(output.shape);
    array_dtype(output.dtype);
    note_builder();
    const std::uint32_t site = store_.sites.here();
    make_room_for_handle(store_);
    return finish(values.create(place_.scope, place_.segment, output, trainable_, origin, site));
  }

  // Says which variable cannot be made as it was asked for.
  void check(Output output, Values::Origin origin) {
    try {
      store_.values.check_size(output.shape, output.dtype);
      store_.values.check(origin, output.dtype);
    } catch (const Error& error) {
      throw Error(error.kind(), "Store.get: " + full_name() + ": " + error.what(), error.facts());
    }
  }

  void check_rank(ShapeId shape) const {
    constexpr std::size_t kMostAxes = 64;  // as NumPy
    if (store_.ops.shapes().dims(shape).size() > kMostAxes)
      throw Error(ErrorKind::kValue,
                  "Store.get: " + full_name() + " was asked for with more than 64 axes, which no array has");
  }

  // A copy of a value, made now.
  PyObject* make_of_value(PyObject* value, DType dtype) {
    const Ref array = as_array(value, 0, true);
    const ArrayFacts facts = facts_of(array.get());
    if (dtype != 0 && facts.dtype != dtype) {
      const Ref wanted = Ref::borrowed(array_dtype(dtype)), found = Ref::borrowed(array_dtype(facts.dtype));
      const Ref name = checked(to_str(full_name()));
      raise_error(PyExc_ValueError, "Store.get: %U was asked for with dtype %S, and its initializer has dtype %S",
                  name.get(), wanted.get(), found.get());
    }
    const Output output = output_of(store_, facts);
    // Reading the value may have made the variable.
    const Verdict again = look_up(store_, request_);
    if (again.variable != kNone) throw store_refusal(store_.values, request_, {Verdict::Kind::kExists, again.variable});
    note_builder();
    const std::uint32_t site = store_.sites.here();
    make_room_for_handle(store_);
    return finish(store_.values.create_ready(place_.scope, place_.segment, output, trainable_, copied(facts), site));
  }

  // v1's initializers without arguments, which say the shape.
  PyObject* make_by_needing_nothing() {
    const Ref initializer = Ref::borrowed(call_[kInitializer]);
    if (!initializer || !PyCallable_Check(initializer.get()) || !needs_nothing(initializer.get()))
      throw store_refusal(store_.values, request_, {Verdict::Kind::kNoShape});
    const Ref value = checked(PyObject_CallNoArgs(initializer.get()));
    return make_of_value(value.get(), call_.has_dtype ? call_.dtype : DType());
  }

  PyObject* finish(VariableId id) {
    if (call_[kRegularizer] == nullptr) return made_handle(self_, id);
    const Ref handle = checked(made_handle(self_, id));
    const Ref number = checked(PyLong_FromUnsignedLong(id));
    Ref pair = checked(pack(number.get(), call_[kRegularizer]));
    const std::size_t list = store_.collections.named("regularizers");
    store_.collections.add(list, Collections::Item(pair.release()));
    return Py_NewRef(handle.get());
  }

  void note_builder() { store_.note_builder(&context_of_store(self_)); }

  PyObject* self_;
  StoreState& store_;
  const VariableCall& call_;
  const StoreName place_;
  VariableRequest request_;
  Initializer rule_;
  bool is_value_ = false;
  bool trainable_ = true;
};

// The getter's call: the whole name, and the other arguments by keyword.
PyObject* call_getter(PyObject* self, VariableCall call, StoreName place) {
  const StoreState& store = store_of(self);
  const Ref name = checked(to_str(full_name(store, place.scope, place.segment)));
  const Ref next = checked(PyObject_GetAttrString(self, "_get_whole"));
  call[kDType] = array_dtype(call.dtype);
  call[kTrainable] = truth_of(call[kTrainable], true) ? Py_True : Py_False;
  call[kReuse] = call.sharing == Sharing::kNo ? Py_False : call.sharing == Sharing::kYes ? Py_True : state().auto_reuse;
  const Ref arguments = checked(pack(next.get(), name.get())),
            keywords = keywords_of(kGivenByStore, call.arguments.data());
  return checked(PyObject_Call(call[kCustomGetter], arguments.get(), keywords.get())).release();
}

PyObject* get_one(PyObject* self, const VariableCall& call, StoreName place) {
  if (call[kPartitioner] != nullptr || store_of(self).has_parts) return store_get_in_parts(self, call, place);
  return Single(self, call, place).get();
}

}  // namespace

PyObject* store_get_single(PyObject* self, const VariableCall& call, StoreName place) {
  return Single(self, call, place).get();
}

PyObject* store_get_slowly(PyObject* self, PyVariableScope& scope, const Arguments& arguments) {
  const Ref keep_scope = Ref::borrowed(&scope), keep_store = Ref::borrowed(self);
  StoreState& store = store_of(self);
  const std::string_view text = argument_text("Store.get", "a name", arguments[kName]);
  check_store_name("Store.get", text);
  const VariableCall call = store_call_in(scope, arguments);
  const Ref keep[] = {Ref::borrowed(call[kInitializer]), Ref::borrowed(call[kRegularizer]),
                      Ref::borrowed(call[kPartitioner]), Ref::borrowed(call[kCustomGetter])};
  StoreName place;
  place.scope = store.ops.scopes().scope_of_name(text, scope.in(store), place.segment);
  PyObject* getter = call[kCustomGetter];
  if (getter == nullptr) return get_one(self, call, place);
  if (!PyCallable_Check(getter)) raise_error(PyExc_ValueError, "Store.get: custom_getter=%R is not callable", getter);
  return call_getter(self, call, place);
}

// What custom getters are given: get by a whole name, in no scope. v1's other arguments are taken without effect.
PyObject* store_get_whole(PyObject* self, PyObject* const* args, Py_ssize_t positional, PyObject* keywords) {
  static VariableSignature<kOfGetter> signature("getter");
  auto arguments = signature.parse(args, positional, keywords, 1);
  const std::string_view text = argument_text("getter", "a name", arguments[kName]);
  check_store_name("getter", text);
  StoreState& store = store_of(self);
  VariableCall call = read_call(arguments);
  call.has_dtype = given(arguments[kDType]);
  if (call.has_dtype) call.dtype = read_array_dtype(arguments[kDType]);
  StoreName place;
  place.scope = store.ops.scopes().scope_of_name(text, ScopeTrie::kRoot, place.segment);
  return get_one(self, call, place);
}

}  // namespace scopetrie::python
