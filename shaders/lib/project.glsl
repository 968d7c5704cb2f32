// project: where a place in the room falls on the picture. Every vertex goes through here.
//
//   vec4 project(vec3 place, out float scale)
//
//   place     in the room; the body is the unit ball around the origin
//   scale     pixels that one unit of length covers there, 0 behind the camera and beyond a dome's rim
//   returns   the clip position
//
// On a screen that is one perspective matrix. On a dome the picture is an equidistant fisheye, straight from each
// place: the distance from the middle grows evenly with the angle, for any opening angle, without a seam.
// There a small face is stretched along the rim as the sine falls behind the angle; its area is kept.

uniform mat4 camera;    // room to clip space; for a dome: room to its middle as z, its right as x, its back as y
uniform float focal;    // pixels that one unit covers at distance one; for a dome: pixels of a radian
uniform float opening;  // radians from a dome's middle to its rim; 0 for a screen
uniform vec4 circle;    // of a dome in clip space: middle, and both radii

const float BEYOND = 0.15;  // radians outside the rim where nothing is drawn any more

vec4 project(vec3 place, out float scale) {
    vec4 seen = camera * vec4(place, 1.0);
    if (opening == 0.0) {
        scale = seen.w > 0.0 ? focal / seen.w : 0.0;
        return seen;
    }
    float aside = length(seen.xy);
    float angle = atan(aside, seen.z);
    float away = max(length(seen.xyz), 1e-6);
    scale = angle < opening + BEYOND ? focal / away * sqrt(angle / max(aside / away, 1e-6)) : 0.0;
    vec2 along = aside > 1e-9 ? seen.xy / aside : vec2(0.0);
    if (aside / away < 1e-3) scale = focal / away;
    return vec4(circle.xy + circle.zw * along * (angle / opening), 0.0, 1.0);
}
