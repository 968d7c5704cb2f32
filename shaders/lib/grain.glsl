// grain: a noise without clumps, to hide the steps of eight bits.
//
//   float grain(vec2 pixel)
//
//   pixel     its coordinates, whole numbers and a half
//   returns   0..1, never 1
//
// Blue noise from a small picture that repeats: neighbours differ as much as they can, so the eye sees no pattern.
// It depends on the pixel alone: the same frame is always the same picture.

uniform sampler2D noise;

float grain(vec2 pixel) {
    return texelFetch(noise, ivec2(pixel) & 63, 0).r;
}
