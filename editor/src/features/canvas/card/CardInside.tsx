import clsx from 'clsx';
import { Workflow } from 'lucide-react';
import { memo, useMemo, type ReactElement } from 'react';
import { innerNamesOf, isEditable } from '../../document/index.js';
import { goInside, insideNow } from '../../../ui/navigation/route.js';
import { useDocument } from '../../session/index.js';
import styles from '../canvas.module.css';

/** The inner workflows that a node runs, each a link to its own canvas. */
export const CardInside = memo(function CardInside({
  id,
  config,
}: {
  readonly id: string;
  readonly config: Readonly<Record<string, unknown>>;
}): ReactElement | null {
  const canEdit = useDocument(isEditable);
  const names = useMemo(() => innerNamesOf(config), [config]);
  return !canEdit || names.length === 0 ? null : (
    <div className={clsx(styles['card-inside'], 'nodrag')}>
      {names.slice(0, 4).map((name) => (
        <Way key={name} id={id} name={name} />
      ))}
    </div>
  );
});

function Way({ id, name }: { readonly id: string; readonly name: string }): ReactElement {
  const title = useDocument((state) => state.document?.workflows?.[name]?.title);
  const count = useDocument((state) => Object.keys(state.document?.workflows?.[name]?.nodes ?? {}).length);
  return (
    <button
      type="button"
      className={clsx(styles['card-way'], 'aligned')}
      tabIndex={-1}
      data-tip="Open this workflow on the canvas (O)"
      onClick={() => goInside([...insideNow(), { node: id, name }])}
    >
      <Workflow size={13} aria-hidden />
      <span className="visually-hidden">Open </span>
      <span className={clsx(styles['card-way-name'], 'truncate')}>{title ?? name}</span>
      <span className="quiet figure">{count === 1 ? '1 node' : `${count} nodes`}</span>
    </button>
  );
}
