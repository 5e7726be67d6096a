import type { ReactElement } from 'react';
import { useSession } from '../session.js';
import { setOverlay } from '../view/view-store.js';
import { Dialog } from './Dialog.js';
import { ShortcutTable } from './ShortcutTable.js';

/** The table of shortcuts over the canvas. */
export function Shortcuts(): ReactElement {
  const { view } = useSession();
  return (
    <Dialog title="Keyboard shortcuts" onClose={() => setOverlay(view, undefined)}>
      <ShortcutTable />
    </Dialog>
  );
}
