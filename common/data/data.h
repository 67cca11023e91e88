// Samples to run a network on. A DATA spec on the command line names one:
//   digits[:N]                built in, generated (data/digits.h); default 1000
//   digits-train:N            the stream that examples/digits/model.json was trained on
//   mnist:DIR[:train|test]    IDX files, .gz or not; pixels / 255; default test
//   npz:FILE   npy:FILE       `x` (unscaled) and labels `y`
// x of the input's rank plus one is one value per sample, held for every step; rank plus two is
// [N,T,...], fed step by step. Equal element counts reshape.
#pragma once

#include "common/net/profile.h"

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace snnc::data {

struct Dataset {
  std::string spec;
  uint64_t samples = 0;
  uint32_t size = 0;             // elements of one step of one sample
  std::optional<uint32_t> steps; // T if the data has a time axis
  std::vector<float> values;     // [samples][steps or 1][size]
  std::vector<int32_t> labels;   // [samples]; empty if the data has none
};

// Loads and checks a DATA spec against the shape of the network's input (SNN6xxx).
llvm::Expected<Dataset> loadDataset(llvm::StringRef spec, llvm::ArrayRef<uint32_t> inputShape);

// One sample as the engines take it: spikes, or analog values for direct coding.
struct EncodedSample {
  uint32_t steps = 0, size = 0;
  std::vector<uint8_t> spikes; // [steps][size], 0 or 1; empty when analog
  std::vector<float> values;   // direct: [1][size] held, or [steps][size]; empty when spiking
  bool analog() const { return !values.empty(); }
  bool valuesPerStep() const { return values.size() == size_t{steps} * size && steps > 1; }
};

// Formulas: docs/reference/encodings.md. `seed` and the sample's index fix the poisson spikes.
// Steps: run.steps, where set, truncates the data or pads them with zeros (so a caller clears a
// model's default if the data have steps of their own); set nowhere is an error (SNN6008).
llvm::Expected<EncodedSample> encodeSample(const Dataset &data, uint64_t sample,
                                           const net::RunOptions &run, uint64_t seed);

} // namespace snnc::data
