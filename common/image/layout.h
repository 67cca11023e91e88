// The image file, field by field, for writer and reader alike. docs/reference/image_format.md is
// the prose of this header; a test encodes the document's example. Private to common/image.
#pragma once

#include "common/image/archive.h"
#include "common/image/image.h"

namespace snnc::image {

// ---- the frame

constexpr char kMagic[8] = {'S', 'N', 'N', 'C', 'I', 'M', 'G', '\x1A'};
// 1: no base row in sparse axons, dense host layers only. 2: no crossbar cores, copies or bus.
constexpr uint32_t kVersion = 3;
constexpr size_t kHeaderSize = 64;
constexpr size_t kShaAt = 24, kShaSize = 32;
constexpr size_t kSectionEntrySize = 24;
constexpr size_t kSectionAlignment = 8;

// Sections lie in this order; Core or CrossbarCore once per core, Copies and Bus only if there are
// any, every other kind once.
enum class SectionKind : uint32_t {
  Target = 1,
  Net = 2,
  Populations = 3,
  Inputs = 4,
  HostLayers = 5,
  Core = 6,
  AxonSources = 7,
  CrossbarCore = 8,
  Copies = 9,
  Bus = 10,
};

template <> inline constexpr uint8_t kLargest<net::TauUnit> = 2;
template <> inline constexpr uint8_t kLargest<net::Integrator> = 2;
template <> inline constexpr uint8_t kLargest<net::ResetRule> = 3;
template <> inline constexpr uint8_t kLargest<net::Compare> = 1;
template <> inline constexpr uint8_t kLargest<net::BiasTiming> = 1;
template <> inline constexpr uint8_t kLargest<net::Origin> = 4;
template <> inline constexpr uint8_t kLargest<net::Encoding> = 5;
template <> inline constexpr uint8_t kLargest<net::Readout> = 3;
// Of a host layer's weights, in the order of the variant.
enum class HostForm : uint8_t { Dense, Sparse };
template <> inline constexpr uint8_t kLargest<HostForm> = 1;

// A reference to fill, or one to read from.
template <class Archive, class T> using Ref = std::conditional_t<Archive::kReading, T, const T> &;

// A section that is one value.
struct FileHeader {
  std::array<uint8_t, 8> magic{};
  uint32_t version = kVersion, sections = 0;
  uint64_t fileSize = 0;
  std::array<uint8_t, kShaSize> sha256{}; // of all other bytes of the file
  uint64_t reserved = 0;
};
template <class A> void layout(A &ar, Ref<A, FileHeader> x) {
  ar(x.magic, x.version, x.sections, x.fileSize, x.sha256, x.reserved);
}
struct SectionEntry {
  SectionKind kind{};
  uint32_t crc = 0;
  uint64_t offset = 0, size = 0; // from the start of the file; size without padding
};
template <class A> void layout(A &ar, Ref<A, SectionEntry> x) {
  uint32_t kind = static_cast<uint32_t>(x.kind);
  ar(kind, x.crc, x.offset, x.size);
  if constexpr (A::kReading)
    x.kind = static_cast<SectionKind>(kind);
}

// ---- Target: the canonical text (string), then its SHA-256. Net: everything below.

template <class A, class T> void layout(A &ar, net::Setting<T> &x) {
  ar(x.value, x.origin, x.reason);
}
template <class A, class T> void layout(A &ar, const net::Setting<T> &x) {
  ar(x.value, x.origin, x.reason);
}
template <class A> void layout(A &ar, Ref<A, net::Profile> x) {
  ar(x.dt, x.tauUnit, x.integrator, x.reset, x.compare, x.biasTiming);
}
template <class A> void layout(A &ar, Ref<A, net::RunOptions> x) {
  ar(x.steps, x.encode, x.readout, x.inputLow, x.inputHigh);
}
template <class A> void layout(A &ar, Ref<A, ProjectionInfo> x) {
  ar(x.name, x.source, x.target, x.delay, x.weightBits);
}
template <class A> void layoutNet(A &ar, Ref<A, Image> x) {
  ar(x.netName, x.meshWidth, x.meshHeight, x.steps, x.profile, x.run, x.projections, x.outputs);
}

// ---- Populations (vector), Inputs (vector), HostLayers (vector)

template <class A> void layout(A &ar, Ref<A, Segment> x) {
  ar(x.first, x.count, x.core, x.local);
}
template <class A> void layout(A &ar, Ref<A, PopulationMap> x) {
  ar(x.name, x.shape, x.isInput, x.skew, x.segments, x.scale, x.rest);
}
template <class A> void layout(A &ar, Ref<A, InputRoute> x) {
  ar(x.element, x.core, x.axon, x.offset);
}
template <class A> void layout(A &ar, Ref<A, InputMap> x) {
  ar(x.population, x.routes);
}
template <class A> void layout(A &ar, Ref<A, net::DenseInts> x) {
  ar(x.rows, x.cols, x.values);
}
template <class A> void layout(A &ar, Ref<A, net::SparseInts> x) {
  ar(x.posts, x.pres, x.rowStart, x.columns, x.values);
}
template <class A> void layout(A &ar, Ref<A, std::variant<net::DenseInts, net::SparseInts>> x) {
  HostForm form = static_cast<HostForm>(x.index());
  ar(form);
  if constexpr (A::kReading)
    if (form == HostForm::Sparse)
      x.template emplace<net::SparseInts>();
  std::visit([&](auto &map) { ar(map); }, x);
}
template <class A> void layout(A &ar, Ref<A, net::HostLayer> x) {
  ar(x.name, x.source, x.target, x.weightBits, x.weights, x.bias, x.shift, x.inputScale, x.inputMin,
     x.inputMax);
}

// ---- Core, one section each

template <class A> void layout(A &ar, Ref<A, Group> x) {
  ar(x.first, x.count, x.skew);
}
template <class A> void layout(A &ar, Ref<A, net::NeuronConfig> x) {
  ar(x.threshold, x.reset, x.vInit, x.biasMant, x.biasExp, x.du, x.dv, x.refractory, x.compareGe,
     x.resetSubtract, x.biasToCurrent);
}
template <class A> void layout(A &ar, Ref<A, OutPointer> x) {
  ar(x.base, x.count);
}
template <class A> void layout(A &ar, Ref<A, OutSlot> x) {
  ar(x.x, x.y, x.delay, x.axon);
}
template <class A> void layout(A &ar, Ref<A, AxonEntry> x) {
  ar(x.address, x.words, x.baseRow, x.exponent, x.sparse);
}
template <class A> void layout(A &ar, Ref<A, CoreImage> x) {
  ar(x.x, x.y, x.vmin, x.vmax, x.duOffset, x.groups, x.neurons, x.outPointers, x.outSlots, x.axons,
     x.synapses);
}

// ---- CrossbarCore, one section each

template <class A> void layout(A &ar, Ref<A, net::CrossbarConfig> x) {
  ar(x.leak, x.threshold, x.floor, x.reset, x.vInit, x.linearReset, x.floorInclusive);
}
template <class A> void layoutCrossbar(A &ar, Ref<A, CoreImage> x) {
  ar(x.x, x.y, x.groups, x.outPointers, x.outSlots, x.crossbar.axonTypes, x.crossbar.neurons,
     x.crossbar.enabled, x.crossbar.weights, x.crossbar.rows);
}

// ---- Copies (vector); Bus: columns (u32), then the vector

template <class A> void layout(A &ar, Ref<A, NeuronCopy> x) {
  ar(x.core, x.local, x.population, x.neuron, x.relay);
}
template <class A> void layout(A &ar, Ref<A, BusOutput> x) {
  ar(x.core, x.local, x.column);
}

// ---- AxonSources: per core, per axon

template <class A> void layout(A &ar, Ref<A, AxonSource> x) {
  ar(x.projection, x.source);
}

} // namespace snnc::image
