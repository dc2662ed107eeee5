// Takes the name `w` twice and prints the version and what each became.

#include <iostream>
#include <string>

#include "scopetrie/op_graph.hpp"
#include "scopetrie/version.hpp"

int main() {
  scopetrie::OpGraph graph;
  std::cout << scopetrie::version;
  for (int i = 0; i < 2; ++i) {
    std::string name;
    graph.append_name(graph.unique(0, graph.segments().intern("w")).name, name);
    std::cout << ' ' << name;
  }
  std::cout << '\n';
}
