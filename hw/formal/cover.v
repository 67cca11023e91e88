// A cover statement as an assertion that fails when it is reached (prove.sh).
module \$cover (input A, input EN);
  \$assert _TECHMAP_REPLACE_ (.A(!A), .EN(EN));
endmodule
