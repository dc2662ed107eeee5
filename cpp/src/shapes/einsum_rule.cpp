// The rule of Einsum: "ij,jk->ik".
#include <map>

#include "rules.hpp"

namespace scopetrie::rules {

namespace {

struct Equation {
  std::vector<std::string> terms;
  std::string result;
};

Equation parsed(std::string text) {
  std::erase(text, ' ');
  const std::size_t arrow = text.find("->");
  const std::string left = text.substr(0, arrow);
  Equation equation;
  std::size_t from = 0;
  for (std::size_t comma = 0; comma != std::string::npos; from = comma + 1) {
    comma = left.find(',', from);
    equation.terms.push_back(left.substr(from, comma == std::string::npos ? comma : comma - from));
  }
  if (arrow != std::string::npos) {
    equation.result = text.substr(arrow + 2);
    return equation;
  }
  // Without a result, it is the letters that occur once, in order.
  if (left.find("...") != std::string::npos) equation.result = "...";
  std::map<char, int> counts;
  for (const char each : left)
    if (each != ',' && each != '.') ++counts[each];
  for (const auto& [letter, count] : counts)
    if (count == 1) equation.result += letter;
  return equation;
}

// The parts of a term before and behind its "...".
struct Term {
  std::string before, behind;
  bool has_dots;
  explicit Term(const std::string& text) : has_dots(text.find("...") != std::string::npos) {
    before = text.substr(0, text.find("..."));
    if (has_dots) behind = text.substr(before.size() + 3);
  }
  std::size_t letters() const { return before.size() + behind.size(); }
};

void note_letters(std::map<char, std::int64_t>& sizes, std::string_view letters, std::span<const std::int64_t> dims) {
  for (std::size_t i = 0; i < letters.size(); ++i) {
    const auto [at, is_new] = sizes.emplace(letters[i], dims[i]);
    std::int64_t& size = at->second;
    if (known(size) && known(dims[i]) && size != dims[i] && size != 1 && dims[i] != 1) refuse_unequal(size, dims[i]);
    if ((size == 1 && known(dims[i])) || !known(size)) size = dims[i];
  }
}

}  // namespace

void einsum(RuleCall& call) {
  const std::string text = call.text(RuleAttribute::kEquation, "");
  const Equation equation = parsed(text);
  if (equation.terms.size() != call.size())
    throw Error(ErrorKind::kValue, "Expected " + std::to_string(equation.terms.size()) + " inputs for equation '" +
                                       text + "', but got " + std::to_string(call.size()));
  std::map<char, std::int64_t> sizes;
  ShapeId lead = ShapeTable::kScalar;
  for (std::size_t i = 0; i < call.size(); ++i) {
    const Term term(equation.terms[i]);
    if (!call.known_rank(i)) {
      if (term.has_dots) lead = ShapeTable::kUnknown;
      continue;
    }
    if (term.has_dots) {
      need_rank_at_least(call, i, term.letters());
    } else {
      need_rank(call, i, term.letters());
    }
    Dims dims;
    call.read(i, dims);
    const std::span<const std::int64_t> all(dims);
    note_letters(sizes, term.before, all);
    note_letters(sizes, term.behind, all.last(term.behind.size()));
    if (term.has_dots)
      lead = broadcast(call, lead, call.shapes.intern(all.subspan(term.before.size(), dims.size() - term.letters())));
  }
  const Term result(equation.result);
  if (result.has_dots && !call.shapes.known_rank(lead)) return call.give_unknown(call.dtype(0));
  Dims made;
  const auto add = [&](const std::string& letters) {
    for (const char each : letters) made.push_back(sizes.contains(each) ? sizes[each] : kUnknownDim);
  };
  add(result.before);
  if (result.has_dots) {
    const auto middle = call.shapes.dims(lead);
    made.insert(made.end(), middle.begin(), middle.end());
  }
  add(result.behind);
  call.give(call.dtype(0), made);
}

}  // namespace scopetrie::rules
