#include "common/net/print.h"

#include "common/net/number_text.h"
#include "common/net/text_names.h"

#include "llvm/ADT/ArrayRef.h"

namespace snnc::net {
namespace {

class Printer {
public:
  explicit Printer(llvm::raw_ostream &os) : os(os) {}

  void head(const char *keyword, const std::string &name, const Profile &profile,
            const RunOptions &run);
  void ends(const char *keyword, const std::vector<uint32_t> &populations);
  void population(const Population &population);
  void population(const QuantPopulation &population);
  void projection(const Projection &projection);
  void projection(const QuantProjection &projection);
  void hostLayer(const HostLayer &layer);

private:
  // A net that breaks the rules can still be printed.
  std::string nameAt(uint32_t index) const { return index < names.size() ? names[index] : "@?"; }
  template <class T>
  void setting(const char *key, const Setting<T> &setting, llvm::StringRef value);
  void shape(const std::vector<uint32_t> &shape);
  template <class T> void list(llvm::ArrayRef<T> values);
  void slides(const char *form, uint32_t outChannels, uint32_t inChannels, const Window &window);
  // What stands before the brace, and the lines after it.
  template <class T> void head(const DenseMap<T> &map);
  template <class T> void head(const SparseMap<T> &map);
  template <class T> void head(const ConvMap<T> &map);
  template <class T> void head(const DiagonalMap<T> &map);
  void head(const PoolMap &map);
  template <class T> void rows(const DenseMap<T> &map);
  template <class T> void rows(const SparseMap<T> &map);
  template <class T> void rows(const ConvMap<T> &map);
  template <class T> void rows(const DiagonalMap<T> &map);
  void rows(const PoolMap &) {}
  template <class Variant> void weights(const Variant &weights);
  void before(const Weights &map);
  void before(const PoolMap &pool);
  template <class T> void oneOrAll(const char *key, const std::vector<T> &values);
  void joined(uint32_t source, uint32_t target);
  void grid(const ProjectionGrid &grid);
  template <class Config> void neurons(llvm::ArrayRef<Config> neurons);
  template <class Config> void config(const Config &config);
  void flagged(const char *key, int64_t value, int64_t usual);

