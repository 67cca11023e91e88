#include "tools/snnc/clipping.h"

#include "common/net/number_text.h"

#include <algorithm>
#include <cmath>

namespace snnc::cli {

namespace {

struct Clipping {
  uint64_t clipped = 0, values = 0;
  float low = 0, high = 0; // of all values

  void add(const net::HostLayer &layer, llvm::ArrayRef<float> inputs) {
    for (const float value : inputs) {
      if (values++ == 0)
        low = high = value;
      low = std::min(low, value);
      high = std::max(high, value);
      const double scaled = std::nearbyint(value * layer.inputScale); // half to even
      clipped += scaled < layer.inputMin || scaled > layer.inputMax;
    }
  }
};

} // namespace

// Where each input population starts in a sample.
static std::vector<uint32_t> elementsOf(const net::QuantNet &net) {
  std::vector<uint32_t> start(net.populations.size(), 0);
  uint32_t next = 0;
  for (const uint32_t input : net.inputs) {
    start[input] = next;
    next += net.populations[input].size();
  }
  return start;
}

llvm::Expected<uint64_t> warnClipped(const Subject &subject, const Samples &samples,
                                     Console &console) {
  const net::QuantNet &net = *subject.quant;
  if (net.hostLayers.empty())
    return 0;
  const std::vector<uint32_t> start = elementsOf(net);
  Clipping all;
  for (uint64_t index = 0; index < samples.count; ++index) {
    llvm::Expected<data::EncodedSample> sample =
        data::encodeSample(samples.dataset, samples.first + index, subject.run, console.seed);
    if (!sample)
      return sample.takeError();
    const llvm::ArrayRef<float> values(sample->values);
    for (size_t row = 0; row < values.size(); row += sample->size)
      for (const net::HostLayer &layer : net.hostLayers)
        all.add(layer,
                values.slice(row + start[layer.source], net.populations[layer.source].size()));
  }
  if (all.clipped == 0)
    return 0;
  const auto text = [](auto value) { return net::numberText(value); };
  console.warn(
      {support::Diag(support::DiagCode::InputClipped, {samples.dataset.spec, 0, {}},
                     llvm::formatv("{0} of {1} input values outside input_range [{2}, "
                                   "{3}] were clipped; they reach from {4} to {5}",
                                   all.clipped, all.values, text(net.run.inputLow),
                                   text(net.run.inputHigh), text(all.low), text(all.high))
                         .str())
           .help("set \"input_range\" in the model's run options (.snn: run range LOW HIGH) "
                 "and compile it again, or scale the data")
           .data()});
  return all.clipped;
}

} // namespace snnc::cli
