// snnc diff: two images, table by table.
#include "common/image/codec.h"
#include "tools/snnc/console.h"
#include "tools/snnc/flags.h"
#include "tools/snnc/verbs.h"

namespace snnc::cli {

using Json = nlohmann::ordered_json;

static llvm::Expected<int> runDiff(Args &args, Console &console) {
  if (llvm::Error error = args.finish())
    return error;
  std::vector<image::Image> images;
  std::vector<std::string> hashes;
  for (const std::string &path : args.arguments()) {
    llvm::Expected<image::Image> image = image::readFile(path);
    if (!image)
      return image.takeError();
    const llvm::SmallVector<char, 0> bytes = image::encode(*image);
    hashes.push_back(image::sha256Hex(bytes));
    images.push_back(std::move(*image));
  }
  std::string text;
  llvm::raw_string_ostream os(text);
  const bool same = image::diff(images[0], images[1], os) == 0;
  os.flush();
  if (console.json) {
    llvm::SmallVector<llvm::StringRef, 16> lines;
    llvm::StringRef(text).split(lines, '\n', -1, false);
    Json differences = Json::array();
    for (llvm::StringRef line : lines)
      differences.push_back(line.str());
    console.print({{"schema", "snnc-diff/1"},
                   {"equal", same},
                   {"sha256", hashes},
                   {"differences", differences}});
  } else if (same) {
    console.out() << "equal: " << hashes[0] << '\n';
  } else {
    console.out() << text;
  }
  return same ? kExitDone : kExitCheckFailed;
}

static constexpr const char *kArguments[] = {"IMAGE", "IMAGE"};
const VerbSpec kDiffVerb = {
    "diff",
    "compare two images",
    kArguments,
    {&kCommonFlags},
    "Exits with 0 if they are equal, 1 if they differ.\n"
    "JSON: {\"schema\":\"snnc-diff/1\",\"equal\",\"sha256\":[a,b],\"differences\":[...]}\n",
    "snnc diff before.snnimg after.snnimg",
    runDiff};

} // namespace snnc::cli
