// A graph's collections: lists by key. What is the graph's own is kept by id, other things as objects of the caller's
// language.
//
// Invariants: because the graph's own things are kept by id, a collection never keeps its graph alive. A text has one
// list, and a list one number, for ever; one that was never added to nor asked for is no collection: `born` is 0.
// Collections are in the order in which they became some.
// Thread safety: none; one writer or many readers.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "scopetrie/graph/host.hpp"
#include "scopetrie/graph/ledger.hpp"
#include "scopetrie/tables/ids.hpp"
#include "scopetrie/tables/table_allocator.hpp"

namespace scopetrie {

class Collections : private Undoable {
 public:
  /// An item: one of the graph's own, by id, or any object. Eight bytes: objects are aligned, so the two lowest bits of
  /// the address hold the kind.
  class Item {
   public:
    enum Kind : std::uint64_t { kObject, kTensor, kOperation, kVariable };
    Item() = default;
    Item(Kind kind, std::uint32_t id) : bits_(std::uint64_t{id} << 2 | kind) {}
    /// Takes over the caller's reference.
    explicit Item(void* owned) : bits_(reinterpret_cast<std::uintptr_t>(owned)) {}
    Kind kind() const { return static_cast<Kind>(bits_ & 3); }
    std::uint32_t id() const { return static_cast<std::uint32_t>(bits_ >> 2); }
    // NOLINTNEXTLINE(performance-no-int-to-ptr): the tag of an object's address is 0
    void* object() const { return kind() == kObject ? reinterpret_cast<void*>(bits_) : nullptr; }

   private:
    std::uint64_t bits_ = 0;
  };
  using Items = Table<Item>;
  /// The lists of v1's GraphKeys.GLOBAL_VARIABLES, "variables", and TRAINABLE_VARIABLES, "trainable_variables".
  enum Known : std::size_t { kVariables = 0, kTrainable = 1 };

  /// Changes are undone with the rest of a graph, if its ledger is given.
  explicit Collections(Ledger* ledger = nullptr);
  Collections(const Collections&) = delete;
  Collections& operator=(const Collections&) = delete;
  ~Collections() { clear(); }

  /// Who counts the references to objects; before the first one is added.
  void set_host(const Host& host) { host_ = &host; }

  /// The list of a text, made if it is new.
  std::size_t named(std::string_view key);
  std::optional<std::size_t> find(std::string_view key) const;
  /// A list for a key that only the caller's language has.
  std::size_t add_list();
  /// The text of a list; null where its key is none.
  const std::string* name(std::size_t list) const { return lists_[list].name; }

  const Items& items(std::size_t list) const { return lists_[list].items; }
  void add(std::size_t list, Item item);
  void add_variable(std::size_t list, VariableId id) { of(list).emplace_back(Item::kVariable, id); }
  /// Makes the list a collection, empty where it was none.
  void create(std::size_t list) { of(list); }
  /// Replaces the items of a list.
  void assign(std::size_t list, Items items);
  /// Ends a list's being a collection.
  void drop(std::size_t list);
  /// The lists that are collections, in order.
  std::vector<std::size_t> all() const;

  /// Removes everything, for a collector of cycles.
  void clear();
  /// Calls `visit` with each object; ends early where that is not 0, and gives that.
  template <class Visit>
  int visit(Visit&& visit) const {
    for (const List& list : lists_)
      if (const int stop = visit_items(list.items, visit); stop != 0) return stop;
    for (const Items& items : replaced_)
      if (const int stop = visit_items(items, visit); stop != 0) return stop;
    return 0;
  }

 private:
  struct List {
    Items items;
    std::uint32_t born = 0;  // order of becoming a collection, 1-based; 0 if it is none
    const std::string* name = nullptr;
    std::uint64_t noted = 0;  // the transaction that has noted how long it was
  };

  template <class Visit>
  static int visit_items(const Items& items, Visit& visit) {
    for (const Item& item : items)
      if (item.object() != nullptr)
        if (const int stop = visit(item.object()); stop != 0) return stop;
    return 0;
  }
  bool is_recorded() const { return ledger_ != nullptr && ledger_->is_open(); }
  SCOPETRIE_COLD void note(std::size_t list);
  void replace(std::size_t at, Items& items, bool is_collection);
  void undo(const Change& change) noexcept override;
  void settle() noexcept override;

  // The items of a list, which counts as a collection from now on.
  Items& of(std::size_t list) {
    if (is_recorded() && lists_[list].noted != ledger_->serial()) [[unlikely]]
      note(list);
    if (lists_[list].born == 0) lists_[list].born = ++births_;
    return lists_[list].items;
  }
  void release(const Items& items) const;

  Ledger* ledger_;
  const Host* host_ = nullptr;
  std::unordered_map<std::string, std::size_t> numbers_;
  std::vector<List> lists_;
  std::uint32_t births_ = 0;
  // While transactions are open: items in whose place others were put, and room for the objects that may be undone.
  std::vector<Items> replaced_;
  Items undone_;
  std::size_t added_ = 0;
};

}  // namespace scopetrie
