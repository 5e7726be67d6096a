import clsx from 'clsx';
import type { WorkflowVersion } from '@heddle/core';
import { ArrowLeftRight } from 'lucide-react';
import type { ReactElement } from 'react';
import type { VersionSide } from '../../ui/navigation/route.js';
import styles from './versions.module.css';

interface Sides {
  readonly from: VersionSide | undefined;
  readonly to: VersionSide;
}

/** Chooses what the canvas shows: a version or the draft, and optionally another one to compare it with. */
export function VersionBar({
  versions,
  from,
  to,
  onChoose,
}: Sides & {
  readonly versions: readonly WorkflowVersion[];
  readonly onChoose: (sides: Sides) => void;
}): ReactElement {
  const sides: readonly VersionSide[] = ['draft', ...versions.map(({ version }) => version)];
  return (
    <div className={clsx(styles['version-bar'], 'aligned')}>
      <label>
        Show
        <select
          value={String(to)}
          onChange={(event) => onChoose({ from, to: readSide(event.target.value) ?? 'draft' })}
        >
          {sides.map((side) => (
            <option key={side} value={String(side)}>
              {sideName(side)}
            </option>
          ))}
        </select>
      </label>
      <label>
        compare with
        <select
          value={from === undefined ? '' : String(from)}
          onChange={(event) => onChoose({ from: readSide(event.target.value), to })}
        >
          <option value="">nothing</option>
          {sides.map((side) => (
            <option key={side} value={String(side)} disabled={side === to}>
              {sideName(side)}
            </option>
          ))}
        </select>
      </label>
      {from === undefined || from === to ? null : (
        <button
          type="button"
          className="icon-button"
          aria-label="Swap sides"
          data-tip="Swap sides"
          onClick={() => onChoose({ from: to, to: from })}
        >
          <ArrowLeftRight size={14} aria-hidden />
        </button>
      )}
    </div>
  );
}

/** The display name of a version or the draft. */
export function sideName(side: VersionSide): string {
  return side === 'draft' ? 'Draft' : `Version ${side}`;
}

function readSide(value: string): VersionSide | undefined {
  return value === '' ? undefined : value === 'draft' ? 'draft' : Number(value);
}
