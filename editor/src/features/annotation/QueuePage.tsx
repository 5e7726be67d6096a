import clsx from 'clsx';
import type { AddItemsReply } from '@heddle/core';
import { useState, type ReactElement } from 'react';
import { client } from '../../data/api/client.js';
import { useGet } from '../../data/queries/use-get.js';
import { SegmentedControl } from '../../ui/buttons/SegmentedControl.js';
import { Confirm } from '../../ui/dialogs/Confirm.js';
import { navigate, qualityPath } from '../../ui/navigation/route.js';
import { IfMay } from '../../ui/states/IfMay.js';
import { NotOpened } from '../../ui/states/NotOpened.js';
import { PageLayout } from '../../ui/states/PageLayout.js';
import { Progress } from '../../ui/states/Progress.js';
import { AddRuns } from './AddRuns.js';
import { AnnotateView } from './AnnotateView.js';
import { ChangeQueue } from './ChangeQueue.js';
import { QueueResults } from './QueueResults.js';
import styles from './annotation.module.css';
import { RemoveButton } from '../../ui/buttons/RemoveButton.js';

const views = [
  ['annotate', 'Annotate'],
  ['results', 'Results'],
] as const;

/** An annotation queue: its next answer to judge, or its results. */
export function QueuePage({ id, tabs }: { readonly id: string; readonly tabs: ReactElement }): ReactElement {
  const queue = useGet('/api/annotation-queues/{id}', { params: { path: { id } } });
  const [view, setView] = useState<'annotate' | 'results'>('annotate');
  const [asked, setAsked] = useState<'add' | 'change' | 'delete'>();
  const [added, setAdded] = useState<AddItemsReply>();
  const close = (): void => setAsked(undefined);
  if (queue.error !== undefined && queue.value === undefined)
    return (
      <NotOpened error={queue.error} again={queue.again} back={{ href: qualityPath('feedback'), name: 'All queues' }} />
    );
  if (queue.value === undefined) return <PageLayout title="Queue">{tabs}</PageLayout>;
  const { name, kind, items, done } = queue.value;
  const actions = (
    <IfMay permission="workflow:write">
      <button type="button" className="button" onClick={() => setAsked('add')}>
        Add runs
      </button>
      <button type="button" className="button" onClick={() => setAsked('change')}>
        Change
      </button>
      <RemoveButton label="Delete" onClick={() => setAsked('delete')} />
    </IfMay>
  );
  return (
    <PageLayout title={<span dir="auto">{name}</span>} actions={actions}>
      {tabs}
      <div className={clsx('aligned-wrapped gap-12', styles['queue-head'])}>
        <SegmentedControl label="Show" choices={views} value={view} onChange={setView} />
        <span className="figure quiet">
          {done} of {items} done
        </span>
        <Progress share={items === 0 ? 0 : done / items} label="Items that are done" />
      </div>
      <p role="status" className="quiet" hidden={added === undefined}>
        {added === undefined ? '' : addedText(added)}
      </p>
      {view === 'annotate' ? (
        <AnnotateView key={`${id} ${items}`} queue={queue.value} onChange={queue.again} />
      ) : (
        <QueueResults key={done} queue={queue.value} />
      )}
      {asked === 'add' ? (
        <AddRuns
          queue={id}
          isPairs={kind === 'compare'}
          onAdded={(reply) => {
            setAdded(reply);
            queue.again();
          }}
          onClose={close}
        />
      ) : null}
      {asked === 'change' ? <ChangeQueue queue={queue.value} onChanged={queue.again} onClose={close} /> : null}
      {asked === 'delete' ? (
        <Confirm
          title={`Delete the queue ${name}?`}
          verb="Delete queue"
          onConfirm={async () => {
            await client.DELETE('/api/annotation-queues/{id}', { params: { path: { id } } });
            navigate(qualityPath('feedback'));
          }}
          onClose={close}
        >
          All annotations in it are deleted too. This cannot be undone.
        </Confirm>
      ) : null}
    </PageLayout>
  );
}

function addedText({ added, known, above, refused }: AddItemsReply): string {
  const parts = [`${added} added`];
  if (known > 0) parts.push(`${known} in the queue already`);
  if (above > 0) parts.push(`${above} left out: their label is stricter than the queue allows`);
  if (refused > 0) parts.push(`${refused} left out: not ended, without values, or not in this project`);
  return `${parts.join('; ')}.`;
}
