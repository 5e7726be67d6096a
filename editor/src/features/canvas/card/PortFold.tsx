import type { PortDescription } from '@heddle/core';
import { memo, type ReactElement } from 'react';
import { useSession, useView } from '../../session/index.js';
import { toggleUnfolded } from '../../view/index.js';
import { fitOf } from './PortRow.js';
import styles from './card.module.css';

interface Props {
  readonly nodeId: string;
  readonly side: 'input' | 'output';
  /** The ports that the button shows or hides. */
  readonly ports: readonly PortDescription[];
  readonly isUnfolded: boolean;
  /** Whether an edge that is being drawn over the card has revealed some of them. */
  readonly isOpen: boolean;
}

/** The button for unused ports: `+ 4 inputs` shows them, `Fewer inputs` hides them. */
export const PortFold = memo(function PortFold({ nodeId, side, ports, isUnfolded, isOpen }: Props): ReactElement {
  const { view } = useSession();
  const isFitting = useView(({ drawing }) => ports.some((port) => fitOf(drawing, nodeId, port, side) === 'yes'));
  const names = ports.map(({ title, name }) => title ?? name).join(', ');
  return (
    <div className={styles['port-fold']} data-side={side} data-fit={(isFitting && !isOpen) || undefined}>
      <button
        type="button"
        className="nodrag"
        tabIndex={-1}
        aria-expanded={isUnfolded}
        data-tip={`${isUnfolded ? 'Fold away' : 'Show'} ${names} (U)`}
        onClick={() => toggleUnfolded(view, [nodeId])}
      >
        {isUnfolded ? `Fewer ${side}s` : `+ ${ports.length} ${side}s`}
      </button>
    </div>
  );
});
