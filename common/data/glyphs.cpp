#include "common/data/glyphs.h"

#include <cassert>

namespace snnc::data {
namespace {

constexpr bool kSmooth = true, kStraight = false;

constexpr Point k0Round[] = {{.5, .02},  {.17, .18}, {.08, .5},  {.17, .82}, {.5, .98},
                             {.83, .82}, {.92, .5},  {.83, .18}, {.5, .02}};
constexpr Point k0Open[] = {{.62, .06}, {.3, .08},  {.12, .42}, {.2, .85}, {.52, .98},
                            {.85, .75}, {.84, .32}, {.58, .03}, {.4, .1}};
constexpr Stroke k0a[] = {{kSmooth, k0Round}};
constexpr Stroke k0b[] = {{kSmooth, k0Open}};

constexpr Point k1Stem[] = {{.5, 0}, {.5, 1}};
constexpr Point k1Flag[] = {{.28, .24}, {.54, 0}, {.54, 1}};
constexpr Point k1Base[] = {{.26, 1}, {.8, 1}};
constexpr Stroke k1a[] = {{kStraight, k1Stem}};
constexpr Stroke k1b[] = {{kStraight, k1Flag}};
constexpr Stroke k1c[] = {{kStraight, k1Flag}, {kStraight, k1Base}};

constexpr Point k2Neck[] = {{.12, .26}, {.25, .06}, {.52, 0},  {.8, .12},
                            {.82, .34}, {.58, .64}, {.12, .99}};
constexpr Point k2Foot[] = {{.12, .99}, {.9, .97}};
constexpr Point k2Loop[] = {{.14, .2},  {.45, .01}, {.78, .14}, {.72, .42}, {.42, .78}, {.18, .97},
                            {.08, .88}, {.24, .78}, {.5, .9},   {.72, .98}, {.95, .9}};
constexpr Stroke k2a[] = {{kSmooth, k2Neck}, {kStraight, k2Foot}};
constexpr Stroke k2b[] = {{kSmooth, k2Loop}};

constexpr Point k3Top[] = {{.15, .12}, {.45, 0}, {.78, .1}, {.8, .32}, {.62, .45}, {.4, .48}};
constexpr Point k3Bottom[] = {{.4, .48}, {.72, .52}, {.88, .7}, {.75, .92}, {.45, 1}, {.12, .9}};
constexpr Point k3Flat[] = {{.15, .03}, {.82, .03}, {.42, .42}};
constexpr Point k3Belly[] = {{.42, .42}, {.75, .48}, {.88, .7}, {.72, .93}, {.42, 1}, {.1, .88}};
constexpr Stroke k3a[] = {{kSmooth, k3Top}, {kSmooth, k3Bottom}};
constexpr Stroke k3b[] = {{kStraight, k3Flat}, {kSmooth, k3Belly}};

constexpr Point k4Arm[] = {{.32, 0}, {.1, .6}, {.92, .58}};
constexpr Point k4Leg[] = {{.68, .22}, {.66, 1}};
constexpr Point k4Closed[] = {{.66, 1}, {.68, 0}, {.08, .66}, {.92, .66}};
constexpr Point k4Curve[] = {{.18, .02}, {.13, .32}, {.3, .52}, {.78, .44}};
constexpr Point k4Tall[] = {{.82, 0}, {.72, 1}};
constexpr Stroke k4a[] = {{kStraight, k4Arm}, {kStraight, k4Leg}};
constexpr Stroke k4b[] = {{kStraight, k4Closed}};
constexpr Stroke k4c[] = {{kSmooth, k4Curve}, {kStraight, k4Tall}};

constexpr Point k5Roof[] = {{.82, .02}, {.26, .03}, {.2, .44}};
constexpr Point k5Belly[] = {{.2, .44}, {.5, .36}, {.82, .5}, {.84, .78}, {.55, .99}, {.12, .9}};
constexpr Point k5Ess[] = {{.84, .05}, {.36, .06}, {.22, .28}, {.5, .46},
                           {.82, .66}, {.66, .95}, {.14, .92}};
constexpr Stroke k5a[] = {{kStraight, k5Roof}, {kSmooth, k5Belly}};
constexpr Stroke k5b[] = {{kSmooth, k5Ess}};

constexpr Point k6Round[] = {{.74, .05}, {.38, .2}, {.15, .55}, {.2, .88}, {.5, 1},
                             {.82, .85}, {.8, .6},  {.52, .48}, {.22, .66}};
constexpr Point k6Lean[] = {{.62, 0},  {.32, .36}, {.16, .72}, {.35, .98}, {.7, .95},
                            {.8, .72}, {.6, .56},  {.3, .62},  {.18, .78}};
constexpr Stroke k6a[] = {{kSmooth, k6Round}};
constexpr Stroke k6b[] = {{kSmooth, k6Lean}};

constexpr Point k7Sharp[] = {{.1, .04}, {.9, .04}, {.4, 1}};
constexpr Point k7Bar[] = {{.3, .52}, {.8, .5}};
constexpr Point k7Roof[] = {{.12, .14}, {.14, .05}, {.88, .05}};
constexpr Point k7Leg[] = {{.88, .05}, {.58, .45}, {.44, 1}};
constexpr Stroke k7a[] = {{kStraight, k7Sharp}};
constexpr Stroke k7b[] = {{kStraight, k7Sharp}, {kStraight, k7Bar}};
constexpr Stroke k7c[] = {{kStraight, k7Roof}, {kSmooth, k7Leg}};

constexpr Point k8Eight[] = {{.5, .48},  {.2, .28},  {.3, .04}, {.5, 0},    {.72, .06},
                             {.78, .26}, {.5, .48},  {.18, .7}, {.22, .93}, {.5, 1},
                             {.8, .92},  {.82, .68}, {.5, .48}};
constexpr Point k8Upper[] = {{.5, 0},    {.24, .1}, {.26, .38}, {.5, .47},
                             {.74, .38}, {.76, .1}, {.5, 0}};
constexpr Point k8Lower[] = {{.5, .47},  {.18, .6}, {.18, .88}, {.5, 1},
                             {.82, .88}, {.82, .6}, {.5, .47}};
constexpr Stroke k8a[] = {{kSmooth, k8Eight}};
constexpr Stroke k8b[] = {{kSmooth, k8Upper}, {kSmooth, k8Lower}};

constexpr Point k9Head[] = {{.8, .24}, {.55, .02}, {.22, .1}, {.16, .36},
                            {.4, .5},  {.7, .42},  {.82, .18}};
constexpr Point k9Curl[] = {{.82, .18}, {.82, .6}, {.62, .95}, {.24, .95}};
constexpr Point k9Leg[] = {{.82, .18}, {.8, .55}, {.68, 1}};
constexpr Point k9Post[] = {{.82, .06}, {.78, 1}};
constexpr Stroke k9a[] = {{kSmooth, k9Head}, {kSmooth, k9Leg}};
constexpr Stroke k9b[] = {{kSmooth, k9Head}, {kSmooth, k9Curl}};
constexpr Stroke k9c[] = {{kSmooth, k9Head}, {kStraight, k9Post}};

constexpr uint32_t kMaxStyles = 3;
const Glyph kGlyphs[10][kMaxStyles] = {
    {k0a, k0b, {}}, {k1a, k1b, k1c}, {k2a, k2b, {}},  {k3a, k3b, {}}, {k4a, k4b, k4c},
    {k5a, k5b, {}}, {k6a, k6b, {}},  {k7a, k7b, k7c}, {k8a, k8b, {}}, {k9a, k9b, k9c},
};

} // namespace

uint32_t glyphStyles(uint32_t digit) {
  assert(digit < 10);
  uint32_t styles = 0;
  while (styles < kMaxStyles && !kGlyphs[digit][styles].empty())
    ++styles;
  return styles;
}

Glyph glyph(uint32_t digit, uint32_t style) {
  assert(style < glyphStyles(digit));
  return kGlyphs[digit][style];
}

} // namespace snnc::data
