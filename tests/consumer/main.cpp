#include <iostream>
#include <scopetrie/names/name_writer.hpp>
#include <scopetrie/store/variable_store.hpp>
#include <scopetrie/version.hpp>

int main() {
  scopetrie::OpGraph graph;
  scopetrie::VariableStore variables;
  scopetrie::NameWriter text(graph);

  const auto scope = graph.scopes().at("tower");
  const auto weights = graph.segments().intern("w"), relu = graph.segments().intern("relu");
  for (int layer = 0; layer < 3; ++layer) {
    auto w = variables.find(scope, weights);  // shared by name
    if (w == scopetrie::kNone) w = variables.create({.scope = scope, .segment = weights});
    std::cout << text.write(graph.unique(scope, relu).name) << " of variable " << w << '\n';
  }
  std::cout << scopetrie::version << '\n';
}
