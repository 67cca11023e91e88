#include "compiler/frontends/ranc/ranc_frontend.h"

#include "common/net/verify.h"
#include "common/support/file_io.h"
#include "common/support/json_reader.h"
#include "common/support/strings.h"

#include "llvm/Support/Path.h"

#include <algorithm>
#include <map>

namespace snnc::compiler {
namespace {

using net::CrossbarCore;
using net::CrossbarNet;
using net::CrossbarNeuron;
using net::CrossbarPacket;
using support::Diag;
using support::DiagCode;
using support::JsonDocument;
using support::JsonNode;
using support::JsonObject;

constexpr int64_t kIntMin = std::numeric_limits<int32_t>::min();
constexpr int64_t kIntMax = std::numeric_limits<int32_t>::max();
constexpr int64_t kMaxTickOffset = 65536; // larger ones say nothing more: delays end at 14

struct Config {
  int64_t maxTickOffset = 16;
  bool floorInclusive = false;

  int64_t maxDelay() const { return std::min<int64_t>(net::kMaxCrossbarDelay, maxTickOffset - 2); }
};

struct Place {
  int64_t x = 0, y = 0;
};

void readConfig(JsonDocument &doc, CrossbarNet &net, Config &config) {
  JsonObject object = doc.root().object();
  const auto size = [&](const char *key, uint32_t hi) {
    return static_cast<uint32_t>(object.required(key).integer(1, hi).value_or(1));
  };
  net.neurons = size("num_neurons", net::kMaxCrossbarNeurons);
  net.axons = size("num_axons", net::kMaxCrossbarAxons);
  net.width = size("num_cores_x", net::kMaxCrossbarMesh);
  net.height = size("num_cores_y", net::kMaxCrossbarMesh);
  net.types = size("num_weights", net::kMaxCrossbarTypes);
  config.maxTickOffset = object.required("max_tick_offset").integer(2, kMaxTickOffset).value_or(16);
  config.floorInclusive =
      object
          .required("neuron_reset_type", "0: the floor compares with <, as RANC's hardware does; "
                                         "1: with <=, as its shipped configuration says")
          .integer(0, 1)
          .value_or(0) == 1;
  for (const char *trace : {"neuron_block_trace_verbosity", "core_controller_trace_verbosity",
                            "scheduler_trace_verbosity"})
    if (const auto node = object.optional(trace))
      (void)node->integer(0, kIntMax);
  object.finish();
}

class NetReader {
public:
  NetReader(JsonDocument &doc, const Config &config, CrossbarNet &net)
      : doc(doc), config(config), net(net) {}
  void read();

private:
  std::optional<Place> pair(const JsonNode &node, int64_t lo, int64_t hi);
  bool inMesh(const JsonNode &node, const char *what, Place place);
  bool onBus(Place place) const {
    return net.bus && place.x == net.bus->x && place.y == net.bus->y;
  }
  void readBus(const JsonNode &node);
  void readCore(JsonObject object);
  void readAxons(const JsonNode &node, CrossbarCore &core);
  void readNeurons(const JsonNode &node, CrossbarCore &core);
  void readNeuron(JsonObject object, Place core, CrossbarNeuron &neuron, int32_t *weights);
  void readTarget(JsonObject &object, Place core, net::CrossbarTarget &target);
  void readCrossbar(const JsonNode &node, size_t neurons, CrossbarCore &core);
  void readPackets(const JsonNode &node);
  void readPacket(JsonObject object, uint32_t list);

