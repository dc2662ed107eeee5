// get_single(): the variable of a whole name, found, made or refused as the core says.
#include <algorithm>

#include "calls/signatures.hpp"
#include "scopetrie/names/legal_names.hpp"
#include "scopetrie/variables/recording.hpp"
#include "variables/creation.hpp"
#include "variables/initializers.hpp"

namespace scopetrie::python {

namespace {

/// One call: the request, as far as it was read, and what it is answered with.
class SingleVariable {
 public:
  SingleVariable(Context& context, const VariableCall& call)
      : context_(context), graph_(state_of(context.graph)), call_(call) {}

  PyObject* get() {
    read();
    const Verdict verdict = look_up(graph_, request_);
    if (verdict.kind == Verdict::Kind::kFound) return share(verdict.variable);
    if (verdict.is_refused()) refuse(verdict);
    return call_[kRegularizer] == nullptr ? make() : make_regularized();
  }

 private:
  void read() {
    text_ = call_[kName] == nullptr ? "Variable" : checked_text(call_[kName], "get_variable");
    is_value_ = call_[kInitializer] != nullptr && !PyCallable_Check(call_[kInitializer]);
    request_.sharing = call_.sharing;
    request_.has_shape = call_[kShape] != nullptr;
    request_.is_part = call_.partition_info != nullptr;
    request_.source = source_of(call_[kInitializer] != nullptr, is_value_);
    // A value with a shape is refused before anything else is looked at.
    if (!is_value_ || !request_.has_shape) {
      request_.dtype = call_.dtype != 0 ? call_.dtype : DType(dtype_number(call_[kDType])).base();
      if (request_.has_shape) request_.shape = parse_dims(graph_.ops.shapes(), call_[kShape]);
    }
    request_.scope = graph_.ops.scopes().scope_of_name(text_, ScopeTrie::kRoot, request_.segment);
  }

  PyObject* share(VariableId id) {
    // Another thread may have made it just now: what is shared stays.
    if (!graph_.makers.empty()) graph_.note_builder(&context_);
    return variable_handle(context_.graph, id);
  }

  [[noreturn]] void refuse(const Verdict& verdict) {
    raise_refusal(context_, refusal(graph_, request_, verdict), verdict.variable);
  }

  PyObject* make() {
    if (PyObject* made = make_plainly(); made != nullptr) return made;
    if (PyErr_Occurred() != nullptr) throw_raised();
    const MakerNote note(graph_, {request_.scope, request_.segment});
    return keep_as_v1(context_, [&] { return make_asking(); });
  }

  PyObject* make_regularized() {
    const MakerNote note(graph_, {request_.scope, request_.segment});
    return keep_as_v1(context_, [&] {
      Ref made(make_plainly());
      if (!made && PyErr_Occurred() != nullptr) throw_raised();
      bool is_new = true;
      if (!made) made = Ref(make_asking(&is_new));
      if (is_new) regularize(context_, made.get(), call_[kRegularizer], {request_.scope, request_.segment});
      return made.release();
    });
  }

  // Null where something of the program's must run, possibly with an exception set.
  PyObject* make_plainly() {
    if (context_.names.scope != ScopeTrie::kRoot) return nullptr;
    const std::size_t slash = text_.rfind('/');
    const std::string_view last = slash == std::string_view::npos ? text_ : text_.substr(slash + 1);
    if (call_[kName] == nullptr || !is_plain_name(last) || !is_node_name(text_) ||
        text_.find("//") != std::string_view::npos)
      return nullptr;
    VariableCall call = call_;
    call.has_dtype = false;  // a value was compared with it before, which took its name
    Creation creation(context_, call, kUnknownSite);
    const Snapshot sizes(call_[kShape]);
    return creation.make(request_.scope, request_.segment, call_[kShape], sizes.get());
  }

  // `is_new` gets whether this call has made it.
  PyObject* make_asking(bool* is_new = nullptr) {
    NewVariable wish;
    std::ranges::copy(call_.arguments, wish.arguments.begin());
    wish[kDType] = nullptr;  // a value's is its own
    const Ref bound = bind(wish);
    wish[kInitialValue] = bound.get();
    wish.key = {request_.scope, request_.segment};
    try {
      if (context_.creators) return through_creators(wish);
      const std::optional<InitialValue> rule = rule_of(wish);
      if (rule) wish.rule = &*rule;
      wish.rule_shape = request_.shape;
      const auto first = static_cast<OpId>(graph_.ops.size());
      Ref made = checked(create_variable(context_, wish));
      record(first, made.get());
      return made.release();
    } catch (const PythonRaised&) {
      if (!PyErr_ExceptionMatches(PyExc_ValueError)) throw;
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::kValue) throw;
      set_python_error();
    }
    // Another thread may have been faster.
    const Verdict again = look_up(graph_, request_);
    const bool is_there = again.variable != kNone && again.kind != Verdict::Kind::kHasParts;
    if (!is_there) throw_raised();
    PyErr_Clear();
    if (again.is_refused()) refuse(again);
    if (is_new != nullptr) *is_new = false;
    return share(again.variable);
  }

