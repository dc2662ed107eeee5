// The slots of a run's values: the last pass of a compilation.
//
// A run makes calls, in order. A value has a slot from the call that gives it, or that takes it first where it is a
// constant, to the last one that takes it; then the slot is another's. A call that can write its result into an array
// gets that of an argument that ends with it, where nobody else can see that, and dtype and shape are the result's.
//
// Invariants: a value is known by the number of its tensor, or by a negative one where it has none. Slots begin with
// those that were there before.
// Thread safety: that of the graph; SlotKinds may run anything, so the graph may grow meanwhile.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "scopetrie/graph/op_graph.hpp"

namespace scopetrie {

/// What is asked of results whose shapes are not known before the run.
class SlotKinds {
 public:
  virtual ~SlotKinds() = default;
  /// A number for the dtype and shape of a call's result.
  virtual std::int64_t kind_of(std::size_t call) = 0;
  /// Whether two of those stand for equal dtypes and shapes.
  virtual bool are_same(std::int64_t a, std::int64_t b) = 0;
};

class SlotPlan {
 public:
  using Number = std::int64_t;

  /// What a call gives, and does with its arguments.
  enum class Makes : std::uint8_t {
    kAnything,  // perhaps an alias of an argument; or it may keep one
    kNew,       // no alias, and it keeps none
    kNewOrInto  // likewise, and it can write its only result into an array
  };
  /// A call with its values in slots. `into` is the slot that it may write its result into, or kNoSlot; it is not among
  /// the dead ones, whose values end with the call.
  struct Step {
    std::vector<std::int32_t> arguments, results, dead;
    std::int32_t into;
  };
  struct Constant {
    Number number;
    std::int32_t slot;
  };
  static constexpr std::int32_t kNoSlot = -1;

  /// `slots` of them are there before, `values` is about how many values there will be.
  SlotPlan(const OpGraph& ops, std::int32_t slots, std::size_t values);

  /// Adds a value that has a slot from the beginning.
  void feed(Number number, std::int32_t slot);
  /// Adds a value that is wanted at the end.
  void keep(Number number);
  /// Adds a value that gets a slot where it is used.
  void add_constant(Number number);
  /// Adds the next call. `is_idle`: it is left out where nobody uses its only result.
  void add(std::span<const Number> arguments, std::span<const Number> results, Makes makes, bool is_idle);

  /// Finds which call uses each value last, once all are added; before the first step.
  void find_last_uses();
  /// The step of a call, valid until the next one; null where it is left out. Calls are placed in order. Throws Error
  /// where an argument is no value.
  const Step* place(std::size_t at, SlotKinds& kinds);

  /// How many slots there are by now, and the constants that have one, in order.
  std::int32_t slots() const { return slots_; }
  std::span<const Constant> constants() const { return used_constants_; }
  /// The slot of a value that was kept, or kNoSlot; and whether nothing else can be an alias of it.
  std::int32_t slot_of(Number number) { return of(number).slot; }
  bool is_fresh(Number number) { return of(number).is_fresh; }

 private:
  /// What is equal only for values of equal dtype and shape.
  struct Kind {
    static constexpr std::int64_t kNone = -1;
    std::int64_t number = kNone;  // none: a scalar, which nothing writes into
    bool is_asked = false;        // it is from SlotKinds
  };
  struct Value {
    explicit Value(Number number) : number(number) {}

    Number number;
    std::int32_t slot = kNoSlot;
    bool is_used = false;
    bool is_viewed = false;  // a function has seen it that may keep an alias
    bool is_fresh = false;   // nothing else can be an alias of it
    bool is_constant = false;
    Kind kind;
  };
  struct Call {
    std::size_t first;  // in `numbers_`: its arguments, and behind them its results
    std::uint32_t argument_count, result_count;
    Makes makes;
    bool is_idle;
  };

  // References are valid until the next value is added.
  Value& of(Number number) { return values_[at(number)]; }
  std::size_t at(Number number);
  std::uint32_t& find(Number number);
  SCOPETRIE_COLD void grow();

  std::span<const Number> arguments(const Call& call) const {
    return std::span(numbers_).subspan(call.first, call.argument_count);
  }
  std::span<const Number> results(const Call& call) const {
    return std::span(numbers_).subspan(call.first + call.argument_count, call.result_count);
  }
  std::int32_t find_output(std::size_t at, SlotKinds& kinds);
  Kind make_fresh(std::size_t at, SlotKinds& kinds);
  Kind kind_of(std::size_t at, SlotKinds& kinds) const;
  std::int32_t argument_slot(Number number);
  std::int32_t new_slot();

  const OpGraph& ops_;
  std::int32_t slots_;
  std::vector<Value> values_;
  std::vector<std::uint32_t> index_;  // of `values_`, by number
  std::vector<Number> numbers_;
  std::vector<Call> calls_;
  std::vector<std::vector<Number>> dying_;  // by call: the arguments that nothing uses afterwards
  std::vector<std::int32_t> free_;
  std::vector<Constant> used_constants_;
  Step step_;
};

}  // namespace scopetrie
