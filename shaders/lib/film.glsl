// film: from light in the room to light on a screen.
//
//   vec3 film(vec3 light)
//
//   light     linear RGB, 0 and up
//   returns   linear RGB, 0..1
//
// Dim light stays as it is, so that black is black. Bright light bends softly towards white:
// what one channel has too much of spills into the others, as in film, so even a pure blue can glow white.

vec3 film(vec3 light) {
    float most = max(light.r, max(light.g, light.b));
    vec3 spilled = mix(light, vec3(most), most / (most + 8.0));
    return 1.0 - exp(-spilled);
}
