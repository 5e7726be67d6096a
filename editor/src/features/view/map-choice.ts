import { createStore } from 'zustand/vanilla';
import { localValues } from '../../data/browser-storage.js';

/** Whether the user turned the map on or off on this device; undefined without a choice. */
interface MapChoice {
  readonly isOpen: boolean | undefined;
}

const key = 'heddle.map';

/** Reads the stored choice. Any other value counts as no choice. */
export function readMapChoice(): MapChoice {
  try {
    const kept = localValues().getItem(key);
    return { isOpen: kept === 'on' ? true : kept === 'off' ? false : undefined };
  } catch {
    return { isOpen: undefined };
  }
}

export const mapChoice = createStore<MapChoice>(() => readMapChoice());

/** Turns the map on or off for all workflows, and stores the choice. */
export function chooseMap(isOpen: boolean): void {
  mapChoice.setState({ isOpen });
  try {
    localValues().setItem(key, isOpen ? 'on' : 'off');
  } catch {
    // The device has no space left: the choice lasts until the page is closed.
  }
}
