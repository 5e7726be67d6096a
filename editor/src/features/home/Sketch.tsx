import clsx from 'clsx';
import type { WorkflowSketch } from '@heddle/core';
import { memo, type ReactElement, type ReactNode } from 'react';
import styles from './home.module.css';

const card = { width: 248, height: 120 };
const margin = 60;
/** The smallest area that a picture shows, so that a small workflow is not drawn too large. */
const least = { width: 1240, height: 420 };

/** A small picture of a workflow's graph, in the colour of its last run. */
export const Sketch = memo(function Sketch({
  sketch,
  status,
  count = 0,
  iconOf,
}: {
  readonly sketch: WorkflowSketch | undefined;
  /** The number of nodes. A workflow that is too large has nodes but no sketch. */
  readonly count?: number;
  readonly status?: string | undefined;
  readonly iconOf?: ((index: number) => ReactNode) | undefined;
}): ReactElement {
  const nodes = sketch?.nodes ?? [];
  const box = boxOf(nodes);
  return (
    <span className={styles['sketch']} data-status={status} aria-hidden>
      {nodes.length === 0 ? (
        count === 0 ? null : (
          <span className={clsx(styles['sketch-text'], 'quiet')}>Too large to show</span>
        )
      ) : (
        <svg viewBox={`${box.x} ${box.y} ${box.width} ${box.height}`} preserveAspectRatio="xMidYMid meet">
          {sketch?.edges.map(([from, to]) => (
            <path key={`${from} ${to}`} className={styles['sketch-edge']} d={edgeOf(nodes[from], nodes[to])} />
          ))}
          {nodes.map(([x, y], index) => (
            <g key={index} transform={`translate(${x} ${y})`}>
              <rect className={styles['sketch-card']} {...card} rx={16} />
              {iconOf === undefined ? null : (
                <g
                  className={styles['sketch-icon']}
                  transform={`translate(${(card.width - 64) / 2} ${(card.height - 64) / 2})`}
                >
                  {iconOf(index)}
                </g>
              )}
            </g>
          ))}
        </svg>
      )}
    </span>
  );
});

type Point = readonly [number, number] | undefined;

function boxOf(nodes: readonly (readonly [number, number])[]): { x: number; y: number; width: number; height: number } {
  const xs = nodes.map(([x]) => x);
  const ys = nodes.map(([, y]) => y);
  const left = Math.min(...xs);
  const top = Math.min(...ys);
  const wide = Math.max(...xs) - left + card.width;
  const high = Math.max(...ys) - top + card.height;
  const width = Math.max(least.width, wide + margin * 2);
  const height = Math.max(least.height, high + margin * 2);
  return { x: left - (width - wide) / 2, y: top - (height - high) / 2, width, height };
}

/** A path from the right side of one card to the left side of the next, like an edge on the canvas. */
function edgeOf(from: Point, to: Point): string {
  if (from === undefined || to === undefined) return '';
  const ax = from[0] + card.width;
  const ay = from[1] + card.height / 2;
  const bx = to[0];
  const by = to[1] + card.height / 2;
  if (bx < ax) return rowEdge(ax, ay, bx, by);
  const bend = Math.max(60, Math.abs(bx - ax) / 2);
  return `M${ax} ${ay}C${ax + bend} ${ay} ${bx - bend} ${by} ${bx} ${by}`;
}

/** A path back to a card further left. It runs between the rows of both cards, or below their common row. */
function rowEdge(ax: number, ay: number, bx: number, by: number): string {
  const gap = card.height / 2 + 40;
  const level = Math.abs(ay - by) < gap ? Math.max(ay, by) + gap : by > ay ? by - gap : by + gap;
  return `M${ax} ${ay}h40V${level}H${bx - 40}V${by}H${bx}`;
}
