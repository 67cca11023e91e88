#include "common/data/data.h"

#include "common/data/digits.h"
#include "common/support/npy.h"
#include "expect_diag.h"
#include "scratch.h"

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <fstream>

using namespace snnc;
using data::Dataset;
using data::loadDataset;
using support::DiagCode;
using support::NpyArray;

namespace {

using Shape = std::vector<uint64_t>;

NpyArray floats(Shape shape, std::vector<float> values) {
  return NpyArray::of<float>(std::move(shape), values);
}
NpyArray integers(Shape shape, std::vector<int64_t> values) {
  return NpyArray::of<int64_t>(std::move(shape), values);
}
NpyArray zeros(Shape shape) {
  uint64_t count = 1;
  for (uint64_t extent : shape)
    count *= extent;
  return floats(std::move(shape), std::vector<float>(count));
}

class Load : public ::testing::Test {
protected:
  std::string npz(support::NpyArrays arrays) {
    const std::string path = folder / ("data" + std::to_string(++files) + ".npz");
    EXPECT_FALSE(static_cast<bool>(support::writeNpz(arrays, path)));
    return "npz:" + path;
  }
  Dataset load(const std::string &spec, std::vector<uint32_t> shape) {
    auto result = loadDataset(spec, shape);
    if (!result) {
      ADD_FAILURE() << llvm::toString(result.takeError());
      return {};
    }
    return std::move(*result);
  }
  support::Diagnostic failure(const std::string &spec, std::vector<uint32_t> shape) {
    return firstDiagnostic(loadDataset(spec, shape).takeError());
  }

  ScratchFolder folder;
  unsigned files = 0;
};

} // namespace

TEST_F(Load, Digits) {
  const Dataset data = load("digits:3", {28, 28});
  EXPECT_EQ(data.samples, 3u);
  EXPECT_EQ(data.size, 784u);
  EXPECT_FALSE(data.steps.has_value());
  const data::Digit digit = data::makeDigit(data::DigitStream::Test, 2);
  EXPECT_EQ(data.labels[2], digit.label);
  for (size_t i = 0; i < 784; ++i)
    EXPECT_EQ(data.values[2 * 784 + i], static_cast<float>(digit.pixels[i]) / 255.0F);
  EXPECT_EQ(load("digits", {784}).samples, 1000u);
  EXPECT_NE(load("digits-train:3", {784}).values, data.values);
}

TEST_F(Load, DigitsOfAnotherWidth) {
  const auto diag = failure("digits:3", {100});
  EXPECT_EQ(diag.code, DiagCode::DataWidth);
  EXPECT_CONTAINS(diag.message, "784 elements but the network's input has 100");
}

TEST_F(Load, SpecsThatAreNone) {
  for (const char *spec : {"", "cifar:10", "digits:0", "digits:x", "digits:-1", "digits:99999999",
                           "mnist", "mnist:", "npz:", "npy"}) {
    const auto diag = failure(spec, {784});
    EXPECT_EQ(diag.code, DiagCode::DataSpec) << spec;
    EXPECT_CONTAINS(diag.help, "npz:FILE");
  }
}

TEST_F(Load, OneValuePerSample) {
  const Dataset data =
      load(npz({{"x", floats({2, 3}, {1, 2, 3, 4, 5, 6})}, {"y", integers({2}, {9, 0})}}), {3});
  EXPECT_EQ(data.samples, 2u);
  EXPECT_EQ(data.size, 3u);
  EXPECT_FALSE(data.steps.has_value());
  EXPECT_EQ(data.values, (std::vector<float>{1, 2, 3, 4, 5, 6}));
  EXPECT_EQ(data.labels, (std::vector<int32_t>{9, 0}));
}

TEST_F(Load, TimeAxisAndReshape) {
  const auto stepsOf = [&](Shape x, std::vector<uint32_t> input) {
    return load(npz({{"x", zeros(std::move(x))}}), std::move(input)).steps;
  };
  EXPECT_EQ(stepsOf({2, 5, 3}, {3}), std::optional<uint32_t>(5));
  EXPECT_EQ(stepsOf({2, 1, 3}, {3}), std::optional<uint32_t>(1));
  EXPECT_EQ(stepsOf({2, 3, 4}, {3, 4}), std::nullopt);
  EXPECT_EQ(stepsOf({2, 3, 4}, {12}), std::nullopt); // [2, 12]
  EXPECT_EQ(stepsOf({2, 12}, {3, 4}), std::nullopt); // [2, 3, 4]
  EXPECT_EQ(stepsOf({2, 5, 12}, {3, 4}), std::optional<uint32_t>(5));
  EXPECT_EQ(stepsOf({2, 5, 3, 4}, {12}), std::optional<uint32_t>(5));
  EXPECT_EQ(stepsOf({2, 1, 3, 4}, {1, 3, 4}), std::nullopt);
}

TEST_F(Load, WidthMismatchNamesBothNumbersAndTheShape) {
  const auto diag = failure(npz({{"x", zeros({2, 5, 7})}}), {3});
  EXPECT_EQ(diag.code, DiagCode::DataWidth);
  EXPECT_CONTAINS(diag.message, "7 elements but the network's input has 3");
  ASSERT_FALSE(diag.notes.empty());
  EXPECT_CONTAINS(diag.notes[0].text, "[2, 5, 7]");
}

