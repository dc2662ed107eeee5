// A graph as v1 has it: operations, the variables that are shared by name, and what is known of both as a whole.
//
// Invariants: a flag that speaks of names or scopes ("has_...") is never too low: what it speaks of may have been taken
// back since.
// Thread safety: none; one writer or many readers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "scopetrie/graph/attribute.hpp"
#include "scopetrie/graph/collections.hpp"
#include "scopetrie/graph/op_graph.hpp"
#include "scopetrie/names/known_names.hpp"
#include "scopetrie/random/seeds.hpp"
#include "scopetrie/store/partitioned_variables.hpp"
#include "scopetrie/store/variable_store.hpp"
#include "scopetrie/tables/compiler.hpp"
#include "scopetrie/tables/id_table.hpp"
#include "scopetrie/tables/table_allocator.hpp"

namespace scopetrie {

/// What variables of one dtype, shape and form of initial value share: their operations as patterns.
struct VariablePatterns {
  struct Fixed {
    AttributeValue first, second;  // the initial value's attributes, without seeds
    std::uint32_t pattern;
  };
  std::vector<Fixed> fixed;       // with the attributes of initial values that are frequent
  std::uint32_t varying = kNone;  // the pattern in which they are each variable's own
  std::uint32_t runs = 0;         // of variables that were not among `fixed`

  /// Forgets patterns that were taken back, of which `count` are left.
  void forget(std::size_t count) noexcept {
    std::erase_if(fixed, [&](const Fixed& each) { return each.pattern >= count; });
    if (varying >= count) varying = kNone;
  }
};

/// A pattern of `variable_patterns`, by the initializer that asks for it: see known_run().
struct KnownRun {
  std::uint64_t key = 0;          // the shape, the dtype, and what the initializer has besides numbers
  AttributeValue first, second;   // the initializer's numbers
  std::uint32_t pattern = kNone;  // kNone: it was undone, and is not in the index
  std::uint32_t hash = 0;
};

/// What the caller's language has made for a kind of initializer, a dtype and a shape: see record_run().
struct Recording {
  std::uint64_t key = 0;
  AttributeValue gain;               // the initializer's number
  std::uint32_t gain_place = kNone;  // the step that is the gain; kNone: it is not clear which
  std::uint32_t fixed = kNone;       // the pattern with this gain
  std::uint32_t varying = kNone;     // the pattern with each variable's own; kNone: not made yet
};

class Operation;
class Tensor;
class Variable;

struct Graph : Undoable {
  Graph() { ledger().join(*this); }
  /// The variables of another graph that has no operations, with the same ids and the attributes that they have.
  Graph(const Graph& of, OpGraph::WithoutOperations without)
      : ops(of.ops, without),
        variables(of.variables),
        partitioned(of.partitioned),
        attributes(of.attributes),
        has_parts(of.has_parts) {
    ledger().join(*this);
  }
  virtual ~Graph() = default;

  OpGraph ops;
  VariableStore variables;
  PartitionedVariables partitioned;
  Collections collections{&ops.ledger()};
  KnownNames known_names;
  Table<AttributeValue> attributes;  // of operations, by their number
  std::unordered_map<std::uint64_t, VariablePatterns> variable_patterns;
  std::vector<KnownRun> known_runs;
  IdTable known_run_index;
  std::vector<Recording> recordings;
  RandomSeeds seeds;
  void* owner = nullptr;             // the object of the caller's language that has the graph; borrowed
  const Host* owner_host = nullptr;  // counts the references to it
  bool finalized = false;            // nothing may be added
  bool has_unnoted_names = false;    // operations have names that the counting of names does not know ("x/")
  bool has_odd_scopes = false;       // name scopes were entered in which v1 takes no operation ("_a/")
  bool has_parts = false;            // a variable is called "part_0", as the first part of a partitioned one is

  /// A path as a scope, and a text as a segment; made if they are new.
  ScopeId scope(std::string_view path) { return ops.scopes().at(path); }
  SegmentId segment(std::string_view text) { return ops.segments().intern(text); }
  /// The segment of a number that known_name() gave.
  SegmentId known_segment(std::uint32_t number) { return known_names.segment(ops.segments(), number); }
  /// Keeps an operation's attribute, and gives its number.
  std::uint32_t keep(AttributeValue&& value) {
    if (ledger().is_open()) [[unlikely]]
      make_room(undone_attributes_, attributes.size() - first_undoable_ + 1);
    attributes.push_back(std::move(value));
    return static_cast<std::uint32_t>(attributes.size() - 1);
  }
  std::uint32_t keep(const AttributeValue& value) { return keep(AttributeValue(value)); }
  /// The name as text.
  std::string text(const Name& name) const {
    std::string out;
    ops.append_name(name, out);
    return out;
  }

  /// Throws where an operation has this name.
  SCOPETRIE_COLD void check_unused(const Name& name) const;
  /// Throws where the whole name is no operation's.
  SCOPETRIE_COLD void check_operation_name(const Name& name) const;

  // Looking makes nothing: neither a name, nor a scope, nor what was looked for. See graph/handles.hpp.

  /// The operation of exactly this name ("a/w"), the tensor ("a/w:0"), the variable of this path ("a/w").
  std::optional<Operation> find_operation(std::string_view name) const;
  std::optional<Tensor> find_tensor(std::string_view name) const;
  std::optional<Variable> find_variable(std::string_view path) const;
  /// The variables of a scope and of those below it, in creation order: see VariableStore::under().
  std::vector<Variable> variables_under(std::string_view path) const;
  /// The variables in a collection: "variables" has those that v1 calls global, "trainable_variables" the trainable
  /// ones.
  std::vector<Variable> variables_in(std::string_view collection) const;

  /// What a Transaction undoes: all that is here, but for the flags that speak of names and scopes.
  Ledger& ledger() noexcept { return ops.ledger(); }
  const Ledger& ledger() const noexcept { return ops.ledger(); }
  /// Notes who builds, so that an undo sees whether somebody else has built in between.
  void note_builder(const void* context) noexcept { ledger().note_builder(context); }

  /// Throws where the graph is finalized.
  void check_open() const {
    if (finalized) [[unlikely]]
      refuse_finalized();
  }

 protected:
  void measure(Mark& mark) const noexcept override {
    mark.variables = variables.size();
    mark.partitioned = partitioned.size();
    mark.attributes = attributes.size();
    mark.finalized = finalized;
    mark.seeds = seeds;
  }
  void begin() override {
    if (!ledger().is_open()) first_undoable_ = attributes.size();
  }
  void cut(const Mark& mark) noexcept override;
  /// Attributes that were cut are released: the ends of host objects may run other code.
  void settle() noexcept override;
  const Table<AttributeValue>& undone_attributes() const noexcept { return undone_attributes_; }

 private:
  [[noreturn]] SCOPETRIE_COLD static void refuse_finalized();

  // Has room for those that the outermost transaction may cut, which are those from `first_undoable_` on.
  Table<AttributeValue> undone_attributes_;
  std::size_t first_undoable_ = 0;
};

}  // namespace scopetrie
