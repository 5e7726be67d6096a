import clsx from 'clsx';
import { TriangleAlert } from 'lucide-react';
import type { ReactElement } from 'react';
import { exceedingAt } from '../../data-map/index.js';
import { useDocument } from '../../session/index.js';
import { FixedSize } from './FixedSize.js';
import { LabelMark } from '../../../ui/values/LabelMark.js';
import canvasStyles from '../canvas.module.css';
import edgeStyles from './edge.module.css';

/** Marks an edge that can carry data above the clearance of its destination. */
export function EdgeMark({
  edge,
  x,
  y,
  isOpen,
}: {
  readonly edge: string;
  readonly x: number;
  readonly y: number;
  readonly isOpen: boolean;
}): ReactElement | null {
  const text = useDocument((state) => exceedingAt(state.compiled?.issues, edge)?.message);
  if (text === undefined || isOpen) return null;
  return (
    <FixedSize x={x} y={y} className={clsx(canvasStyles['edge-exceeds'], 'centred')} data-tip={text}>
      <TriangleAlert size={14} aria-hidden />
      <span className="visually-hidden">{text}</span>
    </FixedSize>
  );
}

/** The strictest label that an edge can carry, as far as known before a run, and why it exceeds the clearance. */
export function EdgeReach({ edge }: { readonly edge: string }): ReactElement | null {
  const label = useDocument((state) => state.compiled?.edgeLabels[edge]);
  const text = useDocument((state) => exceedingAt(state.compiled?.issues, edge)?.message);
  if (label === undefined) return null;
  return (
    <>
      <span className="aligned-inline gap-6">
        <span className="quiet">up to</span> <LabelMark level={label.level} marks={label.marks} />
      </span>
      {text === undefined ? null : <span className={clsx(edgeStyles['edge-caption'], 'field-error')}>{text}</span>}
    </>
  );
}
