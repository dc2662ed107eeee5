#include "scopetrie/names/scope_trie.hpp"

#include <charconv>

namespace scopetrie {

namespace {

// The number of characters of `_suffix`; 0 if suffix is 0.
std::size_t suffix_length(std::uint32_t suffix) {
  std::size_t length = suffix != 0 ? 1 : 0;
  for (; suffix != 0; suffix /= 10) ++length;
  return length;
}

}  // namespace

ScopeTrie::ScopeTrie(Segments& segments) : segments_(segments) { nodes_.push_back({{kNone, 0, 0}, kRoot, 1}); }

ScopeId ScopeTrie::add(std::uint32_t hash, const Key& key) {
  // The folded scope first: it may be new, too, and must get its id before this scope.
  const SegmentId folded_base = segments_.folded(key.base);
  const ScopeId folded_parent = nodes_[key.parent].folded;
  const bool is_folded = folded_base == key.base && folded_parent == key.parent;
  const ScopeId folded = is_folded ? kNone : child(folded_parent, folded_base, key.suffix);
  const auto id = static_cast<ScopeId>(nodes_.size());
  nodes_.push_back({key, is_folded ? id : folded, 0});
  table_.insert(hash, id);
  return id;
}

ScopeId ScopeTrie::at(std::string_view path, ScopeId from) {
  if (path.empty()) return from;
  for (std::size_t start = 0;;) {
    const std::size_t slash = path.find('/', start);
    from = child(from, segments_.intern(path.substr(start, slash - start)));
    if (slash == std::string_view::npos) return from;
    start = slash + 1;
  }
}

ScopeId ScopeTrie::scope_of_name(std::string_view name, ScopeId from, SegmentId& last) {
  for (std::size_t slash; (slash = name.find('/')) != std::string_view::npos; name.remove_prefix(slash + 1))
    from = child(from, segments_.intern(name.substr(0, slash)));
  last = segments_.intern(name);
  return from;
}

void ScopeTrie::append_path(ScopeId scope, std::string& out) const {
  if (scope == kRoot) return;
  // The parents give the parts from last to first, so compute the length, then fill in from the end. (Recursion would
  // overflow the stack on a deep path.)
  std::size_t end = out.size();
  for (ScopeId at = scope; at != kRoot; at = nodes_[at].key.parent)
    end += segments_.text(nodes_[at].key.base).size() + suffix_length(nodes_[at].key.suffix) + 1;
  out.resize(--end);
  for (ScopeId at = scope;;) {
    const auto& [parent, base, suffix] = nodes_[at].key;
    const std::string_view text = segments_.text(base);
    end -= text.size() + suffix_length(suffix);
    char* to = out.data() + end;
    to += text.copy(to, text.size());
    if (suffix != 0) {
      *to++ = '_';
      std::to_chars(to, out.data() + out.size(), suffix);
    }
    if (parent == kRoot) return;
    out[--end] = '/';
    at = parent;
  }
}

bool ScopeTrie::is_within(ScopeId scope, ScopeId ancestor) const {
  while (scope != ancestor && scope != kRoot) scope = nodes_[scope].key.parent;
  return scope == ancestor;
}

void append_suffix(std::uint32_t suffix, std::string& out) {
  if (suffix == 0) return;
  char digits[12] = "_";
  char* const end = std::to_chars(digits + 1, digits + sizeof digits, suffix).ptr;
  out.append(digits, end);
}

}  // namespace scopetrie
