import { useEffect } from 'react';
import { matchKeys } from './match-keys.js';

/** Runs a function by a shortcut on every page. The shortcut is ignored in fields and dialogs, and if another handler has used the key. */
export function usePageKeys(keys: string, run: () => void, isOn = true): void {
  useEffect(() => {
    if (!isOn) return undefined;
    const onKeyDown = (event: KeyboardEvent): void => {
      const { target } = event;
      const isInField =
        target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
      if (event.defaultPrevented || isInField || !matchKeys(keys, event)) return;
      if (document.querySelector('dialog[open], .overlay') !== null) return;
      event.preventDefault();
      run();
    };
    window.addEventListener('keydown', onKeyDown);
    return () => window.removeEventListener('keydown', onKeyDown);
  }, [keys, run, isOn]);
}
