#include "scopetrie/graph/ledger.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

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

std::size_t Ledger::place(std::uint64_t number) const noexcept {
  for (std::size_t at = open_.size(); at-- > 0;)
    if (open_[at].number == number) return at;
  return open_.size();
}

void Ledger::close(std::size_t place) noexcept {
  open_.erase(open_.begin() + static_cast<std::ptrdiff_t>(place));
  serial_ = is_open() ? ++serials_ : 0;
  for (Undoable* table : tables_) table->end();
}

Transaction::Transaction(Ledger& ledger, const void* context, Of of) : ledger_(&ledger) {
  if (ledger.epoch_ == kNone) throw std::length_error("2^32 calls have failed in one graph, and been undone");
  for (Epochs* epochs : {&ledger.operations, &ledger.tensors, &ledger.variables}) epochs->reserve();
  ledger.open_.reserve(ledger.open_.size() + 1);
  OpenTransaction opened{};
  std::size_t begun = 0;
  try {
    for (; begun < ledger.tables_.size(); ++begun) {
      ledger.tables_[begun]->measure(opened.mark);
      ledger.tables_[begun]->begin();
    }
  } catch (...) {
    while (begun-- > 0) ledger.tables_[begun]->end();
    throw;
  }
  ledger.note_builder(context != nullptr ? context : ledger.builder_);
  opened.builders = ledger.builders_;
  opened.names_kept = ledger.names_kept_;
  opened.changes = ledger.changes_.size();
  opened.is_call = of == Of::kCall;
  opened.number = number_ = ledger.serial_ = ++ledger.serials_;
  ledger.open_.push_back(opened);
}

bool Transaction::is_open() const noexcept {
  return ledger_ != nullptr && ledger_->place(number_) != ledger_->open_.size();
}

void Transaction::commit() noexcept {
  if (ledger_ == nullptr) return;
  Ledger& ledger = *std::exchange(ledger_, nullptr);
  const std::size_t at = ledger.place(number_);
  if (at == ledger.open_.size()) return;
  ledger.close(at);
  if (ledger.is_open() || ledger.changes_.empty()) return;
  ledger.changes_.clear();
  ledger.settle();
}

bool Transaction::rollback(bool keep_names) noexcept {
  if (ledger_ == nullptr) return false;
  Ledger& ledger = *ledger_;
  const std::size_t at = ledger.place(number_);
  const auto is_call = [](const OpenTransaction& open) { return open.is_call; };
  if (at == ledger.open_.size() || ledger.open_[at].builders != ledger.builders_ ||
      (is_call(ledger.open_[at]) &&
       std::any_of(ledger.open_.begin() + static_cast<std::ptrdiff_t>(at) + 1, ledger.open_.end(), is_call))) {
    commit();
    return false;
  }
  ledger_ = nullptr;
  OpenTransaction& self = ledger.open_[at];
  Mark before;
  for (const Undoable* table : ledger.tables_) table->measure(before);
  for (; ledger.changes_.size() > self.changes; ledger.changes_.pop_back())
    ledger.changes_.back().table->undo(ledger.changes_.back());
  if (keep_names) ++ledger.names_kept_;
  self.mark.keeps_names = ledger.names_kept_ != self.names_kept;
  for (Undoable* table : ledger.tables_) table->cut(self.mark);
  ledger.cut(before, self.mark);
  while (ledger.open_.size() > at) ledger.close(ledger.open_.size() - 1);
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
