// meant: how much one neuron is a target of a dream.
//
//   float meant(sampler2D answers, int unit, float row)
//
//   answers   a dream's light; the last block of rows holds its target
//   unit      the neuron's number in the anatomy
//   row       first texture row of that block
//   returns   0 not at all .. 1

float meant(sampler2D answers, int unit, float row) {
    return texelFetch(answers, ivec2(unit & 4095, (unit >> 12) + int(row)), 0).r;
}
