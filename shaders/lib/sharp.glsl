// sharp: a picture between its pixels, and exactly at them.
//
//   vec3 sharp(sampler2D picture, vec2 at)
//
//   picture   with a linear filter
//   at        place in it, 0..1
//   returns   the colour there; within a thirty-second of a pixel around a pixel's middle that pixel's very own
//
// A filter that is off by a rounding error would change numbers where nothing is to change.

vec3 sharp(sampler2D picture, vec2 at) {
    vec2 size = vec2(textureSize(picture, 0));
    vec2 place = at * size - 0.5;
    vec2 low = floor(place);
    vec2 along = clamp((place - low - 1.0 / 32.0) / (1.0 - 2.0 / 32.0), 0.0, 1.0);
    vec2 exact = low + along;
    if (fract(exact) == vec2(0.0)) return texelFetch(picture, ivec2(clamp(exact, vec2(0.0), size - 1.0)), 0).rgb;
    return textureLod(picture, (exact + 0.5) / size, 0.0).rgb;
}
