#include "scopetrie/names/scope_trie.hpp"

#include <stdexcept>

#include "scopetrie/tables/short_texts.hpp"

namespace scopetrie {

ScopeTrie::ScopeTrie(Segments& segments) : segments_(segments) { nodes_.push_back({{kNone, 0, 0}, kRoot, 1}); }

ScopeId ScopeTrie::add(std::uint32_t hash, const Key& key, std::size_t vacant) {
  // The folded scope first: it may be new, too, and must get its id before this scope.
  const SegmentId folded_base = segments_.folded(key.base);
  const ScopeId folded_parent = nodes_[key.parent].folded;
  const bool is_folded = folded_base == key.base && folded_parent == key.parent;
  const ScopeId folded = is_folded ? kNone : child(folded_parent, folded_base, key.suffix);
  const auto id = static_cast<ScopeId>(nodes_.size());
  if (id == kOwnedBit) throw std::length_error("a graph has at most 2^31 scopes");
  const ScopeId before = nodes_[key.parent].last_child;
  nodes_.push_back({key, is_folded ? id : folded, 0, kNone, before});
  try {
    if (is_folded)
      table_.insert_at(vacant, hash, id);
    else
      table_.insert(hash, id);
  } catch (...) {
    nodes_.pop_back();
    throw;
  }
  nodes_[key.parent].last_child = id;
  return id;
}

ScopeId ScopeTrie::at(std::string_view path, ScopeId from) {
  if (path.empty()) return from;
  const std::string_view separator = segments_.spelling().separator;
  for (std::size_t start = 0;;) {
    const std::size_t slash = path.find(separator, start);
    from = child(from, segments_.intern(path.substr(start, slash - start)));
    if (slash == std::string_view::npos) return from;
    start = slash + separator.size();
  }
}

ScopeId ScopeTrie::find(std::string_view path, ScopeId from) const {
  if (path.empty()) return from;
  for (std::size_t start = 0;;) {
    const std::size_t slash = path.find('/', start);
    const SegmentId segment = segments_.find(path.substr(start, slash - start));
    from = segment == kNone ? kNone : find_child(from, segment);
    if (slash == std::string_view::npos || from == kNone) return from;
    start = slash + 1;
  }
}

ScopeId ScopeTrie::scope_of_name(std::string_view name, ScopeId from, SegmentId& last) {
  const std::string_view separator = segments_.spelling().separator;
  if (!has_character(name, separator[0])) {
    last = segments_.intern(name);
    return from;
  }
  const auto next = [&] { return separator.size() == 1 ? name.find(separator[0]) : name.find(separator); };
  for (std::size_t slash; (slash = next()) != std::string_view::npos; name.remove_prefix(slash + separator.size()))
    from = child(from, segments_.intern(name.substr(0, slash)));
  last = segments_.intern(name);
  return from;
}

ScopeId ScopeTrie::find_scope_of_name(std::string_view name, SegmentId& last) const {
  ScopeId from = kRoot;
  for (std::size_t slash; from != kNone && (slash = name.find('/')) != std::string_view::npos;
       name.remove_prefix(slash + 1)) {
    const SegmentId segment = segments_.find(name.substr(0, slash));
    from = segment == kNone ? kNone : find_child(from, segment);
  }
  last = segments_.find(name);
  return last == kNone ? kNone : from;
}

void ScopeTrie::append_path(ScopeId scope, std::string& out) const {
  if (scope == kRoot) return;
  const Spelling& spelling = segments_.spelling();
  const std::string_view separator = spelling.separator;
  // The parents give the parts from last to first, so compute the length, then fill in from the end. (Recursion would
  // overflow the stack on a deep path.)
  std::size_t end = out.size() - separator.size();
  for (ScopeId at = scope; at != kRoot; at = nodes_[at].key.parent)
    end +=
        segments_.text(nodes_[at].key.base).size() + spelling.number_length(nodes_[at].key.suffix) + separator.size();
  out.resize(end);
  for (ScopeId at = scope;;) {
    const auto& [parent, base, suffix] = nodes_[at].key;
    const std::string_view text = segments_.text(base);
    end -= text.size() + spelling.number_length(suffix);
    char* const to = out.data() + end;
    spelling.write_number(suffix, to + text.copy(to, text.size()));
    if (parent == kRoot) return;
    end -= separator.size();
    separator.copy(out.data() + end, separator.size());
    at = parent;
  }
}

bool ScopeTrie::is_within(ScopeId scope, ScopeId ancestor) const {
  while (scope != ancestor && scope != kRoot) scope = nodes_[scope].key.parent;
  return scope == ancestor;
}

void append_suffix(std::uint32_t suffix, std::string& out) {
  static const Spelling v1;
  v1.append_number(suffix, out);
}

}  // namespace scopetrie
