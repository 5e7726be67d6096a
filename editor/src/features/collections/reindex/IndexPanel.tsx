import clsx from 'clsx';
import type { JobReply, ReindexState } from '@heddle/core';
import { useEffect, useRef, useState, type ReactElement } from 'react';
import { client } from '../../../data/api/client.js';
import { useAction, type Action } from '../../../data/queries/use-action.js';
import { useGet } from '../../../data/queries/use-get.js';
import { isOpenJob } from '../../../data/queries/use-topic.js';
import { useMay } from '../../../data/access/me-store.js';
import { LinesField } from '../../../ui/fields/FormFields.js';
import { Confirm } from '../../../ui/dialogs/Confirm.js';
import { IfMay } from '../../../ui/states/IfMay.js';
import { Notice } from '../../../ui/states/Notice.js';
import { JobProgress } from '../JobProgress.js';
import { describeSplitter } from '../settings/splitting.js';
import { CompareIndexes } from './CompareIndexes.js';
import { FailureList } from './FailureList.js';
import { IndexTable } from './IndexTable.js';
import { fillOf } from './reindex-text.js';
import { storeTitles } from '../settings/store-titles.js';
import styles from '../collections.module.css';

/** The new index while it is filled and compared, and the previous index. Hidden if neither exists. */
export function IndexPanel({
  name,
  jobs,
  revision,
  onChanged,
}: {
  readonly name: string;
  /** The jobs that have filled or now fill a new index, newest first. */
  readonly jobs: readonly JobReply[];
  /** Changes when documents or indexes change. */
  readonly revision: string;
  /** Called after another index has become the live one. */
  readonly onChanged: () => void;
}): ReactElement | null {
  const loaded = useGet('/api/collections/{name}/reindex', { params: { path: { name } } });
  const { value, error, again } = loaded;
  const [job] = jobs;
  const news = `${revision} ${job?.jobId ?? ''} ${job?.status ?? ''}`;
  useEffect(() => again(), [news, again]);
  const action = useAction();
  const mayOverride = useMay('gate:manage');
  const [isOverriding, setOverriding] = useState(false);
  const heading = useRef<HTMLHeadingElement>(null);
  // The pressed button disappears, so the section takes the focus.
  const hasChanged = useRef(false);
  useEffect(() => {
    if (hasChanged.current) heading.current?.focus();
    hasChanged.current = false;
  }, [value]);
  const change: Change = (work) =>
    action.run(async () => {
      await work().finally(again);
      hasChanged.current = true;
      onChanged();
    });
  // Stores without a second index and collections of other projects have nothing to show here.
  if (value === undefined)
    return error === undefined || hidden.has(error.code) ? null : (
      <Notice error={error} action={{ name: 'Retry', run: again }} />
    );
  if (value.next === undefined && value.previous === undefined) return null;
  return (
    <section className="section" aria-labelledby="indexes">
      <h2 id="indexes" ref={heading} tabIndex={-1}>
        Indexes
      </h2>
      {action.error === undefined ? null : (
        <Notice
          error={action.error}
          {...(action.error.code === 'index_gate_failed' && mayOverride
            ? { action: { name: 'Switch anyway…', run: () => setOverriding(true) } }
            : {})}
        />
      )}
      {isOverriding ? <OverrideGate name={name} change={change} onClose={() => setOverriding(false)} /> : null}
      {value.next === undefined ? null : (
        <NextIndex name={name} state={value} next={value.next} job={job} action={action} change={change} />
      )}
      {value.previous === undefined ? null : (
        <PreviousIndex name={name} state={value} previous={value.previous} action={action} change={change} />
      )}
    </section>
  );
}

/** Asks for a reason to switch to an index that fails the gate. */
function OverrideGate({
  name,
  change,
  onClose,
}: {
  readonly name: string;
  readonly change: Change;
  readonly onClose: () => void;
}): ReactElement {
  const [reason, setReason] = useState('');
  return (
    <Confirm
      title="Switch although the gate refuses it?"
      verb="Switch anyway"
      isDisabled={reason.trim().length < 5}
      onClose={onClose}
      onConfirm={() => {
        const body = { overrideGate: { reason: reason.trim() } };
        change(() => client.POST('/api/collections/{name}/reindex/switch', { params: { path: { name } }, body }));
        onClose();
      }}
    >
      <LinesField
        title="Reason"
        value={reason}
        isFirst
        maxLength={2_000}
        help="At least 5 characters. The audit log stores the reason with your name."
        onChange={setReason}
      />
    </Confirm>
  );
}

/** Runs a change of the indexes, then loads them again. */
type Change = (work: () => Promise<unknown>) => void;
const hidden = new Set(['resource_unavailable', 'forbidden', 'not_found', 'unexpected']);

interface PartProps {
  readonly name: string;
  readonly state: ReindexState;
  readonly action: Action;
  readonly change: Change;
}

