// The worked example of docs/reference/image_format.md, written here field by field, must be what
// encode() writes and what the document shows. SNNC_UPDATE=1 rewrites the document's listing.
#include "common/image/layout.h"
#include "common/support/file_io.h"
#include "common/support/hash.h"
#include "small_image.h"

#include "llvm/Support/FormatVariadic.h"

#include <cstdlib>

using namespace snnc;
using namespace snnc::image;

// One input element and one neuron with one synapse of weight -3, on one core of `tiny`.
static Image exampleImage() {
  const target::Target target = tinyTarget();
  Image image;
  image.netName = "ex";
  image.targetJson = target.json;
  image.targetFingerprint = target.fingerprint;
  image.run.steps = 8;
  image.steps = 8;
  image.populations = {{"in", {1}, true, 0, {}, {}}, {"n", {1}, false, 0, {{0, 1, 0, 0}}, {}}};
  image.projections = {{"w", 0, 1, 0, 8}};
  image.inputs = {{0, {{0, 0, 0, 0}}}};
  image.outputs = {1};
  CoreImage core;
  core.vmin = -8388607;
  core.vmax = 8388607;
  core.groups = {{0, 1, 0}};
  core.neurons = {neuron(256)};
  core.outPointers = {{0, 0}};
  core.axons = {{0, 1, 0, 0, false}};
  core.synapses = {WordFormat::of(target.core).putDense(0, -3)};
  image.cores = {core};
  image.axonSources = {{{0, 0}}};
  return image;
}

namespace {

// Bytes with a comment each.
class Listing {
public:
  void heading(const std::string &text) { out += "\n" + text + "\n"; }
  template <class T> void field(const std::string &comment, const T &value) {
    Writer writer;
    writer(value);
    show(writer.bytes, comment);
  }
  void show(llvm::ArrayRef<char> chunk, const std::string &comment) {
    std::string hex = support::hex(support::bytesOf(chunk));
    std::string spaced;
    for (size_t i = 0; i < hex.size(); i += 2)
      spaced += hex.substr(i, 2) + " ";
    constexpr size_t kMost = 24; // eight bytes a line; the rest of a digest is cut
    if (spaced.size() > kMost)
      spaced = spaced.substr(0, kMost - 3) + "...";
    out += llvm::formatv("{0:x-6}  {1,-26}{2}\n", bytes.size(), spaced, comment).str();
    bytes.append(chunk.begin(), chunk.end());
  }
  void pad() {
    while (bytes.size() % kSectionAlignment != 0)
      bytes.push_back('\0');
  }

