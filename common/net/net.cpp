#include "common/net/net.h"

#include "common/net/names.h"

#include <algorithm>

namespace snnc::net {

static const Name<NeuronKind> kNeuronKinds[] = {{NeuronKind::Input, "input"},
                                                {NeuronKind::IF, "if"},
                                                {NeuronKind::LIF, "lif"},
                                                {NeuronKind::CubaLIF, "cubalif"}};

const char *nameOf(NeuronKind kind) {
  return findName(kNeuronKinds, kind);
}
std::optional<NeuronKind> parseNeuronKind(const std::string &name) {
  return findValue(kNeuronKinds, name);
}

uint64_t synapseCount(const Weights &weights) {
  return std::visit([](const auto &w) -> uint64_t { return w.values.size(); }, weights);
}

uint64_t nonzeroSynapses(const Weights &weights) {
  return std::visit(
      [](const auto &w) -> uint64_t {
        return w.values.size() - std::count(w.values.begin(), w.values.end(), 0.0f);
      },
      weights);
}

uint32_t postCount(const Weights &weights) {
  if (const auto *dense = std::get_if<DenseWeights>(&weights))
    return dense->rows;
  return std::get<SparseWeights>(weights).posts;
}

uint32_t preCount(const Weights &weights) {
  if (const auto *dense = std::get_if<DenseWeights>(&weights))
    return dense->cols;
  return std::get<SparseWeights>(weights).pres;
}

} // namespace snnc::net
