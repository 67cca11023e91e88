#include "compiler/pass/pass_manager.h"

#include "compiler/core_ir/crossbar_verify.h"
#include "compiler/core_ir/verify.h"

#include "common/image/codec.h"
#include "common/net/print.h"
#include "common/net/verify.h"
#include "common/support/file_io.h"
#include "common/support/memory.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/Path.h"

#include <chrono>

using llvm::formatv;
using snnc::support::Diag;
using snnc::support::DiagCode;

namespace snnc::compiler {

llvm::Error missingInput(llvm::StringRef pass, llvm::StringRef maker) {
  return Diag(DiagCode::PassOrder, {},
              formatv("pass '{0}' needs what '{1}' makes, which has not run", pass, maker))
      .help("do not skip '" + maker + "', or stop earlier")
      .take();
}

llvm::Error verifyModule(const Module &module, const target::Target &target) {
  if (module.hasNet)
    if (llvm::Error error = net::verify(module.net))
      return error;
  if (module.quant)
    if (llvm::Error error = net::verify(*module.quant))
      return error;
  if (module.cores)
    if (llvm::Error error = core_ir::verify(*module.cores, *module.quant, target))
      return error;
  if (module.crossbar)
    if (llvm::Error error = core_ir::verify(*module.crossbar, *module.quant, target))
      return error;
  return module.image ? image::verify(*module.image) : llvm::Error::success();
}

void printModule(const Module &module, llvm::raw_ostream &os) {
  if (module.image)
    image::dump(*module.image, /*full=*/true, os);
  else if (module.cores)
    core_ir::print(*module.cores, *module.quant, os);
  else if (module.crossbar)
    core_ir::print(*module.crossbar, *module.quant, os);
  else if (module.quant)
    net::print(*module.quant, os);
  else
    net::print(module.net, os);
}

static llvm::Error dump(const std::string &folder, size_t number, llvm::StringRef pass,
                        const Module &module) {
  if (std::error_code error = llvm::sys::fs::create_directories(folder))
    return Diag(DiagCode::FileUnwritable, {folder, 0, {}}, error.message())
        .help("name a folder that can be made and written with --dump-dir")
        .take();
  llvm::SmallString<128> path(folder);
  llvm::sys::path::append(path, formatv("{0}-{1}.txt", number, pass).str());
  return support::writeFile(path, [&](llvm::raw_ostream &os) {
    printModule(module, os);
    return llvm::Error::success();
  });
}

llvm::Error PassManager::runOne(Pass &pass, Module &module, PassContext &context) {
  using Clock = std::chrono::steady_clock;
  const auto secondsSince = [](Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
  };
  const Clock::time_point start = Clock::now();
  llvm::Expected<bool> changed = pass.run(module, context);
  if (!changed)
    return changed.takeError();
  PassRecord &record = done.emplace_back();
  record.name = pass.name().str();
  record.seconds = secondsSince(start);
  record.changed = *changed;
  const Clock::time_point verifying = Clock::now();
  if (*changed)
    if (llvm::Error error = verifyModule(module, context.target))
      return error;
  record.verifySeconds = secondsSince(verifying);
  record.peakMemory = support::peakMemory();
  return options.dumpDir.empty() ? llvm::Error::success()
                                 : dump(options.dumpDir, done.size(), pass.name(), module);
}

llvm::Error PassManager::run(Module &module, PassContext &context) {
  done.clear();
  int budget = options.bisect;
  for (const std::unique_ptr<Pass> &pass : passes) {
    if (budget == 0)
      return llvm::Error::success();
    budget -= budget > 0 ? 1 : 0;
    const bool skipped = llvm::is_contained(options.skip, pass->name().str());
    if (!skipped)
      if (llvm::Error error = runOne(*pass, module, context))
        return error;
    if (pass->name() == options.stopAfter)
      return llvm::Error::success();
  }
  return llvm::Error::success();
}

} // namespace snnc::compiler
