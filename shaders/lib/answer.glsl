// answer: how strongly one neuron of a dream answers now.
//
//   float answer(sampler2D answers, int unit, vec3 moment)
//
//   answers   a dream's light over loop time, folded: rows of 4096 neurons, one block of rows per column
//   unit      the neuron's number in the anatomy
//   moment    the first texture rows of the two columns around now, and how far along from one to the other, 0..1
//   returns   0 at rest .. 1 as strong as light may become
//
// The columns lie one after the other, so that neighbours in the draw read neighbours in memory.

float answer(sampler2D answers, int unit, vec3 moment) {
    ivec2 at = ivec2(unit & 4095, unit >> 12);
    float first = texelFetch(answers, ivec2(at.x, at.y + int(moment.x)), 0).r;
    float second = texelFetch(answers, ivec2(at.x, at.y + int(moment.y)), 0).r;
    return mix(first, second, moment.z);
}