  llvm::raw_ostream &os;
  std::vector<std::string> names; // of populations, as printed
};

template <class T>
void Printer::setting(const char *key, const Setting<T> &setting, llvm::StringRef value) {
  os << "    " << key << ' ' << value << ' ' << nameOf(setting.origin);
  if (!setting.reason.empty())
    os << ' ' << quoted(setting.reason);
  os << '\n';
}

void Printer::head(const char *keyword, const std::string &name, const Profile &profile,
                   const RunOptions &run) {
  os << keyword << ' ' << atName(name) << " {\n  profile {\n";
  setting("dt", profile.dt, numberText(profile.dt.value));
  setting("tau_unit", profile.tauUnit, nameOf(profile.tauUnit.value));
  setting("integrator", profile.integrator, nameOf(profile.integrator.value));
  setting("reset", profile.reset, nameOf(profile.reset.value));
  setting("compare", profile.compare, nameOf(profile.compare.value));
  setting("bias_timing", profile.biasTiming, nameOf(profile.biasTiming.value));
  os << "  }\n  run";
  if (run.steps)
    os << " steps " << *run.steps;
  os << " encode " << nameOf(run.encode) << " readout " << nameOf(run.readout) << " range "
     << numberText(run.inputLow) << ' ' << numberText(run.inputHigh) << '\n';
}

void Printer::ends(const char *keyword, const std::vector<uint32_t> &populations) {
  if (populations.empty())
    return;
  os << "  " << keyword;
  for (uint32_t index : populations)
    os << ' ' << nameAt(index);
  os << '\n';
}

void Printer::shape(const std::vector<uint32_t> &shape) {
  for (size_t i = 0; i < shape.size(); ++i)
    os << (i ? "x" : "") << shape[i];
}

// [0.5 256*1]: three or more equal values in a row are written once.
template <class T> void Printer::list(llvm::ArrayRef<T> values) {
  os << '[';
  for (size_t i = 0; i < values.size();) {
    size_t same = 1;
    while (i + same < values.size() && sameBits(values[i + same], values[i]))
      ++same;
    const size_t printed = same >= 3 ? 1 : same;
    for (size_t k = 0; k < printed; ++k) {
      os << (i + k ? " " : "");
      if (same >= 3)
        os << same << '*';
      writeNumber(os, values[i]);
    }
    i += same;
  }
  os << ']';
}

template <class T> void Printer::oneOrAll(const char *key, const std::vector<T> &values) {
  if (values.empty())
    return;
  os << "    " << key << (*key ? " " : "");
  if (values.size() == 1)
    writeNumber(os, values.front());
  else
    list<T>(values);
  os << '\n';
}

void Printer::population(const Population &population) {
  os << "  population " << names.emplace_back(atName(population.name));
  os << (population.shape.size() == 1 ? " size " : " shape ");
  shape(population.shape);
  os << " model " << nameOf(population.kind);
  if (population.reset)
    os << " reset " << nameOf(*population.reset);
  os << " {\n";
  for (const ParamField &field : kParamFields)
    oneOrAll(field.name, (population.params.*field.param).values);
  oneOrAll("grid_scale", population.grid.scale.values);
  oneOrAll("grid_bias_exp", population.grid.biasExp);
  if (population.grid.duOffset != PopulationGrid().duOffset)
    os << "    grid_du_offset " << unsigned{population.grid.duOffset} << '\n';
  os << "  }\n";
}

void Printer::joined(uint32_t source, uint32_t target) {
  os << " from " << nameAt(source) << " to " << nameAt(target);
}

template <class T> void Printer::head(const DenseMap<T> &map) {
  os << " dense " << map.rows << 'x' << map.cols;
}
template <class T> void Printer::rows(const DenseMap<T> &map) {
  const llvm::ArrayRef values(map.values);
  for (uint32_t row = 0; row < map.rows; ++row) {
    os << "    ";
    list(values.slice(size_t{row} * map.cols, map.cols));
    os << '\n';
  }
}

template <class T> void Printer::head(const SparseMap<T> &map) {
  os << " sparse " << map.posts << 'x' << map.pres;
}
// One line per source that has a target: "source: target=weight ...".
template <class T> void Printer::rows(const SparseMap<T> &map) {
  for (uint32_t source = 0; source < map.pres; ++source) {
    if (map.rowStart[source] == map.rowStart[source + 1])
      continue;
    os << "    " << source << ':';
    for (uint64_t at = map.rowStart[source]; at < map.rowStart[source + 1]; ++at) {
      os << ' ' << map.columns[at] << '=';
      writeNumber(os, map.values[at]);
    }
    os << '\n';
  }
}

void Printer::slides(const char *form, uint32_t outChannels, uint32_t inChannels, const Window &w) {
  os << ' ' << form << ' ' << outChannels << 'x' << w.outH << 'x' << w.outW << " of " << inChannels
     << 'x' << w.inH << 'x' << w.inW << " kernel " << w.kernelH << 'x' << w.kernelW;
  const auto unusual = [&](const char *key, uint32_t y, uint32_t x, uint32_t usual) {
    if (y != usual || x != usual)
      os << ' ' << key << ' ' << y << 'x' << x;
  };
  unusual("stride", w.strideH, w.strideW, 1);
  unusual("pad", w.padTop, w.padLeft, 0);
  unusual("dilation", w.dilationH, w.dilationW, 1);
}

template <class T> void Printer::head(const ConvMap<T> &map) {
  slides("conv", map.outChannels, map.inChannels, map.window);
  flagged("groups", map.groups, 1);
}
template <class T> void Printer::rows(const ConvMap<T> &map) {
  const llvm::ArrayRef values(map.kernel);
  const size_t perOutput = values.size() / std::max(map.outChannels, 1u);
  for (uint32_t o = 0; o < map.outChannels; ++o) {
    os << "    ";
    list(values.slice(o * perOutput, perOutput));
    os << '\n';
  }
}

void Printer::head(const PoolMap &map) {
  slides(map.average ? "avgpool" : "sumpool", map.channels, map.channels, map.window);
}

template <class T> void Printer::head(const DiagonalMap<T> &map) {
  os << " diagonal " << map.size;
}
template <class T> void Printer::rows(const DiagonalMap<T> &map) {
  oneOrAll("", map.values);
}

template <class Variant> void Printer::weights(const Variant &weights) {
  std::visit(
      [&](const auto &map) {
        head(map);
        os << " {\n";
        rows(map);
      },
      weights);
}

void Printer::before(const PoolMap &pool) {
  os << "\n    before";
  head(pool);
  os << " { }";
}

void Printer::before(const Weights &map) {
  if (const auto *pool = std::get_if<PoolMap>(&map))
    return before(*pool);
  os << "\n    before";
  if (const auto *scale = std::get_if<DiagonalWeights>(&map); scale && scale->values.size() == 1) {
    head(*scale);
    os << " { " << numberText(scale->values.front()) << " }";
    return;
  }
  weights(map);
  os << "    }";
}

void Printer::grid(const ProjectionGrid &grid) {
  if (grid.weightBits == 0 && grid.exponent == 0 && grid.hostShift.empty())
    return;
  os << "    grid bits " << unsigned{grid.weightBits} << " exponent " << unsigned{grid.exponent};
  if (!grid.hostShift.empty()) {
    os << " shift ";
    list<uint8_t>(grid.hostShift);
  }
  os << '\n';
}

void Printer::projection(const Projection &projection) {
  os << "  projection " << atName(projection.name);
  joined(projection.source, projection.target);
  os << " delay " << projection.delay;
  for (const Weights &map : projection.before)
    before(map);
  os << (projection.before.empty() ? "" : "\n   ");
  weights(projection.weights);
  if (!projection.bias.empty()) {
    os << "    bias ";
    list<double>(projection.bias);
    os << '\n';
  }
  grid(projection.grid);
  os << "  }\n";
}

// ---- integers

void Printer::flagged(const char *key, int64_t value, int64_t usual) {
  if (value != usual)
    os << ' ' << key << ' ' << value;
}

// What differs from a silent neuron.
template <class Config> void Printer::config(const Config &config) {
  const Config usual;
  os << '{';
  for (const auto &field : ConfigNames<Config>::kFields)
    flagged(field.name, field.get(config), field.get(usual));
  for (const auto &flag : ConfigNames<Config>::kFlags)
    if (config.*flag.member)
      os << ' ' << flag.name;
  os << " }";
}

template <class Config> void Printer::neurons(llvm::ArrayRef<Config> neurons) {
  while (!neurons.empty()) {
    size_t same = 1;
    while (same < neurons.size() && neurons[same] == neurons.front())
      ++same;
    os << "    neurons " << same << " x ";
    config(neurons.front());
    os << '\n';
    neurons = neurons.drop_front(same);
  }
}

void Printer::population(const QuantPopulation &population) {
  const QuantPopulation usual;
  os << "  population " << names.emplace_back(atName(population.name));
  os << (population.shape.size() == 1 ? " size " : " shape ");
  shape(population.shape);
  if (population.isInput)
    os << " input";
  if (!population.crossbar.empty())
    os << " crossbar";
  flagged("vmin", population.vmin, usual.vmin);
  flagged("vmax", population.vmax, usual.vmax);
  flagged("du_offset", population.duOffset, usual.duOffset);
  os << " {\n";
  neurons<NeuronConfig>(population.neurons);
  neurons<CrossbarConfig>(population.crossbar);
  if (!population.scale.empty()) {
    os << "    scale ";
    list<double>(population.scale);
    os << '\n';
  }
  if (!population.rest.empty()) {
    os << "    rest ";
    list<double>(population.rest);
    os << '\n';
  }
  os << "  }\n";
}

void Printer::projection(const QuantProjection &projection) {
  os << "  projection " << atName(projection.name);
  joined(projection.source, projection.target);
  os << " delay " << projection.delay << " bits " << unsigned{projection.weightBits} << " exponent "
     << unsigned{projection.exponent};
  for (const PoolMap &pool : projection.pools)
    before(pool);
  os << (projection.pools.empty() ? "" : "\n   ");
  weights(projection.weights);
  os << "  }\n";
}

void Printer::hostLayer(const HostLayer &layer) {
  os << "  hostlayer " << atName(layer.name);
  joined(layer.source, layer.target);
  os << " bits " << unsigned{layer.weightBits} << " scale " << numberText(layer.inputScale)
     << " range " << layer.inputMin << ' ' << layer.inputMax;
  weights(layer.weights);
  os << "    bias ";
  list<int64_t>(layer.bias);
  os << "\n    shift ";
  list<uint8_t>(layer.shift);
  os << "\n  }\n";
}

} // namespace

void print(const Net &net, llvm::raw_ostream &os) {
  Printer printer(os);
  printer.head("net", net.name, net.profile, net.run);
  for (const Population &population : net.populations)
    printer.population(population);
  for (const Projection &projection : net.projections)
    printer.projection(projection);
  printer.ends("inputs", net.inputs);
  printer.ends("outputs", net.outputs);
  os << "}\n";
}

void print(const QuantNet &net, llvm::raw_ostream &os) {
  Printer printer(os);
  printer.head("quantnet", net.name, net.profile, net.run);
  for (const QuantPopulation &population : net.populations)
    printer.population(population);
  for (const QuantProjection &projection : net.projections)
    printer.projection(projection);
  for (const HostLayer &layer : net.hostLayers)
    printer.hostLayer(layer);
  printer.ends("inputs", net.inputs);
  printer.ends("outputs", net.outputs);
  os << "}\n";
}

} // namespace snnc::net
