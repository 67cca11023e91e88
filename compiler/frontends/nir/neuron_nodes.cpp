// I, LI, CubaLI, IF, LIF, CubaLIF, Threshold.
#include "compiler/frontends/nir/node_fields.h"

namespace snnc::compiler::nir {

using net::NeuronKind;
using net::NeuronParams;

static llvm::Error readParam(Reading &reading, const char *field, net::Param &param,
                             Presence presence = Presence::Required, bool allowInfinity = false) {
  return readElements(reading, field, param.values, presence, allowInfinity);
}

// A time constant or a gain: infinite where an exporter divided by 1 - beta = 0.
static llvm::Error readGain(Reading &reading, const char *field, net::Param &param,
                            Presence presence = Presence::Required) {
  return readParam(reading, field, param, presence, true);
}

static llvm::Error readIntegrator(Reading &reading, NeuronKind kind) {
  reading.node.kind = Node::Kind::Neuron;
  reading.node.neuron = kind;
  return readGain(reading, "r", reading.node.params.r);
}

static llvm::Error readLeaky(Reading &reading, NeuronKind kind) {
  if (llvm::Error error = readIntegrator(reading, kind))
    return error;
  NeuronParams &params = reading.node.params;
  if (llvm::Error error = readGain(reading, "tau", params.tau))
    return error;
  return readParam(reading, "v_leak", params.vLeak);
}

static llvm::Error readCuba(Reading &reading, NeuronKind kind) {
  if (llvm::Error error = readIntegrator(reading, kind))
    return error;
  NeuronParams &params = reading.node.params;
  params.wIn = 1.0; // not written by a nir before 1.0
  if (llvm::Error error = readGain(reading, "tau_syn", params.tauSyn))
    return error;
  if (llvm::Error error = readGain(reading, "tau_mem", params.tauMem))
    return error;
  if (llvm::Error error = readGain(reading, "w_in", params.wIn, Presence::Optional))
    return error;
  return readParam(reading, "v_leak", params.vLeak);
}

static llvm::Error readSpike(Reading &reading) {
  NeuronParams &params = reading.node.params;
  if (llvm::Error error =
          readParam(reading, reading.either("v_threshold", "theta"), params.vThreshold))
    return error;
  return readParam(reading, "v_reset", params.vReset, Presence::Optional);
}

llvm::Error readI(Reading &reading) {
  return readIntegrator(reading, NeuronKind::I);
}

llvm::Error readLI(Reading &reading) {
  return readLeaky(reading, NeuronKind::LI);
}

llvm::Error readCubaLI(Reading &reading) {
  return readCuba(reading, NeuronKind::CubaLI);
}

llvm::Error readIF(Reading &reading) {
  if (llvm::Error error = readIntegrator(reading, NeuronKind::IF))
    return error;
  return readSpike(reading);
}

llvm::Error readLIF(Reading &reading) {
  if (llvm::Error error = readLeaky(reading, NeuronKind::LIF))
    return error;
  return readSpike(reading);
}

llvm::Error readCubaLIF(Reading &reading) {
  if (llvm::Error error = readCuba(reading, NeuronKind::CubaLIF))
    return error;
  return readSpike(reading);
}

llvm::Error readThreshold(Reading &reading) {
  reading.node.kind = Node::Kind::Threshold;
  reading.node.neuron = NeuronKind::Threshold;
  return readParam(reading, reading.either("threshold", "theta"), reading.node.params.vThreshold);
}

} // namespace snnc::compiler::nir
