#include "scopetrie/graph/slot_plan.hpp"

#include <algorithm>
#include <string>

#include "scopetrie/error.hpp"
#include "scopetrie/tables/hashing.hpp"

namespace scopetrie {

namespace {

constexpr std::uint32_t kFree = 0xFFFFFFFFU;

}  // namespace

SlotPlan::SlotPlan(const OpGraph& ops, std::int32_t slots, std::size_t values) : ops_(ops), slots_(slots) {
  values_.reserve(values);
  std::size_t size = 16;
  while (size < 2 * values) size *= 2;
  index_.assign(size, kFree);
}

std::size_t SlotPlan::at(Number number) {
  if (values_.size() * 2 > index_.size()) grow();
  std::uint32_t& place = find(number);
  if (place == kFree) {
    place = static_cast<std::uint32_t>(values_.size());
    values_.emplace_back(number);
  }
  return place;
}

std::uint32_t& SlotPlan::find(Number number) {
  const auto word = static_cast<std::uint64_t>(number);
  std::size_t at = hash_words(static_cast<std::uint32_t>(word), static_cast<std::uint32_t>(word >> 32));
  for (;; ++at) {
    std::uint32_t& place = index_[at & (index_.size() - 1)];
    if (place == kFree || values_[place].number == number) return place;
  }
}

void SlotPlan::grow() {
  index_.assign(index_.size() * 2, kFree);
  for (std::size_t i = 0; i < values_.size(); ++i) find(values_[i].number) = static_cast<std::uint32_t>(i);
}

void SlotPlan::feed(Number number, std::int32_t slot) {
  Value& value = of(number);
  value.is_used = true;
  value.slot = slot;
}

void SlotPlan::keep(Number number) { of(number).is_used = true; }

void SlotPlan::add_constant(Number number) {
  Value& value = of(number);
  value.is_used = true;
  value.is_constant = true;
}

void SlotPlan::add(std::span<const Number> arguments, std::span<const Number> results, Makes makes, bool is_idle) {
  calls_.push_back({numbers_.size(), static_cast<std::uint32_t>(arguments.size()),
                    static_cast<std::uint32_t>(results.size()), makes, is_idle});
  numbers_.insert(numbers_.end(), arguments.begin(), arguments.end());
  numbers_.insert(numbers_.end(), results.begin(), results.end());
}

void SlotPlan::find_last_uses() {
  dying_.resize(calls_.size());
  for (std::size_t i = calls_.size(); i-- > 0;)
    for (const Number number : arguments(calls_[i])) {
      Value& value = of(number);
      if (!value.is_used) {
        value.is_used = true;
        dying_[i].push_back(number);
      }
      if (calls_[i].makes == Makes::kAnything) value.is_viewed = true;
    }
}

const SlotPlan::Step* SlotPlan::place(std::size_t at, SlotKinds& kinds) {
  const Call& call = calls_[at];
  const auto given = results(call);
  if (call.is_idle && !of(given[0]).is_used) return nullptr;
  step_.arguments.clear();
  step_.results.clear();
  step_.dead.clear();
  for (const Number number : arguments(call)) step_.arguments.push_back(argument_slot(number));
  for (const Number number : dying_[at]) step_.dead.push_back(std::exchange(of(number).slot, kNoSlot));
  step_.into = find_output(at, kinds);
  free_.insert(free_.end(), step_.dead.begin(), step_.dead.end());
  for (const Number number : given)
    step_.results.push_back(of(number).slot = step_.into != kNoSlot ? step_.into : new_slot());
  for (const Number number : given) {
    Value& value = of(number);
    if (value.is_used || value.slot == kNoSlot) continue;
    step_.dead.push_back(value.slot);
    free_.push_back(value.slot);
    value.slot = kNoSlot;
  }
  return &step_;
}

// Where the call may write into; takes it from the dead ones.
std::int32_t SlotPlan::find_output(std::size_t at, SlotKinds& kinds) {
  const Call& call = calls_[at];
  if (call.makes == Makes::kNew && call.result_count == 1 && results(call)[0] >= 0) make_fresh(at, kinds);
  if (call.makes != Makes::kNewOrInto) return kNoSlot;
  const Kind kind = make_fresh(at, kinds);
  if (kind.number == Kind::kNone) return kNoSlot;
  for (std::size_t i = 0; i < dying_[at].size(); ++i) {
    const Value& value = of(dying_[at][i]);
    if (!value.is_fresh || value.is_viewed || value.kind.is_asked != kind.is_asked) continue;
    const bool is_same = kind.is_asked ? kinds.are_same(kind.number, value.kind.number)  //
                                       : kind.number == value.kind.number;
    if (!is_same) continue;
    const std::int32_t slot = step_.dead[i];
    step_.dead.erase(step_.dead.begin() + static_cast<std::ptrdiff_t>(i));
    return slot;
  }
  return kNoSlot;
}

SlotPlan::Kind SlotPlan::make_fresh(std::size_t at, SlotKinds& kinds) {
  const Number result = results(calls_[at])[0];
  const Kind kind = result < 0 ? Kind() : kind_of(at, kinds);
  Value& value = of(result);
  value.is_fresh = true;
  return value.kind = kind;
}

SlotPlan::Kind SlotPlan::kind_of(std::size_t at, SlotKinds& kinds) const {
  const TensorRow tensor = ops_.tensor(static_cast<TensorId>(results(calls_[at])[0]));
  if (tensor.shape == ShapeTable::kUnknown) return {};
  const auto dims = ops_.shapes().dims(tensor.shape);
  if (dims.empty()) return {};
  if (std::ranges::all_of(dims, [](std::int64_t size) { return size >= 0; }))
    return {static_cast<std::int64_t>(std::uint64_t{tensor.shape} << 8 | tensor.dtype.number), false};
  return {kinds.kind_of(at), true};
}

// A constant gets a slot at its first use.
std::int32_t SlotPlan::argument_slot(Number number) {
  Value& value = of(number);
  if (value.slot != kNoSlot) return value.slot;
  if (!value.is_constant) throw Error(ErrorKind::kKey, std::to_string(number));
  used_constants_.push_back({number, slots_});
  return value.slot = slots_++;
}

std::int32_t SlotPlan::new_slot() {
  if (free_.empty()) return slots_++;
  const std::int32_t slot = free_.back();
  free_.pop_back();
  std::erase(step_.dead, slot);
  return slot;
}

}  // namespace scopetrie
