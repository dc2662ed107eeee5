// Functions of stores and their variables.
#include <algorithm>
#include <cstring>
#include <span>
#include <vector>

#include "boundary.hpp"

namespace scopetrie::capi {

namespace {

scopetrie_store& store_of(scopetrie_store* store) {
  if (store == nullptr) refuse_handle("store");
  return *store;
}
scopetrie_store& store_of(const char* call, scopetrie_context* context) {
  if (context != nullptr && context->store != nullptr) return *context->store;
  throw Error(ErrorKind::kValue, std::string(call) + ": the context is a graph's, and this is about stores.",
              {.call = call});
}

scopetrie_store* store_new(std::uint64_t seed) {
  return guarded_or<>(static_cast<scopetrie_store*>(nullptr), [&] {
    auto made = std::make_unique<scopetrie_store>();
    made->own_store = std::make_unique<Store>(Store::Options{.seed = seed});
    made->values = &made->own_store->values();
    made->graph = &made->values->graph();
    return made.release();
  });
}

scopetrie_store* store_retain(scopetrie_store* store) {
  scopetrie_get_api()->graph_retain(store);
  return store;
}
void store_release(scopetrie_store* store) { scopetrie_get_api()->graph_release(store); }

scopetrie_context* store_context_new(scopetrie_store* store, std::int32_t where) {
  return guarded_or<>(static_cast<scopetrie_context*>(nullptr), [&] { return new_context(store, store, where); });
}

// Runs what may make a variable of a store, whose host then has room for a handle of it.
template <class Make>
auto making(const scopetrie_store& store, Make&& make) {
  if (store.owner == nullptr) return make();
  host->expect_variable(store.owner);
  const auto made = make();
  host->note_variables(store.owner);
  return made;
}

std::span<const std::int64_t> shape_of(const scopetrie_variable_options& options) {
  return given_shape(options.shape, std::max(options.rank, 0));
}

std::int32_t store_get(scopetrie_context* context, const char* name, const scopetrie_variable_options* structure,
                       scopetrie_store_variable* variable, std::int32_t* is_new) {
  return guarded([&] {
    const scopetrie_store& store = store_of("store_get", context);
    const scopetrie_variable_options asked = read(structure);
    StoreVariableOptions options;
    if (asked.has_shape != 0) options.shape = AskedShape(shape_of(asked));
    options.dtype = given_dtype(asked.dtype, checked(context));
    if (asked.not_trainable != 0) options.trainable = false;
    if (const Initial initial = initial_of(asked.initializer, context); initial.is_given()) {
      if (initial.rule() == nullptr)
        throw Error(ErrorKind::kValue, "store_get: an initializer must be a rule; store_put takes elements.",
                    {.call = "store_get"});
      options.initializer = *initial.rule();
    }
    const GotStoreVariable got =
        making(store, [&] { return get_in(checked(context).at, *store.values, given(name, "name"), options); });
    if (variable != nullptr) *variable = as<scopetrie_store_variable>(got.variable);
    if (is_new != nullptr) *is_new = got.made ? 1 : 0;
  });
}

/// Memory of the caller's, and how it is given back.
struct Lent {
  void (*release)(void* data) = nullptr;  // null as long as it is not ours
  void* data;
  static void give_back(void* lent) noexcept {
    const std::unique_ptr<Lent> gone(static_cast<Lent*>(lent));
    if (gone->release != nullptr) gone->release(gone->data);
  }
};

std::int32_t store_put(scopetrie_context* context, const char* name, const scopetrie_variable_options* structure,
                       void* elements, void (*release)(void* data), void* data, scopetrie_store_variable* variable) {
  return guarded([&] {
    const scopetrie_store& store = store_of("store_put", context);
    const scopetrie_variable_options asked = read(structure);
    const std::string_view text = given(name, "name");
    const DType dtype = asked.dtype != 0 ? given_dtype(asked.dtype, checked(context))
                                         : checked(context).at.current_variable_scope->dtype();
    const std::size_t bytes = byte_count("store_put", text, shape_of(asked), dtype);
    if (elements == nullptr && bytes != 0) refuse_handle("pointer to elements");
    Lent* lent = nullptr;
    const StoreVariable made = making(store, [&] {
      Memory* memory;
      if (release == nullptr) {
        memory = Memory::uninitialised(bytes);
        if (bytes != 0) std::memcpy(memory->data(), elements, bytes);
      } else {
        auto kept = std::make_unique<Lent>(Lent{.data = data});
        memory = Memory::adopt(elements, bytes, {.context = kept.get(), .release = Lent::give_back});
        lent = kept.release();
      }
      return put_in(checked(context).at, *store.values, text, shape_of(asked), dtype, asked.not_trainable == 0, memory);
    });
    if (lent != nullptr) lent->release = release;
    if (variable != nullptr) *variable = as<scopetrie_store_variable>(made);
  });
}

// Within a transaction: at its end, all that keep elements of the store's variables are told.
template <class Change>
std::int32_t changing(const char* call, scopetrie_context* context, Change&& change) {
  return guarded([&] {
    Values& values = *store_of(call, context).values;
    Transaction transaction = checked(context).at.transaction();
    change(values);
    transaction.commit();
  });
}

std::int32_t store_erase(scopetrie_context* context, const char* path) {
  return changing("store_erase", context,
                  [&](Values& values) { erase_in(checked(context).at, values, given(path, "path")); });
}
std::int32_t store_move(scopetrie_context* context, const char* path, const char* to) {
  return changing("store_move", context, [&](Values& values) {
    move_in(checked(context).at, values, given(path, "path"), given(to, "path"));
  });
}

std::int64_t store_size(scopetrie_store* store) {
  return guarded_or<>(std::int64_t{-1}, [&] { return static_cast<std::int64_t>(store_of(store).values->size()); });
}

std::int32_t store_find(scopetrie_store* store, const char* path, scopetrie_store_variable* variable) {
  return guarded_or<>(-1, [&] {
    Values& values = *store_of(store).values;
    const VariableId found = values.find(given(path, "path"));
    if (found != kNone && variable != nullptr) *variable = as<scopetrie_store_variable>(StoreVariable(values, found));
    return found == kNone ? 0 : 1;
  });
}

std::int64_t store_under(scopetrie_store* store, const char* path, scopetrie_store_variable* variables,
                         std::size_t room) {
  return guarded_or<>(std::int64_t{-1}, [&] {
    const std::vector<StoreVariable> found = variables_under(*store_of(store).values, given(path, "path"));
    const std::span out = given(variables, std::min(room, found.size()), "place for the variables");
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = as<scopetrie_store_variable>(found[i]);
    return static_cast<std::int64_t>(found.size());
  });
}

const char* store_variable_path(scopetrie_store_variable variable) {
  return text_of([&](std::string& text) { text = given_handle(variable).path(); });
}
std::int32_t store_variable_dtype(scopetrie_store_variable variable) {
  return guarded_or<>(-1, [&] { return std::int32_t{given_handle(variable).dtype()}; });
}
std::int32_t store_variable_shape(scopetrie_store_variable variable, std::int64_t* sizes, std::size_t room) {
  return guarded_or<>(-2, [&] {
    const std::vector<std::int64_t> shape = given_handle(variable).shape();
    const std::span out = given(sizes, std::min(room, shape.size()), "place for the sizes");
    std::copy_n(shape.begin(), out.size(), out.begin());
    return static_cast<std::int32_t>(shape.size());
  });
}
std::int32_t store_variable_is_ready(scopetrie_store_variable variable) {
  return guarded_or<>(-1, [&] { return given_handle(variable).is_ready() ? 1 : 0; });
}

scopetrie_view* view_of(const StoreVariable& of, void*& elements, std::size_t* bytes) {
  void* owner = of.values().graph().owner;
  Memory& memory = owner != nullptr ? host->elements(owner, of.id()) : of.memory();
  elements = memory.data();
  if (bytes != nullptr) *bytes = memory.size();
  memory.view();
  return reinterpret_cast<scopetrie_view*>(&memory);
}

scopetrie_view* store_variable_view(scopetrie_store_variable variable, void** elements, std::size_t* bytes) {
  return guarded_or<>(static_cast<scopetrie_view*>(nullptr), [&] {
    const StoreVariable of = given_handle(variable);
    if (of.values().is_frozen(of.id()))
      throw Error(ErrorKind::kValue,
                  "store_variable_view: the variable '" + of.path() +
                      "' is frozen: store_variable_read() gives elements that are not written",
                  {.call = "store_variable_view", .full_name = of.path()});
    void* first = nullptr;
    scopetrie_view* view = view_of(of, first, bytes);
    if (elements != nullptr) *elements = first;
    return view;
  });
}
scopetrie_view* store_variable_read(scopetrie_store_variable variable, const void** elements, std::size_t* bytes) {
  return guarded_or<>(static_cast<scopetrie_view*>(nullptr), [&] {
    void* first = nullptr;
    scopetrie_view* view = view_of(given_handle(variable), first, bytes);
    if (elements != nullptr) *elements = first;
    return view;
  });
}
void view_release(scopetrie_view* view) {
  if (view == nullptr) return;
  guarded([&] { reinterpret_cast<Memory*>(view)->end_view(); });
}

}  // namespace

void add_stores(scopetrie_api& table) {
  table.store_new = store_new;
  table.store_retain = store_retain;
  table.store_release = store_release;
  table.store_context_new = store_context_new;
  table.store_get = store_get;
  table.store_put = store_put;
  table.store_erase = store_erase;
  table.store_move = store_move;
  table.store_size = store_size;
  table.store_find = store_find;
  table.store_under = store_under;
  table.store_variable_path = store_variable_path;
  table.store_variable_dtype = store_variable_dtype;
  table.store_variable_shape = store_variable_shape;
  table.store_variable_is_ready = store_variable_is_ready;
  table.store_variable_view = store_variable_view;
  table.view_release = view_release;
  table.store_variable_read = store_variable_read;
}

}  // namespace scopetrie::capi
