import { useEffect } from 'react';
import { useSession, useView } from '../session/index.js';
import { openSettingsTab, tabStore } from '../view/index.js';

const inputs = ':is(input, textarea, select, button, [contenteditable="true"]):not(:disabled)';

/** Opens the sections that hide the requested field, and focuses the field. */
export function useRequestedField(nodeId: string): void {
  const { view } = useSession();
  const asked = useView((state) => state.requestedField);
  const field = asked?.node === nodeId ? asked.field : undefined;
  useEffect(() => {
    if (field === undefined) return undefined;
    openSettingsTab();
    if (field.startsWith('run.')) tabStore.setState({ isRunOpen: true });
    // Waits until the opened section is drawn.
    const timer = setTimeout(() => {
      view.setState({ requestedField: undefined });
      focusField(field);
    });
    return () => clearTimeout(timer);
  }, [field, view]);
}

/** Focuses the field, or the nearest visible field that contains it. */
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
