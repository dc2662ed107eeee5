#include "scopetrie/values/followed_names.hpp"

#include <algorithm>
#include <string>

namespace scopetrie {

FollowedNames::FollowedNames(Names& names, const Values& values) : names_(names), values_(values) {
  // What is given out from now on is undone with a transaction that is open already.
  if (values.graph().ledger().is_open()) FollowedNames::begin();
  values_.graph().ledger().join(*this);
}

FollowedNames::FollowedNames(Names& names, const Values& values, const FollowedNames& of)
    : names_(names), values_(values), taken_(of.taken_), name_changes_(values.name_changes()) {
  values_.graph().ledger().join(*this);
}

ScopeId FollowedNames::find_scope(ScopeId of_store) {
  std::string path;
  values_.graph().ops.scopes().append_path(of_store, path);
  const ScopeId found = names_.scopes().at(path);
  last_ = {of_store, found};
  return found;
}

void FollowedNames::append_unique(ScopeId of_store, std::string_view name, bool mark, std::string& out) {
  SegmentId segment;
  const ScopeId at = names_.place(name, scope(of_store), segment);
  names_.append_name(mark ? names_.unique(at, segment) : names_.peek(at, segment), out);
}

std::pair<ScopeId, SegmentId> FollowedNames::place(const Taken& taken) {
  const std::string_view text = values_.graph().ops.segments().text(taken.segment);
  return {scope(taken.scope), names_.segments().intern(text)};
}

void FollowedNames::change(std::size_t row, Taken to) {
  const Taken from = taken_[row];
  if (from == to) return;
  if (depth_ != 0) changes_.emplace_back(row, from);
  if (from.scope != kNone) {
    const auto [scope, segment] = place(from);
    names_.release(scope, segment);
  }
  taken_[row] = {};
  if (to.scope != kNone) {
    const auto [scope, segment] = place(to);
    names_.add(scope, segment);
  }
  taken_[row] = to;
}

void FollowedNames::catch_up() {
  const VariableStore& variables = values_.graph().variables;
  const auto now = [&](std::size_t row) {
    const VariableRow& record = variables[static_cast<VariableId>(row)];
    return Taken{record.scope, record.scope == kNone ? 0 : record.segment};
  };
  const std::size_t seen = taken_.size();
  // Names that are given back come first: a variable may have got the name of another one.
  if (name_changes_ != values_.name_changes()) {
    for (std::size_t row = 0; row < seen; ++row)
      if (now(row) != taken_[row]) change(row, {});
    for (std::size_t row = 0; row < seen; ++row) change(row, now(row));
  }
  for (std::size_t row = seen; row < variables.size(); ++row) {
    taken_.emplace_back();
    change(row, now(row));
  }
  name_changes_ = values_.name_changes();
}

void FollowedNames::begin() {
  spans_.reserve(spans_.size() + 1);
  spans_.push_back({names_.begin(), changes_.size(), taken_.size()});
  ++depth_;
}

// Back to the span of the transaction that is undone. Those within it, and it itself, end later: see end().
void FollowedNames::cut(const Mark& mark) noexcept {
  if (mark.names_of_store >= spans_.size()) return;
  const Span span = spans_[mark.names_of_store];
  names_.rollback(span.names);
  --depth_;
  ++skipped_;
  for (; changes_.size() > span.changes; changes_.pop_back()) {
    const auto& [row, before] = changes_.back();
    if (row < taken_.size()) taken_[row] = before;
  }
  taken_.resize(std::min(taken_.size(), span.taken));
  name_changes_ = values_.name_changes() - 1;  // a look is due: what was changed before the span may be seen anew
}

void FollowedNames::end() noexcept {
  if (skipped_ != 0) {
    --skipped_;
  } else if (depth_ > (values_.graph().ledger().is_open() ? 1U : 0U)) {
    names_.commit();
    --depth_;
  }
  if (values_.graph().ledger().is_open()) return;
  for (; depth_ != 0; --depth_) names_.commit();
  spans_.clear();
  changes_.clear();
}

}  // namespace scopetrie
