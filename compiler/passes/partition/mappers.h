// The mappers that --mapper chooses from: `hyper`, ours, and what it is measured against. All of
// them keep the same limits, at exact cost. Private to partition.
#pragma once

#include "compiler/passes/partition/fill.h"

#include "llvm/ADT/StringRef.h"

#include <string>
#include <vector>

namespace snnc::compiler::partition {

struct MapperContext {
  const Problem &problem;
  const std::vector<uint32_t> &firstTick;
  uint64_t cores = 1;      // there are so many; a result with more of them may stop early
  uint64_t lowerBound = 1; // no mapper takes fewer
  uint64_t seed = 1;
  unsigned threads = 1;                        // of results that do not depend on it
  std::vector<std::string> *remarks = nullptr; // lines for --explain
  double mostMessages = HUGE_VAL;              // a result with more of them may stop early

  FillOptions fillOptions() const {
    return {mostMessages == HUGE_VAL ? farBeyond(cores) : cores, 0, nullptr, mostMessages};
  }
};

// In network order, the next core when one is full: PACMAN's order, and nengo-loihi's of blocks.
FillResult mapContiguous(const MapperContext &context);
// As nengo-loihi splits: every population in the fewest equal contiguous parts that each fit a core
// alone; cores are never shared.
FillResult mapNengo(const MapperContext &context);
// Neurons dealt out at random, equally many to each of the fewest cores that this fits.
FillResult mapRandom(const MapperContext &context);
// Multilevel graph partition (METIS): edges are synapses, weighted with the rates of their sources.
// Parts that no core holds make it try more parts.
FillResult mapCut(const MapperContext &context);
// Ours: hyper.h.
FillResult mapHyper(const MapperContext &context);

using Mapper = FillResult (*)(const MapperContext &);
struct MapperInfo {
  const char *name;
  Mapper map;
};
// The default first.
llvm::ArrayRef<MapperInfo> allMappers();

} // namespace snnc::compiler::partition
