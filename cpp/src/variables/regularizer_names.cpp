#include "scopetrie/variables/regularizer_names.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace scopetrie {

namespace {

// What was asked for where this name was made: "Const" for "Const_1", if "Const" was taken by then.
void add_wished(Context& context, const std::vector<std::string>& names, std::size_t at,
                std::vector<std::string>& wished) {
  const std::string& name = names[at];
  const std::size_t underscore = name.rfind('_');
  const bool has_number = underscore != std::string::npos && underscore > 0 && underscore + 1 < name.size() &&
                          std::all_of(name.begin() + static_cast<std::ptrdiff_t>(underscore) + 1, name.end(),
                                      [](char c) { return c >= '0' && c <= '9'; });
  if (has_number) {
    const std::string base = name.substr(0, underscore);
    const bool is_taken = context.take_unique(base, false).suffix != 0;
    const bool comes_later =
        std::find(names.begin() + static_cast<std::ptrdiff_t>(at), names.end(), base) != names.end();
    if (is_taken && !comes_later) {
      wished.push_back(base);
      return;
    }
  }
  wished.push_back(name);
}

// What an operation, or a scope that it is in, is called in `scope`; "" where it is elsewhere.
std::string name_in(const OpGraph& ops, OpId op, ScopeId scope) {
  Name name = ops.name_of(op);
  while ((name.scope & kOwnedBit) != 0) name = ops.name_of(name.scope & ~kOwnedBit);
  const ScopeTrie& scopes = ops.scopes();
  for (ScopeId at = name.scope; at != scope; at = scopes.parent(at)) {
    if (at == ScopeTrie::kRoot) return {};
    name = {scopes.parent(at), scopes.base(at), scopes.suffix(at)};
  }
  std::string text(ops.segments().text(name.segment));
  append_suffix(name.suffix, text);
  return text;
}

ScopeId regularizer_scope(Graph& graph, ScopeId scope, SegmentId segment) {
  static const std::uint32_t kRegularizer = known_name("Regularizer");
  ScopeTrie& scopes = graph.ops.scopes();
  return scopes.child(scopes.child(scope, segment), graph.known_segment(kRegularizer));
}

}  // namespace

RegularizerNames::RegularizerNames(Context& context, ScopeId scope, SegmentId segment)
    : context_(context),
      before_(context.names),
      scope_(regularizer_scope(context.graph(), scope, segment)),
      first_(context.graph().ops.size()) {
  context.names = {scope_, {}};
}

void RegularizerNames::finish() {
  context_.names = before_;
  const OpGraph& ops = context_.graph().ops;
  std::vector<std::string> names;                         // of what stands in the scope, in order, each once
  for (std::size_t op = first_; op < ops.size(); ++op) {  // other threads may have added operations meanwhile
    std::string name = name_in(ops, static_cast<OpId>(op), scope_);
    if (!name.empty() && std::find(names.begin(), names.end(), name) == names.end()) names.push_back(std::move(name));
  }
  const NamesKept kept(context_);
  context_.names = {scope_, {}};
  std::vector<std::string> wished;
  for (std::size_t at = 0; at < names.size(); ++at) add_wished(context_, names, at, wished);
  context_.names = {};
  for (const std::string& name : wished) context_.take_unique(name);
}

}  // namespace scopetrie
