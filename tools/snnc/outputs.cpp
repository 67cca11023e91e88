#include "tools/snnc/outputs.h"

#include "common/support/file_io.h"
#include "common/support/strings.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

#include <nlohmann/json.hpp>

namespace snnc::cli {

using support::DiagCode;

// Files named by {"npy": file} anywhere below `value`.
static void addWeightFiles(const nlohmann::json &value, llvm::StringRef folder,
                           std::vector<std::string> &files) {
  for (const auto &item : value.items()) {
    if (item.value().is_string()) {
      const std::string name = item.value().get<std::string>();
      llvm::SmallString<128> path(llvm::sys::path::is_absolute(name) ? "" : folder);
      llvm::sys::path::append(path, name);
      if (support::endsWith(name, ".npy"))
        files.push_back(path.str().str());
    } else if (item.value().is_object() || (item.value().is_array() && !item.value().empty() &&
                                            !item.value().front().is_number())) {
      addWeightFiles(item.value(), folder, files);
    }
  }
}

static std::vector<std::string> inputFiles(const Args &args) {
  std::vector<std::string> files = args.arguments();
  files.push_back(args.textOr("--target", ""));
  const std::string data = args.textOr("--data", "");
  const auto [kind, path] = llvm::StringRef(data).split(':');
  if (kind == "npz" || kind == "npy")
    files.push_back(path.str());
  for (const std::string &argument : args.arguments()) {
    if (!support::endsWith(argument, ".json"))
      continue;
    auto buffer = support::readFile(argument);
    if (!buffer) {
      llvm::consumeError(buffer.takeError()); // whoever reads the model says it
      continue;
    }
    const llvm::StringRef text = (*buffer)->getBuffer();
    const auto model = nlohmann::json::parse(text.begin(), text.end(), nullptr, false);
    if (!model.is_discarded())
      addWeightFiles(model, llvm::sys::path::parent_path(argument), files);
  }
  return files;
}

llvm::Error checkOutputs(Args &args) {
  for (const char *flag : {"--output", "--trace", "--wave", "--predictions"}) {
    const std::string output = args.textOr(flag, "");
    if (!llvm::sys::fs::is_regular_file(output))
      continue; // nothing there to lose
    for (const std::string &input : inputFiles(args))
      if (llvm::sys::fs::equivalent(output, input)) {
        args.bad(DiagCode::FlagConflict,
                 llvm::formatv("{0} '{1}' is the input '{2}'", flag, output, input).str(),
                 "write to another file");
        break;
      }
  }
  return args.finish();
}

} // namespace snnc::cli
