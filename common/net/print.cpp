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
  void param(const char *key, const Param &param);
  template <class T> void list(llvm::ArrayRef<T> values);
  template <class Dense> void denseRows(const Dense &weights);
  template <class Sparse> void sparseRows(const Sparse &weights);
  template <class Weights> void weights(const Weights &weights);
  void joined(uint32_t source, uint32_t target);
  void neurons(llvm::ArrayRef<NeuronConfig> neurons);
  void config(const NeuronConfig &config);
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

void Printer::param(const char *key, const Param &param) {
  if (param.empty())
    return;
  os << "    " << key << ' ';
  if (param.values.size() == 1)
    writeNumber(os, param.values.front());
  else
    list<double>(param.values);
  os << '\n';
}

void Printer::population(const Population &population) {
  os << "  population " << names.emplace_back(atName(population.name));
  os << (population.shape.size() == 1 ? " size " : " shape ");
  shape(population.shape);
  os << " model " << nameOf(population.kind) << " {\n";
  for (const ParamField &field : kParamFields)
    param(field.name, population.params.*field.param);
  os << "  }\n";
}

void Printer::joined(uint32_t source, uint32_t target) {
  os << " from " << nameAt(source) << " to " << nameAt(target);
}

template <class Dense> void Printer::denseRows(const Dense &weights) {
  os << " dense " << weights.rows << 'x' << weights.cols << " {\n";
  const llvm::ArrayRef values(weights.values);
  for (uint32_t row = 0; row < weights.rows; ++row) {
    os << "    ";
    list(values.slice(size_t{row} * weights.cols, weights.cols));
    os << '\n';
  }
}

// One line per source that has a target: "source: target=weight ...".
template <class Sparse> void Printer::sparseRows(const Sparse &weights) {
  os << " sparse " << weights.posts << 'x' << weights.pres << " {\n";
  for (uint32_t source = 0; source < weights.pres; ++source) {
    if (weights.rowStart[source] == weights.rowStart[source + 1])
      continue;
    os << "    " << source << ':';
    for (uint64_t at = weights.rowStart[source]; at < weights.rowStart[source + 1]; ++at) {
      os << ' ' << weights.columns[at] << '=';
      writeNumber(os, weights.values[at]);
    }
    os << '\n';
  }
}

template <class Weights> void Printer::weights(const Weights &weights) {
  if (const auto *dense = std::get_if<0>(&weights))
    denseRows(*dense);
  else
    sparseRows(std::get<1>(weights));
}

void Printer::projection(const Projection &projection) {
  os << "  projection " << atName(projection.name);
  joined(projection.source, projection.target);
  os << " delay " << projection.delay;
  weights(projection.weights);
  if (!projection.bias.empty()) {
    os << "    bias ";
    list<double>(projection.bias);
    os << '\n';
  }
  os << "  }\n";
}

// ---- integers

void Printer::flagged(const char *key, int64_t value, int64_t usual) {
  if (value != usual)
    os << ' ' << key << ' ' << value;
}

// What differs from a silent neuron.
void Printer::config(const NeuronConfig &config) {
  const NeuronConfig usual;
  os << '{';
  for (const ConfigField &field : kConfigFields)
    flagged(field.name, field.get(config), field.get(usual));
  for (const ConfigFlag &flag : kConfigFlags)
    if (config.*flag.member)
      os << ' ' << flag.name;
  os << " }";
}

void Printer::neurons(llvm::ArrayRef<NeuronConfig> neurons) {
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
  flagged("vmin", population.vmin, usual.vmin);
  flagged("vmax", population.vmax, usual.vmax);
  flagged("du_offset", population.duOffset, usual.duOffset);
  os << " {\n";
  neurons(population.neurons);
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
  weights(projection.weights);
  os << "  }\n";
}

void Printer::hostLayer(const HostLayer &layer) {
  os << "  hostlayer " << atName(layer.name);
  joined(layer.source, layer.target);
  os << " bits " << unsigned{layer.weightBits} << " scale " << numberText(layer.inputScale)
     << " range " << layer.inputMin << ' ' << layer.inputMax;
  denseRows(layer.weights);
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
