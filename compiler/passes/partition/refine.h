// Moves and swaps neurons between cores while that saves messages. Private to partition.
#pragma once

#include "compiler/passes/partition/core_counts.h"

#include <vector>

namespace snnc::compiler::partition {

struct RefineOptions {
  uint32_t passes = 6;
  uint64_t mostCores = UINT64_MAX; // that may be opened for what has no place
};

// Fiduccia and Mattheyses' moves (DAC 1982) over many parts: each to the core where it saves most,
// exact gains, all limits hard by LoadModel; where the core is full, against a neuron of it.
class Refiner {
public:
  Refiner(CoreCounts &counts, const Problem &problem, const MapGraph &graph);

  // fill() found that no more than `neurons` of those on the core fit it.
  void tighten(uint32_t core, uint32_t neurons) { most[core] = neurons; }
  // Moves neurons out of cores that are beyond their limits; opens cores if it must. False if that
  // would be more than `mostCores` in all: every move gives somebody another core to send to.
  bool repair(uint32_t mostCores);
  // Passes until none saves anything. Messages saved.
  double improve(const RefineOptions &options);

private:
  struct Wish {
    uint32_t id = UINT32_MAX;
    float gain = 0;
  };
  bool fits(uint32_t core) const;
  bool allFit(const std::vector<uint32_t> &cores) const; // their output slots
  void rank(uint32_t id);
  double tryNeuron(uint32_t id);
  double trySwap(uint32_t id, uint32_t to, double gain);
  double swapIfItHelps(uint32_t id, uint32_t partner);
  bool moveIfFits(uint32_t id, uint32_t to);
  uint32_t openCore(uint32_t like);
  bool relieve(uint32_t core, llvm::ArrayRef<uint32_t> members, uint32_t mostCores);
  bool sameRegisters(uint32_t id, uint32_t core) const;
  std::vector<uint32_t> byCore() const;

  CoreCounts &counts;
  const Problem &problem;
  const MapGraph &graph;
  std::vector<uint32_t> most;    // [core]: neurons
  std::vector<uint32_t> classOn; // [core]: of registers
  std::vector<float> heard;      // [core]: rates of the neuron's sources that it hears
  std::vector<uint32_t> ranked;  // cores that hear any, best first
  float leaving = 0, total = 0;  // of the neuron ranked
  // Who found the core full, and what the move would have saved; who saves least by staying.
  std::vector<Wish> wishes;    // [from * cores + to]
  uint32_t spill = UINT32_MAX; // the core that was opened last
  std::vector<Wish> loosest;   // [core]; its gain is what leaving saves, at most 0
};

} // namespace snnc::compiler::partition
