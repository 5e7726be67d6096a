/** A variant with its price and quality. */
export interface ParetoPoint {
  readonly variant: string;
  /** Higher is better. */
  readonly quality: number;
  /** Lower is better. */
  readonly price: number;
}

/**
 * Returns the variants that no other one dominates. One variant dominates another if it has at least the same quality at no higher price,
 * and is strictly better in one of the two. Sorted from the lowest price; equal points are all included.
 *
 * @example paretoFront([{ variant: 'a', quality: 1, price: 2 }, { variant: 'b', quality: 0, price: 3 }]) // ['a']
 */
export function paretoFront(points: readonly ParetoPoint[]): readonly string[] {
  return points
    .filter(
      (point) =>
        !points.some(
          (other) =>
            other.quality >= point.quality &&
            other.price <= point.price &&
            (other.quality > point.quality || other.price < point.price),
        ),
    )
    .toSorted((one, other) => one.price - other.price)
    .map(({ variant }) => variant);
}
