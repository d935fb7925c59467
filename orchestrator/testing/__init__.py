"""For tests, here and in other people's packages: a virtual bench on real wires, and a pytest plugin that offers it."""
