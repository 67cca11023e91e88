#include "compiler/crossbar/crossbar_image.h"

#include "common/support/diag.h"

#include "llvm/Support/FormatVariadic.h"

#include <algorithm>

namespace snnc::compiler {

using net::CrossbarCore;
using net::CrossbarNet;
using net::CrossbarNeuron;
using support::Diag;
using support::DiagCode;

// Cores ascend by (y, x).
static bool hasCore(const CrossbarNet &net, int64_t x, int64_t y) {
  const auto place = [](const CrossbarCore &core) {
    return std::pair<int64_t, int64_t>(core.y, core.x);
  };
  const auto found = std::lower_bound(
      net.cores.begin(), net.cores.end(), std::pair(y, x),
      [&](const CrossbarCore &core, const auto &wanted) { return place(core) < wanted; });
  return found != net.cores.end() && place(*found) == std::pair(y, x);
}

namespace {

class Layout {
public:
  Layout(const CrossbarNet &net, const target::Target &target)
      : net(net), target(target), spec(target.core) {}

  llvm::Expected<image::Image> run() {
    if (!spec.isCrossbar())
      return Diag(DiagCode::TargetKind, {},
                  llvm::formatv("'{0}' is a crossbar network, target '{1}' has {2} cores", net.name,
                                target.name, nameOf(spec.kind)))
          .help("--target truenorth-like, or another of kind crossbar")
          .take();
    sizes();
    for (const CrossbarCore &core : net.cores)
      registers(core);
    if (!problems.empty())
      return broken();
    return build();
  }

private:
  void fail(const llvm::Twine &message) {
    if (++failures <= kShown)
      problems.push_back(Diag(DiagCode::CrossbarLimit, {}, message).data());
  }
  llvm::Error broken() {
    if (failures > kShown)
      problems.back().help = llvm::formatv("{0} more follow", failures - kShown).str();
    llvm::Error all = llvm::Error::success();
    for (support::Diagnostic &problem : problems)
      all = llvm::joinErrors(std::move(all),
                             llvm::make_error<support::DiagError>(std::move(problem)));
    return all;
  }

  void sizes() {
    const auto limit = [&](uint64_t need, uint64_t have, const char *what) {
      if (need > have)
        fail(llvm::formatv("'{0}' needs {1} {2}, target '{3}' has {4}", net.name, need, what,
                           target.name, have));
    };
    limit(net.axons, spec.inputAxons, "axons per core");
    limit(net.neurons, spec.neurons, "neurons per core");
    limit(net.types, spec.axonTypes, "axon types");
    for (const CrossbarCore &core : net.cores) {
      width = std::max(width, core.x + 1u);
      height = std::max(height, core.y + 1u);
    }
    limit(width, target.mesh.width, "columns of cores");
    limit(height, target.mesh.height, "rows of cores");
  }

  void registers(const CrossbarCore &core) {
    for (size_t i = 0; i < core.neurons.size(); ++i) {
      const CrossbarNeuron &n = core.neurons[i];
      const auto check = [&](int64_t value, uint32_t bits, const char *what) {
        const int64_t bound = int64_t{1} << (bits - 1);
        if (value < -bound || value >= bound)
          fail(llvm::formatv("core ({0},{1}) neuron {2}: {3} {4}, target '{5}' has {6}..{7}",
                             core.x, core.y, i, what, value, target.name, -bound, bound - 1));
      };
      check(n.vInit, spec.membraneBits, "potential");
      if (!n.enabled)
        continue;
      check(n.leak, spec.leakBits, "leak");
      check(n.threshold, spec.thresholdBits, "threshold");
      check(n.floor, spec.thresholdBits, "floor");
      check(n.reset, spec.thresholdBits, "reset");
      for (uint32_t k = 0; k < net.types; ++k)
        check(core.weights[i * net.types + k], spec.weightBits, "weight");
      if (n.target.delay > spec.largestDelay())
        fail(llvm::formatv("core ({0},{1}) neuron {2}: delay {3}, target '{4}' has 0..{5}", core.x,
                           core.y, i, n.target.delay, target.name, spec.largestDelay()));
    }
  }

