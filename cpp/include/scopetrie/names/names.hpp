// Unique names in scopes, without a graph: for exporters, netlists, compilers.
//
// A name that is asked for in a scope is given out as it is if it is free, else with the first number that makes it
// free. Names and scopes share one space: a scope that is opened as new is a name that was free, and a path with names
// beneath it is taken, unless `scopes_are_names` is off, which is v1's rule. What is given out is listed in the order
// in which it was given, and can be released.
//
// Invariants: a name is taken while it is listed, while a scope of that path was opened, or while names beneath it are
// taken. A listed name is a row; rows of one scope are linked, from the last one to the first, and hang on the scope's
// folded form, as the counting does. Names that were released leave dead rows, at most as many as there are live ones
// (and some): then the rows are written anew.
// Thread safety: none; one writer or many readers, where release() and rollback() write.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "scopetrie/names/scope_trie.hpp"
#include "scopetrie/names/segments.hpp"
#include "scopetrie/names/spelling.hpp"
#include "scopetrie/names/unique_names.hpp"
#include "scopetrie/tables/compiler.hpp"
#include "scopetrie/tables/id_table.hpp"
#include "scopetrie/tables/ids.hpp"
#include "scopetrie/tables/short_texts.hpp"
#include "scopetrie/tables/table_allocator.hpp"

namespace scopetrie {

class Names {
 public:
  struct Options {
    Spelling spelling = {.folds = false};
    bool scopes_are_names = true;  // a path with names beneath it is taken
    /// Which texts may stand between two separators, with their number; null: all. It may throw.
    std::function<bool(std::string_view)> legal = {};
    /// What is taken for a text that is not legal (or, without `legal`, for any); null: it is refused. Each text is
    /// asked for once. It may throw.
    std::function<std::string(std::string_view)> clean = {};
  };

  Names() : Names(Options{}) {}
  /// Throws Error where the spelling has a fault.
  explicit Names(Options options);
  /// The same names, independent from here on. Spans that are under way stay with the other.
  Names(const Names& other);
  Names& operator=(const Names&) = delete;

  /// Other callables in place of `legal` and `clean`, which must do the same: a copy's may live elsewhere.
  void set_rules(std::function<bool(std::string_view)> legal, std::function<std::string(std::string_view)> clean) {
    options_.legal = std::move(legal);
    options_.clean = std::move(clean);
  }

  Segments& segments() noexcept { return segments_; }
  const Segments& segments() const noexcept { return segments_; }
  ScopeTrie& scopes() noexcept { return scopes_; }
  const ScopeTrie& scopes() const noexcept { return scopes_; }

  /// The segment that stands for one part of a path when it is given out: its text, or what `clean` makes of it. Throws
  /// Error where that is not legal.
  SegmentId part(std::string_view text) {
    const SegmentId segment = segments_.intern(text);
    return is_any_legal_ || (segment < parts_.size() && parts_[segment] == segment) ? segment : cleaned_part(segment);
  }
  /// The scope that a name like "a/b/c" stands in, relative to `from`, and the segment it ends with; each is a part().
  ScopeId place(std::string_view name, ScopeId from, SegmentId& last) {
    if (has_character(name, segments_.spelling().separator[0])) return place_at_path(name, from, last);
    last = part(name);
    return from;
  }
  /// The same as it is written, whatever is legal.
  ScopeId place_as_written(std::string_view name, ScopeId from, SegmentId& last) {
    return scopes_.scope_of_name(name, from, last);
  }
  /// Throws Error where a part of the name is not legal as it is.
  void check_legal(std::string_view name) const;

  // Giving out ------------------------------------------------------------------------------------------------------

  /// Takes `segment` in `scope`, numbered where it is taken. Throws std::length_error past 2^29 numbers, and Error
  /// where the name is not legal with its number.
  Name unique(ScopeId scope, SegmentId segment) { return {scope, segment, unique_number(scope, segment)}; }
  /// The same; only the number. (A function that gives a Name stores it in parts and reloads the whole, which stalls on
  /// store forwarding, unless it is inlined.)
  std::uint32_t unique_number(ScopeId scope, SegmentId segment) {
    if (options_.legal) [[unlikely]]
      check_numbered(peek(scope, segment));
    const ScopeId folded = scopes_.folded(scope);
    make_ready(folded);
    const std::uint32_t number = names_.take(folded, segments_.folded(segment)).suffix;
    add_row(folded, scope, segment, number);
    return number;
  }
  /// What unique() would give, taking nothing.
  Name peek(ScopeId scope, SegmentId segment) {
    return {scope, segment, names_.peek(scopes_.folded(scope), segments_.folded(segment))};
  }
  /// Takes exactly this name. False, and nothing happens, where it is taken.
  bool reserve(ScopeId scope, SegmentId segment);
  /// Lists this name, if it is not listed: takes over what is in use elsewhere, also where a scope has taken it.
  void add(ScopeId scope, SegmentId segment);

  /// Opens the scope `segment` as a new one, numbered where that is taken.
  ScopeId open(ScopeId scope, SegmentId segment);
  /// Opens exactly this scope, new or not.
  ScopeId reopen(ScopeId scope, SegmentId segment);

  enum class Release {
    kDone,      // it is free, or only what is beneath it keeps it taken
    kFree,      // nobody has taken it
    kHasNames,  // it was never given out: it is taken because of the names beneath it
  };
  /// Gives a name, or a scope that was opened, back.
  Release release(ScopeId scope, SegmentId segment);

