import { useEffect, useMemo, useState, type ReactElement } from 'react';
import { useKnownMay } from '../../data/access/me-store.js';
import { useNamedProject, useProject } from '../../data/access/project-store.js';
import { useGet } from '../../data/queries/use-get.js';
import { toApiError, type ApiError } from '../../data/http/http.js';
import { Notice } from '../../ui/states/Notice.js';
import { usePrefetch } from '../../ui/navigation/use-prefetch.js';
import { ArchivedNote } from './ArchivedNote.js';
import { CollectionList } from '../collections/index.js';
import { workflowMenu } from './LateWorkflowMenu.js';
import { ModelList } from './ModelList.js';
import { importFile } from './new-workflow.js';
import { NewWorkflow } from './NewWorkflow.js';
import { RunList } from './RunList.js';
import { Section } from '../../ui/states/Section.js';
import { loadDialogs, TemplateList } from './templates/TemplateList.js';
import { useEmptyText } from './use-empty-text.js';
import { useLiveRuns } from './use-live-runs.js';
import { WorkflowList } from './WorkflowList.js';
import { navigate, workflowPath } from '../../ui/navigation/route.js';
import { useFileDrop } from '../../ui/fields/use-file-drop.js';
import { useModelsNow } from '../../data/queries/use-topic.js';

const mostRuns = 8;
/** Shown below the lists. */
const lateParts = [workflowMenu.load, loadDialogs];

/** The start page: workflows, running and recent runs, and the collections, models and connections they use. */
export function HomePage(): ReactElement {
  const named = useNamedProject();
  const project = useProject();
  const isArchived = project?.archivedAt !== undefined;
  const empty = useEmptyText();
  const workflows = useGet('/api/workflows', {}, ({ workflows }) => workflows);
  const templates = useGet('/api/templates', {}, ({ templates }) => templates);
  const models = useGet('/api/models', {}, ({ models }) => models);
  const collections = useGet('/api/collections', {}, ({ collections }) => collections);
  const first = useGet('/api/runs', { params: { query: { limit: 50 } } }, ({ runs }) => runs);
  const live = useLiveRuns();
  const now = useModelsNow();
  usePrefetch(lateParts);
  const [error, setError] = useState<ApiError>();
  useRefreshedByRuns(workflows.again, live);
  const mayMake = useKnownMay('workflow:write') === true;
  const drop = useFileDrop((files) => {
    setError(undefined);
    Promise.all(files.map(({ file }) => importFile(file))).then(
      ([only, ...others]) => {
        if (only !== undefined && others.length === 0) navigate(workflowPath(only.slug));
        else workflows.again();
      },
      (reason: unknown) => {
        setError(toApiError(reason));
        workflows.again();
      },
    );
  });
  return (
    <main className="home" data-drop={drop.isOver || undefined} {...(mayMake ? drop.handlers : {})}>
      {drop.isOver ? <p className="drop-hint">Drop workflow files to import them</p> : null}
      <div className="home-body">
        <header className="home-head">
          <h1>{named?.name ?? 'Heddle'}</h1>
          {mayMake ? <NewWorkflow /> : null}
        </header>
        {project !== undefined && isArchived ? <ArchivedNote project={project} /> : null}
        {error === undefined ? null : <Notice error={error} />}
        <Section title="Workflows" loaded={workflows} empty={empty.workflows}>
          {(list) => (
            <WorkflowList
              workflows={list}
              onChanged={workflows.again}
              onError={(reason) => setError(toApiError(reason))}
            />
          )}
        </Section>
        {isArchived ? null : (
          <Section title="Templates" loaded={templates} empty="This Heddle has no templates.">
            {(list) => <TemplateList templates={list} />}
          </Section>
        )}
        <div className="home-columns">
          <Section title="Recent runs" loaded={{ ...first, value: live ?? first.value }} empty={empty.runs}>
            {(list) => <RunList runs={list.slice(0, mostRuns)} />}
          </Section>
          <div>
            <Section title="Collections" loaded={collections} empty={empty.collections}>
              {(list) => <CollectionList collections={list} />}
            </Section>
            <Section
              title="Models"
              loaded={{ ...models, value: now?.models ?? models.value }}
              empty="No models are known."
            >
              {(list) => <ModelList models={list} />}
            </Section>
          </div>
        </div>
      </div>
    </main>
  );
}

/** The start or end of a run changes the workflow cards. */
function useRefreshedByRuns(again: () => void, runs: ReturnType<typeof useLiveRuns>): void {
  const mark = useMemo(() => runs?.map(({ runId, status }) => `${runId} ${status}`).join(), [runs]);
  useEffect(() => {
    if (mark !== undefined) again();
  }, [mark, again]);
}
