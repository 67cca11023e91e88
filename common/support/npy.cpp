#include "common/support/npy.h"

#include "common/support/diag.h"
#include "common/support/file_io.h"

#include <algorithm>
#include <cassert>
#include <optional>

namespace snnc::support {

static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "arrays are copied as they lie in memory");

namespace {

struct TypeInfo {
  NpyType type;
  const char *name;
  const char *code; // numpy's descr without the byte order
};
constexpr TypeInfo kTypes[] = {
    {NpyType::Bool, "bool", "b1"},   {NpyType::U8, "uint8", "u1"},
    {NpyType::I8, "int8", "i1"},     {NpyType::U16, "uint16", "u2"},
    {NpyType::I16, "int16", "i2"},   {NpyType::U32, "uint32", "u4"},
    {NpyType::I32, "int32", "i4"},   {NpyType::U64, "uint64", "u8"},
    {NpyType::I64, "int64", "i8"},   {NpyType::F32, "float32", "f4"},
    {NpyType::F64, "float64", "f8"},
};
constexpr char kMagic[] = "\x93NUMPY";
constexpr size_t kMagicSize = 6;

const TypeInfo &infoOf(NpyType type) {
  return *std::find_if(std::begin(kTypes), std::end(kTypes),
                       [&](const TypeInfo &info) { return info.type == type; });
}

} // namespace

const char *nameOf(NpyType type) {
  return infoOf(type).name;
}
size_t sizeOf(NpyType type) {
  return static_cast<size_t>(infoOf(type).code[1] - '0');
}

uint64_t NpyArray::count() const {
  uint64_t n = 1;
  for (uint64_t extent : shape)
    n *= extent;
  return n;
}

template <class To> static std::vector<To> convertAny(const NpyArray &array) {
  return visit(array, [](auto elements) {
    std::vector<To> out(elements.size());
    for (size_t i = 0; i < out.size(); ++i)
      out[i] = static_cast<To>(elements[i]);
    return out;
  });
}

std::vector<double> NpyArray::toDoubles() const {
  return convertAny<double>(*this);
}
std::vector<float> NpyArray::toFloats() const {
  return convertAny<float>(*this);
}
std::vector<int64_t> NpyArray::toIntegers() const {
  assert(!isFloat() && "a float may not fit an integer");
  return convertAny<int64_t>(*this);
}

// ---- reading

namespace {

struct Header {
  const TypeInfo *type = nullptr;
  bool bigEndian = false, fortranOrder = false;
  std::vector<uint64_t> shape;
};

// The header is a Python dict literal of three keys: {'descr': '<f4', 'fortran_order': False,
// 'shape': (3, 4), }.
class HeaderParser {
public:
  HeaderParser(llvm::StringRef text, llvm::StringRef file) : rest(text), file(file) {}

  llvm::Expected<Header> parse() {
    Header header;
    unsigned seen = 0;
    if (!take("{"))
      return fail("its header is not a dictionary");
    while (!take("}")) {
      const std::string key = quoted();
      if (!take(":"))
        return fail("its header is damaged");
      if (llvm::Error error = value(key, header))
        return error;
      take(",");
      ++seen;
    }
    if (seen != 3 || header.type == nullptr)
      return fail("its header lacks a key");
    return header;
  }

  llvm::Error fail(const llvm::Twine &why) const {
    return Diag(DiagCode::NpyFormat, {file.str(), 0, ""}, "not a .npy array: " + why).take();
  }

private:
  bool take(llvm::StringRef token) {
    rest = rest.ltrim();
    return rest.consume_front(token);
  }
  std::string quoted() {
    if (!take("'") && !take("\""))
      return "";
    const auto [word, after] = rest.split(rest.find('\'') < rest.find('"') ? '\'' : '"');
    rest = after;
    return word.str();
  }

  llvm::Error value(const std::string &key, Header &header) {
    if (key == "descr")
      return descr(header);
    if (key == "fortran_order") {
      header.fortranOrder = take("True");
      return header.fortranOrder || take("False") ? llvm::Error::success()
                                                  : fail("fortran_order is not True or False");
    }
    if (key == "shape")
      return shape(header);
    return fail("its header has the key '" + key + "'");
  }

  llvm::Error descr(Header &header) {
    const std::string text = quoted();
    const llvm::StringRef code = llvm::StringRef(text).drop_front(text.empty() ? 0 : 1);
    for (const TypeInfo &info : kTypes)
      if (code == info.code)
        header.type = &info;
    header.bigEndian = !text.empty() && text[0] == '>';
    if (header.type != nullptr && llvm::StringRef("<>|=").find(text[0]) != llvm::StringRef::npos)
      return llvm::Error::success();
    return Diag(DiagCode::NpyFormat, {file.str(), 0, ""},
                "unsupported: elements of numpy type '" + text + "'")
        .help("save the array with .astype(numpy.float32)")
        .take();
  }

  llvm::Error shape(Header &header) {
    if (!take("("))
      return fail("its shape is not a tuple");
    while (!take(")")) {
      uint64_t extent = 0;
      rest = rest.ltrim();
      if (rest.consumeInteger(10, extent))
        return fail("its shape holds something that is not a number");
      header.shape.push_back(extent);
      take(",");
    }
    return llvm::Error::success();
  }

