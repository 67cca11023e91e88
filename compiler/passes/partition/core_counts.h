// How many targets of every edge lie on every core, and what moving one changes: the exact gains of
// refinement. Private to partition.
#pragma once

#include "compiler/passes/partition/load_model.h"

#include <vector>

namespace snnc::compiler::partition {

class CoreCounts {
public:
  // `part`: [id], below `cores`.
  CoreCounts(const Problem &problem, const MapGraph &graph, const LoadModel &model,
             std::vector<uint32_t> part, uint32_t cores);

  struct Entry {
    uint32_t core = 0, count = 0; // count > 0
  };
  llvm::ArrayRef<Entry> coresOf(uint32_t edge) const {
    return {entries.data() + start[edge], size[edge]};
  }
  uint32_t countOn(uint32_t edge, uint32_t core) const;

  uint32_t cores() const { return static_cast<uint32_t>(loads.size()); }
  uint32_t coreOf(uint32_t id) const { return part[id]; }
  const std::vector<uint32_t> &parts() const { return part; }
  const SoftLoad &loadOf(uint32_t core) const { return loads[core]; }
  uint64_t slotsOf(uint32_t core) const { return slots[core]; } // exact
  uint32_t groupsOf(uint32_t core) const { return groups[core]; }
  uint32_t addCore();

  // Messages per tick, as messagesOf() of the result.
  double messages() const;
  // Messages saved if the neuron goes to `to`.
  double gain(uint32_t id, uint32_t to) const;
  // [id]: rate of its sources that other neurons of its core hear, or of the core that hears most.
  std::vector<float> reachable() const;
  // Share of all synapses (by rate) whose target alone on its core hears the source.
  double strays() const;
  // False, and nothing moved, if an edge has no room for one more core (see kSpare).
  bool move(uint32_t id, uint32_t to);
  // Cores whose output slots the last move raised, `to` included.
  const std::vector<uint32_t> &raised() const { return grown; }

private:
  static constexpr uint32_t kSpare = 4; // cores that an edge may gain, beyond as many as it has
  void addTarget(uint32_t edge, uint32_t core);
  void removeTarget(uint32_t edge, uint32_t core);
  void price(uint32_t edge, uint32_t core, uint32_t before, uint32_t after);
  void changeSlots(uint32_t edge, int32_t by);
  bool hasRoom(uint32_t edge, uint32_t from, uint32_t to) const;

  const Problem &problem;
  const MapGraph &graph;
  const LoadModel &model;
  std::vector<uint32_t> part;
  std::vector<uint64_t> start; // [edge]
  std::vector<uint32_t> size;  // [edge]: cores
  std::vector<Entry> entries;
  std::vector<SoftLoad> loads;
  std::vector<uint64_t> slots;
  std::vector<uint32_t> groups, sent; // [core]; [id]: slots of the neuron
  std::vector<uint32_t> members;      // [core * populations + population]
  std::vector<uint32_t> grown;
};

} // namespace snnc::compiler::partition
