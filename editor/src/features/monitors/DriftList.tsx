import { driftText, type DriftFinding, type DriftState, type Relearned } from '@heddle/core';
import type { ReactElement } from 'react';
import { Link } from '../../ui/navigation/Link.js';
import { qualityPath, runPath } from '../../ui/navigation/route.js';
import styles from './monitors.module.css';

const dayText = (time: number): string =>
  new Date(time).toLocaleDateString(undefined, { weekday: 'long', month: 'long', day: 'numeric' });

const names: Readonly<Record<DriftFinding['kind'], string>> = {
  inputs: 'the meaning of inputs',
  retrieval: 'scores of passages',
  refusals: 'refusals',
  'input-length': 'lengths of inputs',
  'answer-length': 'lengths of answers',
  routes: 'routes',
};

/** How the runs differ from the reference runs, in sentences, with links to example runs. */
export function DriftList({ drift, runs }: { readonly drift: DriftState; readonly runs: number }): ReactElement {
  const { findings, checkedAt, referenceRuns, newRuns, isReferenceFull, vectorError, relearned } = drift;
  const drifted = findings.filter(({ isDrifted }) => isDrifted);
  const calm = findings.filter(({ isDrifted }) => !isDrifted);
  return (
    <div className="stack gap-8">
      {drifted.length === 0 ? null : (
        <ul className="rows">
          {drifted.map((finding) => (
            <li key={finding.kind} className={styles['drift-row']}>
              <p className="row-title">
                {driftText(finding)}
                {finding.since === undefined ? '' : `, since ${dayText(finding.since)}`}
              </p>
              <p className="quiet">
                {finding.currentRuns} runs against {finding.referenceRuns}; p = {finding.p.toPrecision(2)}.
              </p>
              <Examples finding={finding} />
            </li>
          ))}
        </ul>
      )}
      <p className="quiet">
        {checkedAt === undefined
          ? isReferenceFull
            ? `${newRuns} new runs so far: 50 are compared with the first ${referenceRuns}.`
            : `${referenceRuns} of ${runs} reference runs so far. Later runs are compared with them.`
          : `Compared on ${dayText(checkedAt)}${calm.length === 0 ? '' : `; no difference in ${calm.map(({ kind }) => names[kind]).join(', ')}`}.`}
      </p>
      {relearned === undefined ? null : <RelearnedText relearned={relearned} />}
      {vectorError === undefined ? null : (
        <p className="quiet">
          The meaning of inputs is not compared: the embedding model cannot be used ({vectorError}). Add it on the page{' '}
          <Link href="/models" className="text-link">
            Models
          </Link>
          .
        </p>
      )}
    </div>
  );
}

function RelearnedText({ relearned }: { readonly relearned: Relearned }): ReactElement {
  const { at, experiment, error } = relearned;
  if (experiment === undefined)
    return (
      <p className="quiet">
        A route should have been learned on {dayText(at)}:{' '}
        {error?.message ?? 'Heddle stopped before the training began.'}
      </p>
    );
  return (
    <p className="quiet">
      On {dayText(at)}, drift began to{' '}
      <Link href={qualityPath('experiments', experiment)} className="text-link">
        learn the route again
      </Link>
      . Its result is a proposal.
    </p>
  );
}

function Examples({ finding: { examples } }: { readonly finding: DriftFinding }): ReactElement | null {
  if (examples.length === 0) return null;
  return (
    <p className="aligned-wrapped gap-8">
      {examples.map((run, at) => (
        <Link key={run} href={runPath(run)} className="text-link">
          Example {at + 1}
        </Link>
      ))}
    </p>
  );
}
