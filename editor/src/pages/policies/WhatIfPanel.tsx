import type { RoutePolicy, WhatIfReply } from '@heddle/core';
import { ArrowRight } from 'lucide-react';
import { useEffect, useMemo, useState, type ReactElement } from 'react';
import { api } from '../../api/api.js';
import { toApiError, type ApiError } from '../../api/http.js';
import { portfolio } from '../../api/portfolio.js';
import { formatDuration } from '../../format/format-duration.js';
import { Notice } from '../../frame/Notice.js';
import { SelectField } from '../FormFields.js';
import { useLoaded } from '../home/use-loaded.js';
import { Link } from '../Link.js';
import { runPath } from '../route.js';
import { moneyWords } from '../spend/spend-series.js';

const restMs = 400;
const spans = [50, 100, 500, 1000] as const;
const most = 50;

/** The last decisions, made again under the policy as it stands in the form: what would cost, take and go elsewhere. */
export function WhatIfPanel({
  policy,
  isReady,
}: {
  readonly policy: RoutePolicy;
  /** Whether the policy can be used: one that is being typed is waited for. */
  readonly isReady: boolean;
}): ReactElement {
  const workflows = useLoaded(api.workflows);
  const [last, setLast] = useState<(typeof spans)[number]>(100);
  const [workflow, setWorkflow] = useState('');
  const [told, setTold] = useState<{ readonly of: object; readonly reply: WhatIfReply }>();
  const [error, setError] = useState<ApiError>();
  const request = useMemo(() => ({ policy, last, ...(workflow === '' ? {} : { workflow }) }), [policy, last, workflow]);
  useEffect(() => {
    if (!isReady) return undefined;
    const controller = new AbortController();
    const timer = setTimeout(() => {
      portfolio.whatIf(request, controller.signal).then(
        (reply) => {
          setTold({ of: request, reply });
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
  const reply = told?.reply;
  const isStale = told?.of !== request;
  return (
    <section className="what-if" aria-label="What if">
      <div className="what-if-head">
        <h2>What if this had been the policy?</h2>
        <div className="field-pair">
          <SelectField
            title="Decisions"
            value={String(last)}
            choices={spans.map((span) => [String(span), `the last ${span}`] as const)}
            onChange={(text) => setLast(spans.find((span) => String(span) === text) ?? 100)}
          />
          <SelectField
            title="Of"
            value={workflow}
            choices={[['', 'every workflow'], ...(workflows.value ?? []).map(({ id, name }) => [id, name] as const)]}
            onChange={setWorkflow}
          />
        </div>
      </div>
      {error === undefined ? null : <Notice error={error} />}
      {reply === undefined ? (
        <p className="quiet">{isReady ? 'Replaying…' : 'It is replayed once every candidate has a model.'}</p>
      ) : reply.decisions === 0 ? (
        <p className="quiet">
          No route decision is recorded yet. Once a workflow with a route node has run, its decisions are made again
          here under every change, before anything is saved.
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
    ['Cost, at most', moneyWords(before.cost), moneyWords(after.cost)],
    ['Latency, mean of medians', latency(before.latencyMs), latency(after.latencyMs)],
    ['Stays local', percent(before.shareLocal), percent(after.shareLocal)],
    ['No candidate left', String(before.none), String(after.none)],
  ];
  return (
    <table className="table">
      <thead>
        <tr>
          <td className="quiet">{decisions === 1 ? '1 decision' : `${decisions} decisions`}</td>
          <th scope="col" className="number">
            As it was
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
  if (changed.length === 0) return <p className="what-if-note">Every decision would be the same.</p>;
  return (
    <>
      <p className="what-if-note">
        <strong>
          {changed.length} of {decisions}
        </strong>{' '}
        decisions would differ.
      </p>
      <ul className="rows changed">
        {changed.slice(0, most).map(({ runId, path, from, to, summary }) => (
          <li key={`${runId} ${path}`}>
            <p className="changed-models mono">
              {from ?? 'none'} <ArrowRight size={13} aria-label="to" /> {to ?? 'none'}
            </p>
            <p className="quiet">
              {summary}{' '}
              <Link href={runPath(runId)} className="text-link">
                Open the run
              </Link>
            </p>
          </li>
        ))}
      </ul>
      {changed.length > most ? <p className="quiet">and {changed.length - most} more</p> : null}
    </>
  );
}

const percent = (share: number): string => `${Math.round(share * 100)} %`;
