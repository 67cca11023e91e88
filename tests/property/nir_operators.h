// The operators of a random NIR graph: nodes between two layers of neurons, each with random
// attributes, added to the graph and joined to what comes before.
#pragma once

#include "tests/property/random_nir.h"

#include <cstdint>

namespace snnc::test {

using NirShape = std::vector<uint32_t>;
uint32_t sizeOf(const NirShape &shape);

// A node whose output others can take.
struct NirPlace {
  std::string name;
  NirShape shape;
};

NirField wholeField(const std::string &key, std::vector<double> values, bool scalar = false);
NirField realField(const std::string &key, std::vector<double> values, std::vector<uint64_t> shape);
NirField shapeField(const std::string &key, const NirShape &shape);

class NirOperators {
public:
  NirOperators(support::Rng &rng, const RandomNirOptions &options) : rng(rng), options(options) {}

protected:
  static constexpr double kDt = 0x1p-10; // seconds; divides everything without rounding

  bool chance(double p) { return rng.uniform() < p; }
  uint32_t upTo(uint32_t most) { return static_cast<uint32_t>(rng.between(1, most)); }
  // A multiple of `step`; in a map behind another of the same path a small whole number, so that
  // their product has few bits too.
  double weight();
  std::vector<double> weights(size_t count);

  void mark(const std::string &construct) { made.constructs.insert(construct); }
  std::string add(const std::string &type, std::vector<NirField> fields);
  void edge(const std::string &from, const std::string &to);
  NirPlace after(const NirPlace &from, const std::string &type, std::vector<NirField> fields,
                 NirShape shape);
  // `values`: one for all, stored as a scalar or in full, or one per neuron.
  NirField perNeuron(const std::string &key, const NirShape &shape, std::vector<double> values);

  NirPlace linear(const NirPlace &from, uint32_t size);
  NirPlace scale(const NirPlace &from);
  NirPlace delay(const NirPlace &from, uint32_t steps);
  NirPlace flatten(const NirPlace &from);
  NirPlace pool(const NirPlace &from);
  NirPlace conv1d(const NirPlace &from);
  NirPlace conv2d(const NirPlace &from, bool sameShape);
  // None to five of them, their result no larger than a layer may be.
  NirPlace path(NirPlace from);

  support::Rng &rng;
  const RandomNirOptions &options;
  RandomNir made;
  double step = 1.0;
  int64_t largest = 7;   // weight in steps
  bool weighted = false; // the path has weights already
  uint32_t counter = 0;
};

} // namespace snnc::test
