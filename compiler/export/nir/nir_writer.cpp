#include "compiler/export/nir/nir_writer.h"

#include "common/support/file_io.h"
#include "common/support/strings.h"
#include "compiler/export/nir/chain.h"
#include "compiler/export/nir/cycle_delays.h"

#include "llvm/ADT/STLExtras.h"

#include <algorithm>
#include <cmath>
#include <limits>

using llvm::formatv;
using snnc::support::Diag;
using snnc::support::DiagCode;

namespace snnc::compiler {
namespace {

using export_nir::Shape;
using net::NeuronKind;
using net::Param;

const char *typeOf(NeuronKind kind) {
  switch (kind) {
  case NeuronKind::Input:
    return "Input";
  case NeuronKind::IF:
    return "IF";
  case NeuronKind::LIF:
    return "LIF";
  case NeuronKind::CubaLIF:
    return "CubaLIF";
  case NeuronKind::I:
    return "I";
  case NeuronKind::LI:
    return "LI";
  case NeuronKind::CubaLI:
    return "CubaLI";
  case NeuronKind::Threshold:
    return "Threshold";
  }
  llvm_unreachable("covered switch");
}

class NirWriter {
public:
  NirWriter(const net::Net &net, support::Warnings &warnings)
      : net(net), file(warnings), chains(net, file) {}
  llvm::Expected<std::vector<char>> run();

private:
  void refuse(const support::SourceLoc &loc, const std::string &what, const char *help) {
    file.refuse(Diag(DiagCode::ExportForm, loc, "unsupported: " + what).help(help).take());
  }
  void checkInputs();
  void checkEnds();
  void writePopulation(const net::Population &population);
  void writeNeuron(const net::Population &population);
  void writeCurrent(const net::Population &population);
  void writeHints(const net::Population &population);
  void writeOutputs();
  void writeProfile();
  void put(const net::Population &population, const char *field, const Param &param, double other);
  void putHint(const net::Population &population, const char *field, const Param &param);
  // Of a time constant (empty: infinite) with a gain of 1.
  Param unitGains(const Param &tau) const;

