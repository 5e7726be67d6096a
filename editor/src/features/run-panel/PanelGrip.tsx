import { useRef, type KeyboardEvent, type PointerEvent, type ReactElement } from 'react';
import { clampWidth, leastWidth, mostWidth, setPanelSize } from '../view/index.js';
import styles from './run-panel.module.css';

const step = 24;

/** The border of the panel. Dragging it or the arrow keys change the panel's width. */
export function PanelGrip({ width }: { readonly width: number }): ReactElement {
  const from = useRef<{ readonly x: number; readonly width: number }>(undefined);
  const onPointerDown = (event: PointerEvent<HTMLDivElement>): void => {
    event.currentTarget.setPointerCapture(event.pointerId);
    from.current = { x: event.clientX, width };
  };
  const onPointerMove = (event: PointerEvent): void => {
    if (from.current !== undefined)
      setPanelSize({ width: clampWidth(from.current.width + from.current.x - event.clientX) });
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const change = event.key === 'ArrowLeft' ? step : event.key === 'ArrowRight' ? -step : undefined;
    if (change === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    setPanelSize({ width: clampWidth(width + change) });
  };
  return (
    <div
      className={styles['panel-grip']}
      role="separator"
      tabIndex={0}
      aria-label="Panel width"
      aria-orientation="vertical"
      aria-valuenow={width}
      aria-valuemin={leastWidth}
      aria-valuemax={mostWidth}
      onPointerDown={onPointerDown}
      onPointerMove={onPointerMove}
      onPointerUp={() => {
        from.current = undefined;
      }}
      onKeyDown={onKeyDown}
    />
  );
}
