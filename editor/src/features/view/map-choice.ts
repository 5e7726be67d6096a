import { createStore } from 'zustand/vanilla';
import { localValues } from '../../data/browser-storage.js';

/** Whether the map was turned on or off on this device; undefined without a choice. */
interface MapChoice {
  readonly isOpen: boolean | undefined;
}

const key = 'heddle.map';

/** The choice of an earlier visit; any other value counts as none. */
export function readMapChoice(): MapChoice {
  try {
    const kept = localValues().getItem(key);
    return { isOpen: kept === 'on' ? true : kept === 'off' ? false : undefined };
  } catch {
    return { isOpen: undefined };
  }
}

export const mapChoice = createStore<MapChoice>(() => readMapChoice());

/** Switches the map on or off for every workflow, and stores the choice. */
export function chooseMap(isOpen: boolean): void {
  mapChoice.setState({ isOpen });
  try {
    localValues().setItem(key, isOpen ? 'on' : 'off');
  } catch {
    // No room on this device: it holds until the page is closed.
  }
}
