// A projection as NIR nodes between two populations: Delay, then every map as a node of its own
// (SumPool2d, AvgPool2d, Conv1d, Conv2d, Linear, Affine, Scale), Flatten where an image becomes a
// vector. What NIR has no node for becomes one matrix, within kMostMatrixValues: a sparse map, maps
// whose input has another shape in the population, padding that differs by side, a bias behind a
// pool or scale, or one that differs within a channel of a convolution.
#pragma once

#include "common/net/net.h"
#include "compiler/export/nir/graph_file.h"

#include <set>
#include <utility>

namespace snnc::compiler::export_nir {

class ChainWriter {
public:
  // Populations are nodes of their own names already.
  ChainWriter(const net::Net &net, GraphFile &file);

  // The last node with weights has the projection's name; an identity is an edge and has none.
  // `bare`: without a Delay node.
  void write(const net::Projection &projection, bool bare);

private:
  struct End { // of the chain so far
    std::string node;
    Shape shape;
  };
  struct Step {
    const net::Weights *map = nullptr;
    Shape in, out;
    bool last = false;
  };

  bool plan(const net::Projection &projection, std::vector<Step> &steps) const;
  void findVectors();
  Shape shapeSeen(uint32_t population) const;
  void writeDelay(const net::Projection &projection, End &end);
  void writeStep(const net::Projection &projection, const Step &step, End &end);
  void writeConv(const std::string &node, const net::ConvWeights &conv, const Shape &out,
                 llvm::ArrayRef<double> bias);
  void writePool(const std::string &node, const net::PoolMap &pool);
  void writeMatrix(const net::Projection &projection, End &end);
  void writeGrid(const std::string &node, const net::ProjectionGrid &grid);
  void append(End &end, const std::string &node, const Shape &shape);
  void flatten(const net::Projection &projection, End &end);
  void arrive(const net::Projection &projection, End &end);

  const net::Net &net;
  GraphFile &file;
  // [population]: of a shape like [1, 1, 4], and fed a vector, as which an importer takes it then.
  std::vector<bool> isVector;
  std::set<std::pair<std::string, std::string>> plainEdges; // a second one would count as the first
};

} // namespace snnc::compiler::export_nir
