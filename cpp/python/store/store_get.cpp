// Store.get and get_many: fast paths for the hit and for the variable that asks nobody.
#include <optional>

#include "scopetrie/names/legal_names.hpp"
#include "scopetrie/values/refusal.hpp"
#include "store/store_call.hpp"
#include "variables/initializers.hpp"
#include "variables/names_and_shapes.hpp"

namespace scopetrie::python {

namespace {

// Hits and plain creations -------------------------------------------------------------------------------------------

// Whether a shape argument is the found shape: it may have been compared before.
bool is_shape_of(StoreState& store, PyObject* shape, ShapeId found) {
  StoreState::AskedTuple& asked = store.asked_at(shape);
  if (asked.tuple == shape) [[likely]]
    return asked.shape == found;
  if (!is_plain_shape(shape, store.ops.shapes().dims(found))) return false;
  if (PyTuple_CheckExact(shape)) {
    asked.shape = found;
    const Ref before(std::exchange(asked.tuple, Py_NewRef(shape)));  // ints alone, whose end runs nothing
  }
  return true;
}

// Whether nobody is to be asked before the variable is looked up.
bool asks_nobody(const PyVariableScope& scope, const Arguments& arguments) {
  const Settings& settings = scope.settings;
  return !given(arguments[kPartitioner]) && !given(arguments[kCustomGetter]) &&
         (settings.is_empty() ||
          (settings[Setting::kCustomGetter] == nullptr && settings[Setting::kPartitioner] == nullptr));
}

// The variable's handle if it can be shared as it is asked for; null without an exception where others decide.
PyObject* shared(PyObject* self, const PyVariableScope& scope, VariableId id, const Arguments& arguments,
                 PyObject* shape) {
  if (scope.reuse() == Reuse::kNo) return nullptr;
  StoreState& store = store_of(self);
  const VariableRow& found = store.variables[id];
  const DType dtype = flagged_dtype(found.flags);
  PyObject* said = arguments[kDType];
  if (given(said) ? array_dtype(dtype) != said && known_array_dtype(said) != dtype : dtype != scope.dtype())
    return nullptr;
  if (given(shape) && !is_shape_of(store, shape, found.shape)) return nullptr;
  PyObject* initializer = arguments[kInitializer];
  if (given(initializer) && !PyUnicode_Check(initializer) && !PyCallable_Check(initializer)) return nullptr;
  return store_variable(as_graph(self), store.values.resolved(id));
}

/// The creations of one call that ask nobody.
class PlainCreation {
 public:
  PlainCreation(PyObject* self, const PyVariableScope& scope, const Arguments& arguments)
      : self_(self), store_(store_of(self)), scope_(scope), arguments_(arguments) {}

  // Null without an exception where others decide. Runs no Python before it has decided.
  PyObject* make(ScopeId scope, SegmentId segment, PyObject* shape) {
    if (!(is_ready_ || start()) || !read_shape(shape)) return nullptr;
    if (store_.values.find_partitioned(scope, segment) != kNone) return nullptr;
    make_room_for_handle(store_);
    const VariableId id = store_.values.create(scope, segment, output_, trainable_, origin_, site_);
    return made_handle(self_, id);
  }

