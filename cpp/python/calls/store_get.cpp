// Store.get, get_many and put: fast paths for the hit and for the variable that asks nobody, and the rest.
#include <algorithm>
#include <cstring>
#include <optional>

#include "calls/initializers.hpp"
#include "calls/variable_call.hpp"
#include "objects/store.hpp"
#include "scopetrie/names/legal_names.hpp"
#include "scopetrie/values/refusal.hpp"
#include "scopetrie/variables/partitions.hpp"

namespace scopetrie::python {

namespace {

enum StoreArgument {
  kAtName,
  kAtShape,
  kAtDType,
  kAtInitializer,
  kAtRegularizer,
  kAtTrainable,
  kAtPartitioner,
  kAtCustomGetter,
  kStoreArguments
};

/// One call, with what the scope has where something is left out. Objects are borrowed.
struct StoreCall {
  ScopeId scope = ScopeTrie::kRoot;
  SegmentId segment = 0;
  PyObject* shape = nullptr;
  PyObject* initializer = nullptr;
  PyObject* regularizer = nullptr;
  PyObject* partitioner = nullptr;
  PyObject* trainable = nullptr;
  DType dtype = kFloat32;
  bool has_dtype = false;  // the call says it
  Sharing sharing = Sharing::kNo;
};

// Reads an initializer whose elements the core makes.
bool read_rule(PyObject* object, Initializer& out) { return read_initializer(object, out) && !is_recorded(out.kind); }

bool read_trainable(PyObject* given, bool& out) {
  if (given == nullptr || PyBool_Check(given)) {
    out = given != Py_False;
    return true;
  }
  const int truth = PyObject_IsTrue(given);
  out = truth == 1;
  return truth >= 0;
}

StoreCall store_call_in(const PyVariableScope& scope, PyObject* const* arguments) {
  StoreCall call;
  const auto setting = [&](StoreArgument argument, Setting usual) {
    return given(arguments[argument]) ? arguments[argument] : setting_of(scope, usual);
  };
  call.sharing = sharing_of(scope.reuse());
  call.shape = given_or_null(arguments[kAtShape]);
  call.has_dtype = given(arguments[kAtDType]);
  call.dtype = call.has_dtype ? read_array_dtype(arguments[kAtDType]) : scope.dtype();
  call.initializer = setting(kAtInitializer, Setting::kInitializer);
  call.regularizer = setting(kAtRegularizer, Setting::kRegularizer);
  call.partitioner = setting(kAtPartitioner, Setting::kPartitioner);
  call.trainable = given_or_null(arguments[kAtTrainable]);
  if (call.trainable == nullptr && !scope.is_trainable()) call.trainable = Py_False;
  return call;
}

/// Makes a variable, or finds it, where somebody may have to be asked.
class Single {
 public:
  Single(PyObject* self, const StoreCall& call) : self_(self), store_(store_of(self)), call_(call) {}

  PyObject* get() {
    read();
    const Verdict verdict = look_up(store_, request_);
    if (verdict.kind == Verdict::Kind::kFound) return found(verdict.variable);
    if (verdict.is_refused()) throw store_refusal(store_.values, request_, verdict);
    return make();
  }

 private:
  void read() {
    is_value_ = call_.initializer != nullptr && !PyUnicode_Check(call_.initializer) &&
                !PyCallable_Check(call_.initializer) && !read_rule(call_.initializer, rule_);
    request_.scope = call_.scope;
    request_.segment = call_.segment;
    request_.sharing = call_.sharing;
    request_.source = is_value_                      ? InitialSource::kValue
                      : call_.initializer != nullptr ? InitialSource::kTold
                                                     : InitialSource::kNotGiven;
    request_.has_shape = call_.shape != nullptr;
    request_.dtype = call_.dtype;
    if (request_.has_shape) request_.shape = read_shape();
  }

  ShapeId read_shape() {
    ShapeId shape = ShapeTable::kUnknown;
    if (parse_dims(store_.ops.shapes(), call_.shape, shape)) return shape;
    if (!PyErr_ExceptionMatches(PyExc_ValueError) && !PyErr_ExceptionMatches(PyExc_TypeError)) throw_raised();
    PyObject *type, *value, *trace;
    PyErr_Fetch(&type, &value, &trace);
    const Ref owned_type(type), owned_value(value), owned_trace(trace);
    const Ref name = checked(to_str(full_name(store_, call_.scope, call_.segment)));
    PyErr_Format(type, "Store.get: %U was asked for with shape=%R: %S", name.get(), call_.shape,
                 value == nullptr ? Py_None : value);
    throw_raised();
  }

