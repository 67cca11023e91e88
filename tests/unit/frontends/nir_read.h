// Reading in tests: the net, or the test fails; and the warnings beside it.
#pragma once

#include "common/net/discretize.h"
#include "common/net/synapses.h"
#include "common/net/verify.h"
#include "compiler/frontends/nir/nir_frontend.h"
#include "tests/unit/frontends/nir_file.h"
#include "tests/unit/support/expect_diag.h"

namespace snnc {

struct Read {
  net::Net net;
  support::Warnings warnings;

  size_t count(support::DiagCode code) const {
    size_t n = 0;
    for (const support::Diagnostic &warning : warnings)
      n += warning.code == code;
    return n;
  }
  const net::Population &population(const std::string &name) const {
    for (const net::Population &population : net.populations)
      if (population.name == name)
        return population;
    ADD_FAILURE() << "no population " << name;
    return net.populations.front();
  }
  const net::Projection &projection(const std::string &name) const {
    for (const net::Projection &projection : net.projections)
      if (projection.name == name)
        return projection;
    ADD_FAILURE() << "no projection " << name;
    return net.projections.front();
  }
};

inline Read readOrFail(const std::string &path, const net::ProfileFlags &flags = {}) {
  Read read;
  auto net = compiler::readNir(path, flags, read.warnings);
  if (net) {
    read.net = std::move(*net);
    if (llvm::Error error = net::verify(read.net))
      ADD_FAILURE() << llvm::toString(std::move(error));
  } else
    ADD_FAILURE() << llvm::toString(net.takeError());
  return read;
}

inline std::vector<support::Diagnostic> errorsOf(const std::string &path) {
  support::Warnings warnings;
  return diagnosticsOf(compiler::readNir(path, {}, warnings).takeError());
}

// input[2] -> fc (Linear 3x2) -> lif[3] -> output[3], LIF of unit gain, decay 0.9.
inline void writeSmall(NirFile &file) {
  file.input("input", {2});
  file.linear("fc", {1, 2, 3, 4, 5, 6.3}, 3, 2);
  file.lif("lif", 3, 1e-3, 10, 0);
  file.output("output", {3});
  file.edges({"lif", "output", "input", "fc", "fc", "lif"});
}

} // namespace snnc
