// snnc_digits_npy OUT COUNT [train|test]: writes the built-in digits for training in Python.
//   OUT/x.npy uint8 [COUNT, 28, 28], OUT/y.npy uint8 [COUNT]
#include "common/data/digits.h"
#include "common/support/npy.h"

#include "llvm/Support/FileSystem.h"

using namespace snnc;

static llvm::Error generate(const std::string &folder, uint64_t count, data::DigitStream stream) {
  std::vector<uint8_t> pixels, labels;
  for (uint64_t i = 0; i < count; ++i) {
    const data::Digit digit = data::makeDigit(stream, i);
    pixels.insert(pixels.end(), digit.pixels.begin(), digit.pixels.end());
    labels.push_back(digit.label);
  }
  if (std::error_code failed = llvm::sys::fs::create_directories(folder))
    return llvm::createStringError(failed, "cannot make " + folder);
  const auto images =
      support::NpyArray::of<uint8_t>({count, data::kDigitSide, data::kDigitSide}, pixels);
  if (llvm::Error error = support::writeNpy(images, folder + "/x.npy"))
    return error;
  return support::writeNpy(support::NpyArray::of<uint8_t>({count}, labels), folder + "/y.npy");
}

int main(int argc, char **argv) {
  uint64_t count = 0;
  if (argc < 3 || argc > 4 || llvm::StringRef(argv[2]).getAsInteger(10, count) || count == 0) {
    llvm::errs() << "usage: " << argv[0] << " OUT COUNT [train|test]\n";
    return 2;
  }
  const bool train = argc < 4 || llvm::StringRef(argv[3]) == "train";
  const auto stream = train ? data::DigitStream::Train : data::DigitStream::Test;
  if (llvm::Error error = generate(argv[1], count, stream)) {
    llvm::errs() << llvm::toString(std::move(error)) << "\n";
    return 2;
  }
  return 0;
}
