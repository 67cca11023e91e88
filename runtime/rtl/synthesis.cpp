#include "runtime/rtl/synthesis.h"

#include "common/support/diag.h"
#include "common/support/file_io.h"
#include "common/support/json_reader.h"
#include "common/support/strings.h"
#include "runtime/rtl/rtl_build.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Program.h"

#include <cstdlib>

namespace snnc::runtime::rtl {

using support::Diag;
using support::DiagCode;
using support::startsWith;

static constexpr const char *kTechs[] = {"xilinx", "ice40", "generic"};

llvm::ArrayRef<const char *> synthTechs() {
  return kTechs;
}

uint64_t Synthesis::bramCount() const {
  uint64_t sum = 0;
  for (const auto &[type, count] : brams)
    sum += count;
  return sum;
}

namespace {
enum class CellKind { Lut, LutRam, Ff, Bram, Dsp };
struct CellPrefix {
  const char *tech, *prefix;
  CellKind kind;
};
} // namespace

// The first prefix that fits a cell's type; other cells (carry, wide multiplexers, inverters that
// a flip-flop absorbs) are counted in `cells` only.
static constexpr CellPrefix kPrefixes[] = {
    {"xilinx", "LUT", CellKind::Lut},      {"xilinx", "FD", CellKind::Ff},
    {"xilinx", "RAMB", CellKind::Bram},    {"xilinx", "RAM", CellKind::LutRam},
    {"xilinx", "SRL", CellKind::LutRam},   {"xilinx", "DSP", CellKind::Dsp},
    {"ice40", "SB_LUT4", CellKind::Lut},   {"ice40", "SB_DFF", CellKind::Ff},
    {"ice40", "SB_RAM40", CellKind::Bram}, {"ice40", "SB_SPRAM", CellKind::Bram},
    {"ice40", "SB_MAC16", CellKind::Dsp},  {"generic", "$_DFF", CellKind::Ff},
    {"generic", "$_SDFF", CellKind::Ff},   {"generic", "$_ALDFF", CellKind::Ff},
};

static void count(Synthesis &out, const std::string &type, uint64_t n) {
  if (startsWith(type, "$mem")) // a port of a memory, which is counted as a memory
    return;
  out.cells[type] = n;
  out.cellCount += n;
  for (const CellPrefix &entry : kPrefixes) {
    if (out.tech != entry.tech || !startsWith(type, entry.prefix))
      continue;
    switch (entry.kind) {
    case CellKind::Lut:
      out.luts = out.luts.value_or(0) + n;
      return;
    case CellKind::LutRam:
      out.lutRam[type] = n;
      return;
    case CellKind::Ff:
      out.ffs += n;
      return;
    case CellKind::Bram:
      out.brams[type] = n;
      return;
    case CellKind::Dsp:
      out.dsps += n;
      return;
    }
  }
}

static llvm::Error failed(llvm::StringRef tech, const llvm::Twine &why) {
  return Diag(DiagCode::SynthesisFailed, {}, "Yosys does not synthesise for '" + tech + "': " + why)
      .help("hw/synth/report.sh runs it; Yosys 0.23 and newer are known to work")
      .take();
}

// What report.sh wrote.
static llvm::Error readReport(llvm::StringRef text, Synthesis &out) {
  const auto report = nlohmann::json::parse(text.begin(), text.end(), nullptr, false);
  if (report.is_discarded() || !report.contains("stat"))
    return failed(out.tech, "no statistics came back");
  const auto &design = report["stat"]["design"];
  out.yosys = report.value("yosys", "");
  if (report["path"].is_number())
    out.path = report["path"].get<uint64_t>();
  out.pathUnit = out.tech == "generic" ? "gates" : "ps";
  out.memories = design.value("num_memories", uint64_t{0});
  out.bits = design.value("num_memory_bits", uint64_t{0});
  for (const auto &[type, n] : design["num_cells_by_type"].items())
    count(out, type, n.get<uint64_t>());
  return llvm::Error::success();
}

static llvm::Error checkYosys() {
  const char *set = std::getenv("YOSYS");
  const llvm::StringRef yosys = set ? set : "yosys";
  for (llvm::StringRef tool : {llvm::StringRef("sh"), yosys})
    if (!llvm::sys::findProgramByName(tool))
      return Diag(DiagCode::RtlToolMissing, {}, "'" + tool + "' is not in PATH")
          .help("install yosys (0.23 or newer)")
          .take();
  return llvm::Error::success();
}

// Runs the script on temporaries in the cache folder, which are gone afterwards.
static llvm::Expected<std::string> runReport(const std::string &package, llvm::StringRef tech,
                                             llvm::StringRef top) {
  const std::string folder = cacheFolder();
  if (folder.empty() || llvm::sys::fs::create_directories(folder))
    return Diag(DiagCode::FileUnwritable, {}, "there is no folder for temporary files")
        .help("set XDG_CACHE_HOME to a folder that you may write")
        .take();
  auto in = llvm::sys::fs::TempFile::create(folder + "/synth.%%%%%%%%.sv");
  if (!in)
    return in.takeError();
  auto out = llvm::sys::fs::TempFile::create(folder + "/synth.%%%%%%%%.json");
  if (!out)
    return llvm::joinErrors(out.takeError(), in->discard());
  llvm::raw_fd_ostream(in->FD, false) << package;
  const std::string script = hardwareFolder() + "/synth/report.sh";
  const std::string shell = *llvm::sys::findProgramByName("sh");
  const llvm::StringRef args[] = {
      shell, "-c",   "exec sh \"$1\" \"$2\" \"$3\" \"$4\" \"$5\" 2>\"$5\" </dev/null",
      "sh",  script, in->TmpName,
      tech,  top,    out->TmpName};
  const int code = llvm::sys::ExecuteAndWait(shell, args);
  auto text = support::readFile(out->TmpName);
  llvm::Error gone = llvm::joinErrors(in->discard(), out->discard());
  if (!text)
    return llvm::joinErrors(text.takeError(), std::move(gone));
  if (gone)
    return gone;
  const std::string said = (*text)->getBuffer().str();
  if (code != 0)
    return failed(tech, llvm::StringRef(said).rtrim().take_back(600));
  return said;
}

llvm::Expected<Synthesis> synthesise(const target::Target &target, llvm::StringRef tech,
                                     SynthPart part) {
  if (llvm::Error error = checkYosys())
    return error;
  Synthesis out;
  out.tech = tech.str();
  out.top = part == SynthPart::Tile    ? "snn_tile"
            : target.core.isCrossbar() ? "snn_core_crossbar"
                                       : "snn_core";
  // A mesh of four gives a tile real coordinates.
  auto text = runReport(target::emitSvPackage(target, 2, 2), tech, out.top);
  if (!text)
    return text.takeError();
  if (llvm::Error error = readReport(*text, out))
    return error;
  return out;
}

static SynthBaseline readBaseline(const support::JsonNode &node) {
  SynthBaseline out;
  support::JsonObject object = node.object();
  const auto text = [&](const char *key) { return object.required(key).string().value_or(""); };
  const auto number = [&](const char *key) {
    return static_cast<uint64_t>(object.required(key).integer(0, 1'000'000'000).value_or(0));
  };
  out.name = text("name");
  out.what = text("what");
  out.brams = text("brams");
  out.note = text("note");
  out.source = text("source");
  const support::JsonNode lutRam = object.required("lut_ram");
  if (lutRam.present() && !lutRam.isNull())
    out.lutRam = lutRam.string().value_or("");
  out.neurons = number("neurons");
  out.luts = number("luts");
  out.ffs = number("ffs");
  out.dsps = number("dsps");
  out.idleTick = number("idle_tick");
  out.cyclesPerSynop = object.required("cycles_per_synop").number(0).value_or(0);
  object.finish();
  return out;
}

llvm::Expected<SynthBaselines> readSynthBaselines() {
  const std::string path = hardwareFolder() + "/synth/baselines.json";
  auto buffer = support::readFile(path);
  if (!buffer)
    return buffer.takeError();
  auto document = support::JsonDocument::parse((*buffer)->getBuffer(), path);
  if (!document)
    return document.takeError();
  SynthBaselines out;
  support::JsonObject root = (*document)->root().object();
  root.required("schema").oneOf({"snnc-synth-baselines/1"});
  out.tech = root.required("tech").string().value_or("");
  for (const support::JsonNode &core : root.required("cores").elements())
    out.cores.push_back(readBaseline(core));
  root.finish();
  if (llvm::Error errors = (*document)->takeErrors())
    return errors;
  return out;
}

} // namespace snnc::runtime::rtl
