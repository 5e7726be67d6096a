import type { AnnotationQueue } from '@heddle/core';
import { ListChecks, Plus } from 'lucide-react';
import { useState, type ReactElement } from 'react';
import { useGet } from '../../data/queries/use-get.js';
import { Link } from '../../ui/navigation/Link.js';
import { qualityPath } from '../../ui/navigation/route.js';
import { EmptyState } from '../../ui/states/EmptyState.js';
import { IfMay } from '../../ui/states/IfMay.js';
import { PageLayout } from '../../ui/states/PageLayout.js';
import { Section } from '../../ui/states/Section.js';
import { CreateQueue } from './CreateQueue.js';

/** The list of annotation queues, with a button that creates one. */
export function QueueList({ tabs }: { readonly tabs: ReactElement }): ReactElement {
  const queues = useGet('/api/annotation-queues', {}, ({ queues: all }) => all);
  const [isCreating, setCreating] = useState(false);
  const create = (
    <IfMay permission="workflow:write">
      <button type="button" className="button button-primary" onClick={() => setCreating(true)}>
        <Plus size={15} aria-hidden /> New queue
      </button>
    </IfMay>
  );
  return (
    <PageLayout title="Feedback" actions={queues.value?.length === 0 ? undefined : create}>
      {tabs}
      <Section
        title="Annotation queues"
        loaded={queues}
        empty={
          <EmptyState
            Icon={ListChecks}
            action={create}
            example={
              <Link href="/runs?feedback=any" className="button">
                See runs with feedback
              </Link>
            }
          >
            No queues yet. A queue gives people one answer after the other to judge by a rubric. Their judgements show
            how far an automatic judge can be trusted, and their corrections become rows of a dataset.
          </EmptyState>
        }
      >
        {(list) => (
          <ul className="rows">
            {list.map((queue) => (
              <QueueLine key={queue.id} queue={queue} />
            ))}
          </ul>
        )}
      </Section>
      {isCreating ? <CreateQueue onClose={() => setCreating(false)} /> : null}
    </PageLayout>
  );
}

export function QueueLine({ queue }: { readonly queue: AnnotationQueue }): ReactElement {
  const { id, name, kind, items, done, open, rubric } = queue;
  return (
    <li>
      <Link href={qualityPath('feedback', id)} className="row">
        <span className="row-main">
          <span className="row-title" dir="auto" data-tip={name}>
            {name}
          </span>
          <span className="quiet">
            {kind === 'compare' ? 'compares two answers' : rubric.criteria.map(({ title }) => title).join(', ')}
          </span>
        </span>
        <span className="row-figures figure">
          <span>
            {done} of {items} done
          </span>
          <span className="quiet">{open === 0 ? 'nothing for you' : `${open} for you`}</span>
        </span>
      </Link>
    </li>
  );
}