  std::string out;
  llvm::SmallVector<char, 0> bytes;
};

void header(Listing &l, llvm::ArrayRef<char> file) {
  l.heading("header");
  l.show({kMagic, 8}, "magic \"SNNCIMG\\x1A\"");
  l.field("version", kVersion);
  l.field("sections", uint32_t{7});
  l.field("bytes in the file", static_cast<uint64_t>(file.size()));
  l.show(file.slice(kShaAt, kShaSize), "SHA-256 of the file with these 32 bytes 0");
  l.field("reserved", uint64_t{0});
  l.heading("section table: kind, CRC-32, offset, size");
  for (size_t i = 0; i < 7; ++i) {
    SectionEntry entry;
    Reader(file.slice(kHeaderSize + i * kSectionEntrySize, kSectionEntrySize))(entry);
    l.field("kind", static_cast<uint32_t>(entry.kind));
    l.field("  CRC-32", entry.crc);
    l.field("  offset", entry.offset);
    l.field("  size", entry.size);
  }
}

template <class T> void setting(Listing &l, const std::string &name, const T &value) {
  l.field(name, value);
  l.field("  origin: default", uint8_t{0});
  l.field("  reason: length", uint32_t{0});
}

void text(Listing &l, const std::string &name, const std::string &value) {
  l.field(name + ": length", static_cast<uint32_t>(value.size()));
  l.show({value.data(), value.size()}, "  \"" + value + "\"");
}

void netSections(Listing &l, const Image &image) {
  l.heading("1 target");
  l.field("text: length", static_cast<uint32_t>(image.targetJson.size()));
  l.show({image.targetJson.data(), image.targetJson.size()}, "  canonical JSON of the target");
  l.field("SHA-256 of the text", image.targetFingerprint);
  l.pad();
  l.heading("2 net");
  text(l, "net", "ex");
  l.field("mesh width", uint32_t{1});
  l.field("mesh height", uint32_t{1});
  l.field("steps of the windows", uint32_t{8});
  setting(l, "dt in seconds, double 1e-4", 1e-4);
  setting(l, "tau unit: s", uint8_t{0});
  setting(l, "integrator: euler", uint8_t{0});
  setting(l, "reset: zero", uint8_t{0});
  setting(l, "compare: gt", uint8_t{0});
  setting(l, "bias timing: window", uint8_t{0});
  l.field("run: steps given", uint8_t{1});
  l.field("  steps", uint32_t{8});
  l.field("  encode: none", uint8_t{0});
  l.field("  readout: count", uint8_t{0});
  l.field("  input low, double 0", 0.0);
  l.field("  input high, double 1", 1.0);
  l.field("projections: count", uint32_t{1});
  text(l, "  name", "w");
  l.field("  source population", uint32_t{0});
  l.field("  target population", uint32_t{1});
  l.field("  delay in steps", uint32_t{0});
  l.field("  weight bits", uint8_t{8});
  l.field("outputs: count", uint32_t{1});
  l.field("  population", uint32_t{1});
  l.pad();
}

void mapSections(Listing &l) {
  l.heading("3 populations");
  l.field("count", uint32_t{2});
  for (const bool isInput : {true, false}) {
    text(l, "name", isInput ? "in" : "n");
    l.field("  shape: count", uint32_t{1});
    l.field("    1", uint32_t{1});
    l.field(isInput ? "  an input" : "  neurons", uint8_t{isInput});
    l.field("  first tick", uint32_t{0});
    l.field("  segments: count", uint32_t{isInput ? 0u : 1u});
    if (!isInput) {
      l.field("    first neuron", uint32_t{0});
      l.field("    neurons", uint32_t{1});
      l.field("    core", uint32_t{0});
      l.field("    first local neuron", uint32_t{0});
    }
    l.field("  scales: count", uint32_t{0});
    l.field("  rests: count", uint32_t{0});
  }
  l.pad();
  l.heading("4 inputs");
  l.field("count", uint32_t{1});
  l.field("  population", uint32_t{0});
  l.field("  routes: count", uint32_t{1});
  l.field("    element", uint32_t{0});
  l.field("    core", uint32_t{0});
  l.field("    axon", uint16_t{0});
  l.field("    tick - step", uint32_t{0});
  l.pad();
  l.heading("5 host layers");
  l.field("count", uint32_t{0});
  l.pad();
}

void coreSections(Listing &l) {
  l.heading("6 core");
  l.field("x", uint8_t{0});
  l.field("y", uint8_t{0});
  l.field("vmin -8388607", int32_t{-8388607});
  l.field("vmax 8388607", int32_t{8388607});
  l.field("duOffset", uint8_t{1});
  l.field("groups: count", uint32_t{1});
  l.field("  first local neuron", uint16_t{0});
  l.field("  neurons", uint16_t{1});
  l.field("  first tick", uint32_t{0});
  l.field("neurons: count", uint32_t{1});
  l.field("  threshold 256", int32_t{256});
  l.field("  reset", int32_t{0});
  l.field("  vInit", int32_t{0});
  l.field("  biasMant", int16_t{0});
  l.field("  biasExp", uint8_t{0});
  l.field("  du 4095", uint16_t{4095});
  l.field("  dv 410", uint16_t{410});
  l.field("  refractory", uint8_t{1});
  l.field("  compareGe", uint8_t{0});
  l.field("  resetSubtract", uint8_t{0});
  l.field("  biasToCurrent", uint8_t{0});
  l.field("output pointers: count", uint32_t{1});
  l.field("  first slot", uint16_t{0});
  l.field("  slots", uint16_t{0});
  l.field("output slots: count", uint32_t{0});
  l.field("axons: count", uint32_t{1});
  l.field("  first word", uint32_t{0});
  l.field("  words", uint16_t{1});
  l.field("  base row", uint16_t{0});
  l.field("  exponent", uint8_t{0});
  l.field("  sparse", uint8_t{0});
  l.field("synapse words: count", uint32_t{1});
  l.field("  weight -3 in lane 0 (16 bits)", uint64_t{0xFFFD});
  l.pad();
  l.heading("7 axon sources");
  l.field("cores: count", uint32_t{1});
  l.field("  axons: count", uint32_t{1});
  l.field("    projection", uint32_t{0});
  l.field("    source neuron", uint32_t{0});
}

} // namespace

TEST(ImageDocument, ExampleIsWhatTheEncoderWrites) {
  const Image image = exampleImage();
  ASSERT_FALSE(verify(image));
  const llvm::SmallVector<char, 0> file = encode(image);
  Listing listing;
  header(listing, file);
  netSections(listing, image);
  mapSections(listing);
  coreSections(listing);
  EXPECT_TRUE(listing.bytes == file);

  const std::string path = SNNC_SOURCE_DIR "/docs/reference/image_format.md";
  auto buffer = support::readFile(path);
  ASSERT_TRUE(static_cast<bool>(buffer)) << llvm::toString(buffer.takeError());
  const std::string document = (*buffer)->getBuffer().str();
  const std::string begin = "<!-- example: SNNC_UPDATE=1 image_test rewrites it -->\n```\n";
  const size_t from = document.find(begin);
  const size_t to = document.find("```\n", from + begin.size());
  ASSERT_NE(from, std::string::npos);
  ASSERT_NE(to, std::string::npos);
  const std::string shown = document.substr(from + begin.size(), to - from - begin.size());
  const std::string wanted = listing.out.substr(1);
  if (shown != wanted && std::getenv("SNNC_UPDATE") != nullptr) {
    buffer->reset();
    ASSERT_FALSE(support::writeFile(
        path, llvm::StringRef(document.substr(0, from) + begin + wanted + document.substr(to))));
    return;
  }
  EXPECT_EQ(shown, wanted) << "run image_test with SNNC_UPDATE=1";
}
