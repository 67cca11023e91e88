#include "tests/property/random_nir.h"

#include "tests/property/nir_operators.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace snnc::test {

namespace {

using support::Rng;

constexpr double kInfinity = std::numeric_limits<double>::infinity();

// A layer of neurons.
struct Layer {
  NirPlace place;    // where its spikes come from
  std::string entry; // the node that takes its input; with a Threshold node another than `place`
  NirPlace input;    // what feeds it first
  uint32_t hops = 0; // index in execution order
  bool spikes = true;
};

class Maker : NirOperators {
public:
  Maker(Rng &rng, const RandomNirOptions &options) : NirOperators(rng, options) {}
  RandomNir make();

private:
  void profile();
  void inputs();
  double leak();                    // k of a decay 1 - k/4096, 0 < k < 4096
  double decaySteps(bool membrane); // k of a decay 1 - k/4096, of all neurons of a layer
  template <class Draw> NirField drawn(const std::string &key, const NirShape &shape, Draw draw);
  NirField thresholds(const std::string &key, const NirShape &shape);
  void hints(std::vector<NirField> &fields, const NirShape &shape);
  std::vector<NirField> neuronFields(const std::string &type, const NirShape &shape);
  void times(std::vector<NirField> &fields, const NirShape &shape, const char *tau,
             const char *gain);
  NirPlace wrapped(const NirPlace &from, const std::string &type, const NirShape &shape);
  void layer(uint32_t index, const NirPlace &from, bool readout);
  void shareOperators(const NirPlace &from, size_t firstNode);
  bool join(const NirPlace &from, const Layer &to, uint32_t delaySteps);
  void furtherEdges();
  void outputs();
  void shuffleEdges();

