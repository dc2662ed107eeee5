#include "scopetrie/scopes/variable_scope.hpp"

#include "scopetrie/names/legal_names.hpp"

namespace scopetrie {

namespace {

std::string path_of(const Graph& graph, ScopeId scope) {
  std::string path;
  graph.ops.scopes().append_path(scope, path);
  return path;
}

}  // namespace

void Settings::retain() const {
  for (void* object : objects_)
    if (object != nullptr) host_->retain(object);
}

void Settings::adopt(Setting setting, void* object) {
  const auto at = static_cast<std::size_t>(setting);
  const auto bit = static_cast<std::uint8_t>(1U << at);
  given_ = static_cast<std::uint8_t>(object != nullptr ? given_ | bit : given_ & ~bit);
  void* before = std::exchange(objects_[at], object);
  if (before != nullptr) host_->release(before);
}

void Settings::clear() {
  given_ = 0;
  for (void*& object : objects_)
    if (void* gone = std::exchange(object, nullptr); gone != nullptr) host_->release(gone);
}

VariableScope::VariableScope(const ScopeHost& host, Reuse reuse, std::string_view path,
                             std::string_view original_name_scope)
    : settings(host), host_(&host), reuse_(reuse) {
  if (!path.empty() || !original_name_scope.empty())
    texts_ = std::make_shared<const Texts>(std::string(path), std::string(original_name_scope));
}

std::string VariableScope::name() const {
  if (graph_ != nullptr) return path_of(*graph_, scope_);
  return texts_ != nullptr ? texts_->path : std::string();
}

std::string VariableScope::original_name_scope() const {
  if (texts_ != nullptr) return texts_->origin;
  if (graph_ == nullptr) return {};
  std::string text = origin_.scope != kNone ? path_of(*graph_, origin_.scope) : graph_->text(origin_.pending);
  if (!text.empty()) text += '/';
  return text;
}

ScopeId VariableScope::find_in(Graph& graph) const {
  if (graph_ == nullptr && texts_ == nullptr) return ScopeTrie::kRoot;
  return graph.ops.scopes().at(graph_ == nullptr ? texts_->path : name());
}

void VariableScope::set_origin(std::string_view text) {
  texts_ = std::make_shared<const Texts>(std::string(), std::string(text));
}

void VariableScope::prolong(Graph& graph, std::string_view name, SegmentId plain) {
  const ScopeId parent = in(graph);
  ScopeTrie& scopes = graph.ops.scopes();
  if (plain != kNone) [[likely]] {
    scope_ = scopes.child(parent, plain);
  } else if (name.empty()) {  // as in v1: "" below "a" is "a/"
    scope_ = parent == ScopeTrie::kRoot ? parent : scopes.child(parent, graph.ops.segments().intern(""));
  } else {
    scope_ = scopes.at(name, parent);
    // Without a name scope v1 accepts any name here, and refuses the first variable.
    if (!is_scope_name(name, parent == ScopeTrie::kRoot)) refuses_variables_ = true;
  }
  enter_graph(graph);
}

void VariableScope::move_to(Graph& graph) {
  if (graph_ == &graph) return;
  const std::string path = name();
  set_origin(original_name_scope());
  scope_ = graph.ops.scopes().at(path);
  refuses_variables_ = !path.empty() && !is_scope_name(path, true);
  enter_graph(graph);
}

}  // namespace scopetrie
