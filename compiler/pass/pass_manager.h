// Runs passes in order, each inside one wrapper: timer, verifiers (always on, after a pass that
// changed the module), dump, stop-after, skip, bisect. No pass runs outside it.
#pragma once

#include "compiler/pass/pass.h"

#include <memory>
#include <string>
#include <vector>

namespace snnc::compiler {

struct PassManagerOptions {
  std::string stopAfter;         // empty: run all
  std::vector<std::string> skip; // names of passes not to run
  int bisect = -1;               // run only the first n passes; -1: all
  std::string dumpDir;           // writes N-name.txt after every pass; empty: no dumps
};

struct PassRecord {
  std::string name;
  double seconds = 0, verifySeconds = 0; // of the pass, and of the verifiers after it
  uint64_t peakMemory = 0;               // of the process up to its end, bytes
  bool changed = false;
};

class PassManager {
public:
  explicit PassManager(PassManagerOptions options) : options(std::move(options)) {}

  void add(std::unique_ptr<Pass> pass) { passes.push_back(std::move(pass)); }
  // Stops at the first error: of a pass, or of a verifier after it.
  llvm::Error run(Module &module, PassContext &context);
  const std::vector<PassRecord> &records() const { return done; } // passes that ran

private:
  llvm::Error runOne(Pass &pass, Module &module, PassContext &context);

  PassManagerOptions options;
  std::vector<std::unique_ptr<Pass>> passes;
  std::vector<PassRecord> done;
};

// Verifies everything that the module has.
llvm::Error verifyModule(const Module &module, const target::Target &target);

// Text of the furthest representation: net, quantised net, core IR, or the image's listing.
void printModule(const Module &module, llvm::raw_ostream &os);

} // namespace snnc::compiler