  bool membranesKeep = false;    // subtract-delayed: every membrane decay is 1
  std::vector<NirPlace> sources; // inputs
  std::vector<Layer> layers;
};

// One value for all neurons, or one each.
template <class Draw>
NirField Maker::drawn(const std::string &key, const NirShape &shape, Draw draw) {
  std::vector<double> values;
  const uint32_t count = chance(0.5) ? 1 : sizeOf(shape);
  if (count > 1)
    mark("parameter per neuron");
  for (uint32_t i = 0; i < count; ++i)
    values.push_back(draw());
  return perNeuron(key, shape, std::move(values));
}

NirField Maker::thresholds(const std::string &key, const NirShape &shape) {
  const int64_t low = (largest + 1) << rng.below(3);
  return drawn(key, shape, [&] { return step * static_cast<double>(rng.between(low, 4 * low)); });
}

// ---- neurons

// A core's membrane never forgets all at once: seldom asked for.
double Maker::decaySteps(bool membrane) {
  if (membrane && membranesKeep)
    return 0;
  if (options.exactDecays || chance(0.2))
    return chance(membrane ? 0.1 : 0.7) ? 4096 : 0;
  return leak();
}

// Not one that would be read as a decimal of five places (net/discretize.h).
double Maker::leak() {
  for (;;) {
    const auto k = static_cast<double>(rng.between(1, 4095));
    const double places = k / 4096 * 1e5;
    if (std::abs(places - std::nearbyint(places)) > 0.03)
      return k;
  }
}

// A time constant of decay 1 - k/4096, and the resistance (or w_in) that makes its gain a power of
// two. One kind of end, 0 or 1, per layer: the +1 of a current's decay is a register of the core.
void Maker::times(std::vector<NirField> &fields, const NirShape &shape, const char *tau,
                  const char *gain) {
  static constexpr double kGains[] = {1, 1, 1, 2, 0.5};
  const double common = decaySteps(std::string(tau) != "tau_syn");
  const bool each = common != 0 && common != 4096 && chance(0.5);
  const uint32_t count = each ? sizeOf(shape) : 1;
  std::vector<double> taus, gains;
  for (uint32_t i = 0; i < count; ++i) {
    const double k = each ? leak() : common;
    taus.push_back(k == 0 ? kInfinity : kDt * 4096 / k);
    const double factor = options.narrowGrid ? 1 : kGains[rng.below(5)];
    gains.push_back(k == 0 ? 1.0 : factor * taus.back() / kDt);
  }
  fields.push_back(perNeuron(tau, shape, std::move(taus)));
  fields.push_back(perNeuron(gain, shape, std::move(gains)));
}

// What NIR has no field for: metadata of our own.
void Maker::hints(std::vector<NirField> &fields, const NirShape &shape) {
  if (chance(0.15)) {
    mark("refractory");
    fields.push_back(drawn("metadata/refractory", shape, [&] { return kDt * rng.between(0, 3); }));
  }
  if (chance(0.15)) {
    mark("v_init");
    fields.push_back(drawn("metadata/v_init", shape, [&] { return weight(); }));
  }
  if (chance(0.15)) {
    mark("reset rule of one layer");
    fields.push_back({"metadata/reset",
                      NirField::Kind::Text,
                      {},
                      {},
                      chance(0.5)   ? "zero"
                      : chance(0.7) ? "subtract"
                                    : "none"});
  }
}

std::vector<NirField> Maker::neuronFields(const std::string &type, const NirShape &shape) {
  std::vector<NirField> fields;
  const bool fires = type == "IF" || type == "LIF" || type == "CubaLIF";
  if (type == "IF" || type == "I")
    fields.push_back(drawn("r", shape, [&] { return chance(0.7) ? 1.0 : 2.0; }));
  else if (type == "LIF" || type == "LI")
    times(fields, shape, "tau", "r");
  else {
    times(fields, shape, "tau_mem", "r");
    times(fields, shape, "tau_syn", "w_in");
  }
  if (type != "IF" && type != "I") {
    const bool rests = chance(0.25);
    if (rests)
      mark("v_leak");
    fields.push_back(drawn("v_leak", shape, [&] { return rests ? weight() : 0.0; }));
  }
  if (!fires)
    return fields;
  fields.push_back(thresholds("v_threshold", shape));
  if (membranesKeep)
    return fields;
  hints(fields, shape);
  if (chance(0.4))
    return fields;
  const bool resets = chance(0.4);
  if (resets)
    mark("v_reset");
  fields.push_back(drawn("v_reset", shape, [&] { return resets ? weight() : 0.0; }));
  return fields;
}

// The neurons in a nested graph, sometimes with their own loop.
NirPlace Maker::wrapped(const NirPlace &from, const std::string &type, const NirShape &shape) {
  mark("subgraph");
  NirNode graph{"", "NIRGraph", {}, {}, {}};
  graph.nodes = {{"input", "Input", {shapeField("shape", shape)}, {}, {}},
                 {"cell", type, neuronFields(type, shape), {}, {}},
                 {"output", "Output", {shapeField("shape", shape)}, {}, {}}};
  graph.edges = {"cell", "output", "input", "cell"};
  if (shape.size() == 1 && chance(0.5)) {
    mark("loop in a subgraph");
    const uint64_t n = shape[0];
    graph.nodes.push_back(
        {"w_rec", "Linear", {realField("weight", weights(n * n), {n, n})}, {}, {}});
    graph.edges.insert(graph.edges.end(), {"cell", "w_rec", "w_rec", "cell"});
  }
  graph.name = "cells" + std::to_string(counter++);
  edge(from.name, graph.name);
  made.graph.nodes.push_back(graph);
  return {graph.name, shape};
}

// A second source for the first operator of a path.
void Maker::shareOperators(const NirPlace &from, size_t firstNode) {
  if (firstNode == made.graph.nodes.size() || !chance(0.5))
    return;
  for (const Layer &other : layers)
    if (other.spikes && other.place.name != from.name && other.place.shape == from.shape) {
      mark("two sources into one operator");
      return edge(other.place.name, made.graph.nodes[firstNode].name);
    }
}

void Maker::layer(uint32_t index, const NirPlace &from, bool readout) {
  static const char *const kSpiking[] = {"IF", "LIF", "CubaLIF"};
  static const char *const kReadouts[] = {"I", "LI", "CubaLI"};
  const size_t firstNode = made.graph.nodes.size();
  const NirPlace in = path(from);
  shareOperators(from, firstNode);
  const bool thresholded = !readout && !membranesKeep && chance(0.1);
  const std::string type = (readout || thresholded ? kReadouts : kSpiking)[rng.below(3)];
  mark(type);
  NirPlace cells;
  if (!readout && !thresholded && chance(0.2))
    cells = wrapped(in, type, in.shape);
  else
    cells = after(in, type, neuronFields(type, in.shape), in.shape);
  Layer layer{cells, cells.name, in, index, !readout};
  if (thresholded) {
    mark("readout and threshold");
    layer.place = after(cells, "Threshold", {thresholds("threshold", in.shape)}, in.shape);
  }
  layers.push_back(layer);
}

// A further connection into a layer, if its shape allows one.
bool Maker::join(const NirPlace &source, const Layer &to, uint32_t delaySteps) {
  const bool same = source.shape == to.place.shape, flat = to.place.shape.size() == 1;
  if (!same && !flat)
    return false;
  NirPlace from = delaySteps > 0 ? delay(source, delaySteps) : source;
  if (same && chance(0.3)) {
    mark("identity edge");
  } else if (same && from.shape.size() == 3) {
    from = conv2d(from, true);
  } else if (flat) {
    if (from.shape.size() > 1)
      from = flatten(from);
    from = linear(from, to.place.shape[0]);
  } else {
    from = scale(from);
  }
  edge(from.name, to.entry);
  return true;
}

void Maker::inputs() {
  const uint32_t count = options.maxLayers > 1 && chance(0.25) ? 2 : 1;
  if (count == 2)
    mark("two inputs");
  for (uint32_t i = 0; i < count; ++i) {
    NirShape shape;
    const double kind = rng.uniform();
    if (options.maxInputs >= 8 && kind < 0.5) {
      const uint32_t channels = upTo(2), most = options.maxInputs / channels;
      const auto height = static_cast<uint32_t>(rng.between(2, most < 18 ? 3 : 6));
      shape = {channels, height, std::clamp(most / height, 2u, 6u)};
    } else if (kind < 0.65) {
      shape = {upTo(2), std::max(2u, upTo(std::min(8u, options.maxInputs / 2)))};
    } else {
      shape = {upTo(options.maxInputs)};
    }
    sources.push_back({add("Input", {shapeField("shape", shape)}), shape});
  }
}

void Maker::furtherEdges() {
  for (const Layer &to : layers) {
    if (to.spikes && chance(0.3) && join(to.place, to, chance(0.3) ? upTo(2) : 0))
      mark("self-edge");
    for (const Layer &from : layers) {
      const uint32_t hops = from.hops - to.hops + 1; // at most; each takes a step
      if (from.hops <= to.hops || !from.spikes || !chance(0.2) || hops > options.maxDelay + 1)
        continue;
      if (join(from.place, to, hops + static_cast<uint32_t>(rng.below(2))))
        mark("loop over layers");
    }
  }
  for (const Layer &from : layers)
    for (const Layer &to : layers) {
      if (from.hops >= to.hops || !from.spikes)
        continue;
      if (chance(0.25) && join(from.place, to, 0))
        mark(to.hops - from.hops > 1 ? "skip edge" : "second edge");
      if (from.place.shape == to.place.shape && chance(0.2)) {
        mark("one operator into two layers");
        edge(from.input.name, to.entry);
      }
    }
}

void Maker::outputs() {
  const auto output = [&](const NirPlace &from) {
    edge(from.name, add("Output", {shapeField("shape", from.shape)}));
  };
  const Layer &last = layers.back();
  if (last.spikes && chance(0.1)) {
    mark("output of a weight");
    NirPlace from = last.place.shape.size() > 1 ? flatten(last.place) : last.place;
    output(linear(from, upTo(std::min(options.maxSize, 8u))));
  } else {
    output(last.place);
  }
  if (layers.size() > 1 && chance(0.3)) {
    mark("two outputs");
    output(layers[layers.size() - 2].place);
  }
}

void Maker::shuffleEdges() {
  std::vector<std::string> &edges = made.graph.edges;
  for (size_t i = edges.size() / 2; i > 1; --i) {
    const size_t j = rng.below(i);
    std::swap(edges[2 * i - 2], edges[2 * j]);
    std::swap(edges[2 * i - 1], edges[2 * j + 1]);
  }
}

void Maker::profile() {
  step = std::ldexp(1.0, -static_cast<int>(rng.below(options.narrowGrid ? 3 : 5)));
  largest = options.narrowGrid ? 3 : 7;
  const double rule = rng.uniform();
  membranesKeep = rule < 0.1;
  made.flags.dt = kDt;
  made.flags.tauUnit = net::TauUnit::Seconds;
  made.flags.integrator = net::Integrator::Euler;
  made.flags.reset = membranesKeep ? net::ResetRule::SubtractDelayed
                     : rule < 0.5  ? net::ResetRule::Zero
                                   : net::ResetRule::Subtract;
  made.flags.compare = chance(0.5) ? net::Compare::Gt : net::Compare::Ge;
  mark(std::string("reset ") + net::nameOf(*made.flags.reset));
  mark(std::string("compare ") + net::nameOf(*made.flags.compare));
}

RandomNir Maker::make() {
  made.graph.type = "NIRGraph";
  profile();
  inputs();
  const uint32_t count = std::max(upTo(options.maxLayers), static_cast<uint32_t>(sources.size()));
  for (uint32_t i = 0; i < count; ++i) {
    // The inputs first, then one of the last two layers.
    const size_t back = layers.size() > 1 && chance(0.3) ? 2 : 1;
    const NirPlace from = i < sources.size() ? sources[i] : layers[layers.size() - back].place;
    layer(i, from, i + 1 == count && chance(0.3));
  }
  furtherEdges();
  outputs();
  shuffleEdges();
  return std::move(made);
}

void writeNode(const NirNode &node, const std::string &path, NirFile &file) {
  file.string(path + "/type", node.type);
  for (const NirField &field : node.fields)
    switch (field.kind) {
    case NirField::Kind::Real:
      file.numbers(path + "/" + field.key, field.values, field.shape);
      break;
    case NirField::Kind::Whole:
      file.integers(path + "/" + field.key, {field.values.begin(), field.values.end()},
                    field.shape);
      break;
    case NirField::Kind::Text:
      file.string(path + "/" + field.key, field.text);
      break;
    }
  for (const NirNode &child : node.nodes)
    writeNode(child, path + "/nodes/" + child.name, file);
  if (node.type == "NIRGraph")
    file.edges(node.edges, path);
}

} // namespace

