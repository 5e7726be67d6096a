import { isTerminal, RunTrigger, type RunSummary } from '@heddle/core';
import { History, Table2 } from 'lucide-react';
import { Suspense, useCallback, useDeferredValue, useMemo, useState, type ReactElement } from 'react';
import { useKnownMay } from '../../data/access/me-store.js';
import { FilterSelect } from '../../ui/fields/FilterSelect.js';
import { SearchField } from '../../ui/fields/SearchField.js';
import { SegmentedControl } from '../../ui/buttons/SegmentedControl.js';
import { AddToDataset, type RunsToAdd } from '../datasets/index.js';
import { triggerText } from '../run/index.js';
import { useNow } from '../../ui/format/use-now.js';
import { Link } from '../../ui/navigation/Link.js';
import { navigate, templatesPath, useAddress } from '../../ui/navigation/route.js';
import { EmptyState } from '../../ui/states/EmptyState.js';
import { ChosenRuns } from './ChosenRuns.js';
import { DeleteRuns } from './DeleteRuns.js';
import { feedbackChoices, filterOf, readShown, runsPath, stateFilters, type ShownRuns } from './run-filter.js';
import { roundToHalfMinute, RunRow } from './RunRow.js';
import { useExcerpts } from './use-excerpts.js';
import { useRuns } from './use-runs.js';
import { useStandstills } from './use-standstills.js';
import { ShowMore } from '../../ui/buttons/ShowMore.js';
import { useWorkflows } from '../../data/queries/use-workflows.js';
import { WhenLoaded } from '../../ui/states/WhenLoaded.js';
import styles from './runs.module.css';

const runsOf = ({ workflow, trigger, search, feedback }: ShownRuns): RunsToAdd => ({
  workflow: workflow || undefined,
  trigger: trigger || undefined,
  search: search.trim() || undefined,
  feedback: feedback || undefined,
});

const idsOfDone = (runs: readonly RunSummary[]): readonly string[] =>
  runs.filter(({ status }) => status === 'done').map(({ runId }) => runId);