function NextIndex({
  name,
  state: { serving },
  next,
  job,
  action,
  change,
}: PartProps & { readonly next: NonNullable<ReindexState['next']>; readonly job: JobReply | undefined }): ReactElement {
  const [asks, setAsks] = useState<'discard' | 'force'>();
  const params = { path: { name } };
  const maySwitch = useMay('collection:write');
  const isFilling = job !== undefined && isOpenJob(job);
  const { failures, missing } = next;
  const isFull = !isFilling && missing === 0;
  const switchTo = (force: boolean): Promise<unknown> =>
    client.POST('/api/collections/{name}/reindex/switch', { params, body: { force } });
  return (
    <article className={clsx(styles['index-part'], 'boxed-surface stack gap-12')} aria-label="New index">
      <header className="stack gap-4">
        <h3>New index</h3>
        <p className="quiet" role="status">
          {stateText({ isFilling, missing, failed: failures.length, job, maySwitch })}
        </p>
      </header>
      {isFilling ? <JobProgress done={fillOf(job)} label="Documents in the new index" /> : null}
      <IndexTable serving={serving} other={next.info} title="New" />
      <FailureList
        failures={failures}
        title={`${failures.length === 1 ? '1 document' : `${failures.length} documents`} could not be indexed`}
      />
      {isFilling ? null : (
        <IfMay permission="collection:write">
          <CompareIndexes name={name} />
        </IfMay>
      )}
      <IfMay permission="collection:write">
        <div className="aligned-wrapped gap-8">
          {isFilling ? (
            <button
              type="button"
              className="button"
              disabled={action.isBusy}
              onClick={() =>
                change(() => client.POST('/api/jobs/{id}/cancel', { params: { path: { id: job.jobId } } }))
              }
            >
              Stop filling
            </button>
          ) : (
            <>
              <button
                type="button"
                className="button button-primary"
                disabled={action.isBusy || (missing > 0 && failures.length === 0)}
                onClick={() => (failures.length > 0 ? setAsks('force') : change(() => switchTo(false)))}
              >
                {action.isBusy ? 'Working…' : 'Switch to the new index'}
              </button>
              {isFull ? null : (
                <button
                  type="button"
                  className="button"
                  disabled={action.isBusy}
                  onClick={() => change(() => client.POST('/api/collections/{name}/reindex/fill', { params }))}
                >
                  {failures.length > 0 ? 'Try them again' : 'Continue filling'}
                </button>
              )}
            </>
          )}
          <button type="button" className="button" disabled={action.isBusy} onClick={() => setAsks('discard')}>
            Discard
          </button>
        </div>
      </IfMay>
      {asks === 'discard' ? (
        <Confirm
          title="Discard the new index?"
          verb="Discard the index"
          onClose={() => setAsks(undefined)}
          onConfirm={() => {
            change(() =>
              client.DELETE('/api/collections/{name}/reindex', { params: { ...params, query: { which: 'next' } } }),
            );
            setAsks(undefined);
          }}
        >
          <p>
            The {next.info.passages.toLocaleString()} passages that are embedded for it are deleted. The index that
            serves and all documents stay. This cannot be undone.
          </p>
        </Confirm>
      ) : null}
      {asks === 'force' ? (
        <Confirm
          title={`Switch without ${failures.length === 1 ? '1 document' : `${failures.length} documents`}?`}
          verb="Switch without them"
          onClose={() => setAsks(undefined)}
          onConfirm={() => {
            change(() => switchTo(true));
            setAsks(undefined);
          }}
        >
          <p>
            Searches no longer find these documents, because they cannot be indexed. The serving index is kept for 7
            days, and you can go back to it.
          </p>
        </Confirm>
      ) : null}
    </article>
  );
}

function stateText({
  isFilling,
  missing,
  failed,
  job,
  maySwitch,
}: {
  readonly isFilling: boolean;
  readonly missing: number;
  readonly failed: number;
  readonly job: JobReply | undefined;
  readonly maySwitch: boolean;
}): string {
  if (isFilling) return 'It is being filled. The serving index answers meanwhile.';
  if (missing === 0)
    return maySwitch
      ? 'It has all documents. Compare both, then switch: searches use it at once, and you can go back.'
      : 'It has all documents, and waits to be compared with the serving index.';
  if (failed > 0) return 'It has all documents except those below. Replace or delete them, or switch without them.';
  const why = job?.status === 'failed' && job.error !== undefined ? ` ${job.error.message}` : '';
  return `Filling stopped.${why} ${missing === 1 ? '1 document is' : `${missing.toLocaleString()} documents are`} missing.`;
}

function PreviousIndex({
  name,
  state: { serving, next },
  previous: { info, keptUntil },
  action,
  change,
}: PartProps & { readonly previous: NonNullable<ReindexState['previous']> }): ReactElement {
  const [isDropping, setDropping] = useState(false);
  const params = { path: { name } };
  const until = new Date(keptUntil).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' });
  return (
    <article className={clsx(styles['index-part'], 'boxed-surface stack gap-8')} aria-label="Index before">
      <h3>Index before</h3>
      <p className="quiet">
        {info.store === serving.store ? '' : `${storeTitles[info.store]} · `}
        {info.embedding} · {describeSplitter(info.splitter)}. It is kept until {until}, and has all documents that were
        imported since.
        {next === undefined ? '' : ' Discard the new index before you go back.'}
      </p>
      <IfMay permission="collection:write">
        <div className="aligned-wrapped gap-8">
          <button
            type="button"
            className="button"
            disabled={action.isBusy || next !== undefined}
            onClick={() => change(() => client.POST('/api/collections/{name}/reindex/back', { params }))}
          >
            {action.isBusy ? 'Working…' : 'Go back to it'}
          </button>
          <button type="button" className="button" disabled={action.isBusy} onClick={() => setDropping(true)}>
            Delete it now
          </button>
        </div>
      </IfMay>
      {isDropping ? (
        <Confirm
          title="Delete the previous index?"
          verb="Delete the index"
          onClose={() => setDropping(false)}
          onConfirm={() => {
            change(() =>
              client.DELETE('/api/collections/{name}/reindex', { params: { ...params, query: { which: 'previous' } } }),
            );
            setDropping(false);
          }}
        >
          <p>You can no longer go back to it. The index that serves stays as it is.</p>
        </Confirm>
      ) : null}
    </article>
  );
}
