// The mapper `hyper`: several ways to lay out the network, the best one kept.
//
//   network order   contiguous, in tiles, whole populations, equal parts, random: what suits
//                   networks that are written down in a good order, and every baseline that is
//                   cheap
//   grown           cores grown by overlap (grow.h), then moves and swaps with exact gains
//                   (refine.h): what finds the structure that the order hides
//
// Messages decide, then cores. A baseline that fits is never better: it is one of the candidates.
#include "compiler/passes/partition/cut.h"
#include "compiler/passes/partition/grow.h"
#include "compiler/passes/partition/mappers.h"
#include "compiler/passes/partition/natural.h"
#include "compiler/passes/partition/overlap_bound.h"
#include "compiler/passes/partition/parts.h"
#include "compiler/passes/partition/refine.h"

#include "llvm/Support/FormatVariadic.h"

#include <optional>
#include <tuple>

using llvm::formatv;

namespace snnc::compiler::partition {
namespace {

constexpr uint64_t kMostToGrow = uint64_t{1} << 28; // synapses, at 8 bytes each
constexpr uint64_t kMostToStartFromCut = uint64_t{1} << 23;
constexpr uint64_t kMostToCut = uint64_t{1} << 19;
constexpr double kManyStrays = 0.005;
constexpr size_t kNone = SIZE_MAX;

class Hyper {
public:
  explicit Hyper(const MapperContext &given) : context(given), problem(given.problem) {
    context.remarks = nullptr;
    remarks = given.remarks;
  }

