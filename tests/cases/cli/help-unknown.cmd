help chekc
