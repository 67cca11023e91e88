#include "common/net/net.h"

#include "common/net/names.h"

namespace snnc::net {

static const Name<NeuronKind> kNeuronKinds[] = {
    {NeuronKind::Input, "input"},   {NeuronKind::IF, "if"},
    {NeuronKind::LIF, "lif"},       {NeuronKind::CubaLIF, "cubalif"},
    {NeuronKind::I, "i"},           {NeuronKind::LI, "li"},
    {NeuronKind::CubaLI, "cubali"}, {NeuronKind::Threshold, "threshold"}};

const char *nameOf(NeuronKind kind) {
  return findName(kNeuronKinds, kind);
}
std::optional<NeuronKind> parseNeuronKind(const std::string &name) {
  return findValue(kNeuronKinds, name);
}

} // namespace snnc::net