  /// Takes back all that unique() gave out since there were `rows` rows, where nothing else was done since.
  void take_back(std::size_t rows);

  // Looking ---------------------------------------------------------------------------------------------------------

  /// Whether unique() would not give the name as it is. Looks at a whole path, and makes nothing.
  bool is_taken(std::string_view path) const;
  /// The folded scope of a whole path, or kNone where nothing was ever beneath it.
  ScopeId find_scope(std::string_view path) const;

  /// How many names are listed.
  std::size_t size() const noexcept { return live_; }
  /// Rows in the order in which names were given out, dead ones among them.
  std::size_t row_count() const noexcept { return rows_.size(); }
  /// Makes room for that many further names.
  void reserve(std::size_t more) { make_room(rows_, more); }
  bool is_live(std::size_t row) const { return rows_[row].dead == 0; }
  const Name& name(std::size_t row) const { return rows_[row].name; }
  /// The live rows of names beneath a scope that find_scope() gave, in the order in which they were given out. Takes
  /// time for what is beneath it, however much there is elsewhere.
  std::vector<std::uint32_t> under(ScopeId folded) const;

  void append_scope(ScopeId scope, std::string& out) const;
  void append_name(const Name& name, std::string& out) const;

  // Undo ------------------------------------------------------------------------------------------------------------

  struct Mark {
    std::size_t rows, log, names;
  };
  /// Starts a span that ends with rollback() or commit(); spans nest.
  Mark begin();
  /// Takes back what was given out, opened and released since `mark`. Scopes' ids stay valid.
  void rollback(const Mark& mark);
  void commit() noexcept;

 private:
  struct Row {
    Name name;
    std::uint32_t previous : 31 = 0;  // of the same scope; kNoRow: none
    std::uint32_t dead : 1 = 0;
  };
  static constexpr std::uint32_t kNoRow = 0x7FFF'FFFFu;
  // What is known of a (folded) scope.
  struct Scope {
    std::uint32_t last = kNoRow;   // its last row
    std::uint32_t live : 30 = 0;   // listed names in it, and scopes in it that are occupied
    std::uint32_t opened : 1 = 0;  // open() or reopen() took its name
    std::uint32_t holds : 1 = 0;   // its name is taken for its sake: it is not listed
    bool is_occupied() const { return live != 0 || opened != 0; }
  };
  struct Change {
    ScopeId scope;  // kNone: a row died
    std::uint32_t row;
    Scope was;
  };
  // A name by the numbers that count: its folded scope, its base and its number.
  struct Key {
    ScopeId scope;
    SegmentId base;
    std::uint32_t number;
    friend bool operator==(const Key&, const Key&) = default;
  };

  Key key_of(ScopeId scope, SegmentId segment, std::uint32_t suffix = 0) const;
  bool is_taken(const Key& key) const { return names_.is_taken(key.scope, key.base, key.number); }
  ScopeId scope_at(const Key& key) const { return scopes_.find_child_of(key.scope, key.base, key.number); }
  Scope* state_at(const Key& key);

  /// Whatever may fail is done before a name is taken: then it is listed, too.
  void make_ready(ScopeId folded) {
    if (folded >= states_.size() || rows_.size() == rows_.capacity()) [[unlikely]]
      make_more_room(folded);
    if (names_.recording()) [[unlikely]]
      log(folded);
  }
  /// Lists a name that was taken after make_ready().
  void add_row(ScopeId folded, ScopeId scope, SegmentId segment, std::uint32_t number) {
    Scope& state = states_[folded];
    if (!state.is_occupied() && scopes_are_names_) [[unlikely]]
      occupy_by(folded, {scope, segment, number});
    // Field by field: a row that is stored in parts and copied as a whole would stall on store forwarding.
    const auto at = static_cast<std::uint32_t>(rows_.size());
    Row& row = rows_.emplace_back();
    row.name.scope = scope;
    row.name.segment = segment;
    row.name.suffix = number;
    row.previous = state.last;
    state.last = at;
    ++state.live;
    ++live_;
  }
  ScopeId place_at_path(std::string_view name, ScopeId from, SegmentId& last);
  SCOPETRIE_COLD SegmentId cleaned_part(SegmentId segment);
  SCOPETRIE_COLD void check_numbered(const Name& name) const;
  SCOPETRIE_COLD void make_more_room(ScopeId folded);
  void add_states(ScopeId folded);
  void occupy_by(ScopeId folded, const Name& name);
  void occupy(ScopeId folded);
  void vacate(ScopeId folded);
  void open_at(const Key& key, ScopeId folded);
  void kill(std::uint32_t row);
  std::uint32_t find_row(const Key& key) const;
  void index_rows() const;
  void write_rows_anew();
  SCOPETRIE_COLD void log(ScopeId folded);
  Scope& changed(ScopeId folded);

  Segments segments_;
  ScopeTrie scopes_;
  UniqueNames names_;
  Options options_;  // but for the spelling, which the segments have
  bool scopes_are_names_;
  bool is_any_legal_;             // no part needs a look
  std::vector<SegmentId> parts_;  // by segment: what part() gives; kNone: it was not asked for yet
  Table<Row> rows_;
  Table<Scope> states_;  // by folded scope
  std::size_t live_ = 0;
  // The first `indexed_` rows that are live, by name: made when the first name is released.
  mutable IdTable index_;
  mutable std::size_t indexed_ = 0;
  std::vector<Change> log_;
  std::size_t log_mark_ = 0;  // where the log stood when the last span began
};

}  // namespace scopetrie
