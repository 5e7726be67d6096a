/** A vector in one line: dimensions, norm and first numbers. */
export function describeVector(vector: readonly number[]): {
  readonly dimensions: number;
  readonly length: string;
  readonly head: string;
} {
  const length = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
  return {
    dimensions: vector.length,
    length: length.toFixed(3),
    head: vector
      .slice(0, 8)
      .map((value) => value.toFixed(4))
      .join(', '),
  };
}
