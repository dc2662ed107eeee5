// Names that a store's variables take: Names that follow a store.
//
// Invariants: what update() has seen of the store is taken in the names under the same path; it is brought up to date
// before each use, so a store that nobody asks for names pays nothing. What is given out while a transaction of the
// store is open is taken back with it.
// Thread safety: that of the store.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "scopetrie/names/names.hpp"
#include "scopetrie/values/values.hpp"

namespace scopetrie {

class FollowedNames : private Undoable {
 public:
  /// `names` must be spelled with "/", and live as long as this.
  FollowedNames(Names& names, const Values& values);
  /// The same of a copy of the names and the values, without open transactions.
  FollowedNames(Names& names, const Values& values, const FollowedNames& of);
  FollowedNames(const FollowedNames&) = delete;
  FollowedNames& operator=(const FollowedNames&) = delete;
  ~FollowedNames() { values_.graph().ledger().leave(*this); }

  /// Takes the names of new variables, and gives back those that are gone. Whether anything was changed.
  bool update() {
    if (taken_.size() == values_.graph().variables.size() && name_changes_ == values_.name_changes()) [[likely]]
      return false;
    catch_up();
    return true;
  }
  /// The scope of the names that has the path of a store's scope.
  ScopeId scope(ScopeId of_store) { return last_.first == of_store ? last_.second : find_scope(of_store); }
  /// Appends a free name like this one, in a scope of the store; `mark` takes it. Throws Error.
  void append_unique(ScopeId of_store, std::string_view name, bool mark, std::string& out);

 private:
  /// A name that was taken for a variable.
  struct Taken {
    ScopeId scope = kNone;  // of the store; kNone: none
    SegmentId segment = 0;
    friend bool operator==(const Taken&, const Taken&) = default;
  };
  struct Span {
    Names::Mark names;
    std::size_t changes;
    std::size_t taken;
  };

  void measure(Mark& mark) const noexcept override { mark.names_of_store = spans_.size(); }
  void begin() override;
  void cut(const Mark& mark) noexcept override;
  void end() noexcept override;

  SCOPETRIE_COLD void catch_up();
  ScopeId find_scope(ScopeId of_store);
  void change(std::size_t row, Taken to);
  std::pair<ScopeId, SegmentId> place(const Taken& taken);

  Names& names_;
  const Values& values_;
  std::vector<Taken> taken_;  // by row
  std::uint64_t name_changes_ = 0;
  std::vector<Span> spans_;  // of transactions; the first `depth_` are recorded
  std::size_t depth_ = 0;
  std::size_t skipped_ = 0;                                               // ends of spans that were rolled back already
  std::vector<std::pair<std::size_t, Taken>> changes_;                    // rows, and what they had before
  std::pair<ScopeId, ScopeId> last_{ScopeTrie::kRoot, ScopeTrie::kRoot};  // a scope of the store, and of the names
};

}  // namespace scopetrie
