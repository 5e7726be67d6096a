import { useNodeId, useStoreApi, useUpdateNodeInternals } from '@xyflow/react';
import clsx from 'clsx';
import { memo, useEffect, useMemo, useRef, type ReactElement } from 'react';
import { errorCount, headlineOf } from '../../document/index.js';
import { StateMark, useExecutionFact, nodeStateText } from '../../run/index.js';
import { useCatalog, useDocument } from '../../session/index.js';
import { NodeIcon } from '../../../ui/icons/NodeIcon.js';
import { restText } from './CardStatus.js';
import styles from './card.module.css';

/**
 * A card of a large workflow at low zoom: icon, title and a status line, with the run state as fill colour. It has the size of the card, so
 * that nothing moves.
 */
export const PlainBox = memo(function PlainBox({
  id,
  isSelected,
  height,
}: {
  readonly id: string;
  readonly isSelected: boolean;
  readonly height: number | undefined;
}): ReactElement | null {
  const node = useDocument((state) => state.document?.nodes[id]);
  const description = useCatalog((state) => (node === undefined ? undefined : state.byType.get(node.type)));
  const status = useExecutionFact(id, (execution) => execution?.status) ?? 'idle';
  const issues = useDocument((state) => errorCount(state.compiled?.issues, id));
  const headline = useMemo(() => (node === undefined ? undefined : headlineOf(node, description)), [node, description]);
  const rest = headline?.value ?? description?.title ?? node?.type ?? '';
  const title = node?.title ?? description?.title ?? node?.type ?? id;
  return (
    <article
      className={clsx(styles['plain-box'], node?.run?.disabled === true && styles['card-disabled'])}
      data-status={status}
      data-selected={isSelected || undefined}
      data-category={description?.category}
      aria-label={title}
      style={{ height }}
    >
      <NodeIcon icon={description?.icon} category={description?.category} />
      <span className={styles['plain-title']}>{title}</span>
      {status === 'idle' ? (
        <span className={clsx(styles['plain-status'], styles['plain-rest'])} data-issues={issues > 0 || undefined}>
          {restText(issues, rest)}
        </span>
      ) : (
        <span className={styles['plain-status']}>
          <StateMark state={status} /> {nodeStateText(status)}
        </span>
      )}
    </article>
  );
});

/**
 * Measures the ports of a card again after they are drawn: when the card was a plain box before, and when the order of its ports changed,
 * which does not change the size of the card. `rows` identifies an order of ports. New cards are not measured here, because the view would
 * be fitted before all cards are measured.
 */
export function PortsDrawn({ rows, wasBox }: { readonly rows: string; readonly wasBox: boolean }): null {
  const id = useNodeId();
  const update = useUpdateNodeInternals();
  const store = useStoreApi();
  const known = useRef(wasBox ? undefined : rows);
  useEffect(() => {
    if (id === null || known.current === rows) return;
    known.current = rows;
    // A card without measurements is measured later by React Flow, and the first fit of the view waits for that.
    if (store.getState().nodeLookup.get(id)?.internals.handleBounds !== undefined) update(id);
  }, [id, update, store, rows]);
  return null;
}
