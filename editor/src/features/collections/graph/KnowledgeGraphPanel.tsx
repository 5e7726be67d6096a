import type { GraphState, JobReply } from '@heddle/core';
import { useEffect, useState, type ReactElement } from 'react';
import { client } from '../../../data/api/client.js';
import { useAction, type Action } from '../../../data/queries/use-action.js';
import { useGet } from '../../../data/queries/use-get.js';
import { isOpenJob } from '../../../data/queries/use-topic.js';
import { Confirm } from '../../../ui/dialogs/Confirm.js';
import { Link } from '../../../ui/navigation/Link.js';
import { entitiesPath } from '../../../ui/navigation/route.js';
import { IfMay } from '../../../ui/states/IfMay.js';
import { Notice } from '../../../ui/states/Notice.js';
import { JobProgress } from '../JobProgress.js';
import { WhenLoaded } from '../../../ui/states/WhenLoaded.js';
import { FailureList } from '../reindex/FailureList.js';
import { GraphSetup } from './GraphSetup.js';
import { readingOf, sizeText, stateText } from './graph-text.js';

interface PanelProps {
  readonly name: string;
  /** The jobs that have found or now find entities, newest first. */
  readonly jobs: readonly JobReply[];
  /** Changes when documents change. */
  readonly revision: number;
}

/**
 * The knowledge graph of a collection: how its entities are found, the progress, and a link to them. It loads when the section is opened.
 */
export function KnowledgeGraphPanel({ name, jobs, revision }: PanelProps): ReactElement {
  const [isOpen, setOpen] = useState(false);
  return (
    <details className="section" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        Knowledge graph
        {jobs.some(isOpenJob) ? <span className="quiet"> · finding entities</span> : null}
      </summary>
      {isOpen ? <LoadedGraph name={name} jobs={jobs} revision={revision} /> : null}
    </details>
  );
}

function LoadedGraph({ name, jobs, revision }: PanelProps): ReactElement {
  const loaded = useGet('/api/collections/{name}/graph', { params: { path: { name } } });
  const { again } = loaded;
  const [job] = jobs;
  const news = `${revision} ${job?.jobId ?? ''} ${job?.status ?? ''}`;
  useEffect(() => again(), [news, again]);
  return (
    <WhenLoaded loaded={loaded}>{(state) => <Graph name={name} state={state} jobs={jobs} again={again} />}</WhenLoaded>
  );
}

interface GraphProps {
  readonly name: string;
  readonly state: GraphState;
  readonly jobs: readonly JobReply[];
  readonly again: () => void;
}

function Graph({ name, state, jobs, again }: GraphProps): ReactElement {
  const action = useAction();
  const [isSetUp, setSetUp] = useState(false);
  return (
    <div className="stack gap-12">
      <p className="quiet">
        A model finds the entities of the documents: people, organisations, locations and other things with names. Their
        pages show what is said about each and in which passages, and a search can follow them to other documents.
      </p>
      {action.error === undefined ? null : <Notice error={action.error} />}
      {state.options === undefined ? (
        <IfMay
          permission="collection:write"
          otherwise={<p className="quiet">This collection has no knowledge graph.</p>}
        >
          <div>
            <button type="button" className="button" onClick={() => setSetUp(true)}>
              Set up a knowledge graph
            </button>
          </div>
        </IfMay>
      ) : (
        <SetGraph
          name={name}
          state={state}
          model={state.options.model}
          jobs={jobs}
          action={action}
          again={again}
          onChange={() => setSetUp(true)}
        />
      )}
      {isSetUp ? (
        <GraphSetup name={name} options={state.options} onBegun={again} onClose={() => setSetUp(false)} />
      ) : null}
    </div>
  );
}

function SetGraph({
  name,
  state,
  model,
  jobs,
  action,
  again,
  onChange,
}: GraphProps & {
  readonly model: string;
  readonly action: Action;
  readonly onChange: () => void;
}): ReactElement {
  const [isRemoving, setRemoving] = useState(false);
  const params = { path: { name } };
  // A second job waits if documents were imported while the first runs.
  const job = jobs.find(({ status }) => status === 'running') ?? jobs.find(isOpenJob);
  const { missing, failures } = state;
  const change = (work: () => Promise<unknown>): void => action.run(() => work().finally(again));
  return (
    <>
      <p role="status">
        {stateText(state, jobs[0], job !== undefined)} <span className="quiet">Found by {model}.</span>
      </p>
      {job === undefined ? null : <JobProgress done={readingOf(job)} label="Documents whose entities are found" />}
      <FailureList
        failures={failures}
        title={`${failures.length === 1 ? '1 document' : `${failures.length} documents`} could not be read`}
      />
      <div className="aligned-wrapped gap-8">
        <Link href={entitiesPath(name)} className="button">
          Browse the entities
        </Link>
        <IfMay permission="collection:write">
          {job === undefined ? (
            <>
              {missing === 0 ? null : (
                <button
                  type="button"
                  className="button"
                  disabled={action.isBusy}
                  onClick={() => change(() => client.POST('/api/collections/{name}/graph/fill', { params }))}
                >
                  {failures.length >= missing ? 'Try them again' : 'Continue'}
                </button>
              )}
              <button type="button" className="button" disabled={action.isBusy} onClick={onChange}>
                Change
              </button>
            </>
          ) : (
            <button
              type="button"
              className="button"
              disabled={action.isBusy}
              onClick={() =>
                change(() => client.POST('/api/jobs/{id}/cancel', { params: { path: { id: job.jobId } } }))
              }
            >
              Stop
            </button>
          )}
          <button type="button" className="button" disabled={action.isBusy} onClick={() => setRemoving(true)}>
            Remove
          </button>
        </IfMay>
      </div>
      <p className="quiet">A search uses the graph where the search settings above give it a weight.</p>
      {isRemoving ? (
        <Confirm
          title="Remove the knowledge graph?"
          verb="Remove the graph"
          onClose={() => setRemoving(false)}
          onConfirm={async () => {
            await client.DELETE('/api/collections/{name}/graph', { params });
            setRemoving(false);
            again();
          }}
        >
          <p>
            {sizeText(state)} are deleted, and searches no longer follow them. The documents stay. To have the graph
            back, a model must read all of them again.
          </p>
        </Confirm>
      ) : null}
    </>
  );
}
