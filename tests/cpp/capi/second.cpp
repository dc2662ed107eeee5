// A second extension: it builds in graphs that Python made, by the C API alone.
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <scopetrie/scopetrie.hpp>
#include <string>
#include <thread>
#include <vector>

#include <scopetrie_api.hpp>
#include <scopetrie_store_api.hpp>

namespace py = pybind11;
namespace sa = scopetrie::api;
namespace st = scopetrie;

namespace {

py::object taken(void* object) {
  if (object == nullptr) throw py::error_already_set();
  return py::reinterpret_steal<py::object>(static_cast<PyObject*>(object));
}

sa::Graph graph_of(const py::object& graph) {
  std::optional<sa::Graph> found = sa::Graph::from_object(graph.ptr());
  if (!found) throw py::error_already_set();
  return *std::move(found);
}

// A layer where the calling thread stands: (variable, operation).
py::tuple layer(const py::object& graph_object, const py::object& input, int size) {
  const sa::Graph graph = graph_of(graph_object);
  sa::Context at(graph, sa::Where::kPython);
  scopetrie_tensor x;
  if (sa::table->tensor_from_object(input.ptr(), &x) != 0) throw py::error_already_set();
  std::int64_t sizes[2];
  if (sa::table->tensor_shape(x, sizes, 2) != 2) throw py::value_error("a matrix is needed");
  auto scope = at.variable_scope("layer");
  const sa::GotVariable kernel = at.get_variable("kernel", {.shape = {{sizes[1], size}}, .initializer = sa::ones()});
  const sa::Operation product = at.add_op("MatMul", {sa::Tensor(x), kernel.variable.read()},
                                          {{SCOPETRIE_FLOAT32, {{sizes[0], size}}}}, "product");
  return py::make_tuple(taken(kernel.variable.to_object()), taken(product.to_object()), kernel.made);
}

// Variables from a thread without the GIL, in one that this one waits for without it, too; their names.
std::vector<std::string> without_gil(const py::object& graph_object, int count, bool lock_once) {
  const sa::Graph graph = graph_of(graph_object);
  std::vector<std::string> names;
  std::string failed;
  const py::gil_scoped_release released;
  std::thread([&] {
    try {
      std::optional<sa::Locked> locked;
      if (lock_once) locked.emplace();
      sa::Context at(graph);
      auto scope = at.variable_scope("thread");
      for (int i = 0; i < count; ++i)
        names.push_back(at.get_variable(("w" + std::to_string(i)).c_str(), {.shape = {{2}}}).variable.name());
    } catch (const sa::Error& error) {
      failed = error.what();
    }
  }).join();
  if (!failed.empty()) throw std::runtime_error(failed);
  return names;
}

// Fails after it has built; undone by its own transaction, or by whoever called.
void fail(const py::object& graph_object, bool by_itself) {
  sa::Context at(graph_of(graph_object), sa::Where::kPython);
  std::optional<sa::Transaction> undone;
  if (by_itself) undone.emplace(at.get());
  at.get_variable("gone", {.shape = {{2}}});
  at.add_op("Anything", {}, {});
  throw std::runtime_error("failed");
}

py::object twice(const py::object& variable) {
  scopetrie_variable found;
  if (sa::table->variable_from_object(variable.ptr(), &found) != 0) throw py::error_already_set();
  return taken(sa::Variable(found).to_object());
}

std::string operation_name(const py::object& operation) {
  scopetrie_operation found;
  if (sa::table->operation_from_object(operation.ptr(), &found) != 0) throw py::error_already_set();
  return sa::Operation(found).name();
}

sa::Store store_of(const py::object& store) {
  std::optional<sa::Store> found = sa::Store::from_object(store.ptr());
  if (!found) throw py::error_already_set();
  return *std::move(found);
}

scopetrie_store_variable stored(const py::object& variable) {
  scopetrie_store_variable found;
  if (sa::table->store_variable_from_object(variable.ptr(), &found) != 0) throw py::error_already_set();
  return found;
}

// A variable of a store and one with given elements where the calling thread stands, and a name of the store's.
py::tuple store_layer(const py::object& store_object, std::int64_t size) {
  const sa::Store store = store_of(store_object);
  sa::StoreContext at(store, sa::Where::kPython);
  auto scope = at.variable_scope("layer");
  const sa::StoreVariable kernel = at.get("kernel", {.shape = {{size, 2}}, .initializer = sa::ones()});
  const float numbers[] = {1, 2, 3};
  const sa::StoreVariable bias = at.put("bias", numbers, {.shape = {{3}}, .trainable = false});
  return py::make_tuple(taken(kernel.to_object()), taken(bias.to_object()), at.unique_name("kernel"));
}

// The sum of a float32 variable's elements, to each of which `step` is added first.
float add_to(const py::object& variable, float step) {
  const sa::View view = sa::StoreVariable(stored(variable)).view();
  float sum = 0;
  for (float& element : view.as<float>()) sum += element += step;
  return sum;
}

// The same sum, of elements that are not written.
float sum_of(const py::object& variable) {
  const sa::ConstView view = sa::StoreVariable(stored(variable)).read();
  float sum = 0;
  for (const float element : view.as<float>()) sum += element;
  return sum;
}

// Takes the variable of a path away, or gives it another one.
void erase_stored(const py::object& store_object, const std::string& path) {
  const sa::Store store = store_of(store_object);
  sa::StoreContext(store).erase(path.c_str());
}
void move_stored(const py::object& store_object, const std::string& path, const std::string& to) {
  const sa::Store store = store_of(store_object);
  sa::StoreContext(store).move(path.c_str(), to.c_str());
}

// Makes a variable of Python's store without the GIL; undone unless it is kept.
std::string make_stored(const py::object& store_object, const std::string& name, bool keep) {
  const sa::Store store = store_of(store_object);
  const py::gil_scoped_release released;
  sa::StoreContext at(store);
  sa::Transaction attempt = at.transaction();
  const std::string path = at.get(name.c_str(), {.shape = {{2}}}).path();
  if (keep) attempt.commit();
  return path;
}

// What calls cost
// ------------------------------------------------------------------------------------------------------

constexpr int kCalls = 2000;

template <class Work>
double nanoseconds(Work&& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double, std::nano>(std::chrono::steady_clock::now() - start).count() / kCalls;
}

// Nanoseconds of each kind of call by the C++ face and by the C API on a graph of Python's, the best of many rounds.
std::map<std::string, std::pair<double, double>> costs(const py::function& new_graph) {
  std::map<std::string, std::pair<double, double>> best;
  const auto note = [&](const char* what, double face, double table) {
    const auto [at, is_new] = best.try_emplace(what, face, table);
    at->second = {std::min(at->second.first, face), std::min(at->second.second, table)};
  };
  std::vector<std::string> names(kCalls);
  for (int i = 0; i < kCalls; ++i) names[i] = "w" + std::to_string(i);
  for (int round = 0; round < 30; ++round) {
    st::Graph own;
    st::Context face(own);
    const sa::Graph graph = graph_of(new_graph());
    sa::Context at(graph);
    const std::int64_t shape[] = {2};
    scopetrie_initial zeros = sa::zeros();
    scopetrie_variable_options options{};
    options.size = sizeof options;
    options.shape = shape;
    options.rank = options.has_shape = 1;
    options.initializer = &zeros;
    scopetrie_variable variable;
    const auto face_variables = [&] {
      for (const std::string& name : names) face.get_variable(name, {.shape = {2}, .initializer = st::zeros()});
    };
    const auto table_variables = [&] {
      for (const std::string& name : names)
        sa::table->get_variable(at.get(), name.c_str(), &options, &variable, nullptr);
    };
    note("get_variable: miss", nanoseconds(face_variables), nanoseconds(table_variables));
    auto scope = face.variable_scope("", {.reuse = st::Reuse::kYes});
    auto reuse = at.variable_scope("", {.reuse = SCOPETRIE_REUSE});
    note("get_variable: hit", nanoseconds(face_variables), nanoseconds(table_variables));
    const st::Tensor x = face.add_op("Placeholder", {}, {{st::kFloat32, {{2}}}});
    const sa::Tensor y = at.add_op("Placeholder", {}, {{SCOPETRIE_FLOAT32, {{2}}}});
    const double face_op = nanoseconds([&] {
      for (int i = 0; i < kCalls; ++i) face.add_op("Neg", {x}, {{st::kFloat32, {{2}}}});
    });
    const scopetrie_output output{SCOPETRIE_FLOAT32, 1, shape};
    scopetrie_operation op;
    note("add_op", face_op, nanoseconds([&] {
           for (int i = 0; i < kCalls; ++i)
             sa::table->add_operation(at.get(), "Neg", nullptr, &y.value(), 1, &output, 1, &op);
         }));
    const double face_name = nanoseconds([&] {
      for (int i = 0; i < kCalls; ++i) face.unique_name("relu");
    });
    note("unique_name", face_name, nanoseconds([&] {
           for (int i = 0; i < kCalls; ++i) sa::table->unique_name(at.get(), "relu", 1);
         }));
    const double face_scope = nanoseconds([&] {
      for (int i = 0; i < kCalls; ++i) auto inner = face.variable_scope("scope");
    });
    note("variable_scope", face_scope, nanoseconds([&] {
           for (int i = 0; i < kCalls; ++i) {
             sa::table->enter_variable_scope(at.get(), "scope", nullptr);
             sa::table->leave(at.get());
           }
         }));
  }
  return best;
}

}  // namespace

PYBIND11_MODULE(second, module) {
  if (!sa::load()) throw py::error_already_set();
  py::register_exception<sa::Error>(module, "Error");
  module.def("layer", layer);
  module.def("without_gil", without_gil);
  module.def("fail", fail);
  module.def("twice", twice);
  module.def("operation_name", operation_name);
  module.def("costs", costs);
  module.def("store_layer", store_layer);
  module.def("add_to", add_to);
  module.def("make_stored", make_stored);
  module.def("sum_of", sum_of);
  module.def("erase_stored", erase_stored);
  module.def("move_stored", move_stored);
  module.def("same_variable",
             [](const py::object& variable) { return taken(sa::StoreVariable(stored(variable)).to_object()); });
  module.def("text_of_graph", [](const py::object& graph) { return py::str(taken(graph_of(graph).to_object())); });
}
