#include "scopetrie/graph/ledger.hpp"

#include <algorithm>
#include <stdexcept>

namespace scopetrie {

void Epochs::cut(std::uint32_t epoch, std::uint32_t first) {
  while (!cuts_.empty() && cuts_.back().first >= first) cuts_.pop_back();
  cuts_.push_back({epoch, first});
}

bool Epochs::is_current(std::uint32_t id, std::uint32_t epoch) const {
  const auto at =
      std::ranges::lower_bound(cuts_, epoch, {}, [](const Cut& cut) { return cut.epoch; });  // the least of those after
  return at == cuts_.end() || id < at->first;
}

void Ledger::leave(Undoable& table) noexcept {
  std::erase(tables_, &table);
  std::erase_if(changes_, [&](const Change& change) { return change.table == &table; });
}

Transaction::Transaction(Ledger& ledger, const void* context)
    : ledger_(&ledger), context_(context != nullptr ? context : ledger.builder_), changes_(ledger.changes_.size()) {
  if (ledger.epoch_ == kNone) throw std::length_error("2^32 calls have failed in one graph, and been undone");
  for (Epochs* epochs : {&ledger.operations, &ledger.tensors, &ledger.variables}) epochs->reserve();
  std::size_t begun = 0;
  try {
    for (; begun < ledger.tables_.size(); ++begun) {
      ledger.tables_[begun]->measure(mark_);
      ledger.tables_[begun]->begin();
    }
  } catch (...) {
    while (begun-- > 0) ledger.tables_[begun]->end();
    throw;
  }
  ledger.note_builder(context_);
  builders_ = ledger.builders_;
  names_kept_ = ledger.names_kept_;
  outer_ = ledger.innermost_;
  ledger.innermost_ = this;
  serial_ = ledger.serial_ = ++ledger.serials_;
}

// Takes the transaction out of the list of those that are open.
void Transaction::close(Ledger& ledger) noexcept {
  Transaction** at = &ledger.innermost_;
  while (*at != this) at = &(*at)->outer_;
  *at = outer_;
  ledger_ = nullptr;
  ledger.serial_ = ledger.is_open() ? ++ledger.serials_ : 0;
  for (Undoable* table : ledger.tables_) table->end();
}

void Transaction::commit() noexcept {
  if (!is_open()) return;
  Ledger& ledger = *ledger_;
  close(ledger);
  if (ledger.is_open() || ledger.changes_.empty()) return;
  ledger.changes_.clear();
  ledger.settle();
}

bool Transaction::rollback(bool keep_names) noexcept {
  if (!is_open()) return false;
  Ledger& ledger = *ledger_;
  if (ledger.builders_ != builders_) {
    commit();
    return false;
  }
  Mark before;
  for (const Undoable* table : ledger.tables_) table->measure(before);
  for (; ledger.changes_.size() > changes_; ledger.changes_.pop_back())
    ledger.changes_.back().table->undo(ledger.changes_.back());
  if (keep_names) ++ledger.names_kept_;
  mark_.keeps_names = ledger.names_kept_ != names_kept_;
  for (Undoable* table : ledger.tables_) table->cut(mark_);
  ledger.cut(before, mark_);
  while (ledger.innermost_ != this) ledger.innermost_->close(ledger);
  close(ledger);
  ledger.settle();
  return true;
}

void Ledger::cut(const Mark& before, const Mark& after) noexcept {
  bool is_cut = false;
  const auto cut = [&](Epochs& epochs, std::size_t from, std::size_t to) {
    if (from <= to) return;
    epochs.cut(epoch_, static_cast<std::uint32_t>(to));
    is_cut = true;
  };
  cut(operations, before.operations, after.operations);
  cut(tensors, before.tensors, after.tensors);
  cut(variables, before.variables, after.variables);
  if (is_cut) ++epoch_;
}

void Ledger::settle() noexcept {
  // Code of others may run: it may make tables join or leave.
  // NOLINTNEXTLINE(modernize-loop-convert): the list may change
  for (std::size_t i = 0; i < tables_.size(); ++i) tables_[i]->settle();
}

}  // namespace scopetrie
