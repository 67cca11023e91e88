// Reading model text in tests.
#pragma once

#include "common/net/discretize.h"
#include "compiler/frontends/json/json_frontend.h"
#include "tests/unit/support/expect_diag.h"

namespace snnc {

inline net::Net modelOrFail(const std::string &text, support::Warnings &warnings,
                            const net::ProfileFlags &flags = {}) {
  auto net = compiler::parseJson(text, testing::TempDir() + "snnc_model.json", flags, warnings);
  if (net)
    return std::move(*net);
  ADD_FAILURE() << llvm::toString(net.takeError());
  return {};
}

inline net::Net modelOrFail(const std::string &text) {
  support::Warnings warnings;
  return modelOrFail(text, warnings);
}

inline std::vector<support::Diagnostic> modelErrors(const std::string &text) {
  support::Warnings warnings;
  return diagnosticsOf(
      compiler::parseJson(text, testing::TempDir() + "snnc_model.json", {}, warnings).takeError());
}

// A model of an input of 2 and what `rest` adds behind it.
inline std::string modelOf(const std::string &layers, const std::string &rest = "") {
  return R"({ "schema": "snnc-model/1",
 "layers": [ { "name": "in", "model": "input", "size": 2 },
)" + layers +
         "\n]\n" + (rest.empty() ? "" : ", " + rest) + "}";
}

inline net::NeuronUpdate updateOf(const net::Net &net, size_t population) {
  auto updates = net::discretize(net.populations.at(population), net.profile);
  if (!updates) {
    ADD_FAILURE() << llvm::toString(updates.takeError());
    return {};
  }
  return updates->front();
}

} // namespace snnc
