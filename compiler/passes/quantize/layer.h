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
  const net::Projection *real = nullptr; // dense if for the host
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
  llvm::Error takeUpdates();
  void prepare();
  llvm::Error checkCapability();
  void warnDecays();
  uint8_t chooseDuOffset() const;
  void prepareHost(size_t source);
  void setExponents();
  ScaleRequest scaleRequest(uint32_t j) const;
  void quantizeNeuron(uint32_t j);
  void forgetExactly(const ScaleRequest &request, ScaleChoice &choice) const;
  void makeRoom(uint32_t j, ScaleRequest request, ScaleChoice &choice) const;
  Range hostRange(uint32_t j) const;
  void setHostNeuron(uint32_t j, std::optional<double> onChipScale);
  void setRegisters(uint32_t j, double scale);
  void noteLimited(uint32_t j, double weightSteps);
  void quantizeWeights(Source &source);
  template <class W, class Q> void quantizeDense(const W &real, Q &quant, double unit);
  template <class W, class Q> void quantizeSparse(const W &real, Q &quant, double unit);
  int16_t quantizeOne(float weight, uint32_t target, double unit);
  void addHostErrors();
  void addError(double real, double got);
  void proveSafe(LayerStats &stats);
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
  std::vector<double> bias; // per neuron, real
  net::QuantPopulation *quant = nullptr;

  std::vector<Range> accumulator, biasRange; // per neuron
  std::vector<double> hostStep;
  double signal = 0.0, noise = 0.0; // sums of squares, for the SQNR
  uint64_t saturated = 0, zeroed = 0, nonzero = 0;
  uint32_t limitedNeurons = 0, worstLimited = 0;
  uint32_t rememberingNeurons = 0; // whose membrane should forget but may keep a unit or more
  double fewestSteps = 0.0;
  uint32_t misfits = 0; // neurons that no scale holds
  std::string firstMisfit;
};

} // namespace snnc::compiler::quantize
