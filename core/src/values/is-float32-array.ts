/** Whether a value is a Float32Array, also one of another realm (a worker, a test's own context), which `instanceof` misses. */
export function isFloat32Array(value: unknown): value is Float32Array {
  return Object.prototype.toString.call(value) === '[object Float32Array]';
}
