// spot: a round thing in the picture, drawn as a point, or as a square where a driver's points are too small for it.
//
//   vec4 spot(vec2 place, float reach)
//   int spotted()
//
//   place     of its middle in clip space
//   reach     from there to its rim, pixels
//   returns   where this vertex stands; nowhere if nothing of the spot is in the picture. `spotted` is its number
//
// A point is clipped by its centre: that is kept in the picture, and the point is as much larger.

uniform vec2 size;   // pixels of all light
uniform int square;  // 0: spots are points; 1: they are squares, each an instance of four corners in a strip

int spotted() {
    return square == 1 ? gl_InstanceID : gl_VertexID;
}

vec4 spot(vec2 place, float reach) {
    if (square == 1) {
        vec2 corner = 2.0 * vec2(gl_VertexID & 1, gl_VertexID >> 1) - 1.0;
        return vec4(place + corner * reach * 2.0 / size, 0.0, 1.0);
    }
    vec2 inside = clamp(place, -1.0, 1.0);
    vec2 moved = abs(place - inside) * 0.5 * size;
    float away = max(moved.x, moved.y);
    gl_PointSize = 2.0 * (reach + away);
    return away > reach ? vec4(2.0, 2.0, 2.0, 1.0) : vec4(inside, 0.0, 1.0);
}
