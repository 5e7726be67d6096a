import { isTerminal, type RunSummary } from '@heddle/core';
import { useEffect, useState, type ReactElement } from 'react';
import { api } from '../api/api.js';
import { useSession } from '../session.js';
import { RunList } from './home/RunList.js';
import { Section } from './home/Section.js';
import { useLiveRuns } from './home/use-live-runs.js';
import { useLoaded } from './home/use-loaded.js';

const filters = [
  { id: 'all', title: 'All', takes: () => true },
  { id: 'working', title: 'Working', takes: (run: RunSummary) => !isTerminal(run.status) },
  { id: 'failed', title: 'Failed', takes: (run: RunSummary) => run.status === 'failed' },
] as const;

/** Every run, whoever started it: live, by state, and by words of its workflow or error. */
export function RunsPage(): ReactElement {
  const { runs } = useSession();
  useEffect(() => runs.leave(), [runs]);
  const first = useLoaded(api.runs);
  const live = useLiveRuns();
  const [filter, setFilter] = useState<(typeof filters)[number]>(filters[0]);
  const [query, setQuery] = useState('');
  const all = live ?? first.value;
  const shown = all?.filter((run) => filter.takes(run) && `${run.workflowName} ${run.runId} ${run.trigger} ${run.error?.message ?? ''}`.toLowerCase().includes(query.toLowerCase()));
  return (
    <main className="home">
      <div className="home-body">
        <header className="home-head">
          <h1>Runs</h1>
          <div className="filters">
            <div className="panel-switch" role="group" aria-label="State">
              {filters.map((candidate) => (
                <button key={candidate.id} type="button" aria-pressed={candidate === filter} onClick={() => setFilter(candidate)}>
                  {candidate.title}
                </button>
              ))}
            </div>
            <label className="field">
              <span className="visually-hidden">Search runs</span>
              <input type="search" placeholder="Search" value={query} onChange={(event) => setQuery(event.target.value)} />
            </label>
          </div>
        </header>
        <Section title={all === undefined || all.length < 50 ? 'Newest first' : 'The newest 50'} loaded={{ ...first, value: shown }} empty={all === undefined || all.length === 0 ? 'Every run is kept here, whoever started it. Open a workflow and run it.' : 'No run fits. Change the state or the search.'}>
          {(list) => <RunList runs={list} />}
        </Section>
      </div>
    </main>
  );
}
