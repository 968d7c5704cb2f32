// snap: a place in the picture, to a sixty-fourth of a pixel.
//
//   vec4 snap(vec4 clip, vec2 size)
//
//   clip      position as `project` returns it
//   size      pixels of the whole picture
//   returns   the same position, moved by less than anybody sees
//
// Which pixels a thin line covers is decided by where it ends, to the last bit, and drivers round to a 256th of a
// pixel. Ends on a grid beside its ties are rounded alike wherever a part of the picture begins.

vec4 snap(vec4 clip, vec2 size) {
    if (clip.w <= 0.0) return clip;
    vec2 pixel = (0.5 + 0.5 * clip.xy / clip.w) * size;
    pixel = (floor(pixel * 64.0) + vec2(0.25, 0.5)) / 64.0;
    return vec4((pixel / size * 2.0 - 1.0) * clip.w, clip.zw);
}
