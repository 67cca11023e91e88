#include "tools/snnc/ranc.h"

#include "common/support/file_io.h"
#include "common/support/strings.h"
#include "compiler/frontends/ranc/ranc_frontend.h"

namespace snnc::cli {

using Json = nlohmann::ordered_json;
using support::Diag;
using support::DiagCode;

llvm::Expected<bool> isRanc(llvm::StringRef path) {
  if (!support::endsWith(path, ".json"))
    return false;
  auto buffer = support::readFile(path);
  if (!buffer)
    return buffer.takeError();
  return compiler::looksLikeRanc((*buffer)->getBuffer());
}

llvm::Error refuseRanc(llvm::StringRef path) {
  llvm::Expected<bool> ranc = isRanc(path);
  if (!ranc)
    return ranc.takeError();
  if (!*ranc)
    return llvm::Error::success();
  return Diag(
             DiagCode::NotThereYet, {path.str(), 0, {}},
             "unsupported: this is a RANC network, which is laid out already and has its own input")
      .help("'snnc run' and 'snnc verify' take it with --format ranc, 'snnc dump' prints it")
      .take();
}

static Json toJson(const net::CrossbarNet &net) {
  const net::CrossbarStats stats = net::statsOf(net);
  return {{"name", net.name},
          {"mesh", {{"width", net.width}, {"height", net.height}}},
          {"axons_per_core", net.axons},
          {"neurons_per_core", net.neurons},
          {"axon_types", net.types},
          {"cores", stats.cores},
          {"neurons", stats.neurons},
          {"synapses", stats.synapses},
          {"axons", stats.axons},
          {"packets", net.packets.size()},
          {"ticks", net.ticks},
          {"lost_targets", stats.lost}};
}

llvm::Error dumpRanc(llvm::StringRef path, Console &console) {
  support::Warnings warnings;
  llvm::Expected<net::CrossbarNet> net = compiler::readRanc(path, "", warnings);
  console.warn(warnings);
  if (!net)
    return net.takeError();
  if (console.json)
    console.print({{"schema", "snnc-dump/1"},
                   {"model", path.str()},
                   {"crossbar", toJson(*net)},
                   {"warnings", console.warnings()}});
  else
    console.out() << net::summary(*net);
  return llvm::Error::success();
}

} // namespace snnc::cli
