#include "tools/snnc/listings.h"

#include "common/support/diag.h"
#include "compiler/pipeline/passes.h"

namespace snnc::cli {

static void printPasses(llvm::raw_ostream &os) {
  os << "| pass | what it does | reads | writes |\n| --- | --- | --- | --- |\n";
  for (const compiler::PassInfo &pass : compiler::allPasses())
    os << "| `" << pass.name << "` | " << pass.summary << " | " << pass.reads << " | "
       << pass.writes << " |\n";
}

static const char *severity(int exitCode) {
  return exitCode == 0 ? "warning" : exitCode == 1 ? "error, exit 1" : "error, exit 2";
}

static void printDiagnostics(llvm::raw_ostream &os) {
  os << "| code | name | severity | meaning |\n| --- | --- | --- | --- |\n";
  for (const support::DiagCodeInfo &info : support::allDiagCodes())
    os << "| SNN" << static_cast<unsigned>(info.code) << " | " << info.name << " | "
       << severity(info.exitCode) << " | " << info.text << " |\n";
}

bool printListing(llvm::StringRef what, llvm::raw_ostream &os) {
  if (what == "passes")
    printPasses(os);
  else if (what == "diagnostics")
    printDiagnostics(os);
  else
    return false;
  return true;
}

} // namespace snnc::cli
