#include "scopetrie/store/subtrees.hpp"

namespace scopetrie {

void Subtrees::collect(ScopeId top, std::vector<VariableId>& out) const {
  std::vector<ScopeId> open{top};
  while (!open.empty()) {
    const Lists& lists = scopes_[open.back()];
    open.pop_back();
    for (VariableId id = lists.variable; id != kNone; id = before_[id]) out.push_back(id);
    for (ScopeId id = lists.child; id != kNone; id = scopes_[id].sibling) open.push_back(id);
  }
}

}  // namespace scopetrie
