#include "common/support/npy.h"

#include "common/support/file_io.h"
#include "expect_diag.h"
#include "scratch.h"

using namespace snnc;
using namespace snnc::support;

static std::vector<char> npy(const std::string &header, const std::string &data) {
  std::string text("\x93NUMPY\x01\x00", 8);
  text += static_cast<char>(header.size() & 0xFF);
  text += static_cast<char>(header.size() >> 8);
  text += header + data;
  return {text.begin(), text.end()};
}

static Diagnostic badNpy(llvm::ArrayRef<char> bytes) {
  const Diagnostic diagnostic = firstDiagnostic(parseNpy(bytes, "w.npy").takeError());
  EXPECT_EQ(diagnostic.code, DiagCode::NpyFormat);
  return diagnostic;
}

static NpyArray good(llvm::Expected<NpyArray> array) {
  if (array)
    return std::move(*array);
  ADD_FAILURE() << llvm::toString(array.takeError());
  return {};
}

// As `numpy.save` of numpy.float32([[1, -2, 3]]) writes it.
TEST(Npy, WritesNumpysBytes) {
  const std::vector<char> bytes =
      encodeNpy(NpyArray::of<float>({1, 3}, std::vector<float>{1, -2, 3}));
  const std::string text(bytes.begin(), bytes.end());
  EXPECT_EQ(text.substr(0, 10), std::string("\x93NUMPY\x01\x00\x76\x00", 10));
  EXPECT_EQ(text.substr(10, 60), "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 3), } ");
  EXPECT_EQ(text[127], '\n');
  EXPECT_EQ(text.size(), 140u);
  const std::vector<char> flat = encodeNpy(NpyArray::of<uint8_t>({2}, std::vector<uint8_t>{7, 8}));
  EXPECT_CONTAINS(std::string(flat.begin(), flat.end()), "'|u1'");
  EXPECT_CONTAINS(std::string(flat.begin(), flat.end()), "'shape': (2,), }");
}

template <class T> static void roundTrip(std::vector<T> values) {
  const NpyArray array = NpyArray::of<T>({values.size()}, values);
  const NpyArray back = good(parseNpy(encodeNpy(array), "w.npy"));
  EXPECT_EQ(back.type, array.type);
  EXPECT_EQ(back.shape, array.shape);
  EXPECT_EQ(back.bytes, array.bytes) << nameOf(array.type);
  EXPECT_EQ(back.toDoubles(), std::vector<double>(values.begin(), values.end()));
}

TEST(Npy, EveryTypeRoundTrips) {
  roundTrip<uint8_t>({0, 255});
  roundTrip<int8_t>({-128, 127});
  roundTrip<uint16_t>({0, 65535});
  roundTrip<int16_t>({-32768, 5});
  roundTrip<uint32_t>({0, 4294967295u});
  roundTrip<int32_t>({-5, 7});
  roundTrip<uint64_t>({0, 1u << 31});
  roundTrip<int64_t>({-9, 9});
  roundTrip<float>({0.5f, -3.0f});
  roundTrip<double>({0.1, 1e300});
  EXPECT_EQ(good(parseNpy(encodeNpy(NpyArray{NpyType::Bool, {}, {1}}), "")).toIntegers(),
            std::vector<int64_t>{1});
}

TEST(Npy, FortranOrderAndBigEndianAreTurned) {
  const NpyArray turned = good(parseNpy(
      npy("{'descr': '|u1', 'fortran_order': True, 'shape': (2, 3), }\n", "adbecf"), "w.npy"));
  EXPECT_EQ(std::string(turned.bytes.begin(), turned.bytes.end()), "abcdef");
  const NpyArray swapped =
      good(parseNpy(npy("{'descr': '>i2', 'fortran_order': False, 'shape': (1,), }\n",
                        std::string("\x01\x02", 2)),
                    "w.npy"));
  EXPECT_EQ(swapped.toIntegers(), std::vector<int64_t>{0x0102});
}