  const net::Net &net;
  export_nir::GraphFile file;
  export_nir::ChainWriter chains;
  double dt = 1.0; // in the unit of tau
};

// ---- what NIR cannot say

// An importer feeds the inputs in the order of their names.
void NirWriter::checkInputs() {
  for (size_t i = 1; i < net.inputs.size(); ++i) {
    const net::Population &a = net.populations[net.inputs[i - 1]];
    const net::Population &b = net.populations[net.inputs[i]];
    if (!support::naturalLess(a.name, b.name))
      refuse(b.loc,
             formatv("input '{0}' comes after '{1}' in the data, but NIR has no order of inputs "
                     "except that of their names",
                     b.name, a.name),
             "rename the inputs so that their names are in order");
  }
}

// An importer adds an Input to what nothing feeds, and an Output to what feeds nothing.
void NirWriter::checkEnds() {
  std::vector<bool> fed(net.populations.size()), read(net.populations.size());
  for (const net::Projection &projection : net.projections) {
    fed[projection.target] = true;
    read[projection.source] = true;
  }
  for (uint32_t output : net.outputs)
    read[output] = true;
  for (uint32_t p = 0; p < net.populations.size(); ++p) {
    const net::Population &population = net.populations[p];
    const bool input = population.kind == NeuronKind::Input;
    if (!input && !fed[p])
      refuse(population.loc, formatv("nothing feeds '{0}'", population.name),
             "NIR would make it an input: join it to one, or remove it");
    if (!input && !read[p])
      file.warnings.push_back(
          Diag(DiagCode::ExportChanged, population.loc,
               formatv("'{0}', which feeds nothing, is an output in the file", population.name))
              .data());
  }
}

// ---- populations

void NirWriter::put(const net::Population &population, const char *field, const Param &param,
                    double other) {
  std::vector<double> values(population.size());
  for (size_t i = 0; i < values.size(); ++i)
    values[i] = param.empty() ? other : param[i];
  file.doubles(population.name, field, values, export_nir::shapeOf(population));
}

void NirWriter::putHint(const net::Population &population, const char *field, const Param &param) {
  if (!param.empty())
    file.doubles(population.name, field, param.values, {param.values.size()});
}

Param NirWriter::unitGains(const Param &tau) const {
  const auto gain = [&](double value) {
    if (std::isinf(value) || net.profile.integrator.value == net::Integrator::Unit)
      return 1.0;
    return net.profile.integrator.value == net::Integrator::Euler ? value / dt
                                                                  : -1.0 / std::expm1(-dt / value);
  };
  Param gains = tau.empty() ? Param(std::numeric_limits<double>::infinity()) : tau;
  for (double &value : gains.values)
    value = gain(value);
  return gains;
}

void NirWriter::writeCurrent(const net::Population &population) {
  const net::NeuronParams &params = population.params;
  const bool unit = net.profile.integrator.value == net::Integrator::Unit;
  if (!params.tauSyn.empty()) {
    put(population, "tau_syn", params.tauSyn, 0.0);
    put(population, "w_in", params.wIn.empty() ? unitGains(params.tauSyn) : params.wIn, 1.0);
    return;
  }
  // No memory: a time constant that Euler takes to 0 in one step, and the others below any number.
  const bool euler = net.profile.integrator.value == net::Integrator::Euler;
  put(population, "tau_syn", euler ? dt : dt / 1000, 0.0);
  put(population, "w_in", params.wIn, 1.0);
  if (unit && llvm::any_of(params.wIn.values, [](double value) { return value != 1.0; }))
    refuse(population.loc,
           formatv("'{0}' has a w_in without tau_syn, and integrator 'unit' takes no w_in",
                   population.name),
           "multiply it into the weights");
}

void NirWriter::writeNeuron(const net::Population &population) {
  const net::NeuronParams &params = population.params;
  const NeuronKind kind = population.kind;
  if (kind == NeuronKind::Threshold)
    return put(population, "threshold", params.vThreshold, 1.0);
  constexpr double kNever = std::numeric_limits<double>::infinity();
  const bool cuba = kind == NeuronKind::CubaLIF || kind == NeuronKind::CubaLI;
  if (kind == NeuronKind::IF || kind == NeuronKind::I) {
    put(population, "r", params.r, 1.0);
  } else {
    const Param &tau = cuba ? params.tauMem : params.tau;
    put(population, cuba ? "tau_mem" : "tau", tau, kNever);
    put(population, "r", params.r.empty() ? unitGains(tau) : params.r, 1.0);
    put(population, "v_leak", params.vLeak, 0.0);
  }
  if (cuba)
    writeCurrent(population);
  if (!net::spikes(kind))
    return;
  put(population, "v_threshold", params.vThreshold, 1.0);
  if (!params.vReset.empty())
    put(population, "v_reset", params.vReset, 0.0);
}

void NirWriter::writeHints(const net::Population &population) {
  if (population.reset)
    file.string(population.name, "metadata/reset", net::nameOf(*population.reset));
  putHint(population, "metadata/refractory", population.params.refractory);
  putHint(population, "metadata/v_init", population.params.vInit);
  const net::PopulationGrid &grid = population.grid;
  putHint(population, "metadata/snnc_scale", grid.scale);
  if (grid.scale.empty())
    return;
  file.integers(population.name, "metadata/snnc_du_offset", int64_t{grid.duOffset}, {1});
  const std::vector<int64_t> exponents(grid.biasExp.begin(), grid.biasExp.end());
  if (!exponents.empty())
    file.integers(population.name, "metadata/snnc_bias_exp", exponents, {exponents.size()});
}

void NirWriter::writePopulation(const net::Population &population) {
  const std::string name = file.addHelper(population.name, typeOf(population.kind));
  if (name != population.name)
    return refuse(population.loc, formatv("'{0}' is no name of a NIR node", population.name),
                  "a node is an HDF5 group: rename it");
  if (population.kind == NeuronKind::Input) {
    const std::vector<int64_t> shape(population.shape.begin(), population.shape.end());
    return file.integers(name, "shape", shape, {shape.size()});
  }
  writeNeuron(population);
  writeHints(population);
}

// Outputs are read in the order of their nodes' names.
void NirWriter::writeOutputs() {
  for (size_t i = 0; i < net.outputs.size(); ++i) {
    const net::Population &population = net.populations[net.outputs[i]];
    const std::string name = net.outputs.size() == 1 ? "output" : formatv("output_{0}", i).str();
    const std::string node = file.addHelper(name, "Output");
    const std::vector<int64_t> shape(population.shape.begin(), population.shape.end());
    file.integers(node, "shape", shape, {shape.size()});
    file.edge(population.name, node);
  }
}

void NirWriter::writeProfile() {
  const net::Profile &profile = net.profile;
  file.rootNumber("dt", profile.dt.value);
  file.rootString("tau_unit", net::nameOf(profile.tauUnit.value));
  file.rootString("integrator", net::nameOf(profile.integrator.value));
  file.rootString("reset", net::nameOf(profile.reset.value));
  file.rootString("compare", net::nameOf(profile.compare.value));
  file.rootString("bias_timing", net::nameOf(profile.biasTiming.value));
  if (net.run.steps)
    file.rootNumber("steps", *net.run.steps);
  file.rootString("encode", net::nameOf(net.run.encode));
  file.rootString("readout", net::nameOf(net.run.readout));
  file.rootNumber("input_low", net.run.inputLow);
  file.rootNumber("input_high", net.run.inputHigh);
}

llvm::Expected<std::vector<char>> NirWriter::run() {
  const net::TauUnit unit = net.profile.tauUnit.value;
  const double seconds = net.profile.dt.value;
  dt = unit == net::TauUnit::Steps          ? 1.0
       : unit == net::TauUnit::Milliseconds ? seconds * 1e3
                                            : seconds;
  checkInputs();
  checkEnds();
  for (const net::Population &population : net.populations)
    writePopulation(population);
  writeOutputs();
  const std::vector<bool> bare = export_nir::impliedDelays(net);
  for (size_t p = 0; p < net.projections.size(); ++p)
    chains.write(net.projections[p], bare[p]);
  writeProfile();
  return file.finish();
}

} // namespace

llvm::Expected<std::vector<char>> toNir(const net::Net &net, support::Warnings &warnings) {
  return NirWriter(net, warnings).run();
}

llvm::Error writeNir(const net::Net &net, llvm::StringRef path, support::Warnings &warnings) {
  llvm::Expected<std::vector<char>> bytes = toNir(net, warnings);
  if (!bytes)
    return bytes.takeError();
  return support::writeFile(path, llvm::ArrayRef<char>(*bytes));
}

} // namespace snnc::compiler
