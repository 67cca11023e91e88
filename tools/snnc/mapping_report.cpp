#include "tools/snnc/mapping_report.h"

#include "runtime/report/format.h"

namespace snnc::cli {

using compiler::MappingReport;
using Json = nlohmann::ordered_json;
using llvm::formatv;
using runtime::report::countText;
using runtime::report::Table;
using runtime::report::withCommas;

static std::string percent(double part, double whole) {
  return whole > 0 ? formatv("{0:F1} %", 100 * part / whole).str() : "";
}

static double meanOf(const compiler::ResourceUse &use, uint32_t cores) {
  return cores == 0 ? 0.0 : static_cast<double>(use.total) / cores;
}

void printMapping(const compiler::CompileReport &report, llvm::raw_ostream &os) {
  const MappingReport &mapping = report.mapping;
  Table uses({"of a core's", "limit", "mean", "most", "mean used", "most used"});
  for (const compiler::ResourceUse &use : mapping.resources) {
    const auto limit = static_cast<double>(use.perCore);
    uses.row({use.name, withCommas(use.perCore), countText(meanOf(use, report.coresUsed)),
              withCommas(use.most), percent(meanOf(use, report.coresUsed), limit),
              percent(static_cast<double>(use.most), limit)});
  }
  if (!mapping.resources.empty()) {
    uses.print(os);
    os << '\n';
  }
  Table traffic({"traffic on " + std::to_string(mapping.meshWidth) + " x " +
                     std::to_string(mapping.meshHeight) + " cores",
                 "per tick", "<where"});
  traffic.row({"hops", countText(report.hopsPerTick),
               "at least " + countText(mapping.lowerBoundHopsPerTick) + " between these cores"});
  traffic.row({"energy of hops, pJ", countText(mapping.hopEnergyPerTick), ""});
  const auto &link = mapping.hottestLink;
  traffic.row({"hottest link", countText(mapping.hottestLinkMessages),
               mapping.hottestLinkMessages > 0
                   ? formatv("({0},{1}) -> ({2},{3})", link[0], link[1], link[2], link[3]).str()
                   : ""});
  traffic.row({"hottest core", countText(mapping.hottestCoreMessages),
               formatv("({0},{1}) receives", mapping.hottestCore[0], mapping.hottestCore[1])});
  traffic.print(os);
  os << "\nmapper " << mapping.mapper << '\n';
  for (const std::string &remark : mapping.remarks)
    os << "  " << remark << '\n';
}

Json mappingJson(const compiler::CompileReport &report) {
  const MappingReport &mapping = report.mapping;
  Json resources = Json::array();
  for (const compiler::ResourceUse &use : mapping.resources)
    resources.push_back({{"name", use.name},
                         {"per_core", use.perCore},
                         {"total", use.total},
                         {"mean", meanOf(use, report.coresUsed)},
                         {"most", use.most}});
  return {{"mapper", mapping.mapper},
          {"mesh", {{"width", mapping.meshWidth}, {"height", mapping.meshHeight}}},
          {"resources", resources},
          {"lower_bound_hops_per_tick", mapping.lowerBoundHopsPerTick},
          {"hop_energy_pj_per_tick", mapping.hopEnergyPerTick},
          {"hottest_link",
           {{"from", {mapping.hottestLink[0], mapping.hottestLink[1]}},
            {"to", {mapping.hottestLink[2], mapping.hottestLink[3]}},
            {"messages_per_tick", mapping.hottestLinkMessages}}},
          {"hottest_core",
           {{"at", {mapping.hottestCore[0], mapping.hottestCore[1]}},
            {"messages_per_tick", mapping.hottestCoreMessages}}},
          {"remarks", mapping.remarks}};
}

} // namespace snnc::cli
