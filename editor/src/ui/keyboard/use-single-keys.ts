import { useEffect, useRef } from 'react';

/** Handles single keys, except in fields, in dialogs, and Enter on a button. `onKey` returns whether it used the key. */
export function useSingleKeys(onKey: (key: string) => boolean): void {
  const latest = useRef(onKey);
  useEffect(() => {
    latest.current = onKey;
  });
  useEffect(() => {
    const listen = (event: KeyboardEvent): void => {
      const { target, key } = event;
      if (event.defaultPrevented || event.metaKey || event.altKey) return;
      if (document.querySelector('dialog[open], .overlay') !== null) return;
      const isField = target instanceof HTMLElement && /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
      // In a field only Ctrl+Enter is handled, because texts need all other keys.
      if (isField ? !(key === 'Enter' && event.ctrlKey) : event.ctrlKey) return;
      if (key === 'Enter' && target instanceof HTMLElement && /^(BUTTON|A)$/.test(target.tagName)) return;
      if (latest.current(key.length === 1 ? key.toLowerCase() : key)) event.preventDefault();
    };
    window.addEventListener('keydown', listen);
    return () => window.removeEventListener('keydown', listen);
  }, []);
}