  PyObject* found(VariableId id) { return Ref(store_variable(as_graph(self_), store_.values.resolved(id))).release(); }

  bool is_defined() const { return request_.has_shape && store_.ops.shapes().elements(request_.shape) >= 0; }

  PyObject* make() {
    if (!read_trainable(call_.trainable, trainable_)) throw_raised();
    if (is_value_) return make_of_value(call_.initializer, call_.has_dtype ? call_.dtype : DType());
    if (!is_defined()) return make_by_needing_nothing();
    const Output output{request_.shape, call_.dtype};
    return add(output, origin());
  }

  Values::Origin origin() {
    // NOLINTNEXTLINE(bugprone-unchecked-optional-access): a dtype without one was refused
    if (call_.initializer == nullptr) return store_.values.origin_of(*Initializer::of_default(call_.dtype));
    if (read_rule(call_.initializer, rule_)) return store_.values.origin_of(rule_);
    if (PyUnicode_Check(call_.initializer)) {
      const Ref named = checked(PyObject_CallOneArg(state().hooks.named_initializer, call_.initializer));
      if (PyUnicode_Check(named.get())) {
        PyErr_Format(PyExc_ValueError, "Store.get: there is no initializer of the name %R", call_.initializer);
        throw_raised();
      }
      return store_.values.origin_of(HostObject(python_host, named.get()));
    }
    return store_.values.origin_of(HostObject(python_host, call_.initializer));
  }

  PyObject* add(Output output, Values::Origin origin) {
    Values& values = store_.values;
    check(output, origin);
    check_rank(output.shape);
    array_dtype(output.dtype);
    note_builder();
    const std::uint32_t site = store_.sites.here();
    make_room_for_handle(store_);
    return finish(values.create(call_.scope, call_.segment, output, trainable_, origin, site));
  }

  // Says which variable cannot be made as it was asked for.
  void check(Output output, Values::Origin origin) {
    try {
      store_.values.check_size(output.shape, output.dtype);
      store_.values.check(origin, output.dtype);
    } catch (const Error& error) {
      throw Error(error.kind(), "Store.get: " + full_name(store_, call_.scope, call_.segment) + ": " + error.what(),
                  error.facts());
    }
  }

  void check_rank(ShapeId shape) const {
    constexpr std::size_t kMostAxes = 64;  // as NumPy
    if (store_.ops.shapes().dims(shape).size() > kMostAxes)
      throw Error(ErrorKind::kValue, "Store.get: " + full_name(store_, call_.scope, call_.segment) +
                                         " was asked for with more than 64 axes, which no array has");
  }

  // A copy of a value, made now.
  PyObject* make_of_value(PyObject* value, DType dtype) {
    const Ref array = as_array(value, 0, true);
    const ArrayFacts facts = facts_of(array.get());
    if (dtype != 0 && facts.dtype != dtype) {
      const Ref wanted = Ref::borrowed(array_dtype(dtype)), found = Ref::borrowed(array_dtype(facts.dtype));
      const Ref name = checked(to_str(full_name(store_, call_.scope, call_.segment)));
      PyErr_Format(PyExc_ValueError, "Store.get: %U was asked for with dtype %S, and its initializer has dtype %S",
                   name.get(), wanted.get(), found.get());
      throw_raised();
    }
    std::vector<std::int64_t> dims(facts.dims.begin(), facts.dims.end());
    const ShapeId shape = store_.ops.shapes().intern(dims);
    const auto bytes = static_cast<std::size_t>(store_.ops.shapes().elements(shape)) * facts.dtype.size();
    // Reading the value may have made the variable.
    const Verdict again = look_up(store_, request_);
    if (again.variable != kNone) throw store_refusal(store_.values, request_, {Verdict::Kind::kExists, again.variable});
    note_builder();
    const std::uint32_t site = store_.sites.here();
    make_room_for_handle(store_);
    Memory* memory = Memory::uninitialised(bytes);
    if (bytes != 0) std::memcpy(memory->data(), facts.data, bytes);
    return finish(
        store_.values.create_ready(call_.scope, call_.segment, {shape, facts.dtype}, trainable_, memory, site));
  }