const std::set<std::string> &nirConstructs() {
  // clang-format off
  static const std::set<std::string> kAll = {
    "linear", "affine", "scale", "delay", "delay per element", "flatten", "sumpool", "avgpool",
    "overlapping pool",
    "disjoint pool", "conv1d", "conv2d", "conv stride", "conv padding", "conv dilation",
    "conv groups", "padding same", "conv without input_shape", "IF", "LIF", "CubaLIF", "I",
    "LI", "CubaLI", "readout and threshold", "v_leak", "v_reset", "self-edge",
    "loop over layers", "skip edge", "second edge", "identity edge", "subgraph",
    "loop in a subgraph", "two sources into one operator", "one operator into two layers",
    "two inputs", "two outputs", "output of a weight", "reset zero", "reset subtract",
    "reset subtract-delayed", "compare gt", "compare ge", "scalar parameter",
    "parameter per neuron", "refractory", "v_init", "reset rule of one layer",
  };
  // clang-format on
  return kAll;
}

RandomNir randomNir(Rng &rng, const RandomNirOptions &options) {
  return Maker(rng, options).make();
}

void writeNir(Rng &rng, const RandomNir &graph, NirFile &file) {
  static constexpr NirFile::Strings kForms[] = {
      NirFile::Strings::Variable, NirFile::Strings::VariableAscii, NirFile::Strings::Fixed};
  file.gzip = rng.below(2) == 0;
  file.narrow = rng.below(2) == 0;
  file.strings = kForms[rng.below(3)];
  file.string("/version", "1.0.7");
  writeNode(graph.graph, "/node", file);
}

} // namespace snnc::test
