#include "common/image/checker.h"
#include "common/image/codec.h"
#include "common/support/hash.h"

namespace snnc::image {

using support::Diag;
using support::DiagCode;

static llvm::Expected<target::Target> targetOf(const Image &image) {
  const support::Sha256 digest =
      support::sha256(support::bytesOf(llvm::StringRef(image.targetJson)));
  if (digest != image.targetFingerprint)
    return Diag(DiagCode::ImageTarget, {"", 0, "target"},
                "the target's text has SHA-256 " + support::hex(digest) +
                    ", the image's fingerprint is " + support::hex(image.targetFingerprint))
        .take();
  return target::parseTarget(image.targetJson, "target of the image");
}

llvm::Error verify(const Image &image) {
  auto target = targetOf(image);
  if (!target)
    return target.takeError();
  Checker check(DiagCode::ImageInvalid);
  verifyCores(image, target->core, check);
  // The second half follows indices that the first has checked.
  if (!check.failed())
    verifyNetwork(image, target->core, check);
  return check.take();
}

} // namespace snnc::image
