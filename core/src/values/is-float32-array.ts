/** Whether a value is a Float32Array, including one from another realm (a worker, a test context), which `instanceof` misses. */
export function isFloat32Array(value: unknown): value is Float32Array {
  return Object.prototype.toString.call(value) === '[object Float32Array]';
}
