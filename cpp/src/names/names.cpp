#include "scopetrie/names/names.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "scopetrie/error.hpp"

namespace scopetrie {

Names::Names(Options options)
    : segments_(std::move(options.spelling)),
      scopes_(segments_),
      names_(segments_),
      options_(std::move(options)),
      scopes_are_names_(options_.scopes_are_names),
      is_any_legal_(!options_.legal && !options_.clean && segments_.spelling().separator.size() == 1) {
  if (std::string fault = segments_.spelling().fault(); !fault.empty())
    throw Error(ErrorKind::kValue, std::move(fault));
}

Names::Names(const Names& other)
    : segments_(other.segments_),
      scopes_(segments_, other.scopes_),
      names_(segments_, other.names_),
      options_(other.options_),
      scopes_are_names_(other.scopes_are_names_),
      is_any_legal_(other.is_any_legal_),
      parts_(other.parts_),
      rows_(other.rows_),
      states_(other.states_),
      live_(other.live_) {}

Names::Key Names::key_of(ScopeId scope, SegmentId segment, std::uint32_t suffix) const {
  const ScopeId folded = scopes_.folded(scope);
  const SegmentId base = segments_.folded(segment);
  if (suffix != 0) return {folded, base, suffix};
  return {folded, segments_.base(base), segments_.suffix(base)};
}

Names::Scope* Names::state_at(const Key& key) {
  const ScopeId scope = scope_at(key);
  return scope != kNone && scope < states_.size() ? &states_[scope] : nullptr;
}

void Names::add_states(ScopeId folded) {
  make_room(states_, folded + std::size_t{1} - states_.size());
  states_.resize(folded + std::size_t{1});
}

Names::Scope& Names::changed(ScopeId folded) {
  if (folded >= states_.size()) add_states(folded);
  if (names_.recording()) log(folded);
  return states_[folded];
}

void Names::make_more_room(ScopeId folded) {
  if (rows_.size() >= kNoRow) throw std::length_error("more than 2^31 names are listed");
  make_room(rows_, 1);
  if (folded >= states_.size()) add_states(folded);
}

// Scopes that hold their names --------------------------------------------------------------------------------------

// The scope is about to be occupied, so its name is taken from now on, and it counts in the scope above. Neither
// matters where scopes are no names.
void Names::occupy(ScopeId folded) {
  ScopeId at = folded;
  try {
    for (; at != ScopeTrie::kRoot; at = scopes_.parent(at)) {
      const Key key{scopes_.parent(at), scopes_.base(at), scopes_.suffix(at)};
      Scope& scope = changed(at);
      Scope& above = changed(key.scope);  // made before the scope, so nothing has moved
      if (!is_taken(key)) {
        names_.take_exactly(key.scope, key.base, key.number);
        scope.holds = 1;
      }
      const bool was_occupied = above.is_occupied();
      ++above.live;
      if (was_occupied) return;
    }
  } catch (...) {
    for (; folded != at; folded = scopes_.parent(folded)) {
      const Key key{scopes_.parent(folded), scopes_.base(folded), scopes_.suffix(folded)};
      --states_[key.scope].live;
      if (!states_[folded].holds) continue;
      states_[folded].holds = 0;
      names_.release(key.scope, key.base, key.number);
    }
    throw;
  }
}

void Names::occupy_by(ScopeId folded, const Name& name) {
  try {
    occupy(folded);
  } catch (...) {
    const Key key = key_of(name.scope, name.segment, name.suffix);
    names_.release(key.scope, key.base, key.number);
    throw;
  }
}

// The scope is not occupied any more.
void Names::vacate(ScopeId folded) {
  for (; folded != ScopeTrie::kRoot && !states_[folded].is_occupied(); folded = scopes_.parent(folded)) {
    const Key key{scopes_.parent(folded), scopes_.base(folded), scopes_.suffix(folded)};
    if (states_[folded].holds) {
      names_.release(key.scope, key.base, key.number);
      changed(folded).holds = 0;
    }
    --changed(key.scope).live;
  }
}

// What may be given out ---------------------------------------------------------------------------------------------

namespace {

[[noreturn]] void refuse_part(std::string_view text, std::string_view why) {
  throw Error(ErrorKind::kValue, "'" + std::string(text) + "' " + std::string(why), {.found = std::string(text)});
}

}  // namespace

SegmentId Names::cleaned_part(SegmentId segment) {
  if (segment < parts_.size() && parts_[segment] != kNone) return parts_[segment];
  const auto can_stand = [&](std::string_view part) {
    return segments_.spelling().can_stand(part) && (!options_.legal || options_.legal(part));
  };
  SegmentId found = segment;
  const std::string text(segments_.text(segment));  // what is called may add segments
  if (options_.clean && (!options_.legal || !can_stand(text))) {
    const std::string cleaned = options_.clean(text);
    if (cleaned.find(segments_.spelling().separator) != std::string::npos)
      refuse_part(cleaned, "is what clean() makes of '" + text + "', and has the separator in it");
    if (!can_stand(cleaned)) refuse_part(cleaned, "is what clean() makes of '" + text + "', and is not legal either");
    found = segments_.intern(cleaned);
  } else if (!can_stand(text)) {
    if (!segments_.spelling().can_stand(text)) refuse_part(text, "ends like the separator that may come after it");
    refuse_part(text, "is not legal here; pass clean= to have such names mended");
  }
  if (segment >= parts_.size()) parts_.resize(segments_.size(), kNone);
  return parts_[segment] = found;
}

ScopeId Names::place_at_path(std::string_view name, ScopeId from, SegmentId& last) {
  const std::string_view separator = segments_.spelling().separator;
  const auto next = [&] { return separator.size() == 1 ? name.find(separator[0]) : name.find(separator); };
  for (std::size_t end; (end = next()) != std::string_view::npos; name.remove_prefix(end + separator.size()))
    from = scopes_.child(from, part(name.substr(0, end)));
  last = part(name);
  return from;
}

void Names::check_legal(std::string_view name) const {
  if (!options_.legal) return;
  const std::string_view separator = segments_.spelling().separator;
  for (std::size_t start = 0;;) {
    const std::size_t end = name.find(separator, start);
    const std::string_view text = name.substr(start, end - start);
    if (!options_.legal(text)) refuse_part(text, "is not legal here");
    if (end == std::string_view::npos) return;
    start = end + separator.size();
  }
}

void Names::check_numbered(const Name& name) const {
  if (name.suffix == 0) return;
  std::string text(segments_.text(name.segment));
  segments_.spelling().append_number(name.suffix, text);
  if (!options_.legal(text)) refuse_part(text, "is the next number, and is not legal: choose another suffix");
}

// Giving out --------------------------------------------------------------------------------------------------------

bool Names::reserve(ScopeId scope, SegmentId segment) {
  const Key key = key_of(scope, segment);
  if (is_taken(key)) return false;
  make_ready(key.scope);
  names_.take_exactly(key.scope, key.base, key.number);
  add_row(key.scope, scope, segment, 0);
  return true;
}

void Names::add(ScopeId scope, SegmentId segment) {
  const Key key = key_of(scope, segment);
  make_ready(key.scope);
  if (is_taken(key)) {
    const Scope* const state = state_at(key);
    if (state == nullptr || !state->holds) return;
    changed(scope_at(key)).holds = 0;
  } else {
    names_.take_exactly(key.scope, key.base, key.number);
  }
  add_row(key.scope, scope, segment, 0);
}

void Names::open_at(const Key& key, ScopeId folded) {
  const bool was_occupied = changed(folded).is_occupied();
  Scope& state = changed(folded);
  state.opened = 1;
  state.holds = 1;
  if (was_occupied || !scopes_are_names_) return;
  if (!changed(key.scope).is_occupied()) occupy(key.scope);
  ++changed(key.scope).live;
}

ScopeId Names::open(ScopeId scope, SegmentId segment) {
  const ScopeId folded = scopes_.folded(scope);
  const SegmentId base = segments_.folded(segment);
  if (options_.legal) check_numbered(peek(scope, segment));
  const ScopeId made = scopes_.child(scope, segment, names_.take(folded, base).suffix);
  const ScopeId made_folded = scopes_.folded(made);
  open_at({folded, scopes_.base(made_folded), scopes_.suffix(made_folded)}, made_folded);
  return made;
}

ScopeId Names::reopen(ScopeId scope, SegmentId segment) {
  const Key key = key_of(scope, segment);
  const ScopeId made = scopes_.child(scope, segment);
  if (is_taken(key)) return made;
  names_.take_exactly(key.scope, key.base, key.number);
  open_at(key, scopes_.folded(made));
  return made;
}

// Giving back -------------------------------------------------------------------------------------------------------

Names::Release Names::release(ScopeId scope, SegmentId segment) {
  const Key key = key_of(scope, segment);
  if (!is_taken(key)) return Release::kFree;
  const ScopeId own = scope_at(key);
  const bool has_state = own != kNone && own < states_.size();
  if (const std::uint32_t row = find_row(key); row != kNone) {
    if (has_state && (states_[own].opened || (scopes_are_names_ && states_[own].live != 0))) {
      changed(own).holds = 1;
    } else {
      names_.release(key.scope, key.base, key.number);
    }
    kill(row);
    --changed(key.scope).live;
    if (scopes_are_names_) vacate(key.scope);
    if (rows_.size() > 2 * live_ + 64 && !names_.recording()) write_rows_anew();
    return Release::kDone;
  }
  if (!has_state || !states_[own].opened) return Release::kHasNames;
  changed(own).opened = 0;
  if (scopes_are_names_) {
    vacate(own);
  } else {
    changed(own).holds = 0;
    names_.release(key.scope, key.base, key.number);
  }
  return Release::kDone;
}

void Names::kill(std::uint32_t row) {
  const Name& name = rows_[row].name;
  const Key key = key_of(name.scope, name.segment, name.suffix);
  index_.erase(hash_numbered(key.scope, key.base, key.number), row);
  rows_[row].dead = 1;
  --live_;
  if (names_.recording()) log_.push_back({kNone, row, {}});
}

void Names::take_back(std::size_t rows) {
  for (; rows_.size() > rows; rows_.pop_back(), --live_) {
    const Row& row = rows_.back();
    const Key key = key_of(row.name.scope, row.name.segment, row.name.suffix);
    names_.release(key.scope, key.base, key.number);
    Scope& scope = changed(key.scope);
    scope.last = row.previous;
    --scope.live;
    if (scopes_are_names_) vacate(key.scope);
  }
}

void Names::index_rows() const {
  for (; indexed_ < rows_.size(); ++indexed_) {
    const Row& row = rows_[indexed_];
    if (row.dead) continue;
    const Key key = key_of(row.name.scope, row.name.segment, row.name.suffix);
    index_.insert(hash_numbered(key.scope, key.base, key.number), static_cast<std::uint32_t>(indexed_));
  }
}

std::uint32_t Names::find_row(const Key& key) const {
  index_rows();
  return index_.find(hash_numbered(key.scope, key.base, key.number), [&](std::uint32_t row) {
    const Name& name = rows_[row].name;
    return key_of(name.scope, name.segment, name.suffix) == key;
  });
}

// Without the dead ones.
void Names::write_rows_anew() {
  Table<Row> old;
  old.reserve(2 * live_ + 64);
  old.swap(rows_);
  index_.clear();
  indexed_ = 0;
  for (Scope& state : states_) state.last = kNoRow;
  for (Row& row : old) {
    if (row.dead) continue;
    Scope& state = states_[scopes_.folded(row.name.scope)];
    row.previous = state.last;
    state.last = static_cast<std::uint32_t>(rows_.size());
    rows_.push_back(row);
  }
}

// Looking -----------------------------------------------------------------------------------------------------------

ScopeId Names::find_scope(std::string_view path) const {
  if (path.empty()) return ScopeTrie::kRoot;
  const std::string_view separator = segments_.spelling().separator;
  ScopeId scope = ScopeTrie::kRoot;
  for (std::size_t start = 0;;) {
    const std::size_t end = path.find(separator, start);
    const Segments::Numbered part = segments_.find_folded(path.substr(start, end - start));
    if (part.base == kNone) return kNone;
    scope = scopes_.find_child_of(scope, part.base, part.number);
    if (scope == kNone || end == std::string_view::npos) return scope;
    start = end + separator.size();
  }
}

bool Names::is_taken(std::string_view path) const {
  const std::string_view separator = segments_.spelling().separator;
  ScopeId scope = ScopeTrie::kRoot;
  for (std::size_t end; (end = path.find(separator)) != std::string_view::npos;
       path.remove_prefix(end + separator.size())) {
    const Segments::Numbered part = segments_.find_folded(path.substr(0, end));
    if (part.base == kNone) return false;
    scope = scopes_.find_child_of(scope, part.base, part.number);
    if (scope == kNone) return false;
  }
  const Segments::Numbered last = segments_.find_folded(path);
  return last.base != kNone && names_.is_taken(scope, last.base, last.number);
}

std::vector<std::uint32_t> Names::under(ScopeId folded) const {
  std::vector<std::uint32_t> found;
  scopes_.walk(folded, [&](ScopeId scope) {
    if (scope >= states_.size()) return;
    for (std::uint32_t row = states_[scope].last; row != kNoRow; row = rows_[row].previous)
      if (!rows_[row].dead) found.push_back(row);
  });
  std::sort(found.begin(), found.end());
  return found;
}

void Names::append_scope(ScopeId scope, std::string& out) const {
  if (scope == ScopeTrie::kRoot) return;
  scopes_.append_path(scope, out);
  out += segments_.spelling().separator;
}

void Names::append_name(const Name& name, std::string& out) const {
  append_scope(name.scope, out);
  out += segments_.text(name.segment);
  segments_.spelling().append_number(name.suffix, out);
}

// Undo --------------------------------------------------------------------------------------------------------------

void Names::log(ScopeId folded) {
  // What the innermost span found is enough: a thousand names in one scope log it once.
  if (log_.size() > log_mark_ && log_.back().scope == folded) return;
  log_.push_back({folded, 0, states_[folded]});
}

Names::Mark Names::begin() {
  log_mark_ = log_.size();
  return {rows_.size(), log_mark_, names_.begin()};
}

void Names::rollback(const Mark& mark) {
  for (; log_.size() > mark.log; log_.pop_back()) {
    const Change& change = log_.back();
    if (change.scope != kNone) {
      states_[change.scope] = change.was;
      continue;
    }
    Row& row = rows_[change.row];
    row.dead = 0;
    ++live_;
    if (change.row < indexed_) {
      const Key key = key_of(row.name.scope, row.name.segment, row.name.suffix);
      index_.insert(hash_numbered(key.scope, key.base, key.number), change.row);
    }
  }
  for (; rows_.size() > mark.rows; rows_.pop_back(), --live_) {
    const std::size_t last = rows_.size() - 1;
    if (last >= indexed_) continue;
    const Name& name = rows_[last].name;
    const Key key = key_of(name.scope, name.segment, name.suffix);
    index_.erase(hash_numbered(key.scope, key.base, key.number), static_cast<std::uint32_t>(last));
    indexed_ = last;
  }
  names_.undo(mark.names);
  names_.commit();
  if (!names_.recording()) log_.clear();
}

void Names::commit() noexcept {
  names_.commit();
  if (!names_.recording()) log_.clear();
}

}  // namespace scopetrie
