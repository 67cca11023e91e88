// Writes small NIR files with libhdf5, in every way that exporters do.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace snnc {

class NirFile {
public:
  enum class Strings { Variable, VariableAscii, Fixed };

  // A file in the test's temporary folder; `graph` writes /version and /node/{type,nodes}.
  explicit NirFile(const std::string &name, bool graph = true);
  ~NirFile();
  NirFile(const NirFile &) = delete;
  NirFile &operator=(const NirFile &) = delete;

  bool gzip = false;  // arrays are chunked and deflated
  bool narrow = true; // arrays are float32, else float64
  Strings strings = Strings::Variable;

  // Groups are made as needed. An empty shape is a scalar.
  void numbers(const std::string &path, const std::vector<double> &values,
               std::vector<uint64_t> shape);
  void integers(const std::string &path, const std::vector<int64_t> &values,
                std::vector<uint64_t> shape);
  void string(const std::string &path, const std::string &value);
  // source, destination, ...; of a nested graph: its group.
  void edges(const std::vector<std::string> &flat, const std::string &graph = "/node");
  void group(const std::string &path);
  void link(const std::string &target, const std::string &path);    // hard
  void bytes(const std::string &path, std::vector<uint64_t> shape); // never written, no storage

  // Nodes of the graph, below /node/nodes; "cell/nodes/lif" is one of the nested graph "cell".
  void graph(const std::string &name); // a NIRGraph without edges yet
  void input(const std::string &name, std::vector<int64_t> shape);
  void output(const std::string &name, std::vector<int64_t> shape);
  void linear(const std::string &name, const std::vector<double> &weights, uint64_t rows,
              uint64_t cols);
  void affine(const std::string &name, const std::vector<double> &weights, uint64_t rows,
              uint64_t cols, const std::vector<double> &bias);
  // `size` equal values of each parameter; rank 0 if size is 0. `reset` < 0: no v_reset.
  void lif(const std::string &name, uint64_t size, double tau, double r, double reset = -1);
  void neuron(const std::string &name, const std::string &type,
              const std::vector<std::pair<std::string, double>> &params, uint64_t size);
  // A node of any type; `shape` is of all its values.
  void node(const std::string &name, const std::string &type, const std::string &field,
            const std::vector<double> &values, std::vector<uint64_t> shape);
  // Weights 1, 2, 3, ... / 8; stride 1, padding 0, dilation 1, groups 1 until set otherwise.
  void conv2d(const std::string &name, std::vector<uint64_t> weightShape);
  void pool(const std::string &name, const std::string &type, int64_t kernel, int64_t stride,
            int64_t padding = 0);
  // One of a node's parameters in place of the one it has; a single integer is a scalar.
  void text(const std::string &name, const std::string &field, const std::string &value);
  void set(const std::string &name, const std::string &field, const std::vector<int64_t> &values);

  // Closes the file; nothing can be written behind it.
  std::string path();

private:
  void remove(const std::string &path);

  std::string file;
  int64_t id = -1;
};

} // namespace snnc