TEST_F(Load, SamplesMustBeThereAndHaveAnAxis) {
  EXPECT_CONTAINS(failure(npz({{"y", integers({1}, {0})}}), {3}).message, "no array 'x'");
  for (const Shape &shape : {Shape{3}, Shape{}, Shape{0, 3}, Shape{2, 0}})
    EXPECT_EQ(failure(npz({{"x", zeros(shape)}}), {3}).code, DiagCode::DataShape);
}

TEST_F(Load, LabelsMustFit) {
  const NpyArray x = zeros({2, 3});
  const auto count = failure(npz({{"x", x}, {"y", integers({3}, {0, 1, 2})}}), {3});
  EXPECT_EQ(count.code, DiagCode::LabelCount);
  EXPECT_CONTAINS(count.message, "3 labels for 2 samples");
  EXPECT_EQ(failure(npz({{"x", x}, {"y", floats({2}, {0, 1})}}), {3}).code, DiagCode::DataShape);
  EXPECT_EQ(failure(npz({{"x", x}, {"y", integers({2, 2}, {0, 1, 1, 0})}}), {3}).code,
            DiagCode::DataShape);
  const auto negative = failure(npz({{"x", x}, {"y", integers({2}, {0, -1})}}), {3});
  EXPECT_EQ(negative.code, DiagCode::DataRange);
  EXPECT_CONTAINS(negative.message, "label of sample 1 is -1");
  EXPECT_EQ(load(npz({{"x", x}, {"y", integers({2, 1}, {4, 5})}}), {3}).labels,
            (std::vector<int32_t>{4, 5}));
}

TEST_F(Load, ValuesMustBeFinite) {
  for (float bad : {std::nanf(""), HUGE_VALF}) {
    const auto diag = failure(npz({{"x", floats({2, 2}, {0, 0, 0, bad})}}), {2});
    EXPECT_EQ(diag.code, DiagCode::DataRange);
    EXPECT_CONTAINS(diag.message, "element 1 of sample 1");
  }
}

TEST_F(Load, NpyHasNoLabels) {
  const std::string path = folder / "x.npy";
  ASSERT_FALSE(
      static_cast<bool>(support::writeNpy(NpyArray::of<uint8_t>({2, 2}, {0, 255, 3, 4}), path)));
  const Dataset data = load("npy:" + path, {2});
  EXPECT_EQ(data.values, (std::vector<float>{0, 255, 3, 4})); // unscaled
  EXPECT_TRUE(data.labels.empty());
}

TEST_F(Load, FilesThatAreMissingOrDamaged) {
  EXPECT_EQ(failure("npy:/nonexistent.npy", {2}).code, DiagCode::FileUnreadable);
  EXPECT_EQ(failure("mnist:/nonexistent", {784}).code, DiagCode::FileUnreadable);
  const std::string path = folder / "bad.npy";
  std::ofstream(path) << "not an array";
  EXPECT_EQ(failure("npy:" + path, {2}).code, DiagCode::NpyFormat);
  EXPECT_EQ(failure("npz:" + path, {2}).code, DiagCode::NpzFormat);
}

TEST_F(Load, MnistFolder) {
  const auto write = [&](const std::string &name, const std::string &bytes) {
    std::ofstream(folder / name, std::ios::binary) << bytes;
  };
  write("t10k-images-idx3-ubyte", std::string("\0\0\10\3\0\0\0\2\0\0\0\1\0\0\0\2\0\377\x33\1", 20));
  write("t10k-labels-idx1-ubyte", std::string("\0\0\10\1\0\0\0\2\7\3", 10));
  const std::string spec = "mnist:" + folder / "";
  for (const std::string &name : {spec, spec + ":test"}) {
    const Dataset data = load(name, {2});
    EXPECT_EQ(data.samples, 2u);
    EXPECT_EQ(data.values, (std::vector<float>{0, 1, 0.2F, 1.0F / 255.0F}));
    EXPECT_EQ(data.labels, (std::vector<int32_t>{7, 3}));
  }
  EXPECT_EQ(failure(spec + ":train", {2}).code, DiagCode::FileUnreadable);
  EXPECT_EQ(failure(spec, {784}).code, DiagCode::DataWidth);
  write("t10k-labels-idx1-ubyte", std::string("\0\0\10\1\0\0\0\3\7\3\1", 11));
  EXPECT_EQ(failure(spec, {2}).code, DiagCode::LabelCount);
}

TEST_F(Load, RealMnist) {
  const char *shared = std::getenv("SNNC_SHARED");
  const std::string root =
      std::string(shared != nullptr ? shared : SNNC_SOURCE_DIR "/../shared") + "/data/mnist";
  if (!std::filesystem::exists(root)) {
    GTEST_SKIP() << "NOT TESTED: no " << root << " (set SNNC_SHARED)";
  }
  const Dataset data = load("mnist:" + root, {784});
  EXPECT_EQ(data.samples, 10000u);
  EXPECT_EQ(data.labels[0], 7);
  EXPECT_EQ(data.labels[9999], 6);
  EXPECT_EQ(load("mnist:" + root + ":train", {1, 28, 28}).samples, 60000u);
}
