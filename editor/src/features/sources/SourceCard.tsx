import clsx from 'clsx';
import type { JobReply, LabelLevel, SourceReply } from '@heddle/core';
import { Pause, Pencil, Play, RefreshCw, Trash2 } from 'lucide-react';
import { useState, type ReactElement } from 'react';
import { client } from '../../data/api/client.js';
import { useAction, type Action } from '../../data/queries/use-action.js';
import { useNow } from '../../ui/format/use-now.js';
import { Notice } from '../../ui/states/Notice.js';
import { DeleteSource } from './DeleteSource.js';
import { EmptySource } from './EmptySource.js';
import { SourceDialog } from './SourceDialog.js';
import { SourceFailures } from './SourceFailures.js';
import { factsOf, stateOf } from './source-text.js';
import styles from './sources.module.css';

/** A source with its state, its facts, its failures, and the actions on it. */
export function SourceCard({
  name,
  source,
  kind,
  level,
  job,
  onChanged,
}: {
  readonly name: string;
  readonly source: SourceReply;
  /** The title of its kind. */
  readonly kind: string;
  readonly level: LabelLevel | undefined;
  /** The sync that is in progress or waits. */
  readonly job: JobReply | undefined;
  readonly onChanged: () => void;
}): ReactElement {
  const [open, setOpen] = useState<'edit' | 'delete' | 'empty'>();
  const action = useAction();
  const now = useNow(false);
  const { id, title, state } = source;
  const { text, tone } = stateOf(source, job);
  return (
    <li className={clsx(styles['synced'], 'boxed-surface stack')} aria-label={title} data-tone={tone}>
      <header className={clsx(styles['synced-head'], 'aligned-wrapped')}>
        <h3 className="truncate">{title}</h3>
        <span className="quiet">{kind}</span>
        <span className={clsx(styles['synced-state'], 'aligned-inline')} role="status">
          <span className={styles['synced-dot']} aria-hidden />
          {text}
        </span>
        <span className="topbar-space" />
        <SourceActions {...{ name, source, job, action, onChanged, onOpen: setOpen }} />
      </header>
      <dl className={clsx(styles['synced-facts'], 'wrapped')}>
        {factsOf(source, now).map(([fact, value]) => (
          <div key={fact}>
            <dt>{fact}</dt>
            <dd className="figure">{value}</dd>
          </div>
        ))}
      </dl>
      {action.error === undefined ? null : <Notice error={action.error} />}
      {state.error === undefined || job !== undefined ? null : (
        <SourceError error={state.error} onEmpty={() => setOpen('empty')} />
      )}
      {state.failures === 0 ? null : (
        <SourceFailures name={name} source={id} count={state.failures} revision={state.syncedAt} />
      )}
      {open === 'edit' ? (
        <SourceDialog {...{ name, level, source, taken: [], onSaved: onChanged, onClose: () => setOpen(undefined) }} />
      ) : null}
      {open === 'delete' ? (
        <DeleteSource {...{ name, source, onDeleted: onChanged, onClose: () => setOpen(undefined) }} />
      ) : null}
      {open === 'empty' ? (
        <EmptySource {...{ name, source, onSynced: onChanged, onClose: () => setOpen(undefined) }} />
      ) : null}
    </li>
  );
}

const paramsOf = (name: string, { id }: SourceReply) => ({ path: { name, source: id } });

function SourceActions({
  name,
  source,
  job,
  action,
  onChanged,
  onOpen,
}: {
  readonly name: string;
  readonly source: SourceReply;
  readonly job: JobReply | undefined;
  readonly action: Action;
  readonly onChanged: () => void;
  readonly onOpen: (what: 'edit' | 'delete') => void;
}): ReactElement {
  const { title, isPaused, isRemoving } = source;
  const params = paramsOf(name, source);
  const run = (work: () => Promise<unknown>): void =>
    action.run(async () => {
      await work();
      onChanged();
    });
  const isStopped = action.isBusy || isRemoving;
  return (
    <span className="aligned-inline">
      <button
        type="button"
        className="button button-small"
        disabled={isStopped || isPaused || job !== undefined}
        onClick={() => run(() => client.POST('/api/collections/{name}/sources/{source}/sync', { params, body: {} }))}
      >
        <RefreshCw size={14} aria-hidden /> Sync now
      </button>
      <button
        type="button"
        className="icon-button"
        aria-label={isPaused ? `Continue ${title}` : `Pause ${title}`}
        data-tip={isPaused ? 'Continue' : 'Pause'}
        disabled={isStopped}
        onClick={() =>
          run(() => client.PATCH('/api/collections/{name}/sources/{source}', { params, body: { isPaused: !isPaused } }))
        }
      >
        {isPaused ? <Play size={15} aria-hidden /> : <Pause size={15} aria-hidden />}
      </button>
      <button
        type="button"
        className="icon-button"
        aria-label={`Change ${title}`}
        data-tip="Change"
        disabled={isStopped}
        onClick={() => onOpen('edit')}
      >
        <Pencil size={15} aria-hidden />
      </button>
      <button
        type="button"
        className="icon-button"
        aria-label={`Delete ${title}`}
        data-tip="Delete"
        disabled={isStopped}
        onClick={() => onOpen('delete')}
      >
        <Trash2 size={15} aria-hidden />
      </button>
    </span>
  );
}

/** Why the last sync failed, and what to do. */
function SourceError({
  error,
  onEmpty,
}: {
  readonly error: NonNullable<SourceReply['state']['error']>;
  readonly onEmpty: () => void;
}): ReactElement {
  return (
    <div className={styles['synced-error']}>
      <p>{error.message}</p>
      {error.code === 'source_empty' ? (
        <button type="button" className="button button-small" onClick={onEmpty}>
          The source is empty: remove its documents
        </button>
      ) : null}
    </div>
  );
}
