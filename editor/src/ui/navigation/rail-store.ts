import { createStore } from 'zustand/vanilla';
import { localValues } from '../../data/browser-storage.js';

/** The shortcut that opens and closes the navigation. */
export const railKeys = 'Shift+N';

const key = 'heddle.rail';

/** Whether the navigation shows its labels; kept on this device. */
export const railStore = createStore<{ readonly isOpen: boolean }>(() => ({
  isOpen: localValues().getItem(key) === 'open',
}));

export function toggleRail(): void {
  const isOpen = !railStore.getState().isOpen;
  railStore.setState({ isOpen });
  try {
    if (isOpen) localValues().setItem(key, 'open');
    else localValues().removeItem(key);
  } catch {
    return; // Without storage, the choice lasts as long as the page.
  }
}
