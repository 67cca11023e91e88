#include "compiler/passes/place/place.h"

#include "compiler/passes/place/search.h"

#include <algorithm>
#include <tuple>

using llvm::formatv;
using snnc::support::Diag;
using snnc::support::DiagCode;

namespace snnc::compiler {

using namespace core_ir;
using place::Box;
using place::Position;
using place::Traffic;

namespace {

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

TrafficStats statsOf(const Traffic &traffic, const std::vector<Position> &positions,
                     const place::LinkPrice &price, Box box) {
  TrafficStats stats;
  stats.messagesPerTick = traffic.messages;
  stats.hopsPerTick = place::totalHops(traffic, positions);
  stats.lowerBoundMessagesPerTick = traffic.lowerBound;
  stats.hopEnergyPerTick = place::totalEnergy(traffic, positions, price);
  for (const std::vector<place::Flow> &flows : traffic.flows)
    for (const place::Flow &flow : flows)
      stats.lowerBoundHopsPerTick += flow.sent;
  const place::HottestLink link = place::hottestLink(traffic, positions, box.width, box.height);
  stats.hottestLink = {link.from.x, link.from.y, link.to.x, link.to.y};
  stats.hottestLinkMessages = link.messages;
  const auto most = std::max_element(traffic.received.begin(), traffic.received.end());
  if (most != traffic.received.end()) {
    const Position place = positions[static_cast<size_t>(most - traffic.received.begin())];
    stats.hottestCore = {place.x, place.y};
    stats.hottestCoreMessages = *most;
  }
  return stats;
}

// Places the clusters of either IR and sets what both have.
template <class Ir>
llvm::Expected<bool> placeOn(Ir &ir, Box mesh, Module &module, const target::Target &target,
                             uint64_t seed) {
  if (ir.clusters.size() > uint64_t{mesh.width} * mesh.height)
    return Diag(DiagCode::TooFewCores, {},
                formatv("{0} clusters do not fit the {1}x{2} mesh", ir.clusters.size(), mesh.width,
                        mesh.height))
        .help("choose a larger --mesh")
        .take();
  const Traffic traffic = place::trafficOf(ir, *module.quant, target);
  const Box box = boundingBox(ir.clusters.size(), mesh);
  const place::LinkPrice price = place::LinkPrice::of(target);
  const std::vector<Position> positions = place::search(traffic, box, price, seed);
  ir.meshWidth = ir.meshHeight = 1;
  for (size_t c = 0; c < ir.clusters.size(); ++c) {
    ir.clusters[c].x = positions[c].x;
    ir.clusters[c].y = positions[c].y;
    ir.meshWidth = std::max(ir.meshWidth, positions[c].x + 1);
    ir.meshHeight = std::max(ir.meshHeight, positions[c].y + 1);
  }
  ir.placed = true;
  module.traffic = statsOf(traffic, positions, price, {ir.meshWidth, ir.meshHeight});
  return true;
}

} // namespace

llvm::Expected<bool> PlacePass::run(Module &module, PassContext &context) {
  const target::MeshSpec &spec = context.target.mesh;
  const Box mesh{options.meshWidth != 0 ? options.meshWidth : spec.width,
                 options.meshHeight != 0 ? options.meshHeight : spec.height};
  if (module.crossbar)
    return placeOn(*module.crossbar, mesh, module, context.target, options.seed);
  if (module.cores)
    return placeOn(*module.cores, mesh, module, context.target, options.seed);
  return missingInput(name(), "partition");
}

} // namespace snnc::compiler
