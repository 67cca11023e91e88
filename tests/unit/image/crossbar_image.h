// An image of crossbar cores by hand, on `truenorth-like`: three neurons `a` on core (0,0), two
// neurons `b` on core (1,0), in -> a -> b. a[0] feeds both cores, so it has a copy; the relay
// repeats in[1]. b is on columns 0 and 2 of a bus of three.
#pragma once

#include "common/image/codec.h"
#include "common/target/target.h"

#include <gtest/gtest.h>

namespace snnc {

inline target::Target crossbarTarget() {
  auto target = target::loadTarget("truenorth-like");
  if (target)
    return std::move(*target);
  ADD_FAILURE() << llvm::toString(target.takeError());
  return {};
}

inline image::Image crossbarImage() {
  const target::Target target = crossbarTarget();
  const uint32_t words = target.core.rowWords();
  image::Image image;
  image.netName = "crossings";
  image.targetJson = target.json;
  image.targetFingerprint = target.fingerprint;
  image.meshWidth = 2;
  image.steps = 5;
  image.populations = {{"in", {2}, true, 0, {}, {}},
                       {"a", {3}, false, 0, {{0, 3, 0, 0}}, {}},
                       {"b", {2}, false, 1, {{0, 2, 1, 0}}, {}}};
  image.projections = {{"in_a", 0, 1, 0, 9}, {"a_b", 1, 2, 0, 9}};
  image.inputs = {{0, {{0, 0, 0, 0}, {1, 0, 1, 0}}}};
  image.outputs = {2};

  image::CoreImage a;
  a.groups = {{0, 4, 0}, {4, 1, 1}};
  a.outPointers = {{0, 1}, {1, 1}, {2, 0}, {2, 1}, {3, 0}};
  a.outSlots = {{1, 0, 0, 0}, {1, 0, 14, 1}, {0, 0, 3, 2}};
  a.crossbar.axonTypes = {0, 3, 1};
  a.crossbar.neurons.assign(5, {-1, 100, -50, 7, 3, false, true});
  a.crossbar.neurons[2] = {255, -131072, -131072, 131071, -524288, true, false};
  a.crossbar.neurons[4] = {0, 1, 0, 0, 0, false, false}; // the relay
  a.crossbar.enabled = {1, 1, 0, 1, 1};
  a.crossbar.weights = {1, 2, 3, -4, 5, 6, 7, -8, -256, 255, 0, 0, 1, 2, 3, -4, 0, 0, 0, 1};
  a.crossbar.rows.resize(5 * words);
  for (const uint32_t neuron : {0, 1, 3})
    a.crossbar.rows[neuron * words] = 0b011;
  a.crossbar.rows[4 * words] = 0b010;

  image::CoreImage b;
  b.x = 1;
  b.groups = {{0, 2, 1}};
  b.outPointers = {{0, 0}, {0, 0}};
  b.crossbar.axonTypes = {2, 2};
  b.crossbar.neurons.assign(2, {0, 1, 0, 0, 0, true, false});
  b.crossbar.enabled = {1, 1};
  b.crossbar.weights = {0, 0, 9, 0, 0, 0, -9, 0};
  b.crossbar.rows.resize(2 * words);
  b.crossbar.rows[0] = 0b11;
  b.crossbar.rows[words] = 0b10;

  image.cores = {a, b};
  image.axonSources = {{{0, 0}, {0, 1}, {0, 1}}, {{1, 0}, {1, 1}}};
  image.copies = {{0, 3, 1, 0, false}, {0, 4, 0, 1, true}};
  image.bus = {{1, 0, 0}, {1, 1, 2}};
  image.busColumns = 3;
  return image;
}

} // namespace snnc
