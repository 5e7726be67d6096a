import clsx from 'clsx';
import type { ReactElement } from 'react';
import type { CandidateFact } from '../../data/api/reply-parts.js';
import { formatDuration } from '../../ui/format/format-duration.js';
import { formatCount, formatMoney } from '../../ui/format/format-money.js';
import styles from './policies.module.css';

/** The current measurements of a candidate: speed, ratings, price, clearance, load. */
export function CandidateFacts({ fact }: { readonly fact: CandidateFact | undefined }): ReactElement | null {
  if (fact === undefined) return null;
  return (
    <p className={clsx(styles['candidate-facts'], 'wrapped quiet figure')}>
      {factText(fact).map((text) => (
        <span key={text} data-problem={text === problemOf(fact) || undefined}>
          {text}
        </span>
      ))}
    </p>
  );
}

/** The measurements as texts, problems first. */
export function factText(fact: CandidateFact): readonly string[] {
  const { isLocal, latency, quality, price, clearance, contextTokens, queue } = fact;
  const problem = problemOf(fact);
  if (!fact.isAvailable) return [problem ?? ''];
  return [
    ...(problem === undefined ? [] : [problem]),
    isLocal ? 'local' : 'remote',
    `clearance ${clearance}`,
    latency === undefined
      ? 'speed not measured yet'
      : `p50 ${formatDuration(latency.p50)}, p95 ${formatDuration(latency.p95)} of ${latency.samples === 1 ? '1 call' : `${formatCount(latency.samples)} calls`}`,
    ...(latency?.firstTokenP50 === undefined ? [] : [`first token ${formatDuration(latency.firstTokenP50)}`]),
    quality === undefined
      ? 'not rated yet'
      : `rated ${Math.round(quality.mean * 100)} % by ${formatCount(quality.samples)}`,
    price === undefined
      ? 'no price known'
      : price.input === 0 && price.output === 0
        ? 'no cost'
        : `${formatMoney(price.input, price.currency)} input, ${formatMoney(price.output, price.currency)} output per million tokens`,
    `${formatCount(contextTokens)} tokens of context`,
    ...(queue === 0 ? [] : [queue === 1 ? '1 call waiting' : `${queue} calls waiting`]),
  ];
}

function problemOf({ isAvailable, reason, circuit }: CandidateFact): string | undefined {
  if (!isAvailable) return `Unavailable: ${reason ?? 'unknown reason'}`;
  return circuit === 'open' ? 'Its connection is paused after failures' : undefined;
}
