import { errorPortName, type NodeDescription } from '@heddle/core';
import { useStore } from '@xyflow/react';
import { memo, useMemo, type ReactElement } from 'react';
import { foldPorts, looseEnds, type NodePorts, type UsedPorts } from '../../document/index.js';
import { useView } from '../../session/index.js';
import { manyNodes } from '../../view/index.js';
import { PortsDrawn } from './PlainBox.js';
import { PortFold } from './PortFold.js';
import { fitOf, PortRow, type ShownPort } from './PortRow.js';
import styles from './card.module.css';

interface Props {
  readonly id: string;
  readonly ports: NodePorts;
  readonly used: UsedPorts;
  readonly description: NodeDescription | undefined;
}

/**
 * The ports of a card: inputs on the left, outputs on the right. Unused ports are hidden until they are expanded. While an edge is drawn
 * over the card, ports that fit it are shown. Expanded ports come last, so that no other port moves.
 */
export const CardPorts = memo(function CardPorts({ id, ports, used, description }: Props): ReactElement {
  const isLarge = useStore((state) => state.nodes.length > manyNodes);
  const isUnfolded = useView((view) => view.unfolded.includes(id));
  const drawn = useView((view) => (view.drawnOver === id ? view.drawing : undefined));
  const { shown, folded } = useMemo(() => foldPorts(ports, used, description), [ports, used, description]);
  const loose = useMemo(() => looseEnds(ports, used), [ports, used]);
  const columns = (['input', 'output'] as const).map((side) => {
    const key = side === 'input' ? 'inputs' : 'outputs';
    const unfolded = isUnfolded ? folded[key] : folded[key].filter((port) => fitOf(drawn, id, port, side) === 'yes');
    const rows: readonly ShownPort[] = [...shown[key], ...unfolded, ...loose[key].map(nameOnly)];
    return { side, rows, folded: folded[key], isOpen: unfolded.length > 0 };
  });
  const order = columns.map(({ rows }) => rows.map(({ name }) => name).join(',')).join(';');
  return (
    <div className={styles['card-ports']} data-drawn={drawn !== undefined || undefined}>
      <PortsDrawn rows={`${order};${used.isErrorUsed ? 'error' : ''}`} wasBox={isLarge} />
      {columns.map(({ side, rows, folded: hidden, isOpen }) => (
        <div key={side}>
          {rows.map((port) => (
            <PortRow
              key={port.name}
              nodeId={id}
              port={port}
              side={side}
              isBare={side === 'output' && port.name === errorPortName && !used.isErrorUsed}
            />
          ))}
          {hidden.length === 0 ? null : (
            <PortFold nodeId={id} side={side} ports={hidden} isUnfolded={isUnfolded} isOpen={isOpen} />
          )}
        </div>
      ))}
    </div>
  );
});

const known = new Map<string, ShownPort>();

/** A port that only an edge names. It is always the same object, so that its row is not rendered again. */
function nameOnly(name: string): ShownPort {
  const port = known.get(name) ?? { name };
  known.set(name, port);
  return port;
}
