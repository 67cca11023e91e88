#include "compiler/passes/place/place.h"

#include "compiler/passes/place/hop_cost.h"

#include <algorithm>
#include <tuple>

using llvm::formatv;
using snnc::support::Diag;
using snnc::support::DiagCode;

namespace snnc::compiler {

using namespace core_ir;
using place::Position;
using place::Traffic;

namespace {

struct Box {
  uint32_t width, height;
};

// The box of at least `cores` with the shortest sides: then the smallest, most square, widest.
Box boundingBox(size_t cores, Box mesh) {
  Box best{mesh.width, mesh.height};
  const auto badness = [](Box box) {
    const uint64_t area = uint64_t{box.width} * box.height;
    const uint32_t longest = std::max(box.width, box.height);
    return std::make_tuple(box.width + box.height, area, longest, box.height);
  };
  for (uint32_t width = 1; width <= mesh.width; ++width) {
    const auto height = static_cast<uint32_t>((cores + width - 1) / width);
    const Box box{width, height};
    if (height <= mesh.height && badness(box) < badness(best))
      best = box;
  }
  return best;
}

class Placer {
public:
  Placer(const Traffic &traffic, Box box)
      : traffic(traffic), box(box), count(static_cast<uint32_t>(traffic.flows.size())),
        positions(count), placed(count, false), pull(count, 0.0),
        taken(size_t{box.width} * box.height, false) {
    for (uint32_t c = 0; c < count; ++c)
      pull[c] = traffic.fromHost[c];
  }

  std::vector<Position> run() {
    for (uint32_t step = 0; step < count; ++step)
      settle(strongest());
    constexpr uint32_t kMostForSwaps = 256;
    if (count <= kMostForSwaps)
      while (swapOnce())
        ;
    return positions;
  }

private:
  // Unplaced cluster with most traffic to the placed ones and the host.
  uint32_t strongest() const {
    uint32_t best = UINT32_MAX;
    for (uint32_t c = 0; c < count; ++c)
      if (!placed[c] && (best == UINT32_MAX || pull[c] > pull[best]))
        best = c;
    return best;
  }

  void settle(uint32_t cluster) {
    Position best;
    double lowest = -1.0;
    for (uint32_t y = 0; y < box.height; ++y)
      for (uint32_t x = 0; x < box.width; ++x) {
        if (taken[size_t{y} * box.width + x])
          continue;
        const double hops = place::hopsOf(traffic, cluster, {x, y}, positions, placed);
        if (lowest < 0.0 || hops < lowest) {
          lowest = hops;
          best = {x, y};
        }
      }
    positions[cluster] = best;
    placed[cluster] = true;
    taken[size_t{best.y} * box.width + best.x] = true;
    for (const place::Flow &flow : traffic.flows[cluster])
      pull[flow.to] += flow.messages;
  }

  // Links saved if a and b trade places; messages between the two are in both sums, and equal.
  double gainOf(uint32_t a, uint32_t b) {
    const auto both = [&] {
      return place::hopsOf(traffic, a, positions[a], positions, placed) +
             place::hopsOf(traffic, b, positions[b], positions, placed);
    };
    const double before = both();
    std::swap(positions[a], positions[b]);
    const double after = both();
    std::swap(positions[a], positions[b]);
    return before - after;
  }

  bool swapOnce() {
    bool changed = false;
    constexpr double kWorthIt = 1e-9;
    for (uint32_t a = 0; a < count; ++a)
      for (uint32_t b = a + 1; b < count; ++b)
        if (gainOf(a, b) > kWorthIt) {
          std::swap(positions[a], positions[b]);
          changed = true;
        }
    return changed;
  }

  const Traffic &traffic;
  const Box box;
  const uint32_t count;
  std::vector<Position> positions;
  std::vector<bool> placed;
  std::vector<double> pull;
  std::vector<bool> taken;
};

// Places the clusters of either IR and sets what both have.
template <class Ir> llvm::Expected<bool> placeOn(Ir &ir, Box mesh, Module &module) {
  if (ir.clusters.size() > uint64_t{mesh.width} * mesh.height)
    return Diag(DiagCode::TooFewCores, {},
                formatv("{0} clusters do not fit the {1}x{2} mesh", ir.clusters.size(), mesh.width,
                        mesh.height))
        .help("choose a larger --mesh")
        .take();
  const Traffic traffic = place::trafficOf(ir, *module.quant);
  const Box box = boundingBox(ir.clusters.size(), mesh);
  const std::vector<Position> positions = Placer(traffic, box).run();
  ir.meshWidth = ir.meshHeight = 1;
  for (size_t c = 0; c < ir.clusters.size(); ++c) {
    ir.clusters[c].x = positions[c].x;
    ir.clusters[c].y = positions[c].y;
    ir.meshWidth = std::max(ir.meshWidth, positions[c].x + 1);
    ir.meshHeight = std::max(ir.meshHeight, positions[c].y + 1);
  }
  ir.placed = true;
  module.traffic = {traffic.messages, place::totalHops(traffic, positions), traffic.lowerBound};
  return true;
}

} // namespace

llvm::Expected<bool> PlacePass::run(Module &module, PassContext &context) {
  const target::MeshSpec &spec = context.target.mesh;
  const Box mesh{options.meshWidth != 0 ? options.meshWidth : spec.width,
                 options.meshHeight != 0 ? options.meshHeight : spec.height};
  if (module.crossbar)
    return placeOn(*module.crossbar, mesh, module);
  if (module.cores)
    return placeOn(*module.cores, mesh, module);
  return missingInput(name(), "partition");
}

} // namespace snnc::compiler
