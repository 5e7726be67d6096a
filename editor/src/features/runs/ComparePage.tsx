import clsx from 'clsx';
import type { RunSummary } from '@heddle/core';
import { useCallback, useMemo, useState, type ReactElement } from 'react';
import { Notice } from '../../ui/states/Notice.js';
import { RunMark } from '../run/index.js';
import { client } from '../../data/api/client.js';
import { useSession, loadCatalog } from '../session/index.js';
import { useGet } from '../../data/queries/use-get.js';
import { useLoaded } from '../../data/queries/use-loaded.js';
import { Link } from '../../ui/navigation/Link.js';
import { comparePath, navigate, runPath } from '../../ui/navigation/route.js';
import { compareNodes, compareValues, titlesIn } from './compare-runs.js';
import { ComparedNodes } from './ComparedNodes.js';
import { ComparedValues } from './ComparedValues.js';
import { RunFigures } from './RunFigures.js';
import { useExcerpts } from './use-excerpts.js';
import { useRuns } from './use-runs.js';
import styles from './runs.module.css';

/** Compares two runs side by side: inputs, outputs and node results. Differences are marked. */
export function ComparePage({
  left,
  right,
}: {
  readonly left: string | undefined;
  readonly right: string | undefined;
}): ReactElement {
  return (
    <main className="home">
      <div className="home-body">
        <header className="home-head">
          <h1>Compare runs</h1>
          <Link href="/runs" className="button">
            All runs
          </Link>
        </header>
        <div className={styles['compare-pick']}>
          <RunChoice title="First run" value={left} onChange={(runId) => navigate(comparePath(runId, right))} />
          <RunChoice title="Second run" value={right} onChange={(runId) => navigate(comparePath(left, runId))} />
        </div>
        {left === undefined || right === undefined ? (
          <p className="quiet">Choose two runs.</p>
        ) : (
          <Compared key={`${left} ${right}`} left={left} right={right} />
        )}
      </div>
    </main>
  );
}

const everything = {};

function RunChoice({
  title,
  value,
  onChange,
}: {
  readonly title: string;
  readonly value: string | undefined;
  readonly onChange: (runId: string) => void;
}): ReactElement {
  const runs = useRuns(everything).value?.runs;
  const excerpts = useExcerpts(runs);
  const isListed = runs?.some(({ runId }) => runId === value) === true;
  return (
    <label className="field">
      <span className="field-label">{title}</span>
      <select value={value ?? ''} onChange={(event) => onChange(event.target.value)}>
        {value === undefined ? <option value="">Choose a run</option> : isListed ? null : <EarlierRun runId={value} />}
        {runs?.map((run) => (
          <option key={run.runId} value={run.runId}>
            {runText(run, excerpts.get(run.runId)?.question.text)}
          </option>
        ))}
      </select>
    </label>
  );
}

/** The title of a run that is not on the first page of the list. */
function EarlierRun({ runId }: { readonly runId: string }): ReactElement {
  const { value: run } = useGet('/api/runs/{id}', { params: { path: { id: runId } } }, ({ summary }) => summary);
  return <option value={runId}>{run === undefined ? runId : runText(run)}</option>;
}

/** The title of a run: `Greeting · How long is it? · 11/29/2026, 10:42 PM · done`. */
function runText({ workflowName, acceptedAt, status }: RunSummary, question = ''): string {
  const text = question.length > 60 ? `${question.slice(0, 60)}…` : question;
  return [workflowName, text, new Date(acceptedAt).toLocaleString(), status].filter((part) => part !== '').join(' · ');
}

function Compared({ left, right }: { readonly left: string; readonly right: string }): ReactElement {
  const { catalog } = useSession();
  const [isWhole, setWhole] = useState(false);
  const load = useCallback(
    (signal: AbortSignal) =>
      Promise.all([
        client.GET('/api/runs/{id}', { params: { path: { id: left } }, signal }),
        client.GET('/api/runs/{id}', { params: { path: { id: right } }, signal }),
        client.GET('/api/runs/{id}/document', { params: { path: { id: left } }, signal }),
        client.GET('/api/runs/{id}/document', { params: { path: { id: right } }, signal }),
        loadCatalog({ catalog }, signal),
      ]),
    [left, right, catalog],
  );
  const { value, error, again } = useLoaded(load);
  const compared = useMemo(() => {
    if (value === undefined) return undefined;
    const [a, b, acceptedA, acceptedB] = value;
    const outputsOf = (run: typeof a) =>
      Object.fromEntries(
        Object.entries(run.outputs).map(([name, output]) => [
          name,
          { value: output, label: { level: 'internal' as const, marks: [] } },
        ]),
      );
    return {
      a,
      b,
      isSameId: a.summary.workflowId === b.summary.workflowId,
      isSameWorkflow: JSON.stringify(acceptedA.document) === JSON.stringify(acceptedB.document),
      inputs: compareValues(acceptedA.inputs, acceptedB.inputs),
      outputs: compareValues(outputsOf(a), outputsOf(b)),
      nodes: compareNodes(a.nodes, b.nodes),
      titleOf: titlesIn(acceptedA.document, acceptedB.document, catalog.getState().byType),
    };
  }, [value, catalog]);
  if (compared === undefined)
    return error === undefined ? (
      <p className="quiet">Loading both runs…</p>
    ) : (
      <Notice error={error} action={{ name: 'Retry', run: again }} />
    );
  const { a, b, nodes, titleOf } = compared;
  const different = nodes.filter(({ isSame }) => !isSame);
  return (
    <div className={styles['compare']}>
      <div className={clsx(styles['compare-row'], styles['compare-top'])}>
        {[a, b].map((run, index) => (
          <section key={index} aria-label={index === 0 ? 'First run' : 'Second run'}>
            <h2>
              <Link href={runPath(run.runId)} className="table-link bare-text-button">
                {run.summary.workflowName}
              </Link>
            </h2>
            <RunMark status={run.status} />
            <RunFigures summary={run.summary} />
            {run.error === undefined ? null : <p className="field-error">{run.error.message}</p>}
          </section>
        ))}
      </div>
      {compared.isSameWorkflow ? null : (
        <p className={styles['compare-note']}>
          {compared.isSameId
            ? 'The workflow was changed between these runs.'
            : 'These are runs of different workflows.'}
        </p>
      )}
      <ComparedValues title="Inputs" values={compared.inputs} left={a.runId} right={b.runId} />
      <ComparedValues title="Outputs" values={compared.outputs} left={a.runId} right={b.runId} />
      <section className="section" aria-label="Nodes">
        <h2>
          Nodes:{' '}
          <span className="quiet">
            {different.length === 0 ? 'no difference' : `${different.length} of ${nodes.length} differ`}
          </span>
        </h2>
        <label className="aligned gap-6 small-text">
          <input type="checkbox" checked={!isWhole} onChange={(event) => setWhole(!event.target.checked)} /> Differences
          only
        </label>
        <ComparedNodes nodes={isWhole ? nodes : different} titleOf={titleOf} left={a.runId} right={b.runId} />
      </section>
    </div>
  );
}
