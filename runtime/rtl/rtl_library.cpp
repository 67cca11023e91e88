#include "runtime/rtl/rtl_library.h"

#include "common/support/diag.h"

#include <algorithm>
#include <dlfcn.h>
#include <string>

namespace snnc::runtime::rtl {

using support::Diag;
using support::DiagCode;

namespace {
enum Op : uint64_t { kWrite = 1, kRead = 2, kClear = 3 };
} // namespace

static uint64_t header(Op op, Memory memory, uint32_t core, uint32_t count, uint32_t address) {
  return uint64_t{op} << 56 | uint64_t{static_cast<uint8_t>(memory)} << 48 |
         uint64_t{core & 0xFFFF} << 32 | uint64_t{count & 0xFFFF} << 16 | (address & 0xFFFF);
}
uint64_t writeHeader(Memory memory, uint32_t core, uint32_t count, uint32_t address) {
  return header(kWrite, memory, core, count, address);
}
uint64_t readHeader(Memory memory, uint32_t core, uint32_t count, uint32_t address) {
  return header(kRead, memory, core, count, address);
}
uint64_t clearHeader() {
  return header(kClear, Memory::Core, kAllCores, 0, 0);
}

static llvm::Error unusable(llvm::StringRef path, const llvm::Twine &reason) {
  return Diag(DiagCode::RtlMachineUnusable, {},
              llvm::Twine("cannot load RTL machine ") + path + ": " + reason)
      .help("delete the file; it is built again on the next use")
      .take();
}

llvm::Expected<std::unique_ptr<RtlLibrary>> RtlLibrary::open(llvm::StringRef path, uint64_t seed) {
  // LOCAL: machines of several targets share a process without sharing symbols.
  void *handle = dlopen(path.str().c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!handle)
    return unusable(path, dlerror());
  using ApiFunction = const SnncRtlApi *(*)();
  const auto function = reinterpret_cast<ApiFunction>(dlsym(handle, "snnc_rtl_api"));
  if (!function || function()->abi != SNNC_RTL_ABI) {
    dlclose(handle);
    return unusable(path, "not a machine of this version");
  }
  std::unique_ptr<RtlLibrary> library(new RtlLibrary(handle, function()));
  library->model = library->api->create(seed);
  if (!library->model)
    return unusable(path, "its model does not start");
  return library;
}

RtlLibrary::~RtlLibrary() {
  if (model)
    api->destroy(model);
  dlclose(handle);
}

llvm::Error RtlLibrary::check(int failed) const {
  if (!failed)
    return llvm::Error::success();
  return Diag(DiagCode::RtlFailure, {}, llvm::Twine("RTL: ") + api->error(model))
      .help("an assertion names what the image, the host or the RTL broke; see hw/rtl")
      .take();
}

llvm::Error RtlLibrary::restart() {
  return check(api->restart(model));
}
llvm::Error RtlLibrary::write(llvm::ArrayRef<uint64_t> words) {
  return check(api->write(model, words.data(), words.size()));
}
llvm::Error RtlLibrary::sampleReset() {
  return check(api->sampleReset(model));
}
llvm::Error RtlLibrary::inject(llvm::ArrayRef<uint64_t> flits) {
  return check(api->inject(model, flits.data(), flits.size()));
}
llvm::Error RtlLibrary::tick() {
  return check(api->tick(model));
}

llvm::Error RtlLibrary::openWave(llvm::StringRef path, std::optional<uint32_t> core) {
  return check(api->openWave(model, path.str().c_str(), core ? static_cast<int>(*core) : -1));
}

llvm::Expected<std::vector<uint64_t>> RtlLibrary::read(Memory memory, uint32_t core,
                                                       uint32_t address, uint32_t count) {
  std::vector<uint64_t> out(count);
  for (uint32_t done = 0; done < count;) {
    const uint32_t burst = std::min<uint32_t>(count - done, 0xFFFF);
    if (llvm::Error error = check(
            api->read(model, readHeader(memory, core, burst, address + done), out.data() + done)))
      return error;
    done += burst;
  }
  return out;
}

llvm::ArrayRef<SnncRtlSpike> RtlLibrary::spikes() const {
  const SnncRtlSpike *data = nullptr;
  const size_t size = api->spikes(model, &data);
  return {data, size};
}
llvm::ArrayRef<SnncRtlSend> RtlLibrary::sends() const {
  const SnncRtlSend *data = nullptr;
  const size_t size = api->sends(model, &data);
  return {data, size};
}

} // namespace snnc::runtime::rtl
