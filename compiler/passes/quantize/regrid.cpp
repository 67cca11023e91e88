#include "compiler/passes/quantize/regrid.h"

#include "compiler/passes/quantize/registers.h"

#include "common/net/number_text.h"

#include "llvm/Support/FormatVariadic.h"

#include <cmath>

using llvm::formatv;
using snnc::net::numberText;

namespace snnc::compiler::quantize {
namespace {

// Registers and weights come back from numbers of 7 digits or more: an integer of 16 bits is off by
// less than a hundredth, one of 24 bits comes in double.
bool isInteger(double value) {
  return std::abs(value - std::nearbyint(value)) <= 0.02;
}

struct Bits {
  double low, high;
  explicit Bits(uint32_t bits)
      : low(-std::ldexp(1.0, static_cast<int>(bits) - 1)), high(-low - 1) {}
  bool hold(double value) const {
    return isInteger(value) && std::nearbyint(value) >= low && std::nearbyint(value) <= high;
  }
};

std::string notInteger(const char *what, uint32_t j, double value, const Bits &bits) {
  return formatv("the {0} of neuron {1} is {2} there, not an integer of {3} .. {4}", what, j,
                 numberText(value), numberText(bits.low), numberText(bits.high));
}

// What the network's verifier cannot know: the target's limits, and who shares a scale.
std::string scaleProblem(const GridRequest &request) {
  const net::PopulationGrid &grid = request.population.grid;
  for (uint8_t exp : grid.biasExp)
    if (exp > request.core.biasExpMax)
      return formatv("a bias exponent is {0}, the target's are at most {1}", +exp,
                     request.core.biasExpMax);
  for (uint32_t j = 0; j < request.population.size(); ++j)
    if (atNeuron(grid.scale.values, j) != atNeuron(grid.scale.values, j - j % request.groupSize))
      return formatv("the scale of neuron {0} differs from that of its channel", j);
  return "";
}

std::string edgeProblem(const GridRequest &request, const GridEdge &edge) {
  const net::ProjectionGrid &grid = edge.real->grid;
  if (grid.weightBits < 2 || grid.weightBits > request.core.weightBits)
    return formatv("'{0}' has {1} weight bits, the target 2 to {2}", edge.real->name,
                   +grid.weightBits, request.core.weightBits);
  if (grid.weightBits != request.weightBits.value_or(grid.weightBits))
    return formatv("'{0}' has {1} weight bits, {2} are asked for", edge.real->name,
                   +grid.weightBits, *request.weightBits);
  if (grid.exponent > request.core.exponentMax)
    return formatv("'{0}' has the exponent {1}, the target's are at most {2}", edge.real->name,
                   +grid.exponent, request.core.exponentMax);
  if (edge.onHost && (grid.hostShift.empty() || request.population.grid.biasExp.empty()))
    return formatv("'{0}' is for the host but has no shifts or bias exponents", edge.real->name);
  return "";
}

std::string registerProblem(const GridRequest &request, uint32_t j, double scale) {
  const net::NeuronUpdate &update = atNeuron(request.updates, j);
  const Bits bits(request.core.membraneBits);
  const std::pair<const char *, double> registers[] = {
      {"threshold", update.spikes ? update.threshold : 0.0},
      {"reset", update.reset},
      {"v_init", update.vInit}};
  for (const auto &[what, value] : registers)
    if (!bits.hold(value * scale))
      return notInteger(what, j, value * scale, bits);
  return "";
}

std::string biasProblem(const GridRequest &request, uint32_t j, double step, uint32_t width) {
  const Bits bits(width);
  const double bias = request.bias[j] / step;
  return bits.hold(bias) ? "" : notInteger("bias", j, bias, bits);
}

std::string weightProblem(const GridEdge &edge, uint32_t first, uint32_t count, double step) {
  const Bits bits(edge.real->grid.weightBits);
  for (float weight : edge.values->of(first, count))
    if (!bits.hold(weight / step))
      return formatv("a weight of '{0}' is {1} there, not an integer of {2} .. {3}",
                     edge.real->name, numberText(weight / step), bits.low, bits.high);
  return "";
}

// Weights and bias of one neuron that the host drives.
std::string hostProblem(const GridRequest &request, const GridEdge &edge, uint32_t j,
                        double scale) {
  constexpr uint32_t kBiasBits = 53; // exact in double
  const double step =
      hostStepOnGrid(request.input, scale, atNeuron(request.population.grid.biasExp, j),
                     atNeuron(edge.real->grid.hostShift, j));
  const std::string problem = weightProblem(edge, j, 1, step);
  return problem.empty() ? biasProblem(request, j, step / request.input.scale, kBiasBits) : problem;
}

// Weights and biases of the neurons of one group.
std::string groupProblem(const GridRequest &request, uint32_t first) {
  const net::PopulationGrid &grid = request.population.grid;
  const double scale = atNeuron(grid.scale.values, first);
  const uint32_t end = first + request.groupSize;
  bool biased = !grid.biasExp.empty();
  std::string problem;
  for (const GridEdge &edge : request.edges) {
    const int shift = static_cast<int>(request.core.weightShift) + edge.real->grid.exponent;
    if (!edge.onHost)
      problem = weightProblem(edge, first, request.groupSize, std::ldexp(1.0, shift) / scale);
    for (uint32_t j = first; edge.onHost && j < end && problem.empty(); ++j)
      problem = hostProblem(request, edge, j, scale);
    biased &= !edge.onHost;
    if (!problem.empty())
      return problem;
  }
  for (uint32_t j = first; biased && j < end && problem.empty(); ++j)
    problem = biasProblem(request, j, std::ldexp(1.0 / scale, atNeuron(grid.biasExp, j)),
                          request.core.biasMantBits);
  return problem;
}

} // namespace

double hostStepOnGrid(const HostInputRange &input, double scale, uint8_t exp, uint8_t shift) {
  return std::ldexp(input.scale, int{exp} - int{shift}) / scale;
}

std::string gridProblem(const GridRequest &request) {
  std::string problem = scaleProblem(request);
  for (size_t e = 0; e < request.edges.size() && problem.empty(); ++e)
    problem = edgeProblem(request, request.edges[e]);
  const uint32_t size = request.population.size();
  for (uint32_t j = 0; j < size && problem.empty(); ++j)
    problem = registerProblem(request, j, atNeuron(request.population.grid.scale.values, j));
  for (uint32_t first = 0; first < size && problem.empty(); first += request.groupSize)
    problem = groupProblem(request, first);
  return problem;
}

} // namespace snnc::compiler::quantize