  llvm::StringRef rest, file;
};

void swapBytes(NpyArray &array) {
  const size_t size = sizeOf(array.type);
  for (size_t at = 0; at + size <= array.bytes.size(); at += size)
    std::reverse(array.bytes.begin() + at, array.bytes.begin() + at + size);
}

// First index fastest -> last index fastest.
void toRowMajor(NpyArray &array) {
  const size_t size = sizeOf(array.type), rank = array.shape.size();
  if (rank < 2)
    return;
  std::vector<uint64_t> stride(rank, 1), index(rank, 0);
  for (size_t d = 1; d < rank; ++d)
    stride[d] = stride[d - 1] * array.shape[d - 1];
  std::vector<char> out(array.bytes.size());
  for (size_t to = 0; to < out.size(); to += size) {
    uint64_t from = 0;
    for (size_t d = 0; d < rank; ++d)
      from += index[d] * stride[d];
    std::memcpy(out.data() + to, array.bytes.data() + from * size, size);
    for (size_t d = rank; d-- > 0 && ++index[d] == array.shape[d];)
      index[d] = 0;
  }
  array.bytes = std::move(out);
}

} // namespace

// Bytes of the elements, or empty if the product overflows what a file can hold.
static std::optional<uint64_t> dataSize(const Header &header) {
  uint64_t bytes = sizeOf(header.type->type);
  for (uint64_t extent : header.shape)
    if (__builtin_mul_overflow(bytes, extent, &bytes))
      return std::nullopt;
  return bytes;
}

llvm::Expected<NpyArray> parseNpy(llvm::ArrayRef<char> bytes, llvm::StringRef file) {
  const llvm::StringRef text(bytes.data(), bytes.size());
  const HeaderParser nothing("", file);
  if (text.take_front(kMagicSize) != llvm::StringRef(kMagic, kMagicSize) || text.size() < 12)
    return nothing.fail("the file does not start with numpy's magic");
  const uint8_t major = static_cast<uint8_t>(text[6]);
  if (major < 1 || major > 3)
    return nothing.fail("format version " + llvm::Twine(major) + ", known are 1 to 3");
  uint32_t headerSize = 0;
  const size_t sizeBytes = major == 1 ? 2 : 4;
  std::memcpy(&headerSize, text.data() + 8, sizeBytes);
  const size_t headerAt = 8 + sizeBytes;
  if (headerSize > text.size() - headerAt)
    return nothing.fail("its header ends after the file");
  auto header = HeaderParser(text.substr(headerAt, headerSize), file).parse();
  if (!header)
    return header.takeError();
  const llvm::ArrayRef<char> data = bytes.drop_front(headerAt + headerSize);
  const std::optional<uint64_t> wanted = dataSize(*header);
  if (!wanted || *wanted != data.size())
    return nothing.fail("its shape asks for " + (wanted ? llvm::Twine(*wanted).str() : "too many") +
                        " bytes, it has " + llvm::Twine(data.size()));
  NpyArray array{header->type->type, std::move(header->shape), {data.begin(), data.end()}};
  if (header->bigEndian)
    swapBytes(array);
  if (header->fortranOrder)
    toRowMajor(array);
  return array;
}

llvm::Expected<NpyArray> readNpy(llvm::StringRef path) {
  auto buffer = readFile(path);
  if (!buffer)
    return buffer.takeError();
  const llvm::StringRef text = (*buffer)->getBuffer();
  return parseNpy({text.data(), text.size()}, path);
}

// ---- writing

std::vector<char> encodeNpy(const NpyArray &array) {
  assert(array.bytes.size() == array.count() * sizeOf(array.type));
  std::string header = std::string("{'descr': '") + (sizeOf(array.type) == 1 ? "|" : "<") +
                       infoOf(array.type).code + "', 'fortran_order': False, 'shape': (";
  for (size_t d = 0; d < array.shape.size(); ++d)
    header += (d == 0 ? "" : " ") + std::to_string(array.shape[d]) + ",";
  if (array.shape.size() > 1)
    header.pop_back();
  header += "), }";
  // The data start at a multiple of 64, as numpy aligns them.
  const size_t prefix = kMagicSize + 4;
  while ((prefix + header.size() + 1) % 64 != 0)
    header += ' ';
  header += '\n';
  std::string prelude(kMagic, kMagicSize);
  for (const size_t byte : {size_t{1}, size_t{0}, header.size() & 0xFF, header.size() >> 8})
    prelude += static_cast<char>(byte);
  prelude += header;
  std::vector<char> out(prelude.size() + array.bytes.size());
  std::copy(prelude.begin(), prelude.end(), out.begin());
  std::copy(array.bytes.begin(), array.bytes.end(), out.begin() + prelude.size());
  return out;
}

llvm::Error writeNpy(const NpyArray &array, llvm::StringRef path) {
  return writeFile(path, llvm::ArrayRef<char>(encodeNpy(array)));
}

} // namespace snnc::support