  JsonDocument &doc;
  const Config &config;
  CrossbarNet &net;
  std::map<std::pair<int64_t, int64_t>, support::SourceLoc> places; // (y, x) of cores
};

std::optional<Place> NetReader::pair(const JsonNode &node, int64_t lo, int64_t hi) {
  const std::vector<JsonNode> elements = node.elements();
  if (!node.isArray())
    return std::nullopt;
  if (elements.size() != 2) {
    node.error(DiagCode::RancSize, llvm::formatv("{0} numbers instead of 2", elements.size()).str(),
               "x and y");
    return std::nullopt;
  }
  const auto x = elements[0].integer(lo, hi), y = elements[1].integer(lo, hi);
  if (!x || !y)
    return std::nullopt;
  return Place{*x, *y};
}

bool NetReader::inMesh(const JsonNode &node, const char *what, Place place) {
  if (place.x >= 0 && place.y >= 0 && place.x < net.width && place.y < net.height)
    return true;
  node.error(DiagCode::RancPlace,
             llvm::formatv("{0} ({1}, {2}) is outside the mesh of {3} x {4} cores", what, place.x,
                           place.y, net.width, net.height)
                 .str(),
             "the mesh is num_cores_x by num_cores_y of the configuration");
  return false;
}

void NetReader::readBus(const JsonNode &node) {
  JsonObject object = node.object();
  const JsonNode coordinates = object.required("coordinates");
  const auto place = pair(coordinates, kIntMin, kIntMax);
  const auto outputs = object.required("num_outputs").integer(1, net::kMaxCrossbarOutputs);
  object.finish();
  if (place && outputs && inMesh(coordinates, "the output bus", *place))
    net.bus = {static_cast<uint16_t>(place->x), static_cast<uint16_t>(place->y),
               static_cast<uint32_t>(*outputs)};
}

void NetReader::readAxons(const JsonNode &node, CrossbarCore &core) {
  const std::vector<JsonNode> elements = node.elements();
  if (elements.size() > net.axons)
    return node.error(
        DiagCode::RancSize,
        llvm::formatv("{0} axons but a core has {1}", elements.size(), net.axons).str(),
        "num_axons of the configuration");
  for (size_t a = 0; a < elements.size(); ++a)
    if (const auto type = elements[a].integer(0, net.types - 1, "axon types index the weights"))
      core.axonTypes[a] = static_cast<uint8_t>(*type);
}

void NetReader::readTarget(JsonObject &object, Place core, net::CrossbarTarget &target) {
  const JsonNode offsetNode = object.required("destination_core_offset");
  const JsonNode axonNode = object.required("destination_axon");
  const auto offset = pair(offsetNode, kIntMin, kIntMax);
  const auto axon = axonNode.integer(0, kIntMax);
  const auto delay = object.required("destination_tick")
                         .integer(0, config.maxDelay(),
                                  "delays end two before max_tick_offset, and at 14: the slot "
                                  "after that is the one being read");
  if (!offset || !axon)
    return;
  const Place place{core.x + offset->x, core.y + offset->y};
  if (!inMesh(offsetNode, "the target", place))
    return;
  const uint32_t axons = onBus(place) ? net.bus->outputs : net.axons;
  if (*axon >= axons)
    return axonNode.error(
        DiagCode::RancAxon,
        llvm::formatv("the target ({0}, {1}) is {2} and has no axon {3}, only {4}", place.x,
                      place.y, onBus(place) ? "the output bus" : "a core", *axon, axons)
            .str());
  target.dx = static_cast<int16_t>(offset->x);
  target.dy = static_cast<int16_t>(offset->y);
  target.axon = static_cast<uint16_t>(*axon);
  target.delay = static_cast<uint8_t>(delay.value_or(0));
}

void NetReader::readNeuron(JsonObject object, Place core, CrossbarNeuron &neuron,
                           int32_t *weights) {
  const auto value = [&](const char *key) {
    return static_cast<int32_t>(object.required(key).integer(kIntMin, kIntMax).value_or(0));
  };
  neuron.enabled = true;
  neuron.floorInclusive = config.floorInclusive;
  // The floor's hard reset is -reset: the least 32-bit number has no negative.
  neuron.reset = static_cast<int32_t>(
      object.required("reset_potential").integer(-kIntMax, kIntMax).value_or(0));
  neuron.leak = value("leak");
  neuron.threshold = value("positive_threshold");
  neuron.floor = value("negative_threshold");
  neuron.vInit = value("current_potential");
  const auto mode = object.required("reset_mode")
                        .integer(0, 1, "0 sets the potential, 1 subtracts the threshold");
  neuron.resetMode = mode == 1 ? net::CrossbarReset::Linear : net::CrossbarReset::Hard;
  const JsonNode list = object.required("weights");
  const std::vector<JsonNode> elements = list.elements();
  if (elements.size() > net.types)
    list.error(
        DiagCode::RancSize,
        llvm::formatv("{0} weights but there are {1} axon types", elements.size(), net.types).str(),
        "num_weights of the configuration");
  for (size_t i = 0; i < std::min<size_t>(elements.size(), net.types); ++i)
    weights[i] = static_cast<int32_t>(elements[i].integer(kIntMin, kIntMax).value_or(0));
  readTarget(object, core, neuron.target);
  object.finish();
}

void NetReader::readNeurons(const JsonNode &node, CrossbarCore &core) {
  const std::vector<JsonNode> elements = node.elements();
  if (elements.size() > net.neurons)
    return node.error(
        DiagCode::RancSize,
        llvm::formatv("{0} neurons but a core has {1}", elements.size(), net.neurons).str(),
        "num_neurons of the configuration");
  for (size_t n = 0; n < elements.size(); ++n)
    readNeuron(elements[n].object(), {core.x, core.y}, core.neurons[n],
               &core.weights[n * net.types]);
}

void NetReader::readCrossbar(const JsonNode &node, size_t neurons, CrossbarCore &core) {
  const std::vector<JsonNode> rows = node.elements();
  if (!node.isArray())
    return;
  if (rows.size() != neurons)
    return node.error(
        DiagCode::RancSize,
        llvm::formatv("{0} rows of connections but {1} neurons", rows.size(), neurons).str(),
        "one row for each neuron, one entry for each axon");
  std::vector<double> bits;
  for (size_t n = 0; n < rows.size(); ++n) {
    bits.clear();
    if (!rows[n].numbers(bits))
      continue;
    if (bits.size() > net.axons) {
      rows[n].error(
          DiagCode::RancSize,
          llvm::formatv("{0} connections but a core has {1} axons", bits.size(), net.axons).str(),
          "num_axons of the configuration");
      continue;
    }
    uint64_t *row = &core.crossbar[n * net.rowWords()];
    for (size_t a = 0; a < bits.size(); ++a)
      if (bits[a] == 1.0)
        row[a / 64] |= uint64_t{1} << (a % 64);
      else if (bits[a] != 0.0)
        (void)rows[n].elements()[a].integer(0, 1, "the crossbar is binary");
  }
}

void NetReader::readCore(JsonObject object) {
  const JsonNode coordinates = object.required("coordinates");
  const auto place = pair(coordinates, kIntMin, kIntMax);
  const JsonNode axons = object.required("axons"), neurons = object.required("neurons"),
                 connections = object.required("connections");
  object.finish();
  if (!place || !inMesh(coordinates, "the core", *place))
    return;
  if (onBus(*place))
    return coordinates.error(
        DiagCode::RancPlace,
        llvm::formatv("the core ({0}, {1}) is where the output bus is", place->x, place->y).str());
  const auto [known, isNew] = places.emplace(std::pair(place->y, place->x), coordinates.loc());
  if (!isNew)
    return doc.add(Diag(DiagCode::RancPlace, coordinates.loc(),
                        llvm::formatv("there are two cores ({0}, {1})", place->x, place->y))
                       .note(known->second, "the other one is here")
                       .data());
  CrossbarCore core;
  core.x = static_cast<uint16_t>(place->x);
  core.y = static_cast<uint16_t>(place->y);
  core.axonTypes.resize(net.axons);
  core.neurons.resize(net.neurons);
  core.weights.resize(size_t{net.neurons} * net.types);
  core.crossbar.resize(size_t{net.neurons} * net.rowWords());
  readAxons(axons, core);
  readNeurons(neurons, core);
  if (neurons.isArray() && neurons.raw().size() <= net.neurons)
    readCrossbar(connections, neurons.raw().size(), core);
  net.cores.push_back(std::move(core));
}

void NetReader::readPacket(JsonObject object, uint32_t list) {
  const JsonNode placeNode = object.required("destination_core");
  const JsonNode axonNode = object.required("destination_axon");
  const auto place = pair(placeNode, kIntMin, kIntMax);
  const auto axon = axonNode.integer(0, kIntMax);
  const auto delay = object.required("destination_tick").integer(0, config.maxDelay());
  object.finish();
  if (!place || !axon || !delay || !inMesh(placeNode, "the packet's core", *place))
    return;
  if (onBus(*place))
    return placeNode.error(DiagCode::RancPlace, "a packet goes to the output bus",
                           "the bus only reports spikes of neurons");
  if (*axon >= net.axons)
    return axonNode.error(
        DiagCode::RancAxon,
        llvm::formatv("there is no axon {0}, a core has {1}", *axon, net.axons).str());
  net.packets.push_back({list + static_cast<uint32_t>(*delay), static_cast<uint16_t>(place->x),
                         static_cast<uint16_t>(place->y), static_cast<uint16_t>(*axon)});
}

void NetReader::readPackets(const JsonNode &node) {
  const std::vector<JsonNode> lists = node.elements();
  if (lists.size() > net::kMaxSteps)
    return node.error(DiagCode::RancSize, llvm::formatv("{0} lists of packets are more than {1}",
                                                        lists.size(), net::kMaxSteps)
                                              .str());
  net.ticks = static_cast<uint32_t>(lists.size());
  for (uint32_t p = 0; p < lists.size() && !doc.failed(); ++p)
    for (const JsonNode &packet : lists[p].elements())
      readPacket(packet.object(), p);
  std::stable_sort(
      net.packets.begin(), net.packets.end(),
      [](const CrossbarPacket &a, const CrossbarPacket &b) { return a.tick < b.tick; });
}

// Stops after the first part with errors: a wrong configuration would make one for every number.
void NetReader::read() {
  JsonObject object = doc.root().object();
  const JsonNode bus = object.required("output_bus"), cores = object.required("cores"),
                 packets = object.required("packets");
  object.finish();
  if (!doc.failed())
    readBus(bus);
  for (const JsonNode &core : doc.failed() ? std::vector<JsonNode>{} : cores.elements()) {
    readCore(core.object());
    if (doc.failed())
      return;
  }
  std::sort(net.cores.begin(), net.cores.end(), [](const CrossbarCore &a, const CrossbarCore &b) {
    return std::pair(a.y, a.x) < std::pair(b.y, b.x);
  });
  if (!doc.failed())
    readPackets(packets);
}

void warnOfLosses(const CrossbarNet &net, llvm::StringRef path, support::Warnings &warnings) {
  const net::CrossbarStats stats = net::statsOf(net);
  if (stats.lost + stats.lostPackets == 0)
    return;
  warnings.push_back(Diag(DiagCode::RancLost, {path.str(), 0, ""},
                          llvm::formatv("the spikes of {0} neurons and {1} packets go to places of "
                                        "the mesh without a core and are lost",
                                        stats.lost, stats.lostPackets))
                         .help("RANC's simulator has empty cores there")
                         .data());
}

llvm::Error checkSize(llvm::StringRef text, llvm::StringRef path) {
  if (text.size() <= kMaxRancBytes)
    return llvm::Error::success();
  return Diag(DiagCode::RancTooLarge, {path.str(), 0, ""},
              llvm::formatv("the file has {0} bytes, at most {1} are read", text.size(),
                            kMaxRancBytes))
      .help("cut the list of packets, or write the JSON without indentation")
      .take();
}

} // namespace

bool looksLikeRanc(llvm::StringRef json) {
  const auto has = [&](llvm::StringRef key) { return json.find(key) != llvm::StringRef::npos; };
  return json.ltrim().take_front(1) == "{" && !has("\"snnc-model/") && has("\"output_bus\"") &&
         has("\"cores\"") && has("\"packets\"");
}

std::string rancConfigBeside(llvm::StringRef netPath) {
  llvm::StringRef rest;
  for (const llvm::StringRef prefix : {"net", "input"})
    if (support::startsWith(llvm::sys::path::stem(netPath), prefix))
      rest = llvm::sys::path::stem(netPath).drop_front(prefix.size());
  llvm::SmallString<128> path = llvm::sys::path::parent_path(netPath);
  llvm::sys::path::append(path, "config" + rest + ".json");
  return path.str().str();
}

llvm::Expected<CrossbarNet> parseRanc(llvm::StringRef netText, llvm::StringRef netPath,
                                      llvm::StringRef configText, llvm::StringRef configPath,
                                      support::Warnings &warnings) {
  for (const auto &[text, path] : {std::pair(configText, configPath), std::pair(netText, netPath)})
    if (llvm::Error error = checkSize(text, path))
      return error;
  CrossbarNet net;
  net.name = llvm::sys::path::stem(netPath).str();
  Config config;
  auto configDoc = JsonDocument::parse(configText, configPath);
  if (!configDoc)
    return configDoc.takeError();
  readConfig(**configDoc, net, config);
  if (llvm::Error errors = (*configDoc)->takeErrors())
    return errors;
  auto doc = JsonDocument::parse(netText, netPath);
  if (!doc)
    return doc.takeError();
  NetReader(**doc, config, net).read();
  if (llvm::Error errors = (*doc)->takeErrors())
    return errors;
  if (llvm::Error error = net::verify(net))
    return error;
  warnOfLosses(net, netPath, warnings);
  return net;
}

llvm::Expected<CrossbarNet> readRanc(llvm::StringRef netPath, llvm::StringRef configPath,
                                     support::Warnings &warnings) {
  const std::string beside = rancConfigBeside(netPath);
  const llvm::StringRef config = configPath.empty() ? llvm::StringRef(beside) : configPath;
  auto netFile = support::readFile(netPath);
  if (!netFile)
    return netFile.takeError();
  auto configFile = support::readFile(config);
  if (!configFile)
    return configFile.takeError();
  return parseRanc((*netFile)->getBuffer(), netPath, (*configFile)->getBuffer(), config, warnings);
}

} // namespace snnc::compiler
