"""Where neurons stand: a multilevel force layout of the whole network, and the files it is kept in."""
