// encode: linear light as the numbers a screen wants (sRGB).
//
//   vec3 encode(vec3 light)
//
//   light     linear RGB, 0..1
//   returns   sRGB, 0..1
//
// Two roots and a line instead of a power, for less: within an eighth of a step of eight bits above a light of
// 0.0026; below it falls to black a little early, three steps at most, so that the ground stays black.

vec3 encode(vec3 light) {
    vec3 half_ = sqrt(light);
    return max(0.8433453 * half_ + 0.2901457 * sqrt(half_) - 0.0587155 * light - 0.0752111, 0.0);
}
