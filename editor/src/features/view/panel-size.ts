import { createStore } from 'zustand/vanilla';
import { localValues } from '../../data/browser-storage.js';

/** The width and visibility of the right panel, stored in the browser. */
interface PanelSize {
  readonly width: number;
  readonly isOpen: boolean;
}

const key = 'heddle.panel';
export const leastWidth = 280;
export const mostWidth = 720;
const standard: PanelSize = { width: 360, isOpen: true };

/** Reads the stored state; returns the default if it is invalid. */
export function readPanelSize(text: string | null): PanelSize {
  if (text === null) return standard;
  try {
    const read: unknown = JSON.parse(text);
    if (typeof read !== 'object' || read === null || !('width' in read) || !('isOpen' in read)) return standard;
    return typeof read.width === 'number' && Number.isFinite(read.width) && typeof read.isOpen === 'boolean'
      ? { width: clampWidth(read.width), isOpen: read.isOpen }
      : standard;
  } catch {
    return standard;
  }
}

/** Limits a width to the smallest and largest that the panel can have. */
export function clampWidth(width: number): number {
  return Math.round(Math.min(mostWidth, Math.max(leastWidth, width)));
}

export const panelSize = createStore<PanelSize>(() => readPanelSize(localValues().getItem(key)));

/** Resizes, opens or closes the panel, and stores the result. */
export function setPanelSize(change: Partial<PanelSize>): void {
  panelSize.setState(change);
  try {
    localValues().setItem(key, JSON.stringify(panelSize.getState()));
  } catch {
    // The device has no space left: the size lasts until the page is closed.
  }
}

/** Opens the panel if it is closed. */
export function openPanel(): void {
  if (!panelSize.getState().isOpen) setPanelSize({ isOpen: true });
}
