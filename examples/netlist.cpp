// A netlist of a million gates: what naming them costs, with scopetrie and with a map of strings.
//
//     g++ -std=c++20 -O2 -I cpp/include examples/netlist.cpp cpp/src/{names,tables}/*.cpp -o netlist && ./netlist
//
// 100,000 modules stand in one another, eight to a module; each has ten gates of eight types, so that no gate has its
// neighbour's type. Every module and every gate gets a name that is unique in its module, as text. Both programs do the
// same, in turns; the names are compared one by one outside of the clock. Give another number of modules as argument.
#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <scopetrie/names/name_writer.hpp>
#include <scopetrie/names/names.hpp>

namespace {

constexpr std::size_t kGates = 10;    // of a module
constexpr std::size_t kChildren = 8;  // modules in a module
constexpr int kRounds = 3;
constexpr std::array kTypes = {"AND2", "NAND2", "OR2", "NOR2", "XOR2", "XNOR2", "INV", "DFF"};
constexpr std::array kModuleTypes = {"alu", "regfile", "decoder", "fifo"};

/// Calls `use` with the name of each gate.
template <class Use>
void name_with_scopetrie(std::size_t modules, Use&& use) {
  scopetrie::Names names;
  scopetrie::NameWriter text(names);
  std::array<scopetrie::SegmentId, kTypes.size()> types;
  std::array<scopetrie::SegmentId, kModuleTypes.size()> module_types;
  for (std::size_t i = 0; i < kTypes.size(); ++i) types[i] = names.part(kTypes[i]);
  for (std::size_t i = 0; i < kModuleTypes.size(); ++i) module_types[i] = names.part(kModuleTypes[i]);

  std::vector<scopetrie::ScopeId> scopes(modules);
  for (std::size_t module = 0; module < modules; ++module) {
    const scopetrie::ScopeId parent = module == 0 ? scopetrie::ScopeTrie::kRoot : scopes[(module - 1) / kChildren];
    scopes[module] = names.open(parent, module_types[module % module_types.size()]);
    for (std::size_t gate = 0; gate < kGates; ++gate)
      use(text.write(names.unique(scopes[module], types[gate % types.size()])));
  }
}

/// The same with the names in use as keys of a map, each with the number to try next.
class Dictionary {
 public:
  std::string unique(std::string name) {
    const auto [at, is_new] = next_.try_emplace(name, 1);
    if (is_new) return name;
    int& number = at->second;  // stays where it is when the map grows, unlike `at`
    const std::size_t length = name.size();
    do {
      name.resize(length);
      name += '_';
      name += std::to_string(number++);
    } while (!next_.try_emplace(name, 1).second);
    return name;
  }

 private:
  std::unordered_map<std::string, int> next_;
};

template <class Use>
void name_with_map(std::size_t modules, Use&& use) {
  Dictionary names;
  std::vector<std::string> scopes(modules);
  for (std::size_t module = 0; module < modules; ++module) {
    const std::string prefix = module == 0 ? "" : scopes[(module - 1) / kChildren] + "/";
    scopes[module] = names.unique(prefix + kModuleTypes[module % kModuleTypes.size()]);
    for (std::size_t gate = 0; gate < kGates; ++gate)
      use(names.unique(scopes[module] + "/" + kTypes[gate % kTypes.size()]));
  }
}

/// What is done with each name while the clock runs: as much as a caller that writes it somewhere.
struct Checksum {
  std::uint64_t sum = 0;
  void operator()(std::string_view name) {
    sum = sum * 31 + name.size() * 257 + static_cast<unsigned char>(name.back());
  }
};

/// Nanoseconds a name.
template <class Work>
double timed(std::size_t modules, Checksum& checksum, Work&& work) {
  const auto start = std::chrono::steady_clock::now();
  work(modules, checksum);
  const std::chrono::duration<double, std::nano> took = std::chrono::steady_clock::now() - start;
  return took.count() / static_cast<double>(modules * kGates);
}

}  // namespace

int main(int count, char** arguments) {
  std::size_t modules = 100'000;
  if (count > 1) modules = std::max(1UL, std::strtoul(arguments[1], nullptr, 10));

  std::vector<std::string> wanted;
  wanted.reserve(modules * kGates);
  name_with_map(modules, [&](std::string name) { wanted.push_back(std::move(name)); });
  std::size_t same = 0, at = 0;
  name_with_scopetrie(modules, [&](std::string_view name) { same += name == wanted[at++] ? 1 : 0; });
  std::printf("%zu gates in %zu modules, for example %s\n", at, modules, wanted.back().c_str());
  if (same != wanted.size() || at != wanted.size()) {
    std::printf("only %zu of %zu names are those of the map\n", same, wanted.size());
    return EXIT_FAILURE;
  }
  wanted = {};

  // Both in turns, since a machine's speed drifts; the best round of each.
  double scopetrie = 1e30, map = 1e30;
  for (int round = 0; round < kRounds; ++round) {
    Checksum ours, theirs;
    scopetrie =
        std::min(scopetrie, timed(modules, ours, [](std::size_t n, Checksum& use) { name_with_scopetrie(n, use); }));
    map = std::min(map, timed(modules, theirs, [](std::size_t n, Checksum& use) { name_with_map(n, use); }));
    if (ours.sum != theirs.sum) return EXIT_FAILURE;
  }
  std::printf("scopetrie::Names %.0f ns a name, std::unordered_map %.0f ns a name: %.1f times as long\n", scopetrie,
              map, map / scopetrie);
}
