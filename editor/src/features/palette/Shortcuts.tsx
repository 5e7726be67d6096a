import type { ReactElement } from 'react';
import { useSession } from '../session/index.js';
import { setOverlay } from '../view/index.js';
import { Dialog } from '../../ui/dialogs/Dialog.js';
import { ShortcutTable } from '../commands/index.js';

/** The table of keyboard shortcuts, shown over the canvas. */
export function Shortcuts(): ReactElement {
  const { view } = useSession();
  return (
    <Dialog title="Keyboard shortcuts" onClose={() => setOverlay(view, undefined)}>
      <ShortcutTable />
    </Dialog>
  );
}
