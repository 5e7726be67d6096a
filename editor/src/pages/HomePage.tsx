import { useEffect, type ReactElement } from 'react';
import { api } from '../api/api.js';
import { useSession } from '../session.js';
import { CollectionList } from './home/CollectionList.js';
import { ModelList } from './home/ModelList.js';
import { NewWorkflow } from './home/NewWorkflow.js';
import { RunList } from './home/RunList.js';
import { Section } from './home/Section.js';
import { useLiveRuns } from './home/use-live-runs.js';
import { useLoaded } from './home/use-loaded.js';
import { WorkflowList } from './home/WorkflowList.js';

const mostRuns = 8;

/** Where one begins: workflows, what runs now and ran before, and what they work with. */
export function HomePage(): ReactElement {
  const { runs } = useSession();
  useEffect(() => runs.leave(), [runs]);
  const workflows = useLoaded(api.workflows);
  const models = useLoaded(api.models);
  const collections = useLoaded(api.collections);
  const first = useLoaded(api.runs);
  const live = useLiveRuns();
  return (
    <main className="home">
      <div className="home-body">
        <header className="home-head">
          <h1>Heddle</h1>
          <NewWorkflow />
        </header>
        <Section title="Workflows" loaded={workflows} empty="A workflow is a graph of nodes that reads, searches and writes. Begin a new one, or import a file.">
          {(list) => <WorkflowList workflows={list} />}
        </Section>
        <div className="home-columns">
          <Section title="Recent runs" loaded={{ ...first, value: live ?? first.value }} empty="Every run is kept here, whoever started it. Open a workflow and run it.">
            {(list) => <RunList runs={list.slice(0, mostRuns)} />}
          </Section>
          <div>
            <Section title="Collections" loaded={collections} empty={<>Documents that workflows search. Fill one: <code className="mono">npx --no-install heddle ingest NAME FOLDER</code></>}>
              {(list) => <CollectionList collections={list} />}
            </Section>
            <Section title="Models" loaded={models} empty="No models are known.">
              {(list) => <ModelList models={list} />}
            </Section>
          </div>
        </div>
      </div>
    </main>
  );
}
