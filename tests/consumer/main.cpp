#include <iostream>
#include <scopetrie/scopetrie.hpp>
namespace st = scopetrie;

int main() {
  st::Graph graph;
  st::Context at(graph);
  const st::Tensor x = at.add_op("Placeholder", {}, {{st::kFloat32, {{-1, 4}}}}, {.name = "x"});

  for (int tower = 0; tower < 3; ++tower) {
    auto scope = at.variable_scope("tower", {.reuse = st::Reuse::kAuto});  // the same variables for each
    const st::Operation relu = at.add_op("Relu", {x}, {{x.dtype(), x.shape()}});
    std::cout << relu.name() << " with the variables of " << scope->name() << '\n';
  }
  std::cout << st::version << '\n';
}
