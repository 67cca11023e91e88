#include "runtime/verify/verify.h"

#include "common/image/codec.h"
#include "common/support/diag.h"
#include "runtime/reference/quant_engine.h"
#include "runtime/verify/compare.h"

#include "llvm/Support/FormatVariadic.h"

namespace snnc::runtime::verify {

namespace {

// One engine: a machine with its recorder, or the network in double.
struct Engine {
  std::unique_ptr<Machine> machine;
  std::unique_ptr<Recorder> recorder;
  std::unique_ptr<reference::QuantEngine> quant;

  llvm::Expected<SampleRecord> run(const data::EncodedSample &sample) {
    if (recorder)
      return recorder->run(sample);
    SampleRecord record;
    record.trace = quant->run(sample, true);
    return record;
  }
};

llvm::Expected<std::vector<Engine>> makeEngines(const VerifyRequest &request,
                                                const net::QuantNet &network) {
  std::vector<Engine> engines;
  for (const EngineSpec &spec : request.engines) {
    Engine engine;
    if (!spec.create) {
      engine.quant = std::make_unique<reference::QuantEngine>(network, request.core);
    } else {
      auto machine = spec.create(request.image);
      if (!machine)
        return machine.takeError();
      engine.machine = std::move(*machine);
      engine.recorder = std::make_unique<Recorder>(request.image, *engine.machine);
    }
    engines.push_back(std::move(engine));
  }
  return engines;
}

std::vector<PairReport> makePairs(const std::vector<EngineSpec> &engines) {
  std::vector<PairReport> pairs;
  for (size_t a = 0; a < engines.size(); ++a)
    for (size_t b = a + 1; b < engines.size(); ++b) {
      pairs.emplace_back();
      pairs.back().a = engines[a].name;
      pairs.back().b = engines[b].name;
    }
  return pairs;
}

// Runs one sample on every engine and adds every pair's differences. Returns the ticks.
llvm::Expected<uint64_t> verifySample(const VerifyRequest &request, uint64_t number,
                                      std::vector<Engine> &engines, Comparer &comparer,
                                      std::vector<PairReport> &pairs) {
  llvm::Expected<data::EncodedSample> sample = request.sampleAt(number);
  if (!sample)
    return sample.takeError();
  if (llvm::Error error = checkSample(request.image, *sample))
    return error;
  std::vector<SampleRecord> records;
  for (Engine &engine : engines) {
    llvm::Expected<SampleRecord> record = engine.run(*sample);
    if (!record)
      return record.takeError();
    records.push_back(std::move(*record));
  }
  size_t pair = 0;
  for (size_t a = 0; a < records.size(); ++a)
    for (size_t b = a + 1; b < records.size(); ++b, ++pair) {
      const bool equalBefore = !pairs[pair].first;
      comparer.compare(records[a], records[b], number, pairs[pair]);
      if (equalBefore && pairs[pair].first && !request.command.empty())
        pairs[pair].first->replay =
            llvm::formatv("{0} --engines {1},{2} --samples {3}:{4}", request.command, pairs[pair].a,
                          pairs[pair].b, number, number + 1);
    }
  return sample->steps + request.image.maxSkew();
}

} // namespace

std::string Divergence::text() const {
  std::string out = llvm::formatv("sample {0}, tick {1}", sample, tick);
  if (!layer.empty())
    out += llvm::formatv(", neuron {0} of '{1}'", neuron, layer);
  if (core)
    out += llvm::formatv(", core {0}", *core);
  if (core && !layer.empty())
    out += llvm::formatv(" neuron {0}", local);
  out += llvm::formatv("\n  {0}: {1} against {2}", field, a, b);
  if (!operation.empty())
    out += "\n  " + operation;
  if (!replay.empty())
    out += "\n  replay: " + replay;
  return out;
}

llvm::Expected<VerifyReport> verifyEngines(const VerifyRequest &request) {
  if (request.engines.size() < 2)
    return support::Diag(support::DiagCode::EnginesTooFew, {},
                         llvm::formatv("{0} engine to compare, at least 2 are needed",
                                       request.engines.size()))
        .help("name two of quant, fast, cycle, rtl")
        .take();
  VerifyReport report;
  net::QuantNet decoded;
  if (request.network != nullptr) {
    llvm::Expected<std::string> difference =
        compareImageWithNetwork(request.image, *request.network);
    if (!difference)
      return difference.takeError();
    report.imageEqualsNetwork = difference->empty();
    report.imageDifference = *difference;
  } else {
    llvm::Expected<net::QuantNet> network = image::toNetwork(request.image);
    if (!network)
      return network.takeError();
    decoded = std::move(*network);
  }
  const net::QuantNet &network = request.network != nullptr ? *request.network : decoded;
  llvm::Expected<std::vector<Engine>> engines = makeEngines(request, network);
  if (!engines)
    return engines.takeError();

  report.samples = request.samples;
  report.coresUsed = static_cast<uint32_t>(request.image.cores.size());
  report.pairs = makePairs(request.engines);
  Comparer comparer(request.image, network, request.core);
  for (uint64_t i = 0; i < request.samples; ++i) {
    llvm::Expected<uint64_t> ticks =
        verifySample(request, request.firstSample + i, *engines, comparer, report.pairs);
    if (!ticks)
      return ticks.takeError();
    report.ticks += *ticks;
    if (request.progress)
      request.progress(i + 1, request.samples);
  }
  report.pass = report.imageEqualsNetwork.value_or(true);
  for (const PairReport &pair : report.pairs)
    report.pass = report.pass && pair.equal();
  return report;
}

} // namespace snnc::runtime::verify
