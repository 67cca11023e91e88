// Quantises one population together with the projections into it.
#pragma once

#include "compiler/passes/quantize/bounds.h"
#include "compiler/passes/quantize/exponents.h"
#include "compiler/passes/quantize/host_neuron.h"
#include "compiler/passes/quantize/incoming_values.h"
#include "compiler/passes/quantize/neuron_scale.h"
#include "compiler/passes/quantize/quantize.h"

#include "common/net/discretize.h"

#include <optional>
#include <string>
#include <vector>

namespace snnc::compiler::quantize {

// An input projection of the population: real weights in, integers out.
struct Source {
  const net::Projection *real = nullptr; // lowered; dense or sparse without pools if for the host
  net::QuantProjection *quant = nullptr; // on the chip
  net::HostLayer *host = nullptr;        // or on the host
};

class LayerQuantizer {
public:
  LayerQuantizer(const net::Net &net, uint32_t population, QuantizeOptions options,
                 PassContext &context);

  // Fills `quant` and what `sources` point to.
  llvm::Error run(std::vector<Source> sources, net::QuantPopulation &quant, LayerStats &stats);

private:
  // layer.cpp
  llvm::Error takeUpdates();
  llvm::Error checkCapability();
  void prepare();
  void prepareHost(size_t source);
  uint32_t channelSize() const;
  uint8_t chooseDuOffset() const;
  void setExponents();
  void warnDecays();

  // layer_scale.cpp
  ScaleRequest scaleRequest(uint32_t first) const;
  void quantizeGroup(uint32_t first);
  void forgetExactly(uint32_t first, const ScaleRequest &request, ScaleChoice &choice) const;
  void makeRoom(uint32_t first, ScaleRequest request, ScaleChoice &choice) const;
  NeuronBounds::Excess excess(uint32_t j, double scale) const;
  Range hostRange(uint32_t j) const;
  HostNeuronRequest hostRequest(uint32_t j) const;
  void setHostGroup(uint32_t first, std::optional<double> onChipScale);
  void setHostNeuron(uint32_t j, const HostNeuron &neuron, bool free);
  void setRegisters(uint32_t j, double scale);
  void setBias(uint32_t j, int16_t mant, uint8_t exp);
  void noteLimited(uint32_t first, double weightSteps);

  // layer_grid.cpp
  bool takeGrid();
  void gridNeuron(uint32_t j);

  // layer_weights.cpp
  void quantizeWeights(const IncomingValues &values, Source &source);
  net::DenseInts intsOf(const net::DenseWeights &real, const InputUses &uses, double unit);
  net::SparseInts intsOf(const net::SparseWeights &real, const InputUses &uses, double unit);
  net::SparseInts intsOf(const net::DiagonalWeights &real, const InputUses &uses, double unit);
  net::ConvInts intsOf(const net::ConvWeights &real, const InputUses &uses, double unit);
  int16_t quantizeOne(float weight, uint32_t target, double unit, double uses);
  void addHostErrors();
  void addError(double real, double got, double uses);

  // layer_report.cpp
  void proveSafe(LayerStats &stats);
  std::vector<Overflow::Sources> sourcesThat(bool excite, uint32_t neuron) const;
  void warnOverflow(const LayerStats &stats);
  llvm::Error checkScales();
  std::string valuesOf(uint32_t j) const;
  void addMisfit(uint32_t j, llvm::StringRef what, double value, double limit);

  const net::NeuronUpdate &update(uint32_t j) const { return updates[updates.size() == 1 ? 0 : j]; }
  double unitOf(const net::QuantProjection &projection) const;

  const net::Net &net;
  const net::Population &population;
  const QuantizeOptions options;
  PassContext &context;
  const target::CoreSpec &core;
  const uint32_t weightMax;
  const bool resetSubtract;

  std::vector<net::NeuronUpdate> updates; // one, or one per neuron
  std::vector<Source> sources;
  std::vector<IncomingValues> incoming; // per source
  Source *host = nullptr;
  size_t hostIndex = 0;
  HostInputRange hostInput;
  std::vector<double> bias;    // per neuron, real
  std::vector<Range> realSums; // per neuron, real: weights on the chip, negative and positive
  uint32_t groupSize = 1;      // neurons that share a scale: a channel of a convolution
  bool onGrid = false;         // the integers are the model's own
  net::QuantPopulation *quant = nullptr;

  std::vector<Range> accumulator, biasRange; // per neuron
  std::vector<double> hostStep;
  std::vector<int16_t> hostWeights;                     // by target
  double signal = 0.0, noise = 0.0;                     // sums of squares, for the SQNR
  double synapses = 0.0, saturated = 0.0, zeroed = 0.0; // whole numbers
  uint32_t limitedNeurons = 0, worstLimited = 0;
  uint32_t rememberingNeurons = 0; // whose membrane should forget but may keep a unit or more
  double fewestSteps = 0.0;
  uint32_t misfits = 0; // neurons that no scale holds
  std::string firstMisfit;
};

} // namespace snnc::compiler::quantize
