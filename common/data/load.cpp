// DATA specs to samples in memory: which kind, its file, and whether it fits the network's input.
#include "common/data/data.h"

#include "common/data/digits.h"
#include "common/data/idx.h"
#include "common/support/diag.h"
#include "common/support/npy.h"
#include "common/support/strings.h"

#include "llvm/Support/FileSystem.h"

#include <cmath>
#include <limits>

using llvm::formatv;
using snnc::support::Diag;
using snnc::support::DiagCode;
using snnc::support::NpyArray;
using snnc::support::NpyArrays;

namespace snnc::data {
namespace {

constexpr uint64_t kDefaultDigits = 1000, kMaxDigits = 10'000'000;
constexpr float kFullScale = 255.0F;

uint64_t product(llvm::ArrayRef<uint64_t> extents) {
  uint64_t count = 1;
  for (uint64_t extent : extents)
    count *= extent;
  return count;
}

std::string shapeText(llvm::ArrayRef<uint64_t> shape) {
  std::string text = "[";
  for (size_t i = 0; i < shape.size(); ++i)
    text += (i == 0 ? "" : ", ") + std::to_string(shape[i]);
  return text + "]";
}

llvm::Error badSpec(llvm::StringRef spec, const llvm::Twine &message) {
  return Diag(DiagCode::DataSpec, {}, "DATA '" + spec + "': " + message)
      .help("digits[:N], mnist:DIR[:train|test], npz:FILE or npy:FILE")
      .take();
}

llvm::Error wrongWidth(const support::SourceLoc &loc, llvm::ArrayRef<uint64_t> shape,
                       uint64_t width, uint64_t size) {
  return Diag(DiagCode::DataWidth, loc,
              formatv("a sample has {0} elements but the network's input has {1}", width, size))
      .note(loc, formatv("the samples' shape is {0}", shapeText(shape)))
      .help("use data made for this network, or reshape them to [samples, input...] or "
            "[samples, steps, input...]")
      .take();
}

// Fills samples, size and steps from the shape of `x`: one value per sample, or with a time axis.
llvm::Error fitShape(const support::SourceLoc &loc, llvm::ArrayRef<uint64_t> shape,
                     llvm::ArrayRef<uint32_t> inputShape, Dataset &dataset) {
  const std::vector<uint64_t> input(inputShape.begin(), inputShape.end());
  const uint64_t size = product(input);
  if (shape.size() < 2 || product(shape) == 0)
    return Diag(DiagCode::DataShape, loc,
                formatv("samples have shape {0}, which has {1}", shapeText(shape),
                        shape.size() < 2 ? "fewer than 2 axes" : "no elements"))
        .help("the first axis is the sample: reshape to [samples, input...]")
        .take();
  const size_t rank = input.size();
  const bool held = product(shape.drop_front(1)) == size;
  const bool stepped = shape.size() >= 3 && product(shape.drop_front(2)) == size;
  // Both match only if T = 1; then the rank decides.
  const bool timeAxis = stepped && (!held || shape.size() == rank + 2);
  if (!held && !timeAxis)
    return wrongWidth(loc, shape, product(shape.drop_front(shape.size() == rank + 2 ? 2 : 1)),
                      size);
  dataset.samples = shape[0];
  dataset.size = static_cast<uint32_t>(size);
  if (timeAxis && shape[1] > std::numeric_limits<uint32_t>::max())
    return Diag(DiagCode::DataShape, loc,
                formatv("samples have {0} steps, at most 2^32 - 1 are "
                        "supported",
                        shape[1]))
        .help("cut the samples along the time axis")
        .take();
  if (timeAxis)
    dataset.steps = static_cast<uint32_t>(shape[1]);
  return llvm::Error::success();
}

llvm::Error setLabels(const support::SourceLoc &loc, llvm::ArrayRef<int64_t> labels,
                      Dataset &dataset) {
  if (labels.size() != dataset.samples)
    return Diag(DiagCode::LabelCount, loc,
                formatv("there are {0} labels for {1} samples", labels.size(), dataset.samples))
        .help("one label per sample, in the samples' order")
        .take();
  for (size_t i = 0; i < labels.size(); ++i) {
    if (labels[i] < 0 || labels[i] > std::numeric_limits<int32_t>::max())
      return Diag(DiagCode::DataRange, loc,
                  formatv("label of sample {0} is {1}, labels are 0 to {2}", i, labels[i],
                          std::numeric_limits<int32_t>::max()))
          .help("labels are indices of output neurons")
          .take();
    dataset.labels.push_back(static_cast<int32_t>(labels[i]));
  }
  return llvm::Error::success();
}

llvm::Error loadDigits(llvm::StringRef spec, llvm::StringRef count, DigitStream stream,
                       llvm::ArrayRef<uint32_t> inputShape, Dataset &dataset) {
  uint64_t samples = kDefaultDigits;
  if (!count.empty() && (count.getAsInteger(10, samples) || samples == 0 || samples > kMaxDigits))
    return badSpec(spec, formatv("'{0}' is no number of samples from 1 to {1}", count, kMaxDigits));
  if (llvm::Error error = fitShape({}, {samples, kDigitPixels}, inputShape, dataset))
    return error;
  dataset.values.reserve(samples * kDigitPixels);
  for (uint64_t i = 0; i < samples; ++i) {
    const Digit digit = makeDigit(stream, i);
    for (uint8_t pixel : digit.pixels)
      dataset.values.push_back(static_cast<float>(pixel) / kFullScale);
    dataset.labels.push_back(digit.label);
  }
  return llvm::Error::success();
}

// The .gz file or the plain one.
std::string findIdx(const std::string &path) {
  return llvm::sys::fs::exists(path) ? path : path + ".gz";
}

llvm::Error loadMnist(llvm::StringRef rest, llvm::ArrayRef<uint32_t> inputShape, Dataset &dataset) {
  const bool train = support::endsWith(rest, ":train");
  llvm::StringRef folder = rest;
  if (train)
    folder = rest.drop_back(6);
  else if (support::endsWith(rest, ":test"))
    folder = rest.drop_back(5);
  const std::string stem = folder.str() + (train ? "/train" : "/t10k");
  const std::string imagePath = findIdx(stem + "-images-idx3-ubyte");
  llvm::Expected<IdxArray> images = readIdx(imagePath, 3);
  if (!images)
    return images.takeError();
  const std::string labelPath = findIdx(stem + "-labels-idx1-ubyte");
  llvm::Expected<IdxArray> labels = readIdx(labelPath, 1);
  if (!labels)
    return labels.takeError();
  const uint64_t pixels = uint64_t{images->shape[1]} * images->shape[2];
  if (llvm::Error error =
          fitShape({imagePath, 0, {}}, {images->shape[0], pixels}, inputShape, dataset))
    return error;
  dataset.values.reserve(images->values.size());
  for (uint8_t pixel : images->values)
    dataset.values.push_back(static_cast<float>(pixel) / kFullScale);
  return setLabels({labelPath, 0, {}},
                   std::vector<int64_t>(labels->values.begin(), labels->values.end()), dataset);
}

llvm::Error setSamples(const support::SourceLoc &loc, const NpyArray &x,
                       llvm::ArrayRef<uint32_t> inputShape, Dataset &dataset) {
  if (llvm::Error error = fitShape(loc, x.shape, inputShape, dataset))
    return error;
  dataset.values = x.toFloats();
  const uint64_t perSample = dataset.values.size() / dataset.samples;
  for (size_t i = 0; i < dataset.values.size(); ++i)
    if (!std::isfinite(dataset.values[i]))
      return Diag(DiagCode::DataRange, loc,
                  formatv("element {0} of sample {1} is {2}, every value must be finite",
                          i % perSample, i / perSample, dataset.values[i]))
          .help("remove or replace NaN and infinite values")
          .take();
  return llvm::Error::success();
}

llvm::Error loadNpz(llvm::StringRef path, llvm::ArrayRef<uint32_t> inputShape, Dataset &dataset) {
  llvm::Expected<NpyArrays> arrays = support::readNpz(path, {"x", "y"});
  if (!arrays)
    return arrays.takeError();
  const auto x = arrays->find("x"), y = arrays->find("y");
  if (x == arrays->end())
    return Diag(DiagCode::DataShape, {path.str(), 0, {}}, "archive has no array 'x'")
        .help("np.savez(file, x=samples, y=labels)")
        .take();
  if (llvm::Error error = setSamples({path.str(), 0, "x"}, x->second, inputShape, dataset))
    return error;
  if (y == arrays->end())
    return llvm::Error::success();
  const support::SourceLoc loc{path.str(), 0, "y"};
  if (y->second.isFloat() || (!y->second.shape.empty() && y->second.count() != y->second.shape[0]))
    return Diag(DiagCode::DataShape, loc,
                formatv("labels are {0} of shape {1}, they must be integers of shape [{2}]",
                        support::nameOf(y->second.type), shapeText(y->second.shape),
                        dataset.samples))
        .help("one class index per sample: one-hot labels need argmax, floats astype(int)")
        .take();
  return setLabels(loc, y->second.toIntegers(), dataset);
}

llvm::Error loadNpy(llvm::StringRef path, llvm::ArrayRef<uint32_t> inputShape, Dataset &dataset) {
  llvm::Expected<NpyArray> x = support::readNpy(path);
  if (!x)
    return x.takeError();
  return setSamples({path.str(), 0, {}}, *x, inputShape, dataset);
}

llvm::Error load(llvm::StringRef spec, llvm::ArrayRef<uint32_t> inputShape, Dataset &dataset) {
  const auto [kind, rest] = spec.split(':');
  if (kind == "digits")
    return loadDigits(spec, rest, DigitStream::Test, inputShape, dataset);
  if (kind == "digits-train")
    return loadDigits(spec, rest, DigitStream::Train, inputShape, dataset);
  if (kind != "mnist" && kind != "npz" && kind != "npy")
    return badSpec(spec, "no data of kind '" + kind + "'");
  if (rest.empty())
    return badSpec(spec, llvm::Twine(kind == "mnist" ? "folder" : "file") + " is missing");
  if (kind == "mnist")
    return loadMnist(rest, inputShape, dataset);
  return kind == "npz" ? loadNpz(rest, inputShape, dataset) : loadNpy(rest, inputShape, dataset);
}

} // namespace

llvm::Expected<Dataset> loadDataset(llvm::StringRef spec, llvm::ArrayRef<uint32_t> inputShape) {
  Dataset dataset;
  dataset.spec = spec.str();
  if (llvm::Error error = load(spec, inputShape, dataset))
    return error;
  return dataset;
}

} // namespace snnc::data
