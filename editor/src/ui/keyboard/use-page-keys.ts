import { useEffect } from 'react';
import { matchKeys } from './match-keys.js';

/** Runs something by a shortcut on every page, outside of fields and dialogs, where nothing else has taken the key. */
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