  // What the core makes of the initializer, where it knows and need not ask.
  std::optional<InitialValue> rule_of(const NewVariable& wish) const {
    Initializer initializer;
    if (is_value_ || wish[kDType] == nullptr || graph_.has_odd_seed) return {};
    if (call_[kInitializer] != nullptr && !read_initializer(call_[kInitializer], initializer)) return {};
    if (call_[kInitializer] == nullptr) initializer = Initializer::of_default(request_.dtype).value_or(initializer);
    return InitialValue::of(initializer, request_.dtype, graph_.ops.shapes().dims(request_.shape), call_.whole);
  }

  // Keeps what an initializer of the package's has made, so that it need not be called again for another variable.
  void record(OpId first, PyObject* made) {
    Initializer initializer;
    const bool is_usual =
        call_.validates_shape() && call_[kCachingDevice] == nullptr && call_.partition_info == nullptr;
    if (call_[kInitializer] == nullptr || !is_usual || context_.must_ask() || graph_.has_odd_seed) return;
    if (read_initializer(call_[kInitializer], initializer)) record_run(graph_, initializer, first, id_of(made));
  }

  // A function without arguments that makes the initial value, or the value; and the dtype and shape that it is to
  // have.
  Ref bind(NewVariable& wish) {
    if (is_value_) return Ref::borrowed(call_[kInitializer]);
    Ref initializer = Ref::borrowed(call_[kInitializer]);
    if (!initializer) initializer = Ref::borrowed(default_initializer(request_.dtype));
    if (PyType_Check(initializer.get())) initializer = checked(PyObject_CallNoArgs(initializer.get()));
    const ShapeTable& shapes = graph_.ops.shapes();
    const bool is_defined = request_.has_shape && shapes.known_rank(request_.shape) &&
                            std::ranges::none_of(shapes.dims(request_.shape),
                                                 [](std::int64_t size) { return size == ShapeTable::kUnknownDim; });
    if (!is_defined) {
      if (needs_nothing(initializer.get())) return initializer;
      throw refuse_open_shape(graph_, request_.scope, request_.segment);
    }
    const Ref dims = checked(dims_tuple(shapes, request_.shape));
    const Ref sizes = checked(PySequence_List(dims.get()));
    const Ref keywords = checked(new_dict());
    PyObject* dtype = state().dtypes[request_.dtype];
    if (PyDict_SetItemString(keywords.get(), "dtype", dtype) < 0) throw_raised();
    PyObject* part = or_none(call_.partition_info);
    if (takes(initializer.get(), "partition_info") && PyDict_SetItemString(keywords.get(), "partition_info", part) < 0)
      throw_raised();
    const Ref arguments = checked(pack(initializer.get(), sizes.get()));
    wish[kDType] = dtype;
    if (call_.validates_shape()) wish[kWanted] = sizes.get();
    kept_sizes_ = Ref::borrowed(sizes.get());
    return checked(PyObject_Call(state().hooks.partial, arguments.get(), keywords.get()));
  }

  // v1's creators are given all arguments of its Variable by keyword.
  PyObject* through_creators(NewVariable& wish) {
    Ref shape;
    if (call_[kShape] != nullptr) shape = called(state().hooks.tensor_shape, call_[kShape]);
    wish[kShape] = shape.get();
    if (wish[kValidateShape] == nullptr) wish[kValidateShape] = Py_True;
    const Ref arguments = keywords_of(kOfCreators, wish.arguments.data());
    const Ref key = checked(to_str(text_));
    return called(state().hooks.create_through, arguments, key, or_none(wish[kWanted])).release();
  }

  Context& context_;
  GraphState& graph_;
  const VariableCall& call_;
  std::string_view text_;
  VariableRequest request_;
  bool is_value_ = false;
  Ref kept_sizes_;
};

}  // namespace

void raise_refusal(Context& context, const Error& refusal, VariableId variable) {
  static constexpr const char* kKinds[] = {"", "differs", "missing", "missing whole"};
  const ErrorFacts& facts = refusal.facts();
  std::string_view said = refusal.what();
  said.remove_suffix(facts.place.size());  // Python shows lines of the program
  const Ref found = variable == kNone ? Ref::borrowed(Py_None) : checked(variable_handle(context.graph, variable));
  const Ref text = checked(to_str(said)), name = checked(to_str(facts.full_name)),
            kind = checked(to_str(kKinds[static_cast<std::size_t>(facts.refusal)]));
  const Ref error = called(state().hooks.word_refusal, text, context.graph, name, found, kind);
  raise_object(error.get());
}

PyObject* get_single(Context& context, const VariableCall& call) { return SingleVariable(context, call).get(); }

}  // namespace scopetrie::python