TEST(Npy, DamagedFilesAreErrors) {
  badNpy({});
  EXPECT_CONTAINS(badNpy(npy("[]", "")).message, "dictionary");
  EXPECT_CONTAINS(badNpy(npy("{'descr': '<f4', 'fortran_order': False}", "")).message, "lacks");
  EXPECT_CONTAINS(
      badNpy(npy("{'descr': '<f2', 'fortran_order': False, 'shape': (1,), }", "ab")).message,
      "unsupported: elements of numpy type '<f2'");
  const Diagnostic shortData =
      badNpy(npy("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 2), }", "abcd"));
  EXPECT_CONTAINS(shortData.message, "asks for 16 bytes, it has 4");
  badNpy(npy("{'descr': '<f8', 'fortran_order': False, "
             "'shape': (4294967296, 4294967296), }",
             ""));
  EXPECT_CONTAINS(
      badNpy(npy("{'descr': '<f4', 'fortran_order': False, 'shape': (-1,), }", "")).message,
      "not a number");
}

TEST(Npy, EveryTruncationIsAnError) {
  const std::vector<char> bytes =
      encodeNpy(NpyArray::of<int32_t>({2, 2}, std::vector<int32_t>{1, 2, 3, 4}));
  for (size_t n = 0; n < bytes.size(); ++n)
    badNpy(llvm::ArrayRef<char>(bytes).take_front(n));
}

TEST(Npz, RoundTripsAndIsTheSameBytesTwice) {
  ScratchFolder scratch;
  NpyArrays arrays;
  arrays["lif1"] = NpyArray::of<uint8_t>({2, 2}, std::vector<uint8_t>{0, 1, 1, 0});
  arrays["lif1.v"] = NpyArray::of<int32_t>({1}, std::vector<int32_t>{-7});
  ASSERT_FALSE(writeNpz(arrays, scratch / "a.npz"));
  ASSERT_FALSE(writeNpz(arrays, scratch / "b.npz"));
  EXPECT_EQ(scratch.files(), 2u);
  EXPECT_EQ((*readFile(scratch / "a.npz"))->getBuffer(),
            (*readFile(scratch / "b.npz"))->getBuffer());
  auto back = readNpz(scratch / "a.npz");
  ASSERT_TRUE(static_cast<bool>(back));
  ASSERT_EQ(back->size(), 2u);
  EXPECT_EQ(back->at("lif1").shape, (std::vector<uint64_t>{2, 2}));
  EXPECT_EQ(back->at("lif1").bytes, arrays["lif1"].bytes);
  EXPECT_EQ(back->at("lif1.v").toIntegers(), std::vector<int64_t>{-7});
  auto one = readNpz(scratch / "a.npz", {"lif1", "absent"});
  ASSERT_TRUE(static_cast<bool>(one));
  EXPECT_EQ(one->size(), 1u);
}

TEST(Npz, DamagedArchivesAreErrors) {
  ScratchFolder scratch;
  ASSERT_FALSE(writeFile(scratch / "text", llvm::StringRef("not an archive")));
  EXPECT_EQ(firstDiagnostic(readNpz(scratch / "text").takeError()).code, DiagCode::NpzFormat);
  NpyArrays arrays;
  arrays["x"] = NpyArray::of<uint8_t>({4}, std::vector<uint8_t>{0, 1, 1, 0});
  ASSERT_FALSE(writeNpz(arrays, scratch / "a.npz"));
  const std::string whole = (*readFile(scratch / "a.npz"))->getBuffer().str();
  for (size_t n = 0; n < whole.size(); n += 7) {
    ASSERT_FALSE(writeFile(scratch / "cut", llvm::StringRef(whole).take_front(n)));
    EXPECT_EQ(firstDiagnostic(readNpz(scratch / "cut").takeError()).code, DiagCode::NpzFormat) << n;
  }
}