  FillResult run() {
    const uint64_t synapses = writtenOut(problem);
    if (context.lowerBound > 1 && synapses <= kMostToGrow)
      growAndRefine();
    // Of equals, network order has the fewest runs of neurons.
    offer("network order", fillNaturally(context, context.fillOptions()), true);
    if (best->clusters.size() > 1) {
      offer("contiguous", mapContiguous(context));
      FillResult equal = mapNengo(context);
      if (severalPopulations()) {
        offerPacked("equal parts, packed", equal);
        offerPacked("whole populations, packed", fillApart(context));
      }
      offer("equal parts", std::move(equal));
      offer("random", mapRandom(context));
      if (synapses <= kMostToCut)
        offer("cut", mapCut(context));
    }
    remark(formatv("chosen: {0}", winner));
    best->leastCores = leastCores;
    return std::move(*best);
  }

private:
  void remark(std::string line) {
    if (remarks != nullptr)
      remarks->push_back(std::move(line));
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

  // Keeps the candidate if it is the first, or better, or as good and `wins` then; later ones need
  // not be finished where they are worse.
  void offer(const char *name, FillResult candidate, bool wins = false) {
    const double messages = messagesOf(problem, candidate.clusters);
    const size_t cores = candidate.clusters.size();
    const bool good = works(candidate);
    if (good)
      remark(formatv("{0}: {1:F0} messages, {2} cores", name, messages, cores));
    else
      remark(formatv("{0}: {1}", name, candidate.overMessages ? "more messages" : "does not fit"));
    const std::pair was(bestMessages, bestCores), now(messages, cores);
    const bool better = good ? now < was || (wins && now == was)
                             : bestCores == kNone && (!best || tellsMore(candidate, *best));
    if (!better)
      return;
    best = std::move(candidate);
    winner = name;
    if (!good)
      return;
    context.mostMessages = bestMessages = messages;
    bestCores = cores;
  }

  // Of two that do not work, the one to report: what lacks only cores, and fewest of them.
  static bool tellsMore(const FillResult &a, const FillResult &b) {
    return std::tuple(a.gaveUp, !a.misfits.empty(), a.clusters.size()) <
           std::tuple(b.gaveUp, !b.misfits.empty(), b.clusters.size());
  }

  void offerPacked(const char *name, const FillResult &apart) {
    if (works(apart))
      offer(name, fillWhole(context, apart));
  }

  void growAndRefine() {
    const LoadModel model(problem);
    if (!model.isSparse())
      return;
    MapGraph graph(problem);
    for (const double fullness : {0.97, 1.0}) { // room to move neurons in, if there are the cores
      FillResult result = refined(grown(graph, model, fullness), graph);
      if (!result.clusters.empty())
        offer("grown, refined", std::move(result));
      if (bestCores != kNone)
        break;
    }
    if (bestCores != kNone && graph.synapses() <= kMostToStartFromCut)
      refineCut(graph, model);
    if (bestCores != kNone && bestCores > context.lowerBound)
      tightenBound(graph);
  }

  // METIS' parts have equally many neurons, and may exceed other limits: then it gets more parts.
  void refineCut(const MapGraph &graph, const LoadModel &model) {
    const GraphCut cut(problem, graph);
    for (const double more : {1.0, 1.08, 1.16}) {
      const auto parts = static_cast<uint32_t>(more * static_cast<double>(bestCores));
      CoreCounts counts(problem, graph, model, cut.into(parts, context.seed), parts);
      if (FillResult result = refined(std::move(counts), graph); works(result))
        return offer("cut, refined", std::move(result));
    }
  }

  void tightenBound(MapGraph &graph) {
    std::vector<uint32_t> order;
    for (const Filled &filled : best->clusters)
      for (const core_ir::Run &run : filled.cluster.runs)
        for (uint32_t k = 0; k < run.count; ++k)
          order.push_back(problem.idOf(run.population, run.first + k));
    const uint64_t words = leastWords(
        problem, graph, order, context.lowerBound * problem.limits.synapseWords, context.threads);
    leastCores = (words + problem.limits.synapseWords - 1) / problem.limits.synapseWords;
    if (leastCores > context.lowerBound)
      remark(formatv("{0} synapse words at least, as little as neurons have in common: {1} cores",
                     words, leastCores));
  }

  // Neurons per core so that the core that sends most would send no more than it can.
  uint32_t lastingNeurons(const CoreCounts &counts, uint32_t core) const {
    const double most = std::max(1.0, static_cast<double>(counts.slotsOf(core)));
    return static_cast<uint32_t>(std::min(static_cast<double>(problem.limits.neurons),
                                          0.98 * counts.loadOf(core).neurons *
                                              static_cast<double>(problem.limits.outputSlots) /
                                              most));
  }

  // Output slots depend on where the targets of a core go: cores are grown smaller until they last.
  // Then once more, by what a core can hear at all of a neuron's sources. The best that lasts.
  CoreCounts grown(const MapGraph &graph, const LoadModel &model, double fullness) {
    constexpr int kTries = 4;
    GrowOptions options{fullness, static_cast<uint32_t>(problem.limits.neurons), {}};
    std::vector<uint32_t> bestPart;
    double fewest = HUGE_VAL;
    for (int attempt = 0;; ++attempt) {
      std::vector<uint32_t> part = grow(problem, graph, model, options);
      const uint32_t cores = 1 + *std::max_element(part.begin(), part.end());
      CoreCounts counts(problem, graph, model, std::move(part), cores);
      const double messages = counts.messages();
      remark(formatv("grown by overlap: {0:F0} messages, {1} cores", messages, cores));
      uint32_t busiest = 0;
      for (uint32_t core = 1; core < cores; ++core)
        busiest = counts.slotsOf(core) > counts.slotsOf(busiest) ? core : busiest;
      const bool lasts = counts.slotsOf(busiest) <= problem.limits.outputSlots;
      const bool better = lasts && messages < fewest;
      if (better) {
        fewest = messages;
        bestPart = counts.parts();
      }
      const uint32_t lasting = lastingNeurons(counts, busiest);
      if (!lasts && attempt < kTries && counts.loadOf(busiest).neurons >= 16)
        options.neurons = lasting;
      else if (options.reachable.empty() && counts.strays() > kManyStrays)
        options.reachable = counts.reachable();
      else if (better && attempt < kTries && lasting > options.neurons + options.neurons / 20)
        options.neurons = lasting; // was made small for a worse layout
      else if (better || bestPart.empty())
        return counts;
      else
        return CoreCounts(problem, graph, model, bestPart,
                          1 + *std::max_element(bestPart.begin(), bestPart.end()));
    }
  }

  FillResult refined(CoreCounts counts, const MapGraph &graph) {
    Refiner refiner(counts, problem, graph);
    const uint32_t mostCores = counts.cores() + counts.cores() / 8 + 8;
    if (!refiner.repair(mostCores)) {
      remark("refined: exceeds the limits of too many cores");
      return notFound();
    }
    const double saved = refiner.improve({});
    remark(formatv("refined: {0:F0} messages saved, {1} cores", saved, counts.cores()));
    return exactly(counts, refiner, mostCores);
  }

  // Takes neurons out of cores that exact cost finds too full, until all of them fit.
  FillResult exactly(CoreCounts &counts, Refiner &refiner, uint32_t mostCores) {
    constexpr int kRounds = 4;
    for (int round = 0;; ++round) {
      const Arrangement arrangement = arrangementOf(problem, counts.parts(), counts.cores());
      FillResult result =
          fill(problem, arrangement, {farBeyond(context.cores), 0, nullptr, HUGE_VAL});
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
      if (!refiner.repair(mostCores + mostCores / 8))
        return result;
    }
  }

  FillResult notFound() const {
    FillResult result;
    result.gaveUp = true;
    result.closedBy.assign(problem.net.populations.size(), std::vector<uint32_t>(kResources, 0));
    return result;
  }

  MapperContext context;
  const Problem &problem;
  std::vector<std::string> *remarks;
  std::optional<FillResult> best;
  double bestMessages = HUGE_VAL; // of the best that works
  size_t bestCores = kNone;
  uint64_t leastCores = 0;
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
