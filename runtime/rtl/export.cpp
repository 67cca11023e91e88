#include "runtime/rtl/export.h"

#include "common/support/file_io.h"
#include "common/support/folder_io.h"
#include "runtime/rtl/rtl_build.h"

#include "llvm/Support/FormatVariadic.h"

namespace snnc::runtime::rtl {

static constexpr const char *kReadme = R"(# {0} on {1}, {2} x {3} cores

Made by `snnc rtl`. The RTL of a spiking machine, an image for it, and a run that it must repeat:

```sh
make          # Verilator 5.006 or newer; prints PASS, or FAIL and what differs
make SEED=7   # other random contents of registers and memories before reset
```

The test bench loads the image through the configuration port, plays {4} sample(s) ({5}) and compares
every spike ({6} in {7} ticks), the length of every tick in clock cycles, the state of every neuron
after each sample and every activity counter with what the cycle-accurate model did.

| file | what |
| --- | --- |
| `rtl/` | the sources, by level in `files.f`; `snn_top` is the machine |
| `snn_cfg_pkg.sv` | its parameters, generated for this target and mesh |
| `config.hex` | the image: words of the configuration port, with comments, for `$readmemh` |
| `stimulus.hex` | what the host does and what must come out; the format stands in `tb/snn_tb.sv` |
| `tb/snn_tb.sv` | the test bench; plain SystemVerilog with delays, no vendor's library |
| `tb/snn_tb_pkg.sv` | the number of words of both files |
| `export.json` | what was exported; a folder with this file may be replaced by another export |

To load the image into hardware, send the words of `config.hex` to the configuration port of `snn_top`
after its clear walk, one per cycle with `cfg_ready_o`, then give a sample reset. A host packet is
`x 8, y 8, axon 16, delay 8`, lowest bits first.
)";

static std::string sizesPackage(size_t configWords, size_t stimulusWords) {
  return llvm::formatv("// Words of config.hex and stimulus.hex. Generated.\n"
                       "package snn_tb_pkg;\n"
                       "  localparam int unsigned ConfigWords = {0};\n"
                       "  localparam int unsigned StimulusWords = {1};\n"
                       "endpackage\n",
                       configWords, stimulusWords)
      .str();
}

static llvm::Error copy(support::FolderWriter &folder, llvm::StringRef from, llvm::StringRef to) {
  auto text = support::readFile(hardwareFolder() + "/" + from.str());
  if (!text)
    return text.takeError();
  return folder.add(to, (*text)->getBuffer());
}

static llvm::Error addSources(support::FolderWriter &folder) {
  auto sources = rtlSources();
  if (!sources)
    return sources.takeError();
  sources->push_back("rtl/files.f");
  sources->push_back("rtl/include/snn_assert.svh");
  for (const std::string &source : *sources)
    if (llvm::Error error = copy(folder, source, source))
      return error;
  if (llvm::Error error = copy(folder, "tb/export/snn_tb.sv", "tb/snn_tb.sv"))
    return error;
  return copy(folder, "tb/export/Makefile", "Makefile");
}

llvm::Error writeExport(const RtlExport &what, llvm::StringRef path) {
  const image::Image &image = *what.image;
  const HexText config = configText(image, what.steps);
  const HexText &stimulus = what.recorder->finish();
  const std::string readme =
      llvm::formatv(kReadme, image.netName, what.target->name, image.meshWidth, image.meshHeight,
                    what.recorder->samples, what.stimulus, what.recorder->spikeCount,
                    what.recorder->ticks)
          .str();
  const std::pair<const char *, std::string> made[] = {
      {"README.md", readme},
      {"snn_cfg_pkg.sv", target::emitSvPackage(*what.target, image.meshWidth, image.meshHeight)},
      {"config.hex", config.text()},
      {"stimulus.hex", stimulus.text()},
      {"tb/snn_tb_pkg.sv", sizesPackage(config.words(), stimulus.words())},
      {kExportMarker, what.description}};
  return support::writeFolder(path, kExportMarker,
                              [&](support::FolderWriter &folder) -> llvm::Error {
                                for (const auto &[name, text] : made)
                                  if (llvm::Error error = folder.add(name, text))
                                    return error;
                                return addSources(folder);
                              });
}

} // namespace snnc::runtime::rtl
