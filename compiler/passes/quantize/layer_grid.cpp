// The grid that a network has brought along, taken as it is (regrid.h).
#include "compiler/passes/quantize/layer.h"

#include "compiler/passes/quantize/registers.h"
#include "compiler/passes/quantize/regrid.h"

#include <cmath>

using snnc::support::Diag;
using snnc::support::DiagCode;

namespace snnc::compiler::quantize {

// False: there is none, or it does not hold the values, with a warning.
bool LayerQuantizer::takeGrid() {
  if (population.grid.scale.empty())
    return false;
  GridRequest request{population, updates, bias, {}, groupSize, {}, hostInput, core};
  if (options.forces(population.name))
    request.weightBits = options.bitsOf(population.name);
  for (size_t s = 0; s < sources.size(); ++s)
    request.edges.push_back({sources[s].real, &incoming[s], sources[s].host != nullptr});
  if (const std::string problem = gridProblem(request); !problem.empty()) {
    context.warnings.push_back(
        Diag(DiagCode::GridUnusable, population.loc,
             llvm::formatv("'{0}' comes with a grid of integers that is not usable: {1}",
                           population.name, problem))
            .help("its integers are chosen anew; the model was changed after its export, or "
                  "exported for another target or width")
            .data());
    return false;
  }
  quant->duOffset = population.grid.duOffset;
  for (Source &source : sources) {
    const net::ProjectionGrid &grid = source.real->grid;
    (source.quant != nullptr ? source.quant->weightBits : source.host->weightBits) =
        grid.weightBits;
    if (source.quant != nullptr)
      source.quant->exponent = grid.exponent;
  }
  for (uint32_t j = 0; j < population.size(); ++j)
    gridNeuron(j);
  return true;
}

void LayerQuantizer::gridNeuron(uint32_t j) {
  const net::PopulationGrid &grid = population.grid;
  const double scale = atNeuron(grid.scale.values, j);
  if (host != nullptr) {
    const net::ProjectionGrid &edge = host->real->grid;
    HostNeuronRequest request = hostRequest(j);
    request.weightMax = (1u << (edge.weightBits - 1)) - 1;
    request.weightMin = -static_cast<int32_t>(request.weightMax) - 1;
    setHostNeuron(
        j, hostNeuronAt(request, scale, atNeuron(grid.biasExp, j), atNeuron(edge.hostShift, j)),
        /*free=*/false);
    return;
  }
  setRegisters(j, scale);
  if (grid.biasExp.empty()) {
    const BiasRegister value = biasRegister(bias[j] * scale, core);
    setBias(j, value.mant, value.exp);
    return;
  }
  const uint8_t exp = atNeuron(grid.biasExp, j);
  setBias(j, static_cast<int16_t>(std::nearbyint(std::ldexp(bias[j] * scale, -int{exp}))), exp);
}

} // namespace snnc::compiler::quantize
