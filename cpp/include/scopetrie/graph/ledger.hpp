// What can be undone in a graph: everything that was made or changed since a Transaction began.
//
// A table joins the ledger of its graph and takes part in two ways. What only grows is cut back to the Mark that each
// transaction takes when it begins. A change of what was there before is noted, before it is made, and undone from the
// latest to the first. So a table knows how to go back, the ledger knows when, and nobody keeps a list of tables.
//
// Ids that were cut are given out again. So whoever keeps an id across calls keeps the epoch of the ledger with it:
// is_current() says whether the id still means what it meant then.
//
// Invariants: undoing neither throws nor allocates. Transactions may end in any order: undoing one ends those that
// began within it, committing one leaves them open. Thread safety: none; one writer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "scopetrie/random/seeds.hpp"
#include "scopetrie/tables/compiler.hpp"
#include "scopetrie/tables/ids.hpp"

namespace scopetrie {

/// How far the tables of a graph have grown. Each table writes and reads its own fields.
struct Mark {
  std::size_t operations = 0;
  std::size_t inputs = 0;
  std::size_t tensors = 0;
  std::size_t patterns = 0;
  std::size_t attributes = 0;
  std::size_t opened = 0;  // scopes
  std::size_t names = 0;
  std::size_t variables = 0;
  std::size_t partitioned = 0;     // variables
  std::size_t names_of_store = 0;  // spans of FollowedNames
  bool finalized = false;
  RandomSeeds seeds;
  bool keeps_names = false;  // while undoing: names that were taken stay taken
};

/// A transaction that is open. The ledger keeps it, and not the Transaction, which may be away while others begin and
/// end: a greenlet's stack is copied elsewhere while another one runs.
struct OpenTransaction {
  std::uint64_t number;  // of its Transaction
  std::uint64_t builders;
  std::uint64_t names_kept;
  std::size_t changes;
  bool is_call;
  Mark mark;
};

/// A change of something that was there before: what `table` needs to take it back.
struct Change {
  class Undoable* table;
  std::uint64_t what;
  std::uint64_t before;
};

/// A table that takes part in undoing. All of these are called by the ledger alone.
class Undoable {
 public:
  Undoable() = default;
  Undoable(const Undoable&) = delete;
  Undoable& operator=(const Undoable&) = delete;

  /// Writes down how far the table has grown.
  virtual void measure(Mark&) const noexcept {}
  /// A transaction begins: changes must be noted from now on.
  virtual void begin() {}
  /// Takes back one change. Later ones are taken back already, and nothing is cut yet.
  virtual void undo(const Change&) noexcept {}
  /// Forgets what was made since the mark, and the ids in other tables that are cut with it.
  virtual void cut(const Mark&) noexcept {}
  /// A transaction has ended.
  virtual void end() noexcept {}
  /// All tables agree again, so that code of others may run: what was cut, or noted and is not needed, is released.
  virtual void settle() noexcept {}

 protected:
  ~Undoable() = default;
};

/// Which ids of one kind are stale: given out before an epoch's end, and cut by it.
class Epochs {
 public:
  /// The ids from `first` on are cut at the end of `epoch`.
  void cut(std::uint32_t epoch, std::uint32_t first);
  /// Makes room, so that cut() does not allocate.
  void reserve() { cuts_.reserve(cuts_.size() + 1); }
  /// Whether an id given out in `epoch` has not been cut since.
  bool is_current(std::uint32_t id, std::uint32_t epoch) const;

 private:
  struct Cut {
    std::uint32_t epoch;
    std::uint32_t first;
  };
  std::vector<Cut> cuts_;  // both fields grow: what a later cut took makes an earlier one of more ids irrelevant
};

class Ledger {
 public:
  Ledger() = default;
  Ledger(const Ledger&) = delete;
  Ledger& operator=(const Ledger&) = delete;

  /// Makes a table part of all transactions from now on. It must live as long as the ledger is used.
  void join(Undoable& table) { tables_.push_back(&table); }
  void leave(Undoable& table) noexcept;

  /// Whether a transaction is open: changes must be noted.
  bool is_open() const noexcept { return !open_.empty(); }
  /// Notes what a change that is about to be made will replace. Throws std::bad_alloc.
  void note(Undoable& table, std::uint64_t what, std::uint64_t before) {
    if (is_open()) [[unlikely]]
      changes_.push_back({&table, what, before});
  }
  /// A number that differs between transactions: that of the innermost open one.
  std::uint64_t serial() const noexcept { return serial_; }

  /// The number of times that ids were cut.
  std::uint32_t epoch() const noexcept { return epoch_; }
  Epochs operations, tensors, variables;  // which ids are stale

  /// Notes which context builds, so that a transaction sees whether another one has built meanwhile.
  void note_builder(const void* context) noexcept {
    if (builder_ == context) [[likely]]
      return;
    builder_ = context;
    ++builders_;
  }
  const void* builder() const noexcept { return builder_; }

 private:
  friend class Transaction;

  void cut(const Mark& before, const Mark& after) noexcept;
  void settle() noexcept;
  /// The place of an open transaction; that behind the last where it is not open.
  std::size_t place(std::uint64_t number) const noexcept;
  /// Takes a transaction out of those that are open.
  void close(std::size_t place) noexcept;

  std::vector<Undoable*> tables_;
  std::vector<Change> changes_;
  std::vector<OpenTransaction> open_;  // innermost last
  std::uint64_t serial_ = 0;
  std::uint64_t serials_ = 0;
  std::uint32_t epoch_ = 0;
  const void* builder_ = nullptr;  // compared only
  std::uint64_t builders_ = 0;     // how often it was another one than before
  std::uint64_t names_kept_ = 0;   // how many transactions were undone but for their names
};

/// Everything that is made or changed in a graph while one is open, so that it can be taken back.
///
/// Transactions nest: what an inner one commits, an outer one still takes back. One that goes out of scope open is
/// undone. Where another context (another thread) has built in the graph since it began, nothing is undone: what that
/// one made stands behind what would have to go. The same holds where a call ends while another call, which began
/// later, is under way: the two are of different greenlets.
///
///   scopetrie::Transaction t(graph.ledger());
///   build(graph);          // throws: the graph is as it was
///   if (good) t.commit();  // else undone here
class Transaction {
 public:
  /// What it belongs to: a call, which ends before the calls around it do, or a block, which is left at any time.
  enum class Of { kCall, kBlock };

  /// Throws std::bad_alloc.
  explicit Transaction(Ledger& ledger, const void* context = nullptr, Of of = Of::kBlock);
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  ~Transaction() { rollback(); }

  /// Whether it has been neither committed nor undone, nor an outer one undone. The ledger must be there.
  bool is_open() const noexcept;
  /// Keeps what was made. Nothing happens where it is not open.
  void commit() noexcept;
  /// Takes back what was made and changed, but for the names where those are to stay in use, here or in a transaction
  /// that was undone inside of this one. False where nothing is taken back: it is not open any more, or others have
  /// built since.
  bool rollback(bool keep_names = false) noexcept;

 private:
  Ledger* ledger_;  // null: it has ended itself
  std::uint64_t number_;
};

/// One of a call.
class CallTransaction : public Transaction {
 public:
  explicit CallTransaction(Ledger& ledger, const void* context = nullptr) : Transaction(ledger, context, Of::kCall) {}
};

}  // namespace scopetrie
