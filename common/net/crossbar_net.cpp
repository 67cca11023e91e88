#include "common/net/crossbar_net.h"

#include "common/net/verify.h"
#include "common/support/diag.h"

#include "llvm/ADT/Twine.h"

#include <bit>

namespace snnc::net {
namespace {

using support::Diag;
using support::DiagCode;

constexpr size_t kMaxErrors = 20;

class Checker {
public:
  explicit Checker(const CrossbarNet &net) : net(net) {}
  llvm::Error run();

private:
  bool full() const { return count >= kMaxErrors; }
  void fail(const llvm::Twine &where, const llvm::Twine &message);
  void range(const char *what, uint64_t value, uint64_t hi);
  void size(const llvm::Twine &where, const char *what, uint64_t found, uint64_t wanted);
  void core(size_t index);
  void neuron(const CrossbarCore &core, uint32_t index);
  void packets();
  bool onBus(int64_t x, int64_t y) const { return net.bus && x == net.bus->x && y == net.bus->y; }

  const CrossbarNet &net;
  llvm::Error errors = llvm::Error::success();
  size_t count = 0;
};

std::string nameOf(const CrossbarCore &core) {
  return llvm::formatv("core ({0}, {1})", core.x, core.y).str();
}

void Checker::fail(const llvm::Twine &where, const llvm::Twine &message) {
  if (full())
    return;
  ++count;
  errors =
      llvm::joinErrors(std::move(errors),
                       Diag(DiagCode::CrossbarInvalid, {net.name, 0, where.str()}, message).take());
}

void Checker::range(const char *what, uint64_t value, uint64_t hi) {
  if (value < 1 || value > hi)
    fail("", llvm::formatv("{0} is {1}, not in 1 .. {2}", what, value, hi).str());
}

void Checker::size(const llvm::Twine &where, const char *what, uint64_t found, uint64_t wanted) {
  if (found != wanted)
    fail(where, llvm::formatv("{0} {1} instead of {2}", found, what, wanted).str());
}

void Checker::neuron(const CrossbarCore &core, uint32_t index) {
  const CrossbarNeuron &n = core.neurons[index];
  const std::string where = llvm::formatv("{0} neuron {1}", nameOf(core), index).str();
  const uint64_t *row = &core.crossbar[size_t{index} * net.rowWords()];
  if (net.axons % 64 != 0 && row[net.rowWords() - 1] >> (net.axons % 64) != 0)
    fail(where, llvm::formatv("its crossbar joins an axon above {0}", net.axons - 1).str());
  if (!n.enabled)
    return;
  const int64_t x = int64_t{core.x} + n.target.dx, y = int64_t{core.y} + n.target.dy;
  if (x < 0 || y < 0 || x >= net.width || y >= net.height)
    return fail(where, llvm::formatv("its target ({0}, {1}) is outside the {2} x {3} mesh", x, y,
                                     net.width, net.height)
                           .str());
  const uint32_t axons = onBus(x, y) ? net.bus->outputs : net.axons;
  if (n.target.axon >= axons)
    fail(where, llvm::formatv("its target is axon {0} of {1}", n.target.axon, axons).str());
  if (n.target.delay > kMaxCrossbarDelay)
    fail(where, llvm::formatv("its delay is {0}, not in 0 .. {1}", unsigned{n.target.delay},
                              kMaxCrossbarDelay)
                    .str());
}

void Checker::core(size_t index) {
  const CrossbarCore &core = net.cores[index];
  const std::string where = nameOf(core);
  if (core.x >= net.width || core.y >= net.height)
    fail(where, llvm::formatv("it is outside the {0} x {1} mesh", net.width, net.height).str());
  if (onBus(core.x, core.y))
    fail(where, "it is where the output bus is");
  if (index > 0 &&
      std::pair(net.cores[index - 1].y, net.cores[index - 1].x) >= std::pair(core.y, core.x))
    fail(where, "cores do not ascend by row and column");
  const size_t before = count;
  size(where, "axon types", core.axonTypes.size(), net.axons);
  size(where, "neurons", core.neurons.size(), net.neurons);
  size(where, "weights", core.weights.size(), uint64_t{net.neurons} * net.types);
  size(where, "crossbar words", core.crossbar.size(), uint64_t{net.neurons} * net.rowWords());
  if (count > before || full())
    return;
  for (uint32_t a = 0; a < net.axons; ++a)
    if (core.axonTypes[a] >= net.types)
      fail(where, llvm::formatv("axon {0} is of type {1} of {2}", a, unsigned{core.axonTypes[a]},
                                net.types)
                      .str());
  for (uint32_t n = 0; n < net.neurons && !full(); ++n)
    neuron(core, n);
}

void Checker::packets() {
  for (size_t i = 0; i < net.packets.size() && !full(); ++i) {
    const CrossbarPacket &packet = net.packets[i];
    const std::string where = llvm::formatv("packet {0}", i).str();
    if (i > 0 && net.packets[i - 1].tick > packet.tick)
      fail(where,
           llvm::formatv("tick {0} comes after tick {1}", packet.tick, net.packets[i - 1].tick)
               .str());
    if (packet.x >= net.width || packet.y >= net.height)
      fail(where, llvm::formatv("({0}, {1}) is outside the {2} x {3} mesh", packet.x, packet.y,
                                net.width, net.height)
                      .str());
    else if (onBus(packet.x, packet.y))
      fail(where, "it goes to the output bus");
    if (packet.axon >= net.axons)
      fail(where, llvm::formatv("it is for axon {0} of {1}", packet.axon, net.axons).str());
  }
}

llvm::Error Checker::run() {
  range("the mesh's width", net.width, kMaxCrossbarMesh);
  range("the mesh's height", net.height, kMaxCrossbarMesh);
  range("the number of axons", net.axons, kMaxCrossbarAxons);
  range("the number of neurons", net.neurons, kMaxCrossbarNeurons);
  range("the number of axon types", net.types, kMaxCrossbarTypes);
  if (net.bus)
    range("the number of outputs", net.bus->outputs, kMaxCrossbarOutputs);
  if (net.bus && (net.bus->x >= net.width || net.bus->y >= net.height))
    fail("", llvm::formatv("the output bus ({0}, {1}) is outside the {2} x {3} mesh", net.bus->x,
                           net.bus->y, net.width, net.height)
                 .str());
  if (net.ticks > kMaxSteps)
    fail("", llvm::formatv("{0} ticks are more than {1}", net.ticks, kMaxSteps).str());
  if (count == 0) {
    for (size_t i = 0; i < net.cores.size() && !full(); ++i)
      core(i);
    packets();
  }
  return std::move(errors);
}

// Which places of the mesh have a core.
std::vector<bool> coreMap(const CrossbarNet &net) {
  std::vector<bool> map(size_t{net.width} * net.height, false);
  for (const CrossbarCore &core : net.cores)
    map[size_t{core.y} * net.width + core.x] = true;
  return map;
}

void countCore(const CrossbarNet &net, const CrossbarCore &core, CrossbarStats &stats) {
  std::vector<bool> used(net.axons, false);
  uint64_t neurons = 0;
  for (uint32_t n = 0; n < net.neurons; ++n) {
    if (!core.neurons[n].enabled)
      continue;
    ++neurons;
    for (uint32_t w = 0; w < net.rowWords(); ++w)
      for (uint64_t bits = core.crossbar[size_t{n} * net.rowWords() + w]; bits != 0;
           bits &= bits - 1) {
        const uint32_t axon = 64 * w + static_cast<uint32_t>(std::countr_zero(bits));
        if (core.weights[size_t{n} * net.types + core.axonTypes[axon]] == 0)
          continue;
        ++stats.synapses;
        used[axon] = true;
      }
  }
  stats.cores += neurons != 0;
  stats.neurons += neurons;
  for (const bool axon : used)
    stats.axons += axon;
}

} // namespace

llvm::Error verify(const CrossbarNet &net) {
  return Checker(net).run();
}

CrossbarStats statsOf(const CrossbarNet &net) {
  const std::vector<bool> map = coreMap(net);
  CrossbarStats stats;
  for (const CrossbarCore &core : net.cores) {
    countCore(net, core, stats);
    for (const CrossbarNeuron &neuron : core.neurons) {
      if (!neuron.enabled)
        continue;
      const auto x = static_cast<uint32_t>(core.x + neuron.target.dx);
      const auto y = static_cast<uint32_t>(core.y + neuron.target.dy);
      if (net.bus && x == net.bus->x && y == net.bus->y)
        ++stats.toBus;
      else
        ++(map[size_t{y} * net.width + x] ? stats.toCores : stats.lost);
    }
  }
  for (const CrossbarPacket &packet : net.packets)
    stats.lostPackets += !map[size_t{packet.y} * net.width + packet.x];
  return stats;
}

std::string summary(const CrossbarNet &net) {
  const CrossbarStats stats = statsOf(net);
  const uint64_t slots = uint64_t{net.cores.size()} * net.neurons;
  std::string text;
  llvm::raw_string_ostream os(text);
  os << llvm::formatv(
      "crossbar network '{0}': {1} x {2} mesh, cores of {3} axons ({4} types) x {5} "
      "neurons\n",
      net.name, net.width, net.height, net.axons, net.types, net.neurons);
  os << llvm::formatv("  cores     {0}\n", stats.cores);
  os << llvm::formatv("  neurons   {0} of {1}\n", stats.neurons, slots);
  os << llvm::formatv("  synapses  {0} on {1} axons\n", stats.synapses, stats.axons);
  os << llvm::formatv("  targets   {0} to cores, {1} to the output bus, {2} lost\n", stats.toCores,
                      stats.toBus, stats.lost);
  if (net.bus)
    os << llvm::formatv("  bus       ({0}, {1}), {2} outputs\n", net.bus->x, net.bus->y,
                        net.bus->outputs);
  os << llvm::formatv("  input     {0} packets in {1} ticks, {2} lost\n", net.packets.size(),
                      net.ticks, stats.lostPackets);
  return os.str();
}

} // namespace snnc::net
