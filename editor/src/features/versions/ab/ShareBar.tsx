import type { AbArm } from '@heddle/core';
import { useRef, type KeyboardEvent, type PointerEvent, type ReactElement } from 'react';
import styles from './ab.module.css';

/** The share of an arm in percent. */
export interface ArmPercent {
  readonly version: number;
  readonly percent: number;
}

export const percentsOf = (arms: readonly AbArm[]): ArmPercent[] =>
  arms.map(({ version, share }) => ({ version, percent: Math.round(share * 10_000) / 100 }));

/** Moves the border after the arm `index` by a percentage, from the arm on its right to the arm on its left. */
export function moveBorder(arms: readonly ArmPercent[], index: number, by: number): readonly ArmPercent[] {
  const left = arms[index];
  const right = arms[index + 1];
  if (left === undefined || right === undefined) return arms;
  const moved = Math.max(-left.percent, Math.min(right.percent, by));
  const round = (percent: number): number => Math.round(percent * 100) / 100;
  return arms.map((arm, at) =>
    at === index
      ? { ...arm, percent: round(left.percent + moved) }
      : at === index + 1
        ? { ...arm, percent: round(right.percent - moved) }
        : arm,
  );
}

/** The percentage at which an arm starts on the bar. */
const startOf = (arms: readonly ArmPercent[], index: number): number =>
  arms.slice(0, index).reduce((sum, { percent }) => sum + percent, 0);

const keySteps: Readonly<Record<string, number>> = {
  ArrowLeft: -1,
  ArrowDown: -1,
  ArrowRight: 1,
  ArrowUp: 1,
  PageDown: -10,
  PageUp: 10,
  Home: -100,
  End: 100,
};

/** The shares of the arms as one bar. With `onChange`, the borders between arms can be moved by pointer and keyboard. */
export function ShareBar({
  arms,
  control,
  onChange,
}: {
  readonly arms: readonly ArmPercent[];
  readonly control: number;
  readonly onChange?: (arms: readonly ArmPercent[]) => void;
}): ReactElement {
  const bar = useRef<HTMLDivElement>(null);
  const dragged = useRef<{ readonly x: number; readonly arms: readonly ArmPercent[] }>(undefined);
  const nameOf = ({ version, percent }: ArmPercent): string =>
    `${version === control ? 'Control, version' : 'Version'} ${version}: ${percent}%`;
  const drag = (event: PointerEvent<HTMLElement>, index: number): void => {
    const width = bar.current?.clientWidth ?? 0;
    if (dragged.current === undefined || width === 0) return;
    const by = Math.round((100 * (event.clientX - dragged.current.x)) / width);
    onChange?.(moveBorder(dragged.current.arms, index, by));
  };
  const press = (event: KeyboardEvent<HTMLElement>, index: number): void => {
    const step = keySteps[event.key];
    if (step === undefined) return;
    event.preventDefault();
    onChange?.(moveBorder(arms, index, step));
  };
  return (
    <div
      className={styles['share-bar']}
      ref={bar}
      role="group"
      aria-label={`Shares of callers. ${arms.map(nameOf).join(', ')}`}
    >
      {arms.map((arm, index) => {
        const from = startOf(arms, index);
        return (
          <span
            key={arm.version}
            className={styles['share-arm']}
            data-arm={index}
            data-tip={nameOf(arm)}
            style={{ insetInlineStart: `${from}%`, width: `${arm.percent}%` }}
            aria-hidden
          >
            {arm.percent < 8 ? '' : `v${arm.version}`}
          </span>
        );
      })}
      {onChange === undefined
        ? null
        : arms.slice(0, -1).map((arm, index) => {
            const border = startOf(arms, index + 1);
            const next = arms[index + 1];
            return (
              <span
                key={arm.version}
                className={styles['share-border']}
                role="slider"
                tabIndex={0}
                aria-label={`Border between version ${arm.version} and version ${next?.version ?? ''}`}
                aria-valuemin={border - arm.percent}
                aria-valuemax={border + (next?.percent ?? 0)}
                aria-valuenow={border}
                aria-valuetext={[arm, ...(next === undefined ? [] : [next])].map(nameOf).join(', ')}
                style={{ insetInlineStart: `${border}%` }}
                onKeyDown={(event) => press(event, index)}
                onPointerDown={(event) => {
                  dragged.current = { x: event.clientX, arms };
                  event.currentTarget.setPointerCapture(event.pointerId);
                }}
                onPointerMove={(event) => drag(event, index)}
                onPointerUp={() => (dragged.current = undefined)}
                onPointerCancel={() => (dragged.current = undefined)}
              />
            );
          })}
    </div>
  );
}
