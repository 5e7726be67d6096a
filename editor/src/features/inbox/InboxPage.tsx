import clsx from 'clsx';
import { Inbox } from 'lucide-react';
import { titleOfPath, type ShownRequest } from '@heddle/core';
import { Suspense, useCallback, useEffect, useMemo, useState, type ReactElement } from 'react';
import { PageLayout } from '../../ui/states/PageLayout.js';
import { EmptyState } from '../../ui/states/EmptyState.js';
import { Notice } from '../../ui/states/Notice.js';
import { formatAgo } from '../../ui/format/format-time.js';
import { FilterSelect } from '../../ui/fields/FilterSelect.js';
import { SegmentedControl } from '../../ui/buttons/SegmentedControl.js';
import { LazyWaitingQueues } from '../annotation/index.js';
import { LazyWaitingProposals } from '../building/index.js';
import { AnswerForm, followQuestions } from '../human-input/index.js';
import { outboxKey } from '../run/index.js';
import { client } from '../../data/api/client.js';
import { useNow } from '../../ui/format/use-now.js';
import { useSession } from '../session/index.js';
import { useLoaded } from '../../data/queries/use-loaded.js';
import { stageOf, timesOf } from './request-stage.js';
import { assigneesOf, dueOf, orderRequests, requestText } from './order-requests.js';
import { StageMark } from './StageMark.js';
import { Link } from '../../ui/navigation/Link.js';
import { requestPath, runPath, templatesPath, type OneRequest } from '../../ui/navigation/route.js';
import { useRequests } from './use-requests.js';
import styles from './inbox.module.css';

const which = [
  [false, 'All'],
  [true, 'Overdue'],
] as const;

/** All open human input requests, or the one that the link names, with the answer form. Answered requests disappear from the list. */
export function InboxPage({ only }: { readonly only: OneRequest | undefined }): ReactElement {
  const session = useSession();
  const { requests, error } = useRequests();
  const follow = useMemo(() => followQuestions(session), [session]);
  useEffect(() => {
    if (requests !== undefined) follow(requests.map((request) => ({ ...request, title: request.question.title })));
  }, [requests, follow]);
  const now = useNow(false);
  const [isOverdue, setOverdue] = useState(false);
  const [assignee, setAssignee] = useState('');
  const shown = useMemo(
    () =>
      only === undefined
        ? orderRequests(requests ?? [], { isOverdue, assignee }, now)
        : (requests ?? []).filter(({ runId, requestId }) => runId === only.runId && requestId === only.requestId),
    [requests, isOverdue, assignee, now, only],
  );
  const people = assigneesOf(requests ?? [], now);
  const names = useWorkflowNames(requests?.length ?? 0);
  return (
    <PageLayout
      title={only === undefined ? 'Inbox' : 'Human input request'}
      actions={
        only !== undefined ? (
          <Link href="/inbox" className="text-link">
            All requests
          </Link>
        ) : requests === undefined || requests.length === 0 ? null : (
          <span className="quiet">
            {requests.length === 1 ? '1 request waits' : `${requests.length} requests wait`}
          </span>
        )
      }
    >
      {error === undefined ? null : <Notice error={error} />}
      {only !== undefined ? null : (
        <Suspense fallback={null}>
          <LazyWaitingProposals />
          <LazyWaitingQueues />
        </Suspense>
      )}
      {only !== undefined || requests === undefined || requests.length === 0 ? null : (
        <div className="filters">
          <SegmentedControl label="Show" choices={which} value={isOverdue} onChange={setOverdue} />
          {people.length < 2 ? null : (
            <FilterSelect
              label="Assigned to"
              everything="Everyone"
              choices={people.map((name) => [name, name] as const)}
              value={assignee}
              className={styles['inbox-for']}
              onChange={setAssignee}
            />
          )}
        </div>
      )}
      {requests === undefined ? (
        error === undefined ? (
          <p className="quiet">Loading requests…</p>
        ) : null
      ) : only !== undefined && shown.length === 0 ? (
        <p className="section-empty quiet">
          This request is closed: it was answered, it expired, or the run ended. The run shows who decided, when and
          why.{' '}
          <Link href={runPath(only.runId)} className="text-link">
            Open run
          </Link>
        </p>
      ) : requests.length === 0 ? (
        <EmptyState
          Icon={Inbox}
          example={
            <Link href={templatesPath('ticket-triage')} className="text-link">
              See a template that asks a person
            </Link>
          }
        >
          No open requests. When a run needs human input or reaches a breakpoint, the request appears here with its
          form. The run continues when it is answered.
        </EmptyState>
      ) : shown.length === 0 ? (
        <p className="section-empty quiet">No request matches. Change the filters.</p>
      ) : (
        <ul className={styles['inbox']} aria-label="Open requests">
          {shown.map((request) => (
            <Question
              key={outboxKey(request.runId, request.requestId)}
              request={request}
              workflow={names.get(request.runId)}
              now={now}
            />
          ))}
        </ul>
      )}
    </PageLayout>
  );
}

function Question({
  request,
  workflow,
  now,
}: {
  readonly request: ShownRequest;
  readonly workflow: string | undefined;
  readonly now: number;
}): ReactElement {
  const due = dueOf(request, now);
  const stage = stageOf(request, now);
  // Without a deadline, the stage already says that a reminder was sent.
  const isSaid = request.question.dueAt === undefined && stage.text !== undefined;
  return (
    <li className={clsx(styles['inbox-item'], 'grid gap-8')} data-over={due?.isOver || undefined}>
      <p className={clsx(styles['inbox-head'], 'aligned-wrapped quiet')}>
        <span>
          <span data-tip={request.path}>{titleOfPath(request.path, request.titles)}</span> in {workflow ?? 'a workflow'}{' '}
          {requestText(request, now)}
        </span>
        {due === undefined || isSaid ? null : (
          <span className="inbox-due figure" data-tip={timesOf(request)}>
            {due.text}
          </span>
        )}
        <StageMark stage={stage} title={timesOf(request)} />
        {stage.next === undefined ? null : <span className="figure">{stage.next}</span>}
      </p>
      <AnswerForm
        runId={request.runId}
        requestId={request.requestId}
        question={request.question}
        isBreakpoint={request.isBreakpoint === true}
      />
      <p className={clsx('quiet', styles['inbox-note'])}>
        Requested {formatAgo(request.time, now)} ·{' '}
        <Link href={runPath(request.runId)} className="text-link">
          Open run
        </Link>{' '}
        ·{' '}
        <Link href={requestPath(request)} className="text-link">
          Link to this request
        </Link>
      </p>
    </li>
  );
}

/** The names of the workflows whose runs wait, by run id. They load again when the number of requests changes. */
function useWorkflowNames(count: number): ReadonlyMap<string, string> {
  const load = useCallback(
    async (signal: AbortSignal) =>
      count === 0
        ? []
        : (await client.GET('/api/runs', { params: { query: { status: 'suspended,running', limit: 200 } }, signal }))
            .runs,
    [count],
  );
  const { value } = useLoaded(load);
  return useMemo(() => new Map(value?.map(({ runId, workflowName }) => [runId, workflowName])), [value]);
}
