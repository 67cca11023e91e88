#include "runtime/machine/host_driver.h"

#include "common/support/diag.h"
#include "runtime/machine/host_layer.h"

#include <algorithm>
#include <cassert>

namespace snnc::runtime {

struct HostDriver::Plan {
  struct Layer {
    HostLayerRunner runner;
    std::vector<BiasBurst> bursts;
    uint32_t element; // of the sample, where the source population starts
    uint32_t inputs;  // elements of the source population
    uint32_t skew;    // of the target population
  };
  // A spike of sample element `element` in step t is sent before tick t + offset.
  struct Route {
    uint32_t element, offset;
    HostPacket packet;
  };
  explicit Plan(const image::Image &image);

  std::vector<uint32_t> element; // [population] where an input's elements start in the sample
  std::vector<Layer> layers;
  std::vector<Route> routes;       // sorted by (element, core, axon)
  std::vector<HostPacket> packets; // scratch
  std::vector<int16_t> burst;      // scratch
  std::vector<NeuronState> states; // scratch
};

namespace {

uint32_t sizeOf(const image::PopulationMap &population) {
  uint32_t size = 1;
  for (uint32_t extent : population.shape)
    size *= extent;
  return size;
}

// Input populations in the order of the data: those with packets as listed, then the others.
std::vector<uint32_t> inputOrder(const image::Image &image) {
  std::vector<uint32_t> order;
  for (const image::InputMap &input : image.inputs)
    order.push_back(input.population);
  for (uint32_t p = 0; p < image.populations.size(); ++p)
    if (image.populations[p].isInput && std::find(order.begin(), order.end(), p) == order.end())
      order.push_back(p);
  return order;
}

} // namespace

llvm::Error checkSample(const image::Image &image, const data::EncodedSample &sample) {
  uint32_t size = 0;
  for (const image::PopulationMap &population : image.populations)
    size += population.isInput ? sizeOf(population) : 0;
  if (sample.size != size)
    return support::Diag(support::DiagCode::SampleMismatch, {},
                         llvm::formatv("the sample has {0} elements, the image's inputs have {1}",
                                       sample.size, size))
        .help("give data of the shape that the network was compiled for")
        .take();
  const bool wantsValues = !image.hostLayers.empty();
  if (sample.analog() != wantsValues)
    return support::Diag(support::DiagCode::SampleMismatch, {},
                         llvm::formatv("the sample has {0}, the image was compiled for {1}",
                                       sample.analog() ? "values" : "spikes",
                                       wantsValues ? "values" : "spikes"))
        .help(wantsValues ? "run it with --encode direct"
                          : "run it with an encoding that makes spikes, or compile it with "
                            "--encode direct")
        .take();
  return llvm::Error::success();
}

HostDriver::Plan::Plan(const image::Image &image) : element(image.populations.size()) {
  uint32_t next = 0;
  for (const uint32_t population : inputOrder(image)) {
    element[population] = next;
    next += sizeOf(image.populations[population]);
  }
  for (const net::HostLayer &layer : image.hostLayers) {
    const image::PopulationMap &target = image.populations[layer.target];
    layers.push_back({HostLayerRunner(layer), biasBursts(target), element[layer.source],
                      sizeOf(image.populations[layer.source]), target.skew});
  }
  for (const image::InputMap &input : image.inputs) {
    for (const image::InputRoute &route : input.routes) {
      const image::CoreImage &core = image.cores[route.core];
      routes.push_back({element[input.population] + route.element,
                        route.offset,
                        {core.x, core.y, 0, route.axon}});
    }
  }
}

HostDriver::HostDriver(const image::Image &image, Machine &machine, uint32_t steps)
    : image(image), machine(machine), steps(steps), plan(std::make_unique<Plan>(image)) {}

HostDriver::~HostDriver() = default;

uint32_t HostDriver::ticksPerSample() const {
  return steps + image.maxSkew();
}

trace::SampleTrace HostDriver::run(const data::EncodedSample &sample, const Options &options) {
  assert(sample.steps == steps && "the machine's windows were loaded for other samples");
  trace::SampleTrace trace;
  trace.steps = steps;
  for (size_t p = 0; p < image.populations.size(); ++p) {
    const image::PopulationMap &population = image.populations[p];
    trace::PopulationTrace entry;
    entry.name = population.name;
    entry.size = sizeOf(population);
    entry.spikes.resize(size_t{steps} * entry.size);
    if (population.isInput && !sample.analog())
      for (uint32_t step = 0; step < steps; ++step)
        std::copy_n(&sample.spikes[size_t{step} * sample.size + plan->element[p]], entry.size,
                    &entry.spikes[size_t{step} * entry.size]);
    if (!population.isInput && options.recordState) {
      entry.u.resize(entry.spikes.size());
      entry.v.resize(entry.spikes.size());
    }
    trace.populations.push_back(std::move(entry));
  }

  // Held values are written once; then nothing has to happen between ticks.
  const bool together =
      sample.analog() && !sample.valuesPerStep() && !options.recordState && !options.onTick;
  machine.reset();
  for (uint32_t tick = 0; tick < ticksPerSample();) {
    writeBiases(sample, tick);
    injectSpikes(sample, tick);
    const uint32_t ran = machine.run(together ? ticksPerSample() - tick : 1);
    recordSpikes(trace, tick, ran);
    if (options.recordState)
      recordState(trace, tick);
    if (options.onTick)
      options.onTick(tick);
    tick += ran;
  }
  return trace;
}

void HostDriver::writeBiases(const data::EncodedSample &sample, uint32_t tick) {
  if (!sample.analog())
    return;
  for (Plan::Layer &layer : plan->layers) {
    // A held value is written once, before the first tick; others before the tick of their step.
    uint32_t step = 0;
    if (sample.valuesPerStep()) {
      if (tick < layer.skew || tick - layer.skew >= steps)
        continue;
      step = tick - layer.skew;
    } else if (tick != 0) {
      continue;
    }
    const llvm::ArrayRef<float> values(&sample.values[size_t{step} * sample.size + layer.element],
                                       layer.inputs);
    const llvm::ArrayRef<int16_t> mantissas = layer.runner.evaluate(values, hostStats);
    for (const BiasBurst &burst : layer.bursts) {
      plan->burst.resize(burst.neurons.size());
      for (size_t i = 0; i < burst.neurons.size(); ++i)
        plan->burst[i] = mantissas[burst.neurons[i]];
      machine.writeBias(burst.core, burst.first, plan->burst);
    }
  }
}

void HostDriver::injectSpikes(const data::EncodedSample &sample, uint32_t tick) {
  if (sample.analog())
    return;
  plan->packets.clear();
  for (const Plan::Route &route : plan->routes) {
    const uint32_t step = tick - route.offset; // wraps to a huge step before the offset
    if (step < steps && sample.spikes[size_t{step} * sample.size + route.element] != 0)
      plan->packets.push_back(route.packet);
  }
  hostStats.packets += plan->packets.size();
  machine.inject(plan->packets);
}

void HostDriver::recordSpikes(trace::SampleTrace &trace, uint32_t tick, uint32_t ticks) {
  for (size_t p = 0; p < image.populations.size(); ++p) {
    const image::PopulationMap &population = image.populations[p];
    const uint32_t begin = std::max(tick, population.skew);
    const uint32_t end = std::min(tick + ticks, population.skew + steps);
    if (begin >= end)
      continue;
    trace::PopulationTrace &entry = trace.populations[p];
    uint8_t *row = &entry.spikes[size_t{begin - population.skew} * entry.size];
    for (const image::Segment &segment : population.segments)
      machine.readSpikes({segment.core, segment.local, segment.count, begin - tick, end - begin,
                          row + segment.first, entry.size});
  }
}

void HostDriver::recordState(trace::SampleTrace &trace, uint32_t tick) {
  for (size_t p = 0; p < image.populations.size(); ++p) {
    const image::PopulationMap &population = image.populations[p];
    const uint32_t step = tick - population.skew;
    if (population.isInput || step >= steps)
      continue;
    trace::PopulationTrace &entry = trace.populations[p];
    for (const image::Segment &segment : population.segments) {
      plan->states.resize(segment.count);
      machine.readState(segment.core, segment.local, plan->states);
      const size_t base = size_t{step} * entry.size + segment.first;
      for (uint32_t i = 0; i < segment.count; ++i) {
        entry.u[base + i] = plan->states[i].u;
        entry.v[base + i] = plan->states[i].v;
      }
    }
  }
}

} // namespace snnc::runtime
