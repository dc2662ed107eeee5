// Functions of graphs: references, the lock, look-ups.
#include "boundary.hpp"

namespace scopetrie::capi {

namespace {

std::uint64_t lock() { return host != nullptr ? host->lock() : 0; }
void unlock(std::uint64_t locked) {
  if (host != nullptr) host->unlock(locked);
}

scopetrie_graph* graph_new() {
  return guarded_or<>(static_cast<scopetrie_graph*>(nullptr), [] {
    auto made = std::make_unique<scopetrie_graph>();
    made->own = std::make_unique<Graph>();
    made->own->collections.set_host(native_scope_host);
    made->graph = made->own.get();
    return made.release();
  });
}

scopetrie_graph* graph_retain(scopetrie_graph* graph) {
  if (graph != nullptr) graph->references.fetch_add(1, std::memory_order_relaxed);
  return graph;
}

void graph_release(scopetrie_graph* graph) {
  if (graph == nullptr || graph->references.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
  guarded([&] {
    if (graph->owner != nullptr) host->release(graph->owner);
    delete graph;
  });
}

template <class Handle, class Found>
std::int32_t give(const std::optional<Found>& found, Handle* out) {
  if (found && out != nullptr) *out = as<Handle>(*found);
  return found ? 1 : 0;
}

std::int32_t find_variable(scopetrie_graph* graph, const char* path, scopetrie_variable* variable) {
  return guarded_or<>(-1, [&] { return give(graph_of(graph).find_variable(given(path, "path")), variable); });
}

std::int32_t find_operation(scopetrie_graph* graph, const char* name, scopetrie_operation* operation) {
  return guarded_or<>(-1, [&] { return give(graph_of(graph).find_operation(given(name, "name")), operation); });
}

std::int32_t find_tensor(scopetrie_graph* graph, const char* name, scopetrie_tensor* tensor) {
  return guarded_or<>(-1, [&] { return give(graph_of(graph).find_tensor(given(name, "name")), tensor); });
}

}  // namespace

void add_graphs(scopetrie_api& table) {
  table.lock = lock;
  table.unlock = unlock;
  table.graph_new = graph_new;
  table.graph_retain = graph_retain;
  table.graph_release = graph_release;
  table.find_variable = find_variable;
  table.find_operation = find_operation;
  table.find_tensor = find_tensor;
}

}  // namespace scopetrie::capi
