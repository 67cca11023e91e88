// Throughput of the engines and of the compiler on one network: mnist_mlp_snntorch.nir for
// loihi-like, direct coding, 25 steps, one thread. A sample is an image of MNIST handed to the
// host's part of the run, its trace recorded. Needs ../shared (or SNNC_SHARED).
#include "common/data/data.h"
#include "common/image/codec.h"
#include "compiler/frontends/nir/nir_frontend.h"
#include "compiler/pipeline/compile.h"
#include "runtime/cycle/cycle_machine.h"
#include "runtime/fast/fast_machine.h"
#include "runtime/machine/host_driver.h"
#include "runtime/rtl/rtl_machine.h"

#include "llvm/Support/raw_ostream.h"

#include <benchmark/benchmark.h>

#include <cstdlib>

using namespace snnc;
using namespace snnc::runtime;

namespace {

constexpr uint32_t kSteps = 25;

std::string shared() {
  const char *folder = std::getenv("SNNC_SHARED");
  return folder != nullptr ? folder : SNNC_BENCH_SHARED;
}

net::Net readModel() {
  support::Warnings warnings;
  net::Net net =
      llvm::cantFail(compiler::readNir(shared() + "/models/mnist_mlp_snntorch.nir", {}, warnings));
  net.run.encode = net::Encoding::Direct;
  net.run.steps = kSteps;
  return net;
}

struct Subject {
  image::Image image;
  std::vector<data::EncodedSample> samples;

  static const Subject &get() {
    static const Subject subject = make();
    return subject;
  }

  static Subject make() {
    Subject subject;
    support::Warnings warnings;
    const target::Target target = llvm::cantFail(target::loadTarget("loihi-like"));
    subject.image = *llvm::cantFail(compiler::compile(readModel(), target, {}, warnings)).image;
    const data::Dataset images =
        llvm::cantFail(data::loadDataset("mnist:" + shared() + "/data/mnist", {784}));
    for (uint64_t i = 0; i < images.samples; ++i)
      subject.samples.push_back(
          llvm::cantFail(data::encodeSample(images, i, subject.image.run, 1)));
    return subject;
  }
};

// `batch` samples per iteration, the next ones each time.
void runMachine(benchmark::State &state, std::unique_ptr<Machine> machine, size_t batch,
                const Subject &subject = Subject::get()) {
  llvm::cantFail(machine->load(subject.image, kSteps));
  HostDriver driver(subject.image, *machine, kSteps);
  size_t next = 0;
  for (auto _ : state)
    for (size_t i = 0; i < batch; ++i) {
      trace::SampleTrace trace = driver.run(subject.samples[next], {});
      benchmark::DoNotOptimize(trace);
      next = next + 1 == subject.samples.size() ? 0 : next + 1;
    }
  const Counters counters = machine->counters();
  const auto rate = [](double count) {
    return benchmark::Counter(count, benchmark::Counter::kIsRate);
  };
  const double samples = double(state.iterations()) * double(batch);
  state.counters["samples/s"] = rate(samples);
  state.counters["synops/s"] = rate(double(counters.total()[CoreCounter::Synops]));
  state.counters["spikes/s"] = rate(double(counters.total()[CoreCounter::Spikes]));
  state.counters["synops/sample"] = double(counters.total()[CoreCounter::Synops]) / samples;
  if (counters.tickCycles != 0)
    state.counters["cycles/s"] = rate(double(counters.tickCycles));
}

void runFast(benchmark::State &state) {
  const auto path = static_cast<fast::Path>(state.range(0));
  if (!fast::isUsable(path)) {
    state.SkipWithError("not on this processor");
    return;
  }
  state.SetLabel(fast::nameOf(path));
  runMachine(state, fast::createFastMachine(path), 500);
}
BENCHMARK(runFast)->Name("fast")->DenseRange(0, 2)->Unit(benchmark::kMillisecond);

void runCycle(benchmark::State &state) {
  runMachine(state, cycle::createCycleMachine(), 20);
}
BENCHMARK(runCycle)->Name("cycle")->Unit(benchmark::kMillisecond);

void runRtl(benchmark::State &state) {
  auto machine = rtl::createRtlMachine(Subject::get().image, llvm::errs());
  if (!machine) {
    state.SkipWithError(llvm::toString(machine.takeError()).c_str());
    return;
  }
  runMachine(state, std::move(*machine), 1);
}
BENCHMARK(runRtl)->Name("rtl")->Unit(benchmark::kMillisecond);

// Networks of 100 synapses per neuron, compiled before: SNNC_LARGE is a folder with small.snnimg,
// large.snnimg and the input spikes small_x.npy, large_x.npy (docs/performance.md).
void runSparse(benchmark::State &state, const std::string &name) {
  const char *folder = std::getenv("SNNC_LARGE");
  if (folder == nullptr) {
    state.SkipWithError("SNNC_LARGE names no folder");
    return;
  }
  const std::string path = std::string(folder) + "/" + name;
  Subject subject;
  subject.image = llvm::cantFail(image::readFile(path + ".snnimg"));
  const std::vector<uint32_t> &shape =
      subject.image.populations[subject.image.inputs[0].population].shape;
  const data::Dataset spikes = llvm::cantFail(data::loadDataset("npy:" + path + "_x.npy", shape));
  subject.image.run.steps = kSteps;
  subject.samples.push_back(llvm::cantFail(data::encodeSample(spikes, 0, subject.image.run, 1)));
  runMachine(state, llvm::cantFail(fast::createFastMachine()), 1, subject);
}
BENCHMARK_CAPTURE(runSparse, small, "small")->Name("sparse/small")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(runSparse, large, "large")->Name("sparse/large")->Unit(benchmark::kMillisecond);

void compileModel(benchmark::State &state) {
  const target::Target target = llvm::cantFail(target::loadTarget("loihi-like"));
  for (auto _ : state) {
    support::Warnings warnings;
    auto compiled = compiler::compile(readModel(), target, {}, warnings);
    benchmark::DoNotOptimize(compiled);
  }
}
BENCHMARK(compileModel)->Name("compile")->Unit(benchmark::kMillisecond);

} // namespace

BENCHMARK_MAIN();
