#include "runtime/machine/population_index.h"

#include <gtest/gtest.h>

using namespace snnc;

TEST(PopulationIndex, FindsNeuronsAndHoles) {
  image::Image image;
  image.cores.resize(2);
  image.populations.resize(3);
  image.populations[1].segments = {{0, 2, 1, 5}, {2, 3, 0, 0}};
  image.populations[2].segments = {{0, 1, 0, 4}};
  const runtime::PopulationIndex index(image);

  const auto expect = [&](uint32_t core, uint32_t local, uint32_t population, uint32_t neuron) {
    const auto found = index.find(core, local);
    ASSERT_TRUE(found) << core << " " << local;
    EXPECT_EQ(found->population, population);
    EXPECT_EQ(found->neuron, neuron);
  };
  expect(1, 5, 1, 0);
  expect(1, 6, 1, 1);
  expect(0, 0, 1, 2);
  expect(0, 2, 1, 4);
  expect(0, 4, 2, 0);
  EXPECT_FALSE(index.find(0, 3)); // between two segments
  EXPECT_FALSE(index.find(0, 5)); // after the last
  EXPECT_FALSE(index.find(1, 4)); // before the first
}