/** All runs, live, with filters by status, trigger, workflow, feedback and text. Two runs can be compared, and ended runs deleted. */
export function RunsPage(): ReactElement {
  const workflows = useWorkflows();
  const query = useAddress().split('?')[1] ?? '';
  const shown = useMemo(() => readShown(query), [query]);
  const { state, trigger, workflow, search, feedback } = shown;
  const show = (change: Partial<ShownRuns>): void => navigate(runsPath({ ...shown, ...change }));
  const asked = useDeferredValue(query);
  const filter = useMemo(() => filterOf(readShown(asked)), [asked]);
  const pages = useRuns(filter);
  const runs = pages.value?.runs;
  const excerpts = useExcerpts(runs);
  const standstills = useStandstills(runs, pages.value?.waiting);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [deleting, setDeleting] = useState<readonly RunSummary[]>();
  const [adding, setAdding] = useState<RunsToAdd>();
  const mayDelete = useKnownMay('workflow:write') === true;
  const choose = useCallback(
    (runId: string, isChosen: boolean) =>
      setChosen((before) => new Set(isChosen ? [...before, runId] : [...before].filter((id) => id !== runId))),
    [],
  );
  const deleteOne = useCallback((run: RunSummary) => setDeleting([run]), []);
  const chosenRuns = (runs ?? []).filter(({ runId }) => chosen.has(runId));
  const areAllChosen = runs !== undefined && runs.length > 0 && chosenRuns.length === runs.length;
  const now = useNow(runs?.some((run) => !isTerminal(run.status)) === true);
  const isFiltered = state !== 'all' || trigger !== '' || workflow !== '' || search !== '' || feedback !== '';
  return (
    <main className="home">
      <div className="home-body">
        <header className="home-head">
          <h1>Runs</h1>
          {chosenRuns.length > 0 ? (
            <ChosenRuns
              chosen={chosenRuns}
              mayDelete={mayDelete}
              onAdd={mayDelete ? () => setAdding({ runs: idsOfDone(chosenRuns) }) : undefined}
              onDelete={() => setDeleting(chosenRuns)}
              onClear={() => setChosen(new Set())}
            />
          ) : (runs?.length ?? 0) === 0 ? null : (
            <div className="head-actions">
              <span className="quiet">Select two to compare them{mayDelete ? ', or any to delete them' : ''}.</span>
              {mayDelete && (state === 'all' || state === 'done') ? (
                <button type="button" className="button" onClick={() => setAdding(runsOf(shown))}>
                  <Table2 size={14} aria-hidden /> Add to dataset
                </button>
              ) : null}
            </div>
          )}
        </header>
        <div className="filters">
          <SegmentedControl
            label="Status"
            choices={stateFilters.map(({ id, title }) => [id, title] as const)}
            value={state}
            onChange={(next) => show({ state: next })}
          />
          <FilterSelect
            label="Trigger"
            everything="Any trigger"
            choices={RunTrigger.options.map((option) => [option, triggerText[option]] as const)}
            value={trigger}
            onChange={(next) => show({ trigger: next })}
          />
          <FilterSelect
            label="Workflow"
            everything="Any workflow"
            choices={workflows.choices}
            value={workflow}
            onChange={(next) => show({ workflow: next })}
          />
          <FilterSelect
            label="Feedback"
            everything="Any feedback"
            choices={feedbackChoices}
            value={feedback}
            onChange={(next) => show({ feedback: next })}
          />
          <SearchField
            label="Search runs"
            placeholder="Workflow, id or error"
            className="filters-search"
            value={search}
            onChange={(next) => show({ search: next })}
          />
        </div>
        <WhenLoaded
          loaded={{ ...pages, value: runs }}
          text="Loading runs…"
          empty={
            isFiltered ? (
              'No run matches. Change the filters or the search.'
            ) : (
              <EmptyState
                Icon={History}
                action={
                  <Link href="/" className="button">
                    Open a workflow
                  </Link>
                }
                example={
                  <Link href={templatesPath()} className="text-link">
                    Try a template
                  </Link>
                }
              >
                No runs yet. Runs from the editor, the API and the command line appear here.
              </EmptyState>
            )
          }
        >
          {(list) => (
            <div className={styles['runs-scroll']} tabIndex={0} role="region" aria-label="Runs">
              <table className={styles['runs-table']}>
                <thead>
                  <tr>
                    <th scope="col" className={styles['runs-choose']}>
                      <input
                        type="checkbox"
                        aria-label="Select all shown"
                        checked={areAllChosen}
                        ref={(box) => {
                          if (box !== null) box.indeterminate = !areAllChosen && chosenRuns.length > 0;
                        }}
                        onChange={() => setChosen(new Set(areAllChosen ? [] : list.map(({ runId }) => runId)))}
                      />
                    </th>
                    <th scope="col">Status</th>
                    <th scope="col">Workflow</th>
                    <th scope="col" className={styles['runs-wide']}>
                      Trigger
                    </th>
                    <th scope="col">Started</th>
                    <th scope="col" className={styles['runs-wide']}>
                      Duration
                    </th>
                    <th scope="col" className={styles['runs-wide']}>
                      Tokens
                    </th>
                    <th scope="col" className={styles['runs-wide']}>
                      Cost
                    </th>
                    <th scope="col" className={styles['runs-wide']}>
                      Feedback
                    </th>
                    {mayDelete ? (
                      <th scope="col">
                        <span className="visually-hidden">Delete</span>
                      </th>
                    ) : null}
                  </tr>
                </thead>
                <tbody>
                  {list.map((run) => (
                    <RunRow
                      key={run.runId}
                      run={run}
                      excerpt={excerpts.get(run.runId)}
                      feedback={pages.value?.feedback?.[run.runId]}
                      standstill={standstills[run.runId]}
                      now={isTerminal(run.status) ? roundToHalfMinute(now) : now}
                      isChosen={chosen.has(run.runId)}
                      onChoose={choose}
                      onDelete={mayDelete ? deleteOne : undefined}
                    />
                  ))}
                </tbody>
              </table>
            </div>
          )}
        </WhenLoaded>
        <ShowMore pages={pages} what="runs" />
      </div>
      {adding === undefined ? null : (
        <Suspense fallback={null}>
          <AddToDataset from={adding} onClose={() => setAdding(undefined)} />
        </Suspense>
      )}
      {deleting === undefined ? null : (
        <DeleteRuns
          runs={deleting}
          onDeleted={(gone) => {
            pages.drop(gone);
            setChosen((before) => new Set([...before].filter((id) => !gone.includes(id))));
          }}
          onRestored={pages.again}
          onClose={() => setDeleting(undefined)}
        />
      )}
    </main>
  );
}
