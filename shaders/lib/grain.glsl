// grain: a noise without clumps, to hide the steps of eight bits.
//
//   float grain(vec2 pixel)
//
//   pixel     its coordinates, whole numbers and a half
//   returns   0..1, never 1
//
// Interleaved gradient noise: neighbours differ as much as they can, so the eye sees no pattern.
// It depends on the pixel alone: the same frame is always the same picture.

float grain(vec2 pixel) {
    return fract(52.9829189 * fract(dot(pixel, vec2(0.06711056, 0.00583715))));
}
