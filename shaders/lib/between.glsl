// between: a map between its points, to the last bit.
//
//   vec4 between(sampler2D map, vec2 place)
//
//   map       of numbers; NaN is no number
//   place     in points: 0 is the first point's middle
//   returns   the weighted mean of the four points around it; beyond the rim the rim. NaN if one that counts is NaN,
//             which beside a point's very middle its neighbours do not
//
// A driver's own filter knows 256 places between two points, which is too coarse where a map is.

vec4 between(sampler2D map, vec2 place) {
    ivec2 last = textureSize(map, 0) - 1;
    vec2 near = floor(place + 0.5);
    vec2 at = clamp(mix(place, near, lessThan(abs(place - near), vec2(1.0 / 512.0))), vec2(0.0), vec2(last));
    ivec2 low = min(ivec2(at), max(last - 1, 0)), high = min(low + 1, last);
    vec2 share = at - vec2(low);
    vec4 left = texelFetch(map, low, 0), right = texelFetch(map, ivec2(high.x, low.y), 0);
    vec4 left_up = texelFetch(map, ivec2(low.x, high.y), 0), right_up = texelFetch(map, high, 0);
    vec4 below = share.x == 0.0 ? left : share.x == 1.0 ? right : mix(left, right, share.x);
    vec4 above = share.x == 0.0 ? left_up : share.x == 1.0 ? right_up : mix(left_up, right_up, share.x);
    return share.y == 0.0 ? below : share.y == 1.0 ? above : mix(below, above, share.y);
}
