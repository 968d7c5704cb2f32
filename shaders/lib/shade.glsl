// shade: the colour of a neuron by its depth in the network.
//
//   vec3 shade(float depth)
//
//   depth     0 first layer .. 1 last layer
//   returns   linear light RGB
//
// The steps between come mixed by hue (OKLCh) from outside: a straight mix of blue and amber is grey.

uniform vec3 palette[16];

vec3 shade(float depth) {
    float at = clamp(depth, 0.0, 1.0) * 15.0;
    int step = min(int(at), 14);
    return mix(palette[step], palette[step + 1], at - float(step));
}
