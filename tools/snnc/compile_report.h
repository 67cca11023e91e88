// The result of a compilation for people and as JSON (schema snnc-compile/1).
#pragma once

#include "tools/snnc/subject.h"

namespace snnc::cli {

struct CompileOutput {
  const Subject &subject;
  std::string imagePath; // empty: not written
  std::string sha256;    // empty: no image was made
  bool explain = false;
};
void printCompile(const CompileOutput &output, llvm::raw_ostream &os);
nlohmann::ordered_json toJson(const CompileOutput &output,
                              const std::vector<std::string> &warnings);

} // namespace snnc::cli
