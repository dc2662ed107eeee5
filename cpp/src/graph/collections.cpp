#include "scopetrie/graph/collections.hpp"

#include <algorithm>
#include <utility>

namespace scopetrie {

namespace {

// What was noted of a list: its length, or, with this bit, which of `replaced_` was put aside.
constexpr std::uint64_t kReplaced = std::uint64_t{1} << 63;

}  // namespace

Collections::Collections(Ledger* ledger) : ledger_(ledger) {
  if (ledger != nullptr) ledger->join(*this);
  named("variables");
  named("trainable_variables");
}

std::size_t Collections::named(std::string_view key) {
  if (const auto found = find(key)) return *found;
  const std::size_t list = add_list();
  lists_[list].name = &numbers_.emplace(key, list).first->first;
  return list;
}

std::optional<std::size_t> Collections::find(std::string_view key) const {
  const auto at = numbers_.find(std::string(key));
  return at != numbers_.end() ? std::optional(at->second) : std::nullopt;
}

std::size_t Collections::add_list() {
  lists_.emplace_back();
  return lists_.size() - 1;
}

// Letting objects go may run anything: nobody may find the items in a list then.
void Collections::release(const Items& items) const {
  for (const Item& item : items)
    if (item.object() != nullptr) host_->release(item.object());
}

void Collections::add(std::size_t list, Item item) {
  try {
    Items& items = of(list);
    if (item.object() != nullptr && is_recorded()) make_room(undone_, ++added_);
    items.push_back(item);
  } catch (...) {
    if (item.object() != nullptr) host_->release(item.object());
    throw;
  }
}

void Collections::assign(std::size_t list, Items items) { replace(list, items, true); }

void Collections::drop(std::size_t list) {
  Items none;
  replace(list, none, false);
}

void Collections::replace(std::size_t at, Items& items, bool is_collection) {
  List& list = lists_[at];
  if (is_recorded()) {
    make_room(replaced_, 1);
    ledger_->note(*this, at, std::uint64_t{list.born} << 32 | list.items.size());
    ledger_->note(*this, kReplaced | at, replaced_.size());
    list.noted = ledger_->serial();
    replaced_.push_back(std::exchange(list.items, {}));
  }
  items.swap(list.items);
  if (!is_collection)
    list.born = 0;
  else if (list.born == 0)
    list.born = ++births_;
  release(items);
}

std::vector<std::size_t> Collections::all() const {
  std::vector<std::size_t> lists;
  for (std::size_t list = 0; list < lists_.size(); ++list)
    if (lists_[list].born != 0) lists.push_back(list);
  std::sort(lists.begin(), lists.end(), [&](std::size_t a, std::size_t b) { return lists_[a].born < lists_[b].born; });
  return lists;
}

// Notes how long a list is, once in each transaction.
void Collections::note(std::size_t at) {
  List& list = lists_[at];
  ledger_->note(*this, at, std::uint64_t{list.born} << 32 | list.items.size());
  list.noted = ledger_->serial();
}

void Collections::undo(const Change& change) noexcept {
  List& list = lists_[change.what & ~kReplaced];
  list.noted = 0;
  if ((change.what & kReplaced) != 0) {
    list.items.swap(replaced_[change.before]);
    return;
  }
  list.born = static_cast<std::uint32_t>(change.before >> 32);
  for (const std::size_t size = change.before & 0xFFFFFFFFu; list.items.size() > size; list.items.pop_back())
    if (list.items.back().object() != nullptr) undone_.push_back(list.items.back());
}

void Collections::settle() noexcept {
  if (ledger_->is_open()) return;
  const std::vector<Items> replaced = std::exchange(replaced_, {});
  const Items undone = std::exchange(undone_, {});
  added_ = 0;
  release(undone);
  for (const Items& items : replaced) release(items);
}

void Collections::clear() {
  // NOLINTNEXTLINE(modernize-loop-convert): the list may grow
  for (std::size_t list = 0; list < lists_.size(); ++list) {  // letting objects go may add lists
    lists_[list].born = 0;
    const Items gone = std::exchange(lists_[list].items, {});
    release(gone);
  }
}

}  // namespace scopetrie
