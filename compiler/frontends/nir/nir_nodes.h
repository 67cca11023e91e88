// The nodes of a NIR graph as the importer keeps them, and how each kind is read.
#pragma once

#include "common/net/net.h"
#include "compiler/frontends/nir/hdf5_reader.h"

#include <string>
#include <utility>
#include <vector>

namespace snnc::compiler::nir {

struct Node {
  enum class Kind { Input, Output, Linear, Neuron };

  std::string name, type;
  Kind kind = Kind::Input;
  support::SourceLoc loc;
  // Input and Output: as stored. Neurons: of the widest parameter, empty if all are single values.
  std::vector<uint64_t> shape;
  // Linear, Affine. A bias of zeros is none.
  net::DenseWeights weights;
  std::vector<double> bias;
  // IF, LIF, CubaLIF. A parameter that is the same everywhere is one value.
  net::NeuronKind neuron = net::NeuronKind::Input;
  net::NeuronParams params;
};

struct Graph {
  std::vector<Node> nodes;                          // in natural order of names: 2 before 10
  std::vector<std::pair<uint32_t, uint32_t>> edges; // (source, destination), sorted, each once
};

// Number of values of a shape; 1 for rank 0.
uint64_t sizeOf(const std::vector<uint64_t> &shape);
std::string shapeText(const std::vector<uint64_t> &shape); // "[1, 12]"
// Digits compare as numbers: "2" < "10", "fc2" < "fc10". Total: ties are broken bytewise.
bool naturalLess(llvm::StringRef a, llvm::StringRef b);

// Reads the node that the group `path` holds. UnsupportedNode (2002) for a type that is not one of
// Input, Output, Linear, Affine, IF, LIF, CubaLIF; NirFile, NotFinite, ParamShape or WeightShape
// for one that is broken.
llvm::Expected<Node> readNode(const Hdf5File &file, const std::string &path,
                              const std::string &name, support::Warnings &warnings);

} // namespace snnc::compiler::nir
