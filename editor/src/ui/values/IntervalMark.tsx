import type { ReactElement } from 'react';

/**
 * An interval drawn on a line, with its estimate and, for differences, a mark at 0. It is hidden from screen readers, because the text
 * beside it says the same.
 *
 * @example <IntervalMark interval={{ low: -0.1, high: 0.3 }} at={0.1} range={{ low: -0.5, high: 0.5 }} zero={0} />
 */
export function IntervalMark({
  interval: { low, high },
  at,
  range,
  zero,
  tone,
}: {
  readonly interval: { readonly low: number; readonly high: number };
  readonly at: number;
  /** The ends of the line: the same for all marks that are compared. */
  readonly range: { readonly low: number; readonly high: number };
  readonly zero?: number | undefined;
  readonly tone?: 'better' | 'worse' | undefined;
}): ReactElement {
  const width = range.high - range.low;
  const percentOf = (value: number): number =>
    width <= 0 ? 50 : Math.min(100, Math.max(0, (100 * (value - range.low)) / width));
  return (
    <svg className="interval-mark" viewBox="0 0 100 12" preserveAspectRatio="none" aria-hidden data-tone={tone}>
      <line className="interval-line" x1={0} x2={100} y1={6} y2={6} />
      {zero === undefined ? null : (
        <line className="interval-zero" x1={percentOf(zero)} x2={percentOf(zero)} y1={0} y2={12} />
      )}
      <rect
        className="interval-range"
        x={percentOf(low)}
        width={Math.max(0.8, percentOf(high) - percentOf(low))}
        y={3.5}
        height={5}
        rx={0.6}
      />
      <line className="interval-at" x1={percentOf(at)} x2={percentOf(at)} y1={1.5} y2={10.5} />
    </svg>
  );
}