  // v1's initializers without arguments, which say the shape.
  PyObject* make_by_needing_nothing() {
    const Ref initializer = Ref::borrowed(call_.initializer);
    int needs_nothing = 0;
    if (initializer && PyCallable_Check(initializer.get())) {
      const Ref answer = checked(PyObject_CallOneArg(state().hooks.needs_nothing, initializer.get()));
      needs_nothing = PyObject_IsTrue(answer.get());
    }
    if (needs_nothing < 0) throw_raised();
    if (needs_nothing == 0) throw store_refusal(store_.values, request_, {Verdict::Kind::kNoShape});
    const Ref value = checked(PyObject_CallNoArgs(initializer.get()));
    return make_of_value(value.get(), call_.has_dtype ? call_.dtype : DType());
  }

  PyObject* finish(VariableId id) {
    if (call_.regularizer == nullptr) return made_handle(self_, id);
    const Ref handle = checked(made_handle(self_, id));
    const Ref number = checked(PyLong_FromUnsignedLong(id));
    Ref pair = checked(pack(number.get(), call_.regularizer));
    const std::size_t list = store_.collections.named("regularizers");
    store_.collections.add(list, Collections::Item(pair.release()));
    return Py_NewRef(handle.get());
  }

  void note_builder() { store_.note_builder(&context_of_store(self_)); }

  PyObject* self_;
  StoreState& store_;
  const StoreCall& call_;
  VariableRequest request_;
  Initializer rule_;
  bool is_value_ = false;
  bool trainable_ = true;
};

// Hits and plain creations -------------------------------------------------------------------------------------------

// Whether a shape argument is the found shape: only for plain ints in a list or tuple.
bool is_shape(PyObject* shape, std::span<const std::int64_t> found) {
  if (!PyList_CheckExact(shape) && !PyTuple_CheckExact(shape)) return false;
  if (PySequence_Fast_GET_SIZE(shape) != static_cast<Py_ssize_t>(found.size())) return false;
  PyObject** items = PySequence_Fast_ITEMS(shape);
  for (std::size_t i = 0; i < found.size(); ++i) {
    int overflow = 0;
    if (!PyLong_CheckExact(items[i]) || PyLong_AsLongAndOverflow(items[i], &overflow) != found[i] || overflow != 0)
      return false;
  }
  return true;
}

// The same for one that may have been compared before.
bool is_shape_of(StoreState& store, PyObject* shape, ShapeId found) {
  StoreState::AskedTuple& asked = store.asked_at(shape);
  if (asked.tuple == shape) [[likely]]
    return asked.shape == found;
  if (!is_shape(shape, store.ops.shapes().dims(found))) return false;
  if (PyTuple_CheckExact(shape)) {
    asked.shape = found;
    const Ref before(std::exchange(asked.tuple, Py_NewRef(shape)));  // ints alone, whose end runs nothing
  }
  return true;
}

// Whether nobody is to be asked before the variable is looked up.
bool asks_nobody(const PyVariableScope& scope, PyObject* const* arguments) {
  const Settings& settings = scope.settings;
  return !given(arguments[kAtPartitioner]) && !given(arguments[kAtCustomGetter]) &&
         (settings.is_empty() ||
          (settings[Setting::kCustomGetter] == nullptr && settings[Setting::kPartitioner] == nullptr));
}

// The variable's handle if it can be shared as it is asked for; null without an exception where others decide.
PyObject* shared(PyObject* self, const PyVariableScope& scope, VariableId id, PyObject* const* arguments,
                 PyObject* shape) {
  if (scope.reuse() == Reuse::kNo) return nullptr;
  StoreState& store = store_of(self);
  const VariableRow& found = store.variables[id];
  const DType dtype = flagged_dtype(found.flags);
  PyObject* said = arguments[kAtDType];
  if (given(said) ? array_dtype(dtype) != said && known_array_dtype(said) != dtype : dtype != scope.dtype())
    return nullptr;
  if (given(shape) && !is_shape_of(store, shape, found.shape)) return nullptr;
  PyObject* initializer = arguments[kAtInitializer];
  if (given(initializer) && !PyUnicode_Check(initializer) && !PyCallable_Check(initializer)) return nullptr;
  return store_variable(as_graph(self), store.values.resolved(id));
}

/// The creations of one call that ask nobody.
class PlainCreation {
 public:
  PlainCreation(PyObject* self, const PyVariableScope& scope, PyObject* const* arguments)
      : self_(self), store_(store_of(self)), scope_(scope), arguments_(arguments) {}

