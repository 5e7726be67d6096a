import { Handle, Position, useStore, useUpdateNodeInternals, type NodeProps } from '@xyflow/react';
import clsx from 'clsx';
import { ChevronsUpDown, Group as GroupIcon } from 'lucide-react';
import { memo, useEffect, useMemo, type CSSProperties, type ReactElement } from 'react';
import { edit, isEditable, toggleCollapsed, paperColour, portAtEnd } from '../../document/index.js';
import { useCatalog, useDocument, useSession } from '../../session/index.js';
import { farSize, partOf } from '../../view/index.js';
import { farStyle } from '../card/CardStatus.js';
import { portsOfFolded } from './group-frames.js';
import { typeColour } from '../../../ui/icons/type-colour.js';
import cardStyles from '../card/card.module.css';

/** A group as one card: the edges that cross its border are attached to it. */
export const FoldedGroup = memo(function FoldedGroup({ id: flowId, selected }: NodeProps): ReactElement | null {
  const { id } = partOf(flowId);
  const { documents } = useSession();
  const document = useDocument((state) => state.document);
  const canEdit = useDocument(isEditable);
  const group = document?.layout?.groups.find((candidate) => candidate.id === id);
  const ports = useMemo(
    () => (document === undefined || group === undefined ? undefined : portsOfFolded(document, group)),
    [document, group],
  );
  const far = useStore((state) => farSize(state.transform[2]));
  const update = useUpdateNodeInternals();
  const names = ports === undefined ? '' : [...ports.inputs, '|', ...ports.outputs].join(' ');
  useEffect(() => update(flowId), [update, flowId, names]);
  if (group === undefined || ports === undefined) return null;
  return (
    <article
      className={clsx(cardStyles['card'], 'boxed', cardStyles['folded'], (far ?? 0) > 60 && cardStyles['card-farther'])}
      style={farStyle(far)}
      data-far={far !== undefined || undefined}
      data-paper={paperColour(group.color)}
      data-selected={selected || undefined}
      aria-label={`Group ${group.title}`}
      aria-roledescription="collapsed group"
    >
      <header className={clsx(cardStyles['card-head'], 'aligned')}>
        <span className={cardStyles['card-icon']}>
          <GroupIcon size={16} aria-hidden />
        </span>
        <h3 className={clsx(cardStyles['card-title'], 'truncate')} data-node-title data-tip={group.title}>
          {group.title}
        </h3>
        <span className="quiet figure">{group.nodes.length}</span>
        {far === undefined ? null : (
          <span className={clsx(cardStyles['card-status'], 'truncate')}>
            {group.nodes.length === 1 ? '1 node' : `${group.nodes.length} nodes`}
          </span>
        )}
        {canEdit ? (
          <button
            type="button"
            className="icon-button nodrag"
            tabIndex={-1}
            aria-label={`Expand ${group.title}`}
            onClick={() => edit(documents, (current) => toggleCollapsed(current, id))}
          >
            <ChevronsUpDown size={14} aria-hidden />
          </button>
        ) : null}
      </header>
      <div className={cardStyles['card-ports']}>
        <div>
          {ports.inputs.map((end) => (
            <FoldedPort key={end} end={end} side="input" />
          ))}
        </div>
        <div>
          {ports.outputs.map((end) => (
            <FoldedPort key={end} end={end} side="output" />
          ))}
        </div>
      </div>
    </article>
  );
});

function FoldedPort({ end, side }: { readonly end: string; readonly side: 'input' | 'output' }): ReactElement {
  const byType = useCatalog((state) => state.byType);
  const type = useDocument((state) => portAtEnd(state, byType, end, side)?.type);
  // The colour follows the port's type, which a class cannot express.
  const style = { '--type': typeColour(type) } as CSSProperties;
  return (
    <div
      className={clsx(cardStyles['port'], 'aligned')}
      data-side={side}
      style={style}
      data-tip={`${end}: ${type ?? 'unknown type'}`}
    >
      <Handle
        id={end}
        type={side === 'input' ? 'target' : 'source'}
        position={side === 'input' ? Position.Left : Position.Right}
        className={cardStyles['port-handle']}
      />
      <span className={clsx(cardStyles['port-name'], 'truncate')}>{end}</span>
    </div>
  );
}
