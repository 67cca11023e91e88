#include "compiler/passes/emit/image_head.h"

#include <algorithm>
#include <numeric>
#include <tuple>

namespace snnc::compiler::emit {

image::Image imageHead(const net::QuantNet &net, const target::Target &target,
                       const std::vector<uint32_t> &firstTick) {
  image::Image image;
  image.netName = net.name;
  image.targetJson = target.json;
  image.targetFingerprint = target.fingerprint;
  image.steps = net.run.steps.value_or(0);
  image.profile = net.profile;
  image.run = net.run;
  image.hostLayers = net.hostLayers;
  image.outputs = net.outputs;
  for (const net::QuantProjection &projection : net.projections)
    image.projections.push_back({projection.name, projection.source, projection.target,
                                 projection.delay, projection.weightBits});
  for (uint32_t p = 0; p < net.populations.size(); ++p) {
    const net::QuantPopulation &population = net.populations[p];
    image::PopulationMap &map = image.populations.emplace_back();
    map.name = population.name;
    map.shape = population.shape;
    map.isInput = population.isInput;
    map.skew = population.isInput ? 0 : firstTick[p];
    map.scale = population.scale;
    map.rest = population.rest;
  }
  return image;
}

void sortTables(image::Image &image) {
  for (image::PopulationMap &map : image.populations)
    std::sort(map.segments.begin(), map.segments.end(),
              [](const image::Segment &a, const image::Segment &b) { return a.first < b.first; });
  for (image::InputMap &map : image.inputs)
    std::sort(map.routes.begin(), map.routes.end(),
              [](const image::InputRoute &a, const image::InputRoute &b) {
                return std::tie(a.element, a.core, a.axon) < std::tie(b.element, b.core, b.axon);
              });
}

CoreOrder coreOrder(llvm::ArrayRef<std::pair<uint32_t, uint32_t>> yx) {
  CoreOrder order;
  order.clusters.resize(yx.size());
  order.coreOf.resize(yx.size());
  std::iota(order.clusters.begin(), order.clusters.end(), 0u);
  std::sort(order.clusters.begin(), order.clusters.end(),
            [&](uint32_t a, uint32_t b) { return yx[a] < yx[b]; });
  for (uint32_t core = 0; core < yx.size(); ++core)
    order.coreOf[order.clusters[core]] = core;
  return order;
}

} // namespace snnc::compiler::emit