  image::Image build() {
    image.netName = net.name;
    image.targetJson = target.json;
    image.targetFingerprint = target.fingerprint;
    image.meshWidth = width;
    image.meshHeight = height;
    for (uint32_t c = 0; c < net.cores.size(); ++c)
      place(net.cores[c], c);
    if (net.bus)
      image.busColumns = net.bus->outputs;
    return std::move(image);
  }

  void place(const CrossbarCore &core, uint32_t index) {
    image::CoreImage &out = image.cores.emplace_back();
    out.x = static_cast<uint8_t>(core.x);
    out.y = static_cast<uint8_t>(core.y);
    const auto used = static_cast<uint16_t>(core.neurons.size());
    out.groups = {{0, used, 0}};
    image::CrossbarTables &tables = out.crossbar;
    tables.axonTypes = core.axonTypes;
    tables.weights.resize(size_t{used} * spec.axonTypes);
    tables.rows.resize(size_t{used} * spec.rowWords());
    for (uint32_t i = 0; i < used; ++i) {
      neuron(core.neurons[i], tables);
      for (uint32_t k = 0; k < net.types && core.neurons[i].enabled; ++k)
        tables.weights[size_t{i} * spec.axonTypes + k] =
            static_cast<int16_t>(core.weights[size_t{i} * net.types + k]);
      for (uint32_t w = 0; w < net.rowWords(); ++w)
        tables.rows[size_t{i} * spec.rowWords() + w] =
            core.crossbar[size_t{i} * net.rowWords() + w];
      send(core, core.neurons[i], index, i, out);
    }
    image::PopulationMap &population = image.populations.emplace_back();
    population.name = llvm::formatv("core_{0}_{1}", core.x, core.y).str();
    population.shape = {used};
    population.segments = {{0, used, index, 0}};
  }

  static void neuron(const CrossbarNeuron &n, image::CrossbarTables &tables) {
    tables.enabled.push_back(n.enabled);
    if (n.enabled)
      tables.neurons.push_back({n.leak, n.threshold, n.floor, n.reset, n.vInit,
                                n.resetMode == net::CrossbarReset::Linear, n.floorInclusive});
    else
      tables.neurons.emplace_back().vInit = n.vInit; // which it keeps
  }

  void send(const CrossbarCore &core, const CrossbarNeuron &n, uint32_t index, uint32_t local,
            image::CoreImage &out) {
    image::OutPointer &pointer = out.outPointers.emplace_back();
    pointer.base = static_cast<uint16_t>(out.outSlots.size());
    if (!n.enabled)
      return;
    const int64_t x = int64_t{core.x} + n.target.dx, y = int64_t{core.y} + n.target.dy;
    if (net.bus && x == net.bus->x && y == net.bus->y) {
      image.bus.push_back({index, local, n.target.axon});
      return;
    }
    if (!hasCore(net, x, y))
      return; // no core: the spikes are lost
    out.outSlots.push_back(
        {static_cast<uint8_t>(x), static_cast<uint8_t>(y), n.target.delay, n.target.axon});
    pointer.count = 1;
  }

  static constexpr uint64_t kShown = 20;
  const CrossbarNet &net;
  const target::Target &target;
  const target::CoreSpec &spec;
  uint32_t width = 1, height = 1;
  uint64_t failures = 0;
  std::vector<support::Diagnostic> problems; // the first kShown
  image::Image image;
};

} // namespace

llvm::Expected<image::Image> toImage(const CrossbarNet &net, const target::Target &target) {
  return Layout(net, target).run();
}

std::vector<PlacedPacket> packetsOf(const CrossbarNet &net, uint32_t tick, size_t &next) {
  std::vector<PlacedPacket> packets;
  for (; next < net.packets.size() && net.packets[next].tick <= tick; ++next) {
    const net::CrossbarPacket &packet = net.packets[next];
    if (hasCore(net, packet.x, packet.y))
      packets.push_back(
          {static_cast<uint8_t>(packet.x), static_cast<uint8_t>(packet.y), packet.axon});
  }
  return packets;
}

} // namespace snnc::compiler
