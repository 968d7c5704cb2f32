// encode: linear light as the numbers a screen wants (sRGB).
//
//   vec3 encode(vec3 light)
//
//   light     linear RGB, 0..1
//   returns   sRGB, 0..1
//
// Three roots instead of a power, for less: within half a step of eight bits above a light of 0.0026;
// below it falls to black a little early, three steps at most, so that the ground stays black.

vec3 encode(vec3 light) {
    vec3 half_ = sqrt(light);
    vec3 quarter = sqrt(half_);
    vec3 eighth = sqrt(quarter);
    return max(0.585122381 * half_ + 0.783140355 * quarter - 0.368262736 * eighth, 0.0);
}
