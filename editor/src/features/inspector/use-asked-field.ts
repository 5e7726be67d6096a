import { useEffect } from 'react';
import { useSession, useView } from '../session/index.js';
import { openTab, tabStore } from '../view/index.js';

const inputs = ':is(input, textarea, select, button, [contenteditable="true"]):not(:disabled)';

/** Opens what hides the requested field, and focuses it. */
export function useAskedField(nodeId: string): void {
  const { view } = useSession();
  const asked = useView((state) => state.askedField);
  const field = asked?.node === nodeId ? asked.field : undefined;
  useEffect(() => {
    if (field === undefined) return undefined;
    openTab('settings');
    if (field.startsWith('run.')) tabStore.setState({ isRunOpen: true });
    // The opened part is drawn first.
    const timer = setTimeout(() => {
      view.setState({ askedField: undefined });
      focusField(field);
    });
    return () => clearTimeout(timer);
  }, [field, view]);
}

/** The field itself, or the nearest visible one around it. */
function focusField(field: string): void {
  const keys = field.split('.');
  for (let length = keys.length; length > 0; length -= 1) {
    const path = CSS.escape(keys.slice(0, length).join('.'));
    const drawn = document.querySelector<HTMLElement>(`[data-panel] [data-field="${path}"]`);
    if (drawn === null) continue;
    drawn.scrollIntoView({ block: 'center' });
    drawn.querySelector<HTMLElement>(inputs)?.focus({ preventScroll: true });
    return;
  }
}