  // Null without an exception where others decide. Runs no Python before it has decided.
  PyObject* make(ScopeId scope, SegmentId segment, PyObject* shape) {
    if (!(is_ready_ || start()) || !read_shape(shape)) return nullptr;
    make_room_for_handle(store_);
    const VariableId id = store_.values.create(scope, segment, output_, trainable_, origin_, site_);
    return made_handle(self_, id);
  }

 private:
  bool start() {
    const Settings& settings = scope_.settings;
    if (scope_.reuse() == Reuse::kYes || store_.has_parts || given(arguments_[kAtRegularizer]) ||
        settings[Setting::kRegularizer] != nullptr)
      return false;
    PyObject* dtype = arguments_[kAtDType];
    output_.dtype = given(dtype) ? known_array_dtype(dtype) : scope_.dtype();
    PyObject* trainable = arguments_[kAtTrainable];
    if (output_.dtype == 0 || (given(trainable) && !PyBool_Check(trainable))) return false;
    trainable_ = given(trainable) ? trainable == Py_True : scope_.is_trainable();
    PyObject* initializer =
        given(arguments_[kAtInitializer]) ? arguments_[kAtInitializer] : setting_of(scope_, Setting::kInitializer);
    Initializer rule;
    if (initializer != nullptr) {
      if (!read_rule(initializer, rule)) return false;
    } else if (const std::optional<Initializer> usual = Initializer::of_default(output_.dtype); usual) {
      rule = *usual;
    } else {
      return false;
    }
    origin_ = store_.values.origin_of(rule);
    if (!store_.values.is_right(origin_, output_.dtype)) return false;
    store_.note_builder(&context_of_store(self_));
    site_ = store_.sites.here();
    return is_ready_ = true;
  }
  bool read_shape(PyObject* shape) {
    if (shape == shape_ && shape != nullptr) return true;
    if (!given(shape) || !(PyList_CheckExact(shape) || PyTuple_CheckExact(shape))) return false;
    std::int64_t dims[kMostPlain];
    const Py_ssize_t rank = PySequence_Fast_GET_SIZE(shape);
    PyObject** items = PySequence_Fast_ITEMS(shape);
    std::int64_t elements = 1;
    if (rank > static_cast<Py_ssize_t>(kMostPlain)) return false;
    for (Py_ssize_t i = 0; i < rank; ++i) {
      int overflow = 0;
      if (!PyLong_CheckExact(items[i])) return false;
      dims[i] = PyLong_AsLongAndOverflow(items[i], &overflow);
      if (overflow != 0 || dims[i] < 0 || dims[i] >= kLargestPlain) return false;
      elements *= dims[i];
      if (elements >= kLargestPlain) return false;
    }
    output_.shape = store_.ops.shapes().intern({dims, static_cast<std::size_t>(rank)});
    shape_ = PyTuple_CheckExact(shape) ? shape : nullptr;
    return true;
  }

  static constexpr std::size_t kMostPlain = 8;
  static constexpr std::int64_t kLargestPlain = std::int64_t{1} << 31;

