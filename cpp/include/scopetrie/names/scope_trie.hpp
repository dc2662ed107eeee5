// Paths as a hashed trie: (parent scope, segment, suffix) -> scope id.
//
// Invariants: scope 0 is the root, the empty path; a path has one id, whether its last segment was given as `mul_7` or
// made from `mul` and 7; a scope's folded() is the scope of the lower-case path. A node is made when something is put
// below it, so entering a million empty scopes makes none. A node has the last one made below it, and that one the one
// before, so a walk over a subtree reads nothing else.
// Thread safety: none; one writer or many readers.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "scopetrie/names/segments.hpp"
#include "scopetrie/tables/id_table.hpp"
#include "scopetrie/tables/ids.hpp"
#include "scopetrie/tables/table_allocator.hpp"

namespace scopetrie {

class ScopeTrie {
 public:
  static constexpr ScopeId kRoot = 0;

  explicit ScopeTrie(Segments& segments);
  /// The same scopes with the same ids, over a copy of the other's segments.
  ScopeTrie(Segments& segments, const ScopeTrie& other)
      : segments_(segments), nodes_(other.nodes_), table_(other.table_) {}
  ScopeTrie(const ScopeTrie&) = delete;
  ScopeTrie& operator=(const ScopeTrie&) = delete;

  /// The scope `parent/segment` (suffix 0) or `parent/segment_suffix`; makes it if it is new.
  ScopeId child(ScopeId parent, SegmentId segment, std::uint32_t suffix = 0) {
    const Key key = canonical(parent, segment, suffix);
    const std::uint32_t hash = hash_numbered(key.parent, key.base, key.suffix);
    std::size_t vacant;
    const ScopeId found = table_.find(hash, [&](ScopeId id) { return nodes_[id].key == key; }, vacant);
    return found != kNone ? found : add(hash, key, vacant);
  }

  /// The same, or kNone if there is no such scope.
  ScopeId find_child(ScopeId parent, SegmentId segment, std::uint32_t suffix = 0) const {
    const Key key = canonical(parent, segment, suffix);
    return find_key(hash_numbered(key.parent, key.base, key.suffix), key);
  }

  /// The same for a base that is no numbered segment itself where the suffix is 0.
  ScopeId find_child_of(ScopeId parent, SegmentId base, std::uint32_t suffix) const {
    return find_key(hash_numbered(parent, base, suffix), {parent, base, suffix});
  }

  /// The scope of a path relative to `from`; makes it if it is new. "" is `from` itself.
  ScopeId at(std::string_view path, ScopeId from = kRoot);

  /// The same, or kNone if there is no such scope.
  ScopeId find(std::string_view path, ScopeId from = kRoot) const;

  /// The scope that contains a name like "a/b/c" (made if it is new) and the last segment. Unlike in at(), an empty
  /// part is a segment: "/c" is below an empty segment.
  ScopeId scope_of_name(std::string_view name, ScopeId from, SegmentId& last);
  /// The same from the root, or kNone if there is no such scope or segment.
  ScopeId find_scope_of_name(std::string_view name, SegmentId& last) const;

  /// Appends the path of `scope`, without a slash at its end.
  void append_path(ScopeId scope, std::string& out) const;

  const Segments& segments() const noexcept { return segments_; }
  ScopeId parent(ScopeId scope) const { return nodes_[scope].key.parent; }
  ScopeId folded(ScopeId scope) const { return nodes_[scope].folded; }
  SegmentId base(ScopeId scope) const { return nodes_[scope].key.base; }
  std::uint32_t suffix(ScopeId scope) const { return nodes_[scope].key.suffix; }
  bool is_within(ScopeId scope, ScopeId ancestor) const;

  /// The scopes beneath one, each before those beneath it: from the last one made to the first, as a list.
  ScopeId last_child(ScopeId scope) const { return nodes_[scope].last_child; }
  ScopeId previous_sibling(ScopeId scope) const { return nodes_[scope].previous_sibling; }
  /// Calls `visit` with a scope and all that are beneath it; each comes after its parent.
  template <class Visit>
  void walk(ScopeId scope, Visit&& visit) const {
    for (ScopeId at = scope;;) {
      visit(at);
      if (nodes_[at].last_child != kNone) {
        at = nodes_[at].last_child;
        continue;
      }
      while (at != scope && nodes_[at].previous_sibling == kNone) at = nodes_[at].key.parent;
      if (at == scope) return;
      at = nodes_[at].previous_sibling;
    }
  }
  std::size_t size() const noexcept { return nodes_.size(); }

  /// A mark for OpGraph on folded scopes: names have been taken below the scope. The root always has it.
  bool opened(ScopeId scope) const { return nodes_[scope].opened != 0; }
  void set_opened(ScopeId scope, bool opened) { nodes_[scope].opened = opened ? 1 : 0; }

 private:
  struct Key {
    ScopeId parent;
    SegmentId base;
    std::uint32_t suffix;
    friend bool operator==(const Key&, const Key&) = default;
  };
  struct Node {
    Key key;
    std::uint32_t folded : 31;
    std::uint32_t opened : 1;
    ScopeId last_child = kNone;
    ScopeId previous_sibling = kNone;
  };

  Key canonical(ScopeId parent, SegmentId segment, std::uint32_t suffix) const {
    if (suffix != 0) return {parent, segment, suffix};
    return {parent, segments_.base(segment), segments_.suffix(segment)};
  }
  ScopeId find_key(std::uint32_t hash, const Key& key) const {
    return table_.find(hash, [&](ScopeId id) { return nodes_[id].key == key; });
  }
  ScopeId add(std::uint32_t hash, const Key& key, std::size_t vacant);

  Segments& segments_;
  Table<Node> nodes_;
  IdTable table_;
};

/// Appends `_suffix` in decimal if suffix is not 0, as v1 does.
void append_suffix(std::uint32_t suffix, std::string& out);

}  // namespace scopetrie
