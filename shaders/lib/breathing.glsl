// breathing: where a point of the body stands now.
//
//   vec3 breathing(vec3 room, vec3 next, vec3 still)
//
//   room, next   where it stood a moment ago and will stand in a moment
//   still        where it stands in a body that does not breathe
//   returns      its place in the room

uniform float breath;  // 0..1 from the one to the next
uniform float held;    // 0..1 how still the body holds

vec3 breathing(vec3 room, vec3 next, vec3 still) {
    return mix(mix(room, next, breath), still, held);
}
