import type { ReactElement } from 'react';
import { formatDuration } from '../../ui/format/format-duration.js';
import { formatCount, formatMoney } from '../../ui/format/format-money.js';
import type { RouteDetails } from './read-details.js';
import styles from './executions.module.css';

/** The name that stands for candidates defined in the route node itself. */
const inlineName = 'policy';

type Fact = RouteDetails['facts'][number];

/** All candidates of a routing decision with reasons and measurements: the chosen model, the alternatives, and the excluded ones. */
export function RouteTable({ details }: { readonly details: RouteDetails }): ReactElement {
  const { model, order, excluded, facts, request, policy, estimatedCost } = details;
  const currency = facts.find((fact) => fact.model === model)?.price?.currency ?? 'USD';
  const asked = [
    request.label,
    request.language,
    request.category,
    request.tokens === undefined ? undefined : `${formatCount(request.tokens)} tokens`,
    request.maxTokens === undefined ? undefined : `answer up to ${formatCount(request.maxTokens)}`,
    request.images === true ? 'images' : undefined,
    request.tools === true ? 'tools' : undefined,
    request.schema === true ? 'schema' : undefined,
  ].filter((word) => word !== undefined);
  return (
    <>
      <p className="quiet figure">
        {policy === undefined || policy.name === inlineName ? '' : `Policy ${policy.name} · `}
        {asked.join(' · ')}
        {estimatedCost === undefined || estimatedCost === null
          ? ''
          : ` · at most ${formatMoney(estimatedCost, currency)}`}
      </p>
      <ol className={styles['route-candidates']}>
        {order.map((name, index) => (
          <li key={name} data-taken={name === model || undefined}>
            <p>
              <span className="mono">{name}</span>{' '}
              <span className={styles['route-word']}>{name === model ? 'taken' : index === 0 ? 'best' : 'left'}</span>
            </p>
            <Known fact={facts.find((fact) => fact.model === name)} />
          </li>
        ))}
        {excluded.map(({ model: name, reason }) => (
          <li key={name} data-excluded>
            <p>
              <span className="mono">{name}</span> <span className={styles['route-word']}>excluded: {reason}</span>
            </p>
            <Known fact={facts.find((fact) => fact.model === name)} />
          </li>
        ))}
      </ol>
    </>
  );
}

function Known({ fact }: { readonly fact: Fact | undefined }): ReactElement | null {
  if (fact === undefined) return null;
  const { isLocal, clearance, price, latency, quality, budgetLeft, tokensLeft, queue = 0 } = fact;
  const text = [
    isLocal ? 'local' : 'remote',
    clearance === undefined ? '' : `clearance ${clearance}`,
    latency === undefined || latency === null
      ? ''
      : `p50 ${formatDuration(latency.p50)}, p95 ${formatDuration(latency.p95)}`,
    quality === undefined || quality === null ? '' : `rated ${Math.round(quality.mean * 100)} %`,
    price === undefined || price === null
      ? ''
      : price.input === 0 && price.output === 0
        ? 'no cost'
        : `${formatMoney(price.input, price.currency)} / ${formatMoney(price.output, price.currency)} per million tokens`,
    budgetLeft === undefined || budgetLeft === null
      ? ''
      : `${formatMoney(budgetLeft, price?.currency ?? 'USD')} of budget left`,
    tokensLeft === undefined || tokensLeft === null ? '' : `${formatCount(tokensLeft)} tokens of budget left`,
    queue === 0 ? '' : `${queue} waiting`,
  ].filter((word) => word !== '');
  return <p className="quiet figure small-text">{text.join(' · ')}</p>;
}
