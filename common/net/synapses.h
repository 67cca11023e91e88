// The synapses of a projection, whatever form it keeps them in: every pair (source neuron, target
// neuron) with a nonzero weight, each once. Nothing symbolic is unrolled: a convolution costs
// O(kernel) per neuron asked for. Sparse maps are turned over once where the other order is asked.
//
// A chain (Projection::before, then weights) is composed on the way: the weight of a pair is the
// sum over the paths between them of the products along each, in double. Where the sum is 0 there
// is no synapse. Both walks of a chain of at most two maps give the same bits; of a longer one they
// may differ in the last place, as the order of the products does.
//
// The maps are sound (net/verify.h). A walk keeps scratch memory: one thread, and no walk of the
// same object from within `f`.
#pragma once

#include "common/net/net.h"
#include "common/net/quant_net.h"

#include "llvm/ADT/STLExtras.h"

#include <cstdint>
#include <memory>

namespace snnc::net {

// By target: f(source, weight), ascending source. Refers to `projection`, which must outlive it.
class IncomingSynapses {
public:
  explicit IncomingSynapses(const Projection &projection);
  ~IncomingSynapses();
  IncomingSynapses(IncomingSynapses &&) noexcept;
  void forEach(uint32_t target, llvm::function_ref<void(uint32_t source, double weight)> f) const;

private:
  struct Impl;
  std::unique_ptr<Impl> impl;
};

// By source: f(target, weight), ascending target.
class OutgoingSynapses {
public:
  explicit OutgoingSynapses(const Projection &projection);
  ~OutgoingSynapses();
  OutgoingSynapses(OutgoingSynapses &&) noexcept;
  void forEach(uint32_t source, llvm::function_ref<void(uint32_t target, double weight)> f) const;

private:
  struct Impl;
  std::unique_ptr<Impl> impl;
};

// The same of integers: projections on the chip and host layers. Pools are disjoint, so that no
// pair has two paths and every weight is a stored one.
class IncomingInts {
public:
  explicit IncomingInts(const QuantProjection &projection);
  explicit IncomingInts(const HostLayer &layer);
  ~IncomingInts();
  IncomingInts(IncomingInts &&) noexcept;
  void forEach(uint32_t target, llvm::function_ref<void(uint32_t source, int16_t weight)> f) const;

private:
  struct Impl;
  std::unique_ptr<Impl> impl;
};

class OutgoingInts {
public:
  explicit OutgoingInts(const QuantProjection &projection);
  explicit OutgoingInts(const HostLayer &layer);
  ~OutgoingInts();
  OutgoingInts(OutgoingInts &&) noexcept;
  void forEach(uint32_t source, llvm::function_ref<void(uint32_t target, int16_t weight)> f) const;

private:
  struct Impl;
  std::unique_ptr<Impl> impl;
};

// Elements of the source and target population that a map joins.
uint32_t preCount(const Weights &map);
uint32_t postCount(const Weights &map);
uint32_t preCount(const Projection &projection); // of the whole chain
uint32_t postCount(const Projection &projection);
uint32_t preCount(const QuantProjection &projection);
uint32_t postCount(const QuantProjection &projection);

// Nonzero synapses, unrolled: what the walks above visit. Closed form for one convolution, pool or
// diagonal without a zero; O(walkCost) for chains.
uint64_t synapseCount(const Projection &projection);
uint64_t synapseCount(const QuantProjection &projection);
uint64_t synapseCount(const HostLayer &layer);
// What it takes to walk a projection source by source, found without walking: upper bounds.
struct WalkCost {
  uint64_t synapses = 0;
  uint64_t work = 0; // products of two weights; 2^64 - 1 for any more
};
WalkCost walkCost(const Projection &projection);
// Numbers that the file holds: weights stored and biases.
uint64_t parameterCount(const Projection &projection);

// The chain as one sparse map, weights rounded to float. The caller bounds synapseCount.
SparseWeights unroll(const Projection &projection);

} // namespace snnc::net
