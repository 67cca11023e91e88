// The shipped model (examples/digits): both files hold the same network, and it has learned its
// task.
#include "common/trace/readout.h"
#include "compiler/frontends/json/json_frontend.h"
#include "compiler/frontends/nir/nir_frontend.h"
#include "runtime/reference/float_engine.h"

#include <gtest/gtest.h>

#include <iostream>

using namespace snnc;
using runtime::reference::FloatEngine;

namespace {

const std::string kFolder = SNNC_SOURCE_DIR "/examples/digits";

// Predictions of the first `samples` test digits.
std::vector<uint32_t> predictions(llvm::Expected<net::Net> net, const data::Dataset &data) {
  if (!net) {
    ADD_FAILURE() << llvm::toString(net.takeError());
    return {};
  }
  EXPECT_EQ(net->profile.reset.value, net::ResetRule::SubtractDelayed);
  EXPECT_NE(net->profile.reset.origin, net::Origin::Inferred) << "the model states its reset rule";
  net::RunOptions run;
  run.steps = 16;
  run.encode = net::Encoding::Rate;
  auto engine = FloatEngine::create(*net);
  std::vector<uint32_t> answers;
  for (uint64_t sample = 0; engine && sample < data.samples; ++sample) {
    auto encoded = data::encodeSample(data, sample, run, 1);
    if (!encoded) {
      ADD_FAILURE() << llvm::toString(encoded.takeError());
      return {};
    }
    const trace::SampleTrace trace = (*engine)->run(*encoded, false);
    answers.push_back(trace::predict(trace.populations[net->outputs[0]], 16, net::Readout::Count));
  }
  return answers;
}

} // namespace

TEST(DigitsModel, JsonAndNirAgreeAndAreAccurate) {
  auto data = data::loadDataset("digits:1000", {784});
  ASSERT_TRUE(static_cast<bool>(data));
  support::Warnings warnings;
  const auto json = predictions(compiler::readJson(kFolder + "/model.json", {}, warnings), *data);
  const auto nir = predictions(compiler::readNir(kFolder + "/model.nir", {}, warnings), *data);
  EXPECT_EQ(json, nir);
  for (const support::Diagnostic &warning : warnings)
    ADD_FAILURE() << warning.message;
  ASSERT_EQ(json.size(), 1000u);
  unsigned right = 0;
  for (size_t i = 0; i < json.size(); ++i)
    right += static_cast<int32_t>(json[i]) == data->labels[i];
  EXPECT_GE(right, 980u);
  std::cout << "right: " << right << " of 1000\n";
}
