// Values to input spikes. Every formula is in docs/reference/encodings.md.
#include "common/data/data.h"

#include "common/net/number_text.h"
#include "common/support/diag.h"
#include "common/support/rng.h"

#include <algorithm>
#include <cassert>
#include <cmath>

using llvm::formatv;
using snnc::support::Diag;
using snnc::support::DiagCode;

namespace snnc::data {
namespace {

constexpr float kBinaryThreshold = 127.0F / 255.0F;

// One sample's values: `rows` steps of `size`, the last row's values ending the data; a single row
// without a time axis holds for every step.
struct Source {
  const Dataset &data;
  uint64_t sample;
  uint32_t rows;
  const float *values;

  Source(const Dataset &data, uint64_t sample)
      : data(data), sample(sample), rows(data.steps.value_or(1)),
        values(data.values.data() + sample * rows * data.size) {}
  // Null where the data have ended.
  const float *at(uint32_t step) const {
    if (!data.steps)
      return values;
    return step < rows ? values + size_t{step} * data.size : nullptr;
  }
  std::string place(size_t index) const {
    const std::string element = formatv("element {0} of sample {1}", index % data.size, sample);
    return data.steps ? formatv("{0}, step {1},", element, index / data.size).str() : element;
  }
};

const char *const kScaleHelp =
    "scale the values to 0..1 (divide pixels by 255), or --encode direct";

llvm::Error checkRange(const Source &source, net::Encoding encoding) {
  for (size_t i = 0; i < size_t{source.rows} * source.data.size; ++i)
    if (!(source.values[i] >= 0.0F && source.values[i] <= 1.0F))
      return Diag(DiagCode::DataRange, {source.data.spec, 0, {}},
                  formatv("{0} is {1}, the {2} encoding takes 0 to 1", source.place(i),
                          net::numberText(source.values[i]), net::nameOf(encoding)))
          .help(kScaleHelp)
          .take();
  return llvm::Error::success();
}

llvm::Error checkSpikes(const Source &source) {
  for (size_t i = 0; i < size_t{source.rows} * source.data.size; ++i)
    if (source.values[i] != 0.0F && source.values[i] != 1.0F)
      return Diag(DiagCode::NotSpikes, {source.data.spec, 0, {}},
                  formatv("{0} is {1}: without an encoding values are input spikes, 0 or 1",
                          source.place(i), net::numberText(source.values[i])))
          .help("--encode direct|rate|poisson|latency|binary says how values become input")
          .take();
  return llvm::Error::success();
}

EncodedSample emptySpikes(const Source &source, uint32_t steps) {
  EncodedSample out;
  out.steps = steps;
  out.size = source.data.size;
  out.spikes.assign(size_t{steps} * out.size, 0);
  return out;
}

EncodedSample encodeDirect(const Source &source, uint32_t steps) {
  EncodedSample out;
  out.steps = steps;
  out.size = source.data.size;
  if (!source.data.steps) {
    out.values.assign(source.values, source.values + out.size);
    return out;
  }
  out.values.assign(size_t{steps} * out.size, 0.0F);
  const size_t given = size_t{std::min(steps, source.rows)} * out.size;
  std::copy_n(source.values, given, out.values.begin());
  return out;
}

EncodedSample encodeNone(const Source &source, uint32_t steps) {
  EncodedSample out = emptySpikes(source, steps);
  for (uint32_t step = 0; step < steps; ++step)
    if (const float *values = source.at(step))
      for (uint32_t i = 0; i < out.size; ++i)
        out.spikes[size_t{step} * out.size + i] = values[i] != 0.0F;
  return out;
}

EncodedSample encodeBinary(const Source &source, uint32_t steps) {
  EncodedSample out = emptySpikes(source, steps);
  for (uint32_t step = 0; step < (source.data.steps ? steps : 1); ++step)
    if (const float *values = source.at(step))
      for (uint32_t i = 0; i < out.size; ++i)
        out.spikes[size_t{step} * out.size + i] = values[i] > kBinaryThreshold;
  return out;
}

EncodedSample encodeRate(const Source &source, uint32_t steps) {
  EncodedSample out = emptySpikes(source, steps);
  std::vector<double> level(out.size, 0.5);
  for (uint32_t step = 0; step < steps; ++step) {
    const float *values = source.at(step);
    if (values == nullptr)
      break;
    for (uint32_t i = 0; i < out.size; ++i) {
      level[i] += static_cast<double>(values[i]);
      if (level[i] < 1.0)
        continue;
      level[i] -= 1.0;
      out.spikes[size_t{step} * out.size + i] = 1;
    }
  }
  return out;
}

EncodedSample encodePoisson(const Source &source, uint32_t steps, uint64_t seed) {
  EncodedSample out = emptySpikes(source, steps);
  support::Rng rng(support::Rng(support::Rng(seed).next() + source.sample).next());
  for (uint32_t step = 0; step < steps; ++step) {
    const float *values = source.at(step);
    if (values == nullptr)
      break;
    for (uint32_t i = 0; i < out.size; ++i)
      out.spikes[size_t{step} * out.size + i] = rng.uniform() < static_cast<double>(values[i]);
  }
  return out;
}

llvm::Expected<EncodedSample> encodeLatency(const Source &source, uint32_t steps) {
  if (source.data.steps)
    return Diag(DiagCode::EncodingShape, {source.data.spec, 0, {}},
                formatv("the latency encoding takes one value per sample, the data have {0} steps",
                        *source.data.steps))
        .help("--encode rate or poisson, or data without a time axis")
        .take();
  EncodedSample out = emptySpikes(source, steps);
  for (uint32_t i = 0; i < out.size; ++i) {
    if (source.values[i] <= 0.0F)
      continue;
    const double wait = (1.0 - static_cast<double>(source.values[i])) * (steps - 1);
    const auto step = static_cast<size_t>(std::floor(wait + 0.5));
    out.spikes[step * out.size + i] = 1;
  }
  return out;
}

llvm::Error checkValues(const Source &source, net::Encoding encoding) {
  switch (encoding) {
  case net::Encoding::Direct:
    return llvm::Error::success();
  case net::Encoding::None:
    return checkSpikes(source);
  case net::Encoding::Binary:
  case net::Encoding::Rate:
  case net::Encoding::Poisson:
  case net::Encoding::Latency:
    return checkRange(source, encoding);
  }
  llvm_unreachable("covered switch");
}

} // namespace

llvm::Expected<EncodedSample> encodeSample(const Dataset &data, uint64_t sample,
                                           const net::RunOptions &run, uint64_t seed) {
  assert(sample < data.samples && "no such sample");
  const uint32_t steps = run.steps.value_or(data.steps.value_or(0));
  if (steps == 0)
    return Diag(DiagCode::StepsMissing, {data.spec, 0, {}},
                "the data have no time axis and the number of steps is not given")
        .help("--steps T, or \"steps\" in the model")
        .take();
  const Source source(data, sample);
  if (llvm::Error error = checkValues(source, run.encode))
    return error;
  switch (run.encode) {
  case net::Encoding::None:
    return encodeNone(source, steps);
  case net::Encoding::Direct:
    return encodeDirect(source, steps);
  case net::Encoding::Binary:
    return encodeBinary(source, steps);
  case net::Encoding::Rate:
    return encodeRate(source, steps);
  case net::Encoding::Poisson:
    return encodePoisson(source, steps, seed);
  case net::Encoding::Latency:
    return encodeLatency(source, steps);
  }
  llvm_unreachable("covered switch");
}

} // namespace snnc::data
