// Texts with one mistake each: the line and what was expected.
#include "common/net/parse.h"
#include "tests/unit/support/expect_diag.h"

namespace snnc::net {
namespace {

struct Bad {
  const char *text;
  uint32_t line;
  const char *message;
};

const char *const kHead = "net @n {\n population @a size 2 model input\n"
                          " population @b size 3 model lif {\n tau 1 }\n";

std::string afterHead(const char *text) {
  return std::string(kHead) + text;
}

class TextBad : public testing::TestWithParam<Bad> {};

TEST_P(TextBad, SaysWhereAndWhat) {
  const Bad &bad = GetParam();
  const bool whole = bad.text[0] == '=';
  const auto diag =
      firstDiagnostic(parse(whole ? bad.text + 1 : afterHead(bad.text), "a.snn").takeError());
  EXPECT_EQ(diag.code, support::DiagCode::IrSyntax);
  EXPECT_EQ(diag.loc.file, "a.snn");
  EXPECT_EQ(diag.loc.line, bad.line) << diag.message;
  EXPECT_CONTAINS(diag.message, bad.message);
}

INSTANTIATE_TEST_SUITE_P(
    All, TextBad,
    testing::Values(
        Bad{"=", 1, "expected 'net' or 'quantnet', found the end of the text"},
        Bad{"=graph @g {}", 1, "found 'graph'"}, Bad{"=net n {}", 1, "expected a name such as"},
        Bad{"", 5, "or '}', found the end of the text"},
        Bad{"} x", 5, "expected the end of the text after the network, found 'x'"},
        Bad{"layer @x", 5, "expected profile, run, population"},
        Bad{"population @a size 2 model lif", 5, "there are two populations 'a'"},
        Bad{"population @c size 0 model lif", 5, "expected extents"},
        Bad{"population @c shape 2y2 model lif", 5, "expected extents"},
        Bad{"population @c shape 100000x100000 model lif", 5, "has more than 67108864 neurons"},
        Bad{"population @c size 2 model izhikevich", 5, "expected a model (input, if, lif"},
        Bad{"population @c size 2 model lif { beta 1 }", 5, "expected a parameter (tau"},
        Bad{"population @c size 2 model lif { tau x }", 5, "expected a value, found 'x'"},
        Bad{"population @c size 2 model lif { tau 1 tau 2 }", 5, "'tau' is given twice"},
        Bad{"population @c size 2 model lif {\n tau [1 2 3] }", 6, "more than 2 values"},
        Bad{"population @c size 2 model lif {\n tau [1] }", 6, "1 values, expected 2"},
        Bad{"population @c size 2 model lif {\n tau [99999999999*1] }", 6, "more than 2 values"},
        Bad{"projection @p from @x to @b", 5, "there is no population 'x' above"},
        Bad{"projection @p from @a @b", 5, "expected 'to', found @b"},
        Bad{"projection @p from @a to @b full 3x2", 5, "expected 'dense', 'sparse', 'conv'"},
        Bad{"projection @p from @a to @b conv 3x2", 5, "expected channels and maps such as"},
        Bad{"projection @p from @a to @b conv 3x1x1 to", 5, "expected 'of', found 'to'"},
        Bad{"projection @p from @a to @b conv 3x1x1 of 2x1x1 kernel 3", 5, "expected a kernel"},
        Bad{"projection @p from @a to @b conv 3x1x1 of 2x1x1 kernel 0x1", 5, "expected a kernel"},
        Bad{"projection @p from @a to @b conv 3x1x1 of 2x1x1 kernel 1x1 stride 0x1", 5,
            "expected strides such as"},
        Bad{"projection @p from @a to @b conv 3x1x1 of 2x1x1 kernel 1x1 slide 1x1", 5,
            "expected stride, pad, dilation, groups or '{', found 'slide'"},
        Bad{"projection @p from @a to @b conv 3x1x1 of 2x1x1 kernel 1x1 groups 2 {", 5,
            "2 groups do not divide 2 and 3 channels"},
        Bad{"projection @p from @a to @b conv 3x1x1 of 2x1x1 kernel 1x1 {\n[1 2 3]", 6,
            "more than 2 values"},
        Bad{"projection @p from @a to @b conv 3x1x1 of 2x1x1 kernel 9999x9999 {", 5,
            "a kernel has more than 2^26 elements"},
        Bad{"projection @p from @a to @b sumpool 3x1x1 of 2x1x1 kernel 1x1 {", 5,
            "a pool makes 3 channels of 2"},
        Bad{"projection @p from @a to @b sumpool 2x1x1 of 2x1x1 kernel 1x1 groups 2 {", 5,
            "expected stride, pad, dilation or '{', found 'groups'"},
        Bad{"projection @p from @a to @b diagonal 0 {", 5, "the size of a diagonal is 0"},
        Bad{"projection @p from @a to @b before diagonal 2 { 1 dense", 5, "expected '}'"},
        Bad{"projection @p from @a to @b before diagonal 2 { 1 } }", 5, "expected 'dense'"},
        Bad{"projection @p from @a to @b diagonal 2 { 1 grid 8", 5, "expected 'bits'"},
        Bad{"population @c size 2 model lif reset maybe", 5, "expected zero, subtract"},
        Bad{"population @c size 2 model lif { grid_scale 1 grid_scale 1 }", 5,
            "'grid_scale' is given twice"},
        Bad{"population @c size 2 model lif { grid_bias_exp [1 2 3] }", 5, "more than 2 values"},
        Bad{"population @c size 2 model lif { grid_du_offset 2 }", 5, "a du offset is 2"},
        Bad{"=quantnet @q { population @h size 1 projection @p from @h to @h\n before avgpool", 2,
            "expected 'sumpool'"},
        Bad{"=quantnet @q { population @h size 1 projection @p from @h to @h diagonal", 1,
            "expected 'dense', 'sparse' or 'conv', found 'diagonal'"},
        Bad{"=quantnet @q { population @h size 1 hostlayer @p from @h to @h conv", 1,
            "expected 'dense' or 'sparse', found 'conv'"},
        Bad{"projection @p from @a to @b dense 3 {", 5, "expected a shape such as 10x784"},
        Bad{"projection @p from @a to @b dense 3x2 { [1 2] [1 q", 5,
            "expected a weight, found 'q'"},
        Bad{"projection @p from @a to @b dense 3x2 { [1 1e99]", 5,
            "expected a weight, found '1e99'"},
        Bad{"projection @p from @a to @b sparse 3x2 { 2: 0=1 }", 5, "is 2 but must be in 0 .. 1"},
        Bad{"projection @p from @a to @b sparse 3x2 { 1: 0=1\n 0: 0=1 }", 6, "must be in 2 .. 1"},
        Bad{"projection @p from @a to @b sparse 3x2 { 0: 3=1 }", 5, "a target is 3 but must be"},
        Bad{"projection @p from @a to @b delay -1", 5, "a delay is -1 but must be in 0 .."},
        Bad{"run steps 0", 5, "steps is 0 but must be in 1"},
        Bad{"run encode morse", 5, "expected an encoding (none, direct"},
        Bad{"profile { reset never }", 5, "expected zero, subtract, subtract-delayed or none"},
        Bad{"profile { dt fast }", 5, "expected seconds, found 'fast'"},
        Bad{"inputs @z", 5, "there is no population 'z'"},
        Bad{"profile { dt 1 model \"open\n", 5, "no closing quote"},
        Bad{"=quantnet @q { population @h size 1 { neurons 2 x { } } }", 1, "must be in 1 .. 1"},
        Bad{"=quantnet @q { population @h size 1 { neurons 1 x { du 4096 } } }", 1,
            "du is 4096 but must be in 0 .. 4095"},
        Bad{"=quantnet @q { population @h size 1 { neurons 1 x { mood 1 } } }", 1,
            "expected a neuron's register"},
        Bad{"=quantnet @q { population @h size 1 vmin 9999999 }", 1, "vmin is 9999999 but must"},
        Bad{"=quantnet @q { layer }", 1, "hostlayer, inputs, outputs or '}'"}));

// What the grammar allows and the rules do not.
TEST(TextBad, RulesAreCheckedToo) {
  const auto diag = firstDiagnostic(
      parse(afterHead("projection @p from @b to @b dense 3x3 { [1 2 3] [4 5 6] [7 8 9] }\n"
                      "inputs @a }"),
            "a.snn")
          .takeError());
  EXPECT_EQ(diag.code, support::DiagCode::NetInvalid);
  EXPECT_EQ(diag.loc.file, "a.snn");
  EXPECT_CONTAINS(diag.message, "cycle of delay 0");
}

} // namespace
} // namespace snnc::net
