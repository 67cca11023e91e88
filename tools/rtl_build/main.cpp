// snnc_rtl_build: what the project's own build needs of runtime/rtl.
//
//   snnc_rtl_build machine TARGET WIDTH HEIGHT FOLDER    builds FOLDER/<key>.so
//   snnc_rtl_build package TARGET WIDTH HEIGHT FILE      writes snn_cfg_pkg.sv
#include "common/support/diag.h"
#include "common/support/file_io.h"
#include "common/target/target.h"
#include "runtime/rtl/rtl_build.h"

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/raw_ostream.h"

using namespace snnc;

static int fail(llvm::Error error) {
  return support::printErrors(std::move(error), llvm::errs());
}

int main(int argc, char **argv) {
  const llvm::StringRef verb = argc > 1 ? argv[1] : "";
  uint32_t width = 0, height = 0;
  if ((verb != "machine" && verb != "package") || argc != 6) {
    llvm::errs() << "usage: snnc_rtl_build machine TARGET WIDTH HEIGHT FOLDER\n"
                    "       snnc_rtl_build package TARGET WIDTH HEIGHT FILE\n";
    return 2;
  }
  if (llvm::StringRef(argv[3]).getAsInteger(10, width) || width == 0 ||
      llvm::StringRef(argv[4]).getAsInteger(10, height) || height == 0) {
    llvm::errs() << "error: mesh '" << argv[3] << "' x '" << argv[4] << "' is not two sizes\n";
    return 2;
  }
  auto target = target::loadTarget(argv[2]);
  if (!target)
    return fail(target.takeError());
  if (verb == "package") {
    llvm::Error error = support::writeFile(argv[5], target::emitSvPackage(*target, width, height));
    return error ? fail(std::move(error)) : 0;
  }
  auto id = runtime::rtl::machineId(*target, width, height);
  if (!id)
    return fail(id.takeError());
  auto path = runtime::rtl::buildMachine(*id, argv[5], llvm::nulls());
  if (!path)
    return fail(path.takeError());
  return 0;
}
