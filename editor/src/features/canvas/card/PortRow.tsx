import clsx from 'clsx';
import { errorPortName, isAssignable, type PortDescription } from '@heddle/core';
import { Handle, Position } from '@xyflow/react';
import { memo, useState, type CSSProperties, type ReactElement } from 'react';
import { useView } from '../../session/index.js';
import type { ViewState } from '../../view/index.js';
import { PortPlus } from './PortPlus.js';
import { isListType, typeColour } from '../../../ui/icons/type-colour.js';
import styles from './card.module.css';

/** A port of which only the name may be known, because an edge names a port that the node does not have. */
export type ShownPort = Pick<PortDescription, 'name'> & Partial<Omit<PortDescription, 'name'>>;

export const errorHelp = 'When this node fails, the run goes on here instead of failing. Drag an edge from it.';

interface Props {
  readonly nodeId: string;
  readonly port: ShownPort;
  readonly side: 'input' | 'output';
  readonly isBare?: boolean;
}

/** A port on a card: its handle in the colour of its type, and its name. */
export const PortRow = memo(function PortRow({ nodeId, port, side, isBare = false }: Props): ReactElement {
  const [isHovered, setHovered] = useState(false);
  const isInput = side === 'input';
  const isMoving = useView((view) => view.isDragging || view.drawing !== undefined);
  const fit = useView(({ drawing }) => fitOf(drawing, nodeId, port, side));
  const isError = !isInput && port.name === errorPortName;
  const title = isError ? 'Error port' : (port.title ?? port.name);
  const type = port.type ?? 'unknown type';
  const kind = `${type}${port.mode === 'many' ? ', multiple' : port.mode === 'stream' ? ', streaming' : ''}${port.isOptional === true ? ', optional' : ''}`;
  // The colour follows the port's type, which a class cannot express.
  const style = { '--type': typeColour(port.type) } as CSSProperties;
  return (
    <div
      className={isBare ? clsx(styles['port'], 'aligned', styles['port-bare']) : clsx(styles['port'], 'aligned')}
      data-side={side}
      data-loose={port.type === undefined || undefined}
      data-fit={fit}
      style={style}
      data-tip={`${title}: ${kind}\n${isError ? errorHelp : (port.help ?? '')}`.trim()}
      onPointerEnter={() => setHovered(true)}
      onPointerLeave={() => setHovered(false)}
    >
      <Handle
        id={port.name}
        type={isInput ? 'target' : 'source'}
        position={isBare ? Position.Bottom : isInput ? Position.Left : Position.Right}
        className={styles['port-handle']}
        data-list={isListType(port.type) || undefined}
        data-optional={port.isOptional === true || undefined}
      />
      {isBare ? null : <span className={clsx(styles['port-name'], 'truncate')}>{port.name}</span>}
      {isHovered && !isMoving && port.type !== undefined ? (
        <PortPlus end={`${nodeId}.${port.name}`} side={side} name={title} />
      ) : null}
      <span className="visually-hidden">
        {isInput ? 'input' : 'output'}, {kind}
        {isError ? `. ${errorHelp}` : ''}
      </span>
    </div>
  );
});

/** Whether a port accepts the edge that is being drawn; undefined if none is, and for the port where the edge starts. */
export function fitOf(
  drawing: ViewState['drawing'],
  nodeId: string,
  port: ShownPort,
  side: 'input' | 'output',
): 'yes' | 'no' | undefined {
  if (drawing === undefined || drawing.end === `${nodeId}.${port.name}`) return undefined;
  const isOwnNode = drawing.end.startsWith(`${nodeId}.`);
  if (isOwnNode || drawing.side === side || port.type === undefined) return 'no';
  const [from, to] = side === 'input' ? [drawing.type, port.type] : [port.type, drawing.type];
  return isAssignable(from, to) ? 'yes' : 'no';
}
