// The mapper `hyper`: several ways to lay out the network, the best one kept.
//
//   network order   contiguous, in tiles, whole populations, equal parts, random: what suits
//                   networks that are written down in a good order, and every baseline that is cheap
//   grown           cores grown by overlap (grow.h), then moves and swaps with exact gains
//                   (refine.h): what finds the structure that the order hides
//
// Messages decide, then cores. A baseline that fits is never better: it is one of the candidates.
#include "compiler/passes/partition/grow.h"
#include "compiler/passes/partition/mappers.h"
#include "compiler/passes/partition/natural.h"
#include "compiler/passes/partition/parts.h"
#include "compiler/passes/partition/refine.h"

#include "llvm/Support/FormatVariadic.h"

#include <optional>

using llvm::formatv;

namespace snnc::compiler::partition {
namespace {

class Hyper {
public:
  explicit Hyper(const MapperContext &context) : context(context), problem(context.problem) {}

  FillResult run() {
    const FillOptions options{farBeyond(context.cores), 0, nullptr};
    offer("network order", fillNaturally(context, options));
    offer("contiguous", mapContiguous(context));
    if (severalPopulations())
      offer("whole populations", fillWhole(context, options));
    offer("equal parts", mapNengo(context));
    offer("random", mapRandom(context));
    constexpr uint64_t kMost = uint64_t{1} << 28; // synapses: 8 bytes each
    if (best->clusters.size() > 1 && writtenOut(problem) <= kMost)
      growAndRefine();
    remark(formatv("{0} was chosen: {1:F0} messages, {2} cores", winner, messagesOf(problem, best->clusters), best->clusters.size()));
    return std::move(*best);
  }

private:
  void remark(std::string line) {
    if (context.remarks != nullptr)
      context.remarks->push_back(std::move(line));
  }

  bool severalPopulations() const {
    uint32_t populations = 0;
    for (const net::QuantPopulation &population : problem.net.populations)
      populations += population.isInput ? 0 : 1;
    return populations > 1;
  }

  bool works(const FillResult &result) const {
    return !result.gaveUp && result.misfits.empty() && result.clusters.size() <= context.cores;
  }

  // Keeps the candidate if it is the first, or better.
  void offer(const char *name, FillResult candidate) {
    const bool good = works(candidate);
    const double messages = messagesOf(problem, candidate.clusters);
    const size_t cores = candidate.clusters.size();
    if (good)
      remark(formatv("{0}: {1:F0} messages, {2} cores", name, messages, cores));
    else
      remark(formatv("{0}: does not fit", name));
    if (best && (!good || (works(*best) && std::pair(bestMessages, best->clusters.size()) <=
                                               std::pair(messages, cores))))
      return;
    best = std::move(candidate);
    bestMessages = messages;
    winner = name;
  }

  void growAndRefine() {
    const LoadModel model(problem);
    if (!model.isSparse())
      return;
    const MapGraph graph(problem);
    offer("grown, refined", refined(graph, model));
  }

  // Output slots depend on where the targets of a core go: cores are grown smaller until they last.
  CoreCounts grown(const MapGraph &graph, const LoadModel &model) {
    constexpr int kTries = 4;
    auto neurons = static_cast<uint32_t>(problem.limits.neurons);
    for (int attempt = 0;; ++attempt) {
      std::vector<uint32_t> part = grow(problem, graph, model, {0.97, neurons});
      const uint32_t cores = 1 + *std::max_element(part.begin(), part.end());
      CoreCounts counts(problem, graph, model, std::move(part), cores);
      uint64_t most = 0;
      for (uint32_t core = 0; core < cores; ++core)
        most = std::max(most, counts.slotsOf(core));
      if (most <= problem.limits.outputSlots || attempt == kTries || neurons < 16)
        return counts;
      neurons = static_cast<uint32_t>(static_cast<double>(neurons) * 0.99 *
                                      static_cast<double>(problem.limits.outputSlots) /
                                      static_cast<double>(most));
    }
  }

  FillResult refined(const MapGraph &graph, const LoadModel &model) {
    CoreCounts counts = grown(graph, model);
    Refiner refiner(counts, problem, graph);
    const double before = counts.messages();
    const uint32_t cores = counts.cores();
    refiner.repair();
    const double saved = refiner.improve({});
    remark(formatv("grown: {0:F0} messages, {1} cores; refinement saved {2:F0}", before, cores, saved));
    return exactly(counts, refiner);
  }

  // Takes neurons out of cores that exact cost finds too full, until all of them fit.
  FillResult exactly(CoreCounts &counts, Refiner &refiner) {
    constexpr int kRounds = 4;
    for (int round = 0;; ++round) {
      const Arrangement arrangement = arrangementOf(problem, counts.parts(), counts.cores());
      FillResult result =
          fill(problem, arrangement, {farBeyond(context.cores), 0, nullptr});
      if (result.gaveUp || !result.misfits.empty() || round == kRounds ||
          result.clusters.size() == arrangement.starts.size())
        return result;
      // The first cluster of a part that was cut says how much fits.
      std::vector<uint32_t> held(counts.cores(), 0);
      for (const Filled &filled : result.clusters) {
        const core_ir::Run &run = filled.cluster.runs.front();
        uint32_t &first = held[counts.coreOf(problem.idOf(run.population, run.first))];
        first = first == 0 ? filled.cluster.load.neurons : first;
      }
      for (uint32_t core = 0; core < counts.cores(); ++core)
        if (held[core] < counts.loadOf(core).neurons)
          refiner.tighten(core, std::max(1u, held[core] - held[core] / 200));
      refiner.repair();
    }
  }

  const MapperContext &context;
  const Problem &problem;
  std::optional<FillResult> best;
  double bestMessages = 0;
  const char *winner = "";
};

} // namespace

FillResult mapHyper(const MapperContext &context) {
  return Hyper(context).run();
}

llvm::ArrayRef<MapperInfo> allMappers() {
  static constexpr MapperInfo kMappers[] = {{"hyper", mapHyper},
                                            {"contiguous", mapContiguous},
                                            {"nengo", mapNengo},
                                            {"random", mapRandom},
                                            {"cut", mapCut}};
  return kMappers;
}

} // namespace snnc::compiler::partition
