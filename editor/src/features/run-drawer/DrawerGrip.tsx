import type { KeyboardEvent, PointerEvent, ReactElement } from 'react';
import styles from './run-drawer.module.css';

const least = 120;
const most = 640;
const clamp = (height: number): number => Math.min(most, Math.max(least, height));

/** The upper border of the drawer. Dragging it or the arrow keys change the drawer's height. */
export function DrawerGrip({
  height,
  onChange,
}: {
  readonly height: number;
  readonly onChange: (height: number) => void;
}): ReactElement {
  const onPointerDown = (event: PointerEvent<HTMLDivElement>): void => {
    const start = event.clientY + height;
    event.currentTarget.setPointerCapture(event.pointerId);
    event.currentTarget.onpointermove = (move) => onChange(clamp(start - move.clientY));
    event.currentTarget.onpointerup = (up) => {
      if (up.currentTarget instanceof HTMLElement) up.currentTarget.onpointermove = null;
    };
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key !== 'ArrowUp' && event.key !== 'ArrowDown') return;
    event.preventDefault();
    event.stopPropagation();
    onChange(clamp(height + (event.key === 'ArrowUp' ? 24 : -24)));
  };
  return (
    <div
      className={styles['drawer-grip']}
      role="separator"
      aria-orientation="horizontal"
      aria-label="Timeline height"
      aria-valuenow={height}
      aria-valuemin={least}
      aria-valuemax={most}
      tabIndex={0}
      onPointerDown={onPointerDown}
      onKeyDown={onKeyDown}
    />
  );
}
