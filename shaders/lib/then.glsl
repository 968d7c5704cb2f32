// then: how strongly one neuron answered a moment ago.
//
//   float then(int unit, float ago)
//   float lately(int unit, float ago)
//
//   unit      the neuron's number in the anatomy
//   ago       columns of the dream
//   returns   0 at rest .. 1; `lately` the most between then and now, as far as light that falls slowly tells it
//
// What happened before this loop began lies in the one before it, so a pulse crosses the seam.

uniform vec4 clock;  // columns since the loop began, columns of it in `dream`, columns of the one before, rows of a column
uniform float lead;  // columns in `dream` before its own

float answered_at(int unit, float column) {
    ivec2 at = ivec2(unit & 4095, unit >> 12);
    if (column < 0.0) return texelFetch(before, at + ivec2(0, int((column + clock.z) * clock.w)), 0).r;
    return texelFetch(dream, at + ivec2(0, int((lead + min(column, clock.y - 1.0)) * clock.w)), 0).r;
}

float then(int unit, float ago) {
    float at = clock.x - ago;
    float first = floor(at);
    return mix(answered_at(unit, first), answered_at(unit, first + 1.0), at - first);
}

float lately(int unit, float ago) {
    float most = 0.0;
    for (int third = 0; third < 4; third++) most = max(most, answered_at(unit, floor(clock.x - float(third) / 3.0 * ago)));
    return most;
}
