// project: where a place in the room falls on the picture. Every vertex goes through here.
//
//   vec4 project(vec3 place, out float scale)
//
//   place     in the room; the body is the unit ball around the origin
//   scale     pixels that one unit of length covers there, 0 behind the camera
//   returns   the clip position
//
// A flat picture for now: one perspective matrix. A dome changes this file only.

uniform mat4 camera;  // room to clip space
uniform float focal;  // pixels that one unit covers at distance one

vec4 project(vec3 place, out float scale) {
    vec4 clip = camera * vec4(place, 1.0);
    scale = clip.w > 0.0 ? focal / clip.w : 0.0;
    return clip;
}
