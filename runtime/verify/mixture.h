// The float network with some of what quantisation did to it: each cause by itself, layer by layer.
// Private to verify; causes.h measures what each of them costs.
#pragma once

#include "runtime/verify/causes.h"

#include "runtime/reference/float_engine.h"

#include <array>

namespace snnc::runtime::verify {

// [population]: the causes that act on it. Inputs is a matter of the input population, all others
// of the one whose registers, or incoming weights, they are.
class CauseMask {
public:
  explicit CauseMask(size_t populations) : bits(populations, 0) {} // none
  bool has(uint32_t population, Cause cause) const { return (bits[population] & bit(cause)) != 0; }
  void set(uint32_t population, Cause cause, bool on);
  bool operator==(const CauseMask &) const = default;

private:
  static_assert(kCauses <= 16);
  static uint16_t bit(Cause cause) {
    return static_cast<uint16_t>(1u << static_cast<unsigned>(cause));
  }
  std::vector<uint16_t> bits;
};

class Mixture {
public:
  // Fails as net::dequantize does. Both must outlive it.
  static llvm::Expected<Mixture> create(const net::Net &lowered, const net::QuantNet &quant);

  // The float engine on such a network. Fails as FloatEngine::create does.
  llvm::Expected<std::unique_ptr<reference::FloatEngine>> engine(const CauseMask &mask) const;
  // What it reads: values as the host rounds them where `mask` has Inputs.
  data::EncodedSample inputs(const data::EncodedSample &sample, const CauseMask &mask) const;
  // False where the cause changes nothing: the integers have it as the float network does.
  bool acts(uint32_t population, Cause cause) const { return active.has(population, cause); }
  // All that act.
  const CauseMask &all() const { return active; }

private:
  Mixture(const net::Net &lowered, const net::QuantNet &quant, net::Net ints);
  net::Net mix(const CauseMask &mask) const;
  void takeNeurons(net::Net &net, uint32_t population, const CauseMask &mask) const;
  void takeWeights(net::Net &net, const CauseMask &mask) const;
  bool differs(uint32_t population, Cause cause) const;

  const net::Net *lowered;
  const net::QuantNet *quant;
  net::Net ints; // `quant` in real numbers
  CauseMask active;
};

} // namespace snnc::runtime::verify
