#include "compiler/frontends/nir/run_hints.h"

#include "common/net/number_text.h"
#include "common/net/verify.h"

#include <cmath>

namespace snnc::compiler::nir {
namespace {

std::optional<uint32_t> parseSteps(const std::string &text) {
  const std::optional<double> steps = net::readNumber<double>(text);
  if (!steps || !(*steps >= 1 && *steps <= net::kMaxSteps) || *steps != std::floor(*steps))
    return std::nullopt;
  return static_cast<uint32_t>(*steps);
}

std::optional<double> parseFinite(const std::string &text) {
  const std::optional<double> value = net::readNumber<double>(text);
  return value && std::isfinite(*value) ? value : std::nullopt;
}

net::Readout readoutOf(const net::Net &net) {
  if (net.outputs.empty())
    return net::Readout::Count;
  const net::NeuronKind kind = net.populations[net.outputs.front()].kind;
  return kind == net::NeuronKind::I ? net::Readout::Last
         : net::spikes(kind)        ? net::Readout::Count
                                    : net::Readout::Membrane;
}

} // namespace

net::RunOptions runOptions(const net::Net &net, const Metadata &metadata,
                           support::Warnings &warnings) {
  net::RunOptions run;
  run.steps = metadataEntry(metadata, "steps", parseSteps, warnings);
  run.encode = metadataEntry(metadata, "encode", net::parseEncoding, warnings).value_or(run.encode);
  run.readout =
      metadataEntry(metadata, "readout", net::parseReadout, warnings).value_or(readoutOf(net));
  const auto low = metadataEntry(metadata, "input_low", parseFinite, warnings);
  const auto high = metadataEntry(metadata, "input_high", parseFinite, warnings);
  const double lower = low.value_or(run.inputLow), upper = high.value_or(run.inputHigh);
  if (lower < upper) {
    run.inputLow = lower;
    run.inputHigh = upper;
  } else {
    warnings.push_back(support::Diag(support::DiagCode::UnknownDataset,
                                     {"", 0, "/node/metadata/input_low"},
                                     llvm::formatv("inputs from {0} to {1} are no range and are "
                                                   "ignored",
                                                   net::numberText(lower), net::numberText(upper)))
                           .data());
  }
  return run;
}

} // namespace snnc::compiler::nir
