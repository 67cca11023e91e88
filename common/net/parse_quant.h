// The `quantnet` half of net/parse.h. Private to common/net.
#pragma once

#include "common/net/quant_net.h"
#include "common/net/text_lexer.h"

namespace snnc::net {

// Behind the word `quantnet`. False after a mistake, which `lex` holds.
bool parseQuant(TextLexer &lex, QuantNet &net);

} // namespace snnc::net
