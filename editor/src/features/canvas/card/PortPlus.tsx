import clsx from 'clsx';
import { Plus } from 'lucide-react';
import type { ReactElement } from 'react';
import { isEditable } from '../../document/index.js';
import { useDocument, useSession } from '../../session/index.js';
import { setOverlay } from '../../view/index.js';
import styles from '../canvas.module.css';

/** Distance of a new node from the port, in pixels of the canvas. */
const distance = 320;

/** A button beside a port that opens the palette with matching nodes and connects the selected one. */
export function PortPlus({
  end,
  side,
  name,
}: {
  readonly end: string;
  readonly side: 'input' | 'output';
  readonly name: string;
}): ReactElement | null {
  const { documents, view } = useSession();
  const canEdit = useDocument(isEditable);
  if (!canEdit) return null;
  const open = (): void => {
    const [x, y] = documents.getState().document?.layout?.nodes[end.split('.')[0] ?? ''] ??
      view.getState().canvas?.pointer() ?? [0, 0];
    setOverlay(view, {
      kind: 'palette',
      at: [x + (side === 'output' ? distance : -distance), y],
      loose: { end, side },
    });
  };
  return (
    <button
      type="button"
      className={clsx(styles['plus'], 'centred', styles['port-plus'], 'nodrag nopan')}
      tabIndex={-1}
      aria-label={`Add a node ${side === 'output' ? 'after' : 'before'} ${name}`}
      onClick={open}
    >
      <Plus size={13} aria-hidden />
    </button>
  );
}