 private:
  bool start() {
    const Settings& settings = scope_.settings;
    if (scope_.reuse() == Reuse::kYes || given(arguments_[kRegularizer]) || settings[Setting::kRegularizer] != nullptr)
      return false;
    PyObject* dtype = arguments_[kDType];
    output_.dtype = given(dtype) ? known_array_dtype(dtype) : scope_.dtype();
    PyObject* trainable = arguments_[kTrainable];
    if (output_.dtype == 0 || (given(trainable) && !PyBool_Check(trainable))) return false;
    trainable_ = given(trainable) ? trainable == Py_True : scope_.is_trainable();
    PyObject* initializer =
        given(arguments_[kInitializer]) ? arguments_[kInitializer] : setting_of(scope_, Setting::kInitializer);
    origin_ = initializer != nullptr ? origin_of(initializer) : store_.values.usual_origin(output_.dtype);
    if (origin_ == kNone || !store_.values.is_right(origin_, output_.dtype)) return false;
    store_.note_builder(&context_of_store(self_));
    site_ = store_.sites.here();
    return is_ready_ = true;
  }
  // Where an initializer's elements come from; kNone where the core does not make them.
  Values::Origin origin_of(PyObject* initializer) {
    auto* const type = reinterpret_cast<PyObject*>(Py_TYPE(initializer));
    PyObject* const object = PyUnicode_CheckExact(initializer) ? initializer : type;
    StoreState::KnownInitializer& known = store_.known_at(object);
    if (known.object == object) [[likely]]
      return known.origin;
    Initializer rule;
    if (!read_core_rule(initializer, rule)) return kNone;
    const Values::Origin origin = store_.values.origin_of(rule);
    if (has_no_parameters(initializer)) {
      known.origin = origin;
      const Ref before(std::exchange(known.object, Py_NewRef(object)));  // whose end runs nothing
    }
    return origin;
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
  const Arguments& arguments_;
  bool is_ready_ = false, trainable_ = true;
  Output output_;
  Values::Origin origin_ = 0;
  std::uint32_t site_ = kNone;
  PyObject* shape_ = nullptr;  // the tuple that `output_` was read from
};

// Places
// ---------------------------------------------------------------------------------------------------------------

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
SCOPETRIE_OUT_OF_LINE bool find_place(StoreState& store, PyObject* name, ScopeId& scope, SegmentId& segment) {
  if (!PyUnicode_CheckExact(name)) return false;
  const std::string_view text = text_of(name);
  if (text.data() == nullptr) [[unlikely]] {
    PyErr_Clear();
    return false;
  }
  segment = plain_segment_of(store, name, text);
  if (segment != kNone) return true;
  if (!is_store_name(text)) return false;
  StoreState::Place& place = store.place_of(name);
  const ScopeId from = scope;
  scope = scope_of_path(store, text, from, segment);
  const Ref before(std::exchange(place.name, Py_NewRef(name)));
  place.from = from;
  place.scope = scope;
  place.segment = segment;
  return true;
}

// A hit, or null without an exception where others decide. `is_new` says that nothing is at the name's place.
inline PyObject* get_found(PyObject* self, const PyVariableScope& scope, const Arguments& arguments, PyObject* shape,
                           ScopeId& scope_id, SegmentId& segment, bool& is_new) {
  StoreState& store = store_of(self);
  PyObject* name = arguments[kName];
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
  return new_store_variable(as_graph(self), id);
}

PyObject* store_get(PyObject* self, PyObject* const* args, Py_ssize_t positional, PyObject* keywords) {
  static VariableSignature<kOfStore> signature("Store.get");
  auto arguments = signature.parse(args, positional, keywords, 1);
  const Snapshot shape(arguments[kShape]);
  PyVariableScope& scope = *current_scope(context_of_store(self));
  if (asks_nobody(scope, arguments)) [[likely]] {
    ScopeId scope_id;
    SegmentId segment;
    bool is_new = false;
    PyObject* got = get_found(self, scope, arguments, shape.get(), scope_id, segment, is_new);
    if (got != nullptr) [[likely]]
      return got;
    if (is_new) got = PlainCreation(self, scope, arguments).make(scope_id, segment, shape.get());
    if (got != nullptr || PyErr_Occurred() != nullptr) return got;
  }
  return store_get_slowly(self, scope, arguments);
}

PyObject* store_get_many(PyObject* self, PyObject* const* args, Py_ssize_t positional, PyObject* keywords) {
  static BulkSignature signature("Store.get_many", kOfBulk);
  NamesAndShapes many("Store.get_many", signature.parse(args, positional, keywords, 1));
  const Arguments& arguments = many.arguments;
  const Ref keep_store = Ref::borrowed(self);
  Context& context = context_of_store(self);
  CallTransaction transaction(store_of(self).ledger(), &context);
  PyVariableScope& scope = *current_scope(context);
  const Ref keep_scope = Ref::borrowed(&scope);
  const bool is_plain = asks_nobody(scope, arguments);
  std::optional<PlainCreation> creation(std::in_place, self, scope, arguments);
  StoreState& store = store_of(self);
  store.values.reserve(static_cast<std::size_t>(many.count()));
  store.ops.segments().reserve(static_cast<std::size_t>(many.count()));
  const auto fast = [&](PyObject* shape) -> PyObject* {
    if (!is_plain) return nullptr;
    ScopeId scope_id;
    SegmentId segment;
    bool is_new = false;
    PyObject* got = get_found(self, scope, arguments, shape, scope_id, segment, is_new);
    return is_new ? creation->make(scope_id, segment, shape) : got;
  };
  return many.get_each(transaction, fast, [&] {
    PyObject* got = store_get_slowly(self, scope, arguments);
    creation.emplace(self, scope, arguments);  // that may have run anything
    return got;
  });
}

}  // namespace scopetrie::python