  PyObject* self_;
  StoreState& store_;
  const PyVariableScope& scope_;
  PyObject* const* arguments_;
  bool is_ready_ = false, trainable_ = true;
  Output output_;
  Values::Origin origin_ = 0;
  std::uint32_t site_ = kNone;
  PyObject* shape_ = nullptr;  // the tuple that `output_` was read from
};

// Anything else -------------------------------------------------------------------------------------------------------

std::string_view name_text(const char* call, PyObject* name) {
  if (name == nullptr || !PyUnicode_Check(name)) {
    if (name == nullptr)
      PyErr_Format(PyExc_TypeError, "%s() missing 1 required argument: 'name'", call);
    else
      PyErr_Format(PyExc_TypeError, "%s: a name must be a str, not %s: %R", call, Py_TYPE(name)->tp_name, name);
    throw_raised();
  }
  return checked_text(name, call);
}

// The getter's call: the whole name, and the other arguments by keyword.
PyObject* call_getter(PyObject* self, PyObject* getter, const StoreCall& call) {
  const auto or_none = [](PyObject* object) { return object == nullptr ? Py_None : object; };
  const StoreState& store = store_of(self);
  const Ref name = checked(to_str(full_name(store, call.scope, call.segment)));
  const Ref next = checked(PyObject_GetAttrString(self, "_get_whole"));
  PyObject* reuse = call.sharing == Sharing::kNo    ? Py_False
                    : call.sharing == Sharing::kYes ? Py_True
                                                    : state().auto_reuse;
  const Ref arguments = checked(pack(next.get(), name.get()));
  bool trainable;
  if (!read_trainable(call.trainable, trainable)) throw_raised();
  const Ref keywords = checked(build_value("{sOsOsOsOsOsOsO}", "shape", or_none(call.shape), "dtype",
                                           array_dtype(call.dtype), "initializer", or_none(call.initializer),
                                           "regularizer", or_none(call.regularizer), "reuse", reuse, "trainable",
                                           trainable ? Py_True : Py_False, "partitioner", or_none(call.partitioner)));
  return checked(PyObject_Call(getter, arguments.get(), keywords.get())).release();
}

PyObject* get_one(PyObject* self, const StoreCall& call) {
  if (call.partitioner != nullptr && call.shape != nullptr) {
    PyErr_SetString(PyExc_NotImplementedError, "Store.get: partitioners are not supported yet");
    throw_raised();
  }
  return Single(self, call).get();
}

SCOPETRIE_COLD PyObject* get_slowly(PyObject* self, PyVariableScope& scope, PyObject* const* arguments) {
  const Ref keep_scope = Ref::borrowed(&scope), keep_store = Ref::borrowed(self);
  StoreState& store = store_of(self);
  const std::string_view text = name_text("Store.get", arguments[kAtName]);
  check_store_name("Store.get", text);
  StoreCall call = store_call_in(scope, arguments);
  const Ref keep[] = {Ref::borrowed(call.initializer), Ref::borrowed(call.regularizer),
                      Ref::borrowed(call.partitioner)};
  call.scope = store.ops.scopes().scope_of_name(text, scope.in(store), call.segment);
  PyObject* getter =
      given(arguments[kAtCustomGetter]) ? arguments[kAtCustomGetter] : setting_of(scope, Setting::kCustomGetter);
  if (getter == nullptr) return get_one(self, call);
  const Ref keep_getter = Ref::borrowed(getter);
  if (!PyCallable_Check(getter)) {
    PyErr_Format(PyExc_ValueError, "Store.get: custom_getter=%R is not callable", getter);
    throw_raised();
  }
  return call_getter(self, getter, call);
}

// The scope of a path, which is made if it is new. A program makes one scope's variables after the other.
ScopeId scope_of_path(StoreState& store, std::string_view path, ScopeId from, SegmentId& segment) {
  StoreState::Prefix& latest = store.latest;
  const std::size_t slash = path.rfind('/');  // there is one: the name is no plain one
  const std::string_view before = path.substr(0, slash == std::string_view::npos ? 0 : slash);
  if (latest.from == from && !before.empty() && latest.text == before) {
    segment = store.ops.segments().intern(path.substr(slash + 1));
    return latest.scope;
  }
  const ScopeId scope = store.ops.scopes().scope_of_name(path, from, segment);
  latest.from = kNone;
  latest.text = before;
  latest.scope = scope;
  latest.from = from;
  return scope;
}

// The place of a name that is not in the cache of plain ones: perhaps a path, which is made if it is new. False without
// an exception for what others refuse.
SCOPETRIE_COLD bool find_place(StoreState& store, PyObject* name, ScopeId& scope, SegmentId& segment) {
  StoreState::Place& place = store.place_of(name);
  segment = plain_segment_slow(store, name);
  if (segment != kNone) return true;
  if (!PyUnicode_CheckExact(name)) return false;
  const std::string_view text = text_of(name);
  if (text.data() == nullptr) PyErr_Clear();
  if (!is_store_name(text)) return false;
  const ScopeId from = scope;
  scope = scope_of_path(store, text, from, segment);
  const Ref before(std::exchange(place.name, Py_NewRef(name)));
  place.from = from;
  place.scope = scope;
  place.segment = segment;
  return true;
}

// A hit, or null without an exception where others decide. `is_new` says that nothing is at the name's place.
inline PyObject* get_found(PyObject* self, const PyVariableScope& scope, PyObject* const* arguments, PyObject* shape,
                           ScopeId& scope_id, SegmentId& segment, bool& is_new) {
  StoreState& store = store_of(self);
  PyObject* name = arguments[kAtName];
  scope_id = scope.in(store);
  const auto& plain = store.names[(reinterpret_cast<std::uintptr_t>(name) >> 4) % store.names.size()];
  const auto& path = store.place_of(name);
  if (plain.text == name) [[likely]] {
    segment = plain.segment;
  } else if (path.name == name && path.from == scope_id) {
    segment = path.segment;
    scope_id = path.scope;
  } else if (!find_place(store, name, scope_id, segment)) {
    return nullptr;
  }
  const VariableId found = store.variables.find(scope_id, segment);
  if (found != kNone) [[likely]]
    return shared(self, scope, found, arguments, shape);
  is_new = true;
  return nullptr;
}

}  // namespace

PyObject* made_handle(PyObject* self, VariableId id) {
  StoreState& store = store_of(self);
  store.live.push_back(nullptr);
  return store_variable(as_graph(self), id);
}

PyObject* store_get(PyObject* self, PyObject* const* args, Py_ssize_t positional, PyObject* keywords) {
  static Signature<kStoreArguments> signature("Store.get", {"name", "shape", "dtype", "initializer", "regularizer",
                                                            "trainable", "partitioner", "custom_getter"});
  PyObject* arguments[kStoreArguments];
  if (!signature.parse(args, positional, keywords, arguments)) return nullptr;
  const Snapshot shape(arguments[kAtShape]);
  PyVariableScope& scope = *current_scope(context_of_store(self));
  if (arguments[kAtName] != nullptr && asks_nobody(scope, arguments)) [[likely]] {
    ScopeId scope_id;
    SegmentId segment;
    bool is_new = false;
    PyObject* got = get_found(self, scope, arguments, shape.get(), scope_id, segment, is_new);
    if (got != nullptr) [[likely]]
      return got;
    if (is_new) got = PlainCreation(self, scope, arguments).make(scope_id, segment, shape.get());
    if (got != nullptr || PyErr_Occurred() != nullptr) return got;
  }
  return get_slowly(self, scope, arguments);
}

PyObject* store_get_many(PyObject* self, PyObject* const* args, Py_ssize_t positional, PyObject* keywords) {
  static Signature<5> signature("Store.get_many", {"names", "shapes", "dtype", "initializer", "trainable"});
  PyObject* given_to[5];
  if (!signature.parse(args, positional, keywords, given_to)) return nullptr;
  if (given_to[0] == nullptr || PyUnicode_Check(given_to[0])) {
    PyErr_SetString(PyExc_TypeError, "Store.get_many: names must be a sequence of str");
    return nullptr;
  }
  const Ref names(items_of(given_to[0], "Store.get_many: names must be a sequence of str"));
  if (!names) return nullptr;
  const Py_ssize_t count = PySequence_Fast_GET_SIZE(names.get());
  Ref shapes;
  if (given(given_to[1])) {
    shapes = Ref(items_of(given_to[1], "Store.get_many: shapes must be a sequence with a shape for each name"));
    if (!shapes) return nullptr;
    if (PySequence_Fast_GET_SIZE(shapes.get()) != count) {
      PyErr_Format(PyExc_ValueError, "Store.get_many: there are %zd names and %zd shapes; give one shape for each name",
                   count, PySequence_Fast_GET_SIZE(shapes.get()));
      return nullptr;
    }
  }
  const Ref keep_store = Ref::borrowed(self);
  StoreState& store = store_of(self);
  Context& context = context_of_store(self);
  Transaction transaction(store.ledger(), &context);
  Ref made(new_list(count));
  if (!made) return nullptr;
  PyVariableScope& scope = *current_scope(context);
  const Ref keep_scope = Ref::borrowed(&scope);
  PyObject* arguments[kStoreArguments] = {};
  arguments[kAtDType] = given_to[2];
  arguments[kAtInitializer] = given_to[3];
  arguments[kAtTrainable] = given_to[4];
  const bool is_plain = asks_nobody(scope, arguments);
  std::optional<PlainCreation> creation(std::in_place, self, scope, arguments);
  for (Py_ssize_t i = 0; i < count; ++i) {
    arguments[kAtName] = PySequence_Fast_GET_ITEM(names.get(), i);
    if (shapes) arguments[kAtShape] = PySequence_Fast_GET_ITEM(shapes.get(), i);
    const Snapshot shape(arguments[kAtShape]);
    ScopeId scope_id;
    SegmentId segment;
    bool is_new = false;
    PyObject* got = is_plain ? get_found(self, scope, arguments, shape.get(), scope_id, segment, is_new) : nullptr;
    if (is_new) got = creation->make(scope_id, segment, shape.get());
    if (got == nullptr) {
      if (PyErr_Occurred() != nullptr) return nullptr;
      got = get_slowly(self, scope, arguments);
      if (got == nullptr) return nullptr;
      creation.emplace(self, scope, arguments);  // that may have run anything
    }
    PyList_SET_ITEM(made.get(), i, got);
  }
  transaction.commit();
  return made.release();
}

// What custom getters are given: get by a whole name, in no scope. v1's other arguments are taken without effect.
PyObject* store_get_whole(PyObject* self, PyObject* const* args, Py_ssize_t positional, PyObject* keywords) {
  PyObject* arguments[Getter::kArguments];
  if (!Getter::parse(args, positional, keywords, arguments)) return nullptr;
  const std::string_view text = name_text("getter", given_or_null(arguments[Getter::kName]));
  check_store_name("getter", text);
  StoreState& store = store_of(self);
  StoreCall call;
  call.shape = given_or_null(arguments[Getter::kShape]);
  call.has_dtype = given(arguments[Getter::kDType]);
  if (call.has_dtype) call.dtype = read_array_dtype(arguments[Getter::kDType]);
  call.initializer = given_or_null(arguments[Getter::kInitializer]);
  call.regularizer = given_or_null(arguments[Getter::kRegularizer]);
  call.sharing = sharing_of(arguments[Getter::kReuse]);
  call.trainable = given_or_null(arguments[Getter::kTrainable]);
  call.partitioner = given_or_null(arguments[Getter::kPartitioner]);
  call.scope = store.ops.scopes().scope_of_name(text, ScopeTrie::kRoot, call.segment);
  return get_one(self, call);
}

PyObject* store_put(PyObject* self, PyObject* const* args, Py_ssize_t positional, PyObject* keywords) {
  static Signature<3> signature("Store.put", {"name", "array", "trainable"});
  PyObject* arguments[3];
  if (!signature.parse(args, positional, keywords, arguments)) return nullptr;
  if (arguments[1] == nullptr) {
    PyErr_SetString(PyExc_TypeError, "Store.put() missing a required argument: it takes a name and an array");
    return nullptr;
  }
  const Ref keep_store = Ref::borrowed(self);
  StoreState& store = store_of(self);
  const std::string_view text = name_text("Store.put", arguments[0]);
  check_store_name("Store.put", text);
  const Ref array = as_array(arguments[1], 0, false);
  ArrayFacts facts = facts_of(array.get());
  const std::vector<std::int64_t> dims(facts.dims.begin(), facts.dims.end());
  const Output output{store.ops.shapes().intern(dims), facts.dtype};
  store.values.check_size(output.shape, output.dtype);
  const auto bytes = static_cast<std::size_t>(store.ops.shapes().elements(output.shape)) * facts.dtype.size();
  Ref ordered;
  if (!facts.is_adoptable) {
    ordered = as_array(array.get(), 0, true);
    facts = facts_of(ordered.get());
  }
  bool trainable;
  Context& context = context_of_store(self);
  const PyVariableScope& scope = *current_scope(context);
  PyObject* wanted = given_or_null(arguments[2]);
  if (wanted == nullptr && !scope.is_trainable()) wanted = Py_False;
  if (!read_trainable(wanted, trainable)) return nullptr;
  VariableRequest request;
  request.scope = store.ops.scopes().scope_of_name(text, scope.in(store), request.segment);
  if (const VariableId found = store.variables.find(request.scope, request.segment); found != kNone) {
    const std::string path = store.values.path(found);
    throw Error(ErrorKind::kValue,
                "Store.put: " + path + " already exists (" + store.values.dtype(found).name() +
                    list_text(store.values.dims(found)) + "): assign() sets its elements",
                {.call = "Store.put", .full_name = path});
  }
  store.note_builder(&context);
  const std::uint32_t site = store.sites.here();
  make_room_for_handle(store);
  Memory* memory;
  if (facts.is_adoptable && !ordered) {
    memory = adopt_array(array.get(), bytes);
  } else {
    memory = Memory::uninitialised(bytes);
    if (bytes != 0) std::memcpy(memory->data(), facts.data, bytes);
  }
  return made_handle(self, store.values.create_ready(request.scope, request.segment, output, trainable, memory, site));
}

}  // namespace scopetrie::python
