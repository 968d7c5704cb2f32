// knee: no cell outshines the picture.
//
//   vec3 knee(vec3 light)
//
//   light     linear RGB of one cell
//   returns   the same colour, never brighter than 96; within a thousandth of what it was up to 24, where a fully
//             answering cell shines
//
// One small cell that is far brighter than all others would flicker in the bloom from pixel to pixel: a firefly.

vec3 knee(vec3 light) {
    float most = max(light.r, max(light.g, light.b)) / 96.0;
    float fourth = most * most * most * most;
    return light * inversesqrt(sqrt(1.0 + fourth));
}
