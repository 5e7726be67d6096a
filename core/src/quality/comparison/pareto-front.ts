/** A variant in the plane of price and quality. */
export interface ParetoPoint {
  readonly variant: string;
  /** Higher is better. */
  readonly quality: number;
  /** Lower is better. */
  readonly price: number;
}

/**
 * The variants that no other one beats: none has at least the quality at no higher price, one of both strictly. From the lowest price on; equal
 * points are all on the front.
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
