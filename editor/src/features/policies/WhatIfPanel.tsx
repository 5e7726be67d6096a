import clsx from 'clsx';
import type { RoutePolicy, WhatIfReply } from '@heddle/core';
import { ArrowRight } from 'lucide-react';
import { useEffect, useMemo, useState, type ReactElement } from 'react';
import { formatShare } from '../../ui/format/format-share.js';
import { client } from '../../data/api/client.js';
import { useGet } from '../../data/queries/use-get.js';
import { toApiError, type ApiError } from '../../data/http/http.js';
import { formatDuration } from '../../ui/format/format-duration.js';
import { Notice } from '../../ui/states/Notice.js';
import { SelectField } from '../../ui/fields/FormFields.js';
import { Link } from '../../ui/navigation/Link.js';
import { runPath } from '../../ui/navigation/route.js';
import { formatSums } from '../../ui/format/format-money.js';
import styles from './policies.module.css';

const restMs = 400;
const spans = [50, 100, 500, 1000] as const;
const most = 50;

/** Replays the latest decisions with the policy of the form, and shows how costs, latency and models would change. */
export function WhatIfPanel({
  policy,
  isReady,
}: {
  readonly policy: RoutePolicy;
  /** Whether the policy is valid. The replay waits until it is. */
  readonly isReady: boolean;
}): ReactElement {
  const workflows = useGet('/api/workflows', {}, ({ workflows }) => workflows);
  const [last, setLast] = useState<(typeof spans)[number]>(100);
  const [workflow, setWorkflow] = useState('');
  const [answer, setAnswer] = useState<{ readonly of: object; readonly reply: WhatIfReply }>();
  const [error, setError] = useState<ApiError>();
  const request = useMemo(() => ({ policy, last, ...(workflow === '' ? {} : { workflow }) }), [policy, last, workflow]);
  useEffect(() => {
    if (!isReady) return undefined;
    const controller = new AbortController();
    const timer = setTimeout(() => {
      client.POST('/api/policies/what-if', { body: request, signal: controller.signal }).then(
        (reply) => {
          setAnswer({ of: request, reply });
          setError(undefined);
        },
        (thrown: unknown) => {
          if (!controller.signal.aborted) setError(toApiError(thrown));
        },
      );
    }, restMs);
    return () => {
      controller.abort();
      clearTimeout(timer);
    };
  }, [request, isReady]);
  const reply = answer?.reply;
  const isStale = answer?.of !== request;
  return (
    <section className={clsx(styles['what-if'], 'boxed-surface stack')} aria-label="What if">
      <div className="grid gap-10">
        <h2>What if</h2>
        <div className="field-pair">
          <SelectField
            title="Decisions"
            value={String(last)}
            choices={spans.map((span) => [String(span), `the last ${span}`] as const)}
            onChange={(text) => setLast(spans.find((span) => String(span) === text) ?? 100)}
          />
          <SelectField
            title="Workflow"
            value={workflow}
            choices={[['', 'all workflows'], ...(workflows.value ?? []).map(({ id, name }) => [id, name] as const)]}
            onChange={setWorkflow}
          />
        </div>
      </div>
      {error === undefined ? null : <Notice error={error} />}
      {reply === undefined ? (
        <p className="quiet">{isReady ? 'Replaying…' : 'Select a model for each candidate to replay.'}</p>
      ) : reply.decisions === 0 ? (
        <p className="quiet">
          No route decisions yet. After a workflow with a route node has run, its decisions are replayed here under each
          change, before you save it.
        </p>
      ) : (
        <div data-stale={isStale || undefined} aria-busy={isStale}>
          <Compared reply={reply} />
          <Changed reply={reply} />
        </div>
      )}
    </section>
  );
}

function Compared({ reply: { before, after, decisions } }: { readonly reply: WhatIfReply }): ReactElement {
  const latency = (ms: number | undefined): string => (ms === undefined ? 'not measured' : formatDuration(ms));
  const rows: readonly (readonly [string, string, string])[] = [
    ['Maximum cost', formatSums(before.cost), formatSums(after.cost)],
    ['Mean median latency', latency(before.latencyMs), latency(after.latencyMs)],
    ['Local calls', formatShare(before.shareLocal), formatShare(after.shareLocal)],
    ['No candidate', String(before.none), String(after.none)],
  ];
  return (
    <table className="table">
      <thead>
        <tr>
          <td className="quiet">{decisions === 1 ? '1 decision' : `${decisions} decisions`}</td>
          <th scope="col" className="number">
            Before
          </th>
          <th scope="col" className="number">
            With this policy
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map(([name, then, now]) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td className="number">{then}</td>
            <td className="number">{then === now ? now : <strong>{now}</strong>}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Changed({ reply: { changed, decisions } }: { readonly reply: WhatIfReply }): ReactElement {
  if (changed.length === 0) return <p className={styles['what-if-note']}>No decision would change.</p>;
  return (
    <>
      <p className={styles['what-if-note']}>
        <strong>
          {changed.length} of {decisions}
        </strong>{' '}
        decisions would change.
      </p>
      <ul className={clsx('rows', styles['changed'])}>
        {changed.slice(0, most).map(({ runId, path, from, to, summary }) => (
          <li key={`${runId} ${path}`}>
            <p className={clsx(styles['changed-models'], 'aligned-wrapped mono')}>
              {from ?? 'none'} <ArrowRight size={13} aria-label="to" /> {to ?? 'none'}
            </p>
            <p className="quiet">
              {summary}{' '}
              <Link href={runPath(runId)} className="text-link">
                Open run
              </Link>
            </p>
          </li>
        ))}
      </ul>
      {changed.length > most ? <p className="quiet">and {changed.length - most} more</p> : null}
    </>
  );
}
