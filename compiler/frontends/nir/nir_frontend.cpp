#include "compiler/frontends/nir/nir_frontend.h"

#include "common/net/discretize.h"
#include "compiler/frontends/nir/build_net.h"
#include "compiler/frontends/nir/nir_graph.h"

#include "llvm/Support/Path.h"

namespace snnc::compiler {

using support::Diag;
using support::DiagCode;

static llvm::Error checkUsable(const net::Net &net, llvm::StringRef path) {
  const support::SourceLoc loc{path.str(), 0, "/node"};
  if (net.inputs.empty() || net.outputs.empty())
    return Diag(DiagCode::UnsupportedGraph, loc,
                llvm::formatv("the graph has {0} inputs and {1} outputs, at least one of each is "
                              "needed",
                              net.inputs.size(), net.outputs.size()))
        .help("join the neurons to an Input and an Output node")
        .take();
  llvm::Error errors = llvm::Error::success();
  for (const net::Population &population : net.populations) {
    auto updates = net::discretize(population, net.profile);
    if (!updates)
      errors = llvm::joinErrors(std::move(errors), updates.takeError());
  }
  return errors;
}

llvm::Expected<net::Net> readNir(llvm::StringRef path, const net::ProfileFlags &flags,
                                 support::Warnings &warnings) {
  llvm::Expected<nir::Hdf5File> file = nir::Hdf5File::open(path);
  if (!file)
    return file.takeError();
  const size_t olderWarnings = warnings.size();
  llvm::Expected<nir::Graph> graph = nir::readGraph(*file, warnings);
  if (!graph)
    return graph.takeError();
  llvm::Expected<net::Net> net = nir::buildNet(std::move(*graph), flags, warnings);
  if (!net)
    return net.takeError();
  net->name = llvm::sys::path::stem(path).str();
  for (size_t i = olderWarnings; i < warnings.size(); ++i)
    warnings[i].loc.file = path.str();
  if (llvm::Error error = checkUsable(*net, path))
    return error;
  return net;
}

} // namespace snnc::compiler
