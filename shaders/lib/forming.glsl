// forming: where a neuron stands while the body takes shape.
//
//   vec4 forming(vec3 place, vec3 origin, float depth)
//
//   place     where it will stand
//   origin    the middle of its layer
//   depth     of its layer, 0 first .. 1 last; the first layers come first
//   returns   where it stands now, and how large it is beside its own size
//
// All begins in one point. Small discs come out of it, a layer each, take their places, and open.

uniform float formed;  // 0 nothing yet .. 1 the whole body

const float CLOSED = 0.12;  // how large a disc is before it opens, of its layer

vec4 forming(vec3 place, vec3 origin, float depth) {
    float time = 2.5 * formed - 0.5 * depth;
    float out_ = smoothstep(0.0, 1.0, time);
    float open = mix(CLOSED * out_, 1.0, smoothstep(1.0, 2.0, time));
    return vec4(origin * out_ + (place - origin) * open, open);
}
