import clsx from 'clsx';
import { useEffect, useMemo, useState, type ReactElement } from 'react';
import { useKnownMay } from '../../data/access/me-store.js';
import { useNamedProject, useProject } from '../../data/access/project-store.js';
import { toApiError, type ApiError } from '../../data/http/http.js';
import { useGet } from '../../data/queries/use-get.js';
import { useModelsNow } from '../../data/queries/use-topic.js';
import type { NamedFile } from '../../ui/fields/read-dropped.js';
import { useFileDrop, type FileDrop } from '../../ui/fields/use-file-drop.js';
import { navigate, workflowPath } from '../../ui/navigation/route.js';
import { usePrefetch } from '../../ui/navigation/use-prefetch.js';
import { Notice } from '../../ui/states/Notice.js';
import { Section } from '../../ui/states/Section.js';
import { CollectionList } from '../collections/index.js';
import { ArchivedNote } from './ArchivedNote.js';
import { workflowMenu } from './LazyWorkflowMenu.js';
import { ModelList } from './ModelList.js';
import { importFile } from './new-workflow.js';
import { RunList } from './RunList.js';
import { LazyChatStart, StartCards } from './start/StartCards.js';
import { EmptyModels, useEmptyStates } from './use-empty-states.js';
import { useLiveRuns } from './use-live-runs.js';
import { WorkflowList } from './WorkflowList.js';
import styles from './home.module.css';

const mostRuns = 8;
/** Parts that load after the page, because they are not visible at first. */
const lateParts = [workflowMenu.load, LazyChatStart.load];

/** The start page: what Heddle is, three ways to begin, recent work, and the collections and models that it uses. */
export function HomePage(): ReactElement {
  const named = useNamedProject();
  const project = useProject();
  const isArchived = project?.archivedAt !== undefined;
  const workflows = useGet('/api/workflows', {}, ({ workflows }) => workflows);
  const models = useGet('/api/models', {}, ({ models }) => models);
  const collections = useGet('/api/collections', {}, ({ collections }) => collections);
  const first = useGet('/api/runs', { params: { query: { limit: 50 } } }, ({ runs }) => runs);
  const live = useLiveRuns();
  const now = useModelsNow();
  usePrefetch(lateParts);
  useRefreshedByRuns(workflows.again, live);
  const [error, setError] = useState<ApiError>();
  const [files, setFiles] = useState<readonly NamedFile[]>();
  const empty = useEmptyStates();
  const { mayMake, drop } = useHomeDrop(setFiles, setError, workflows.again);
  return (
    <main className="home" data-drop={drop.isOver || undefined} {...(mayMake ? drop.handlers : {})}>
      {drop.isOver ? (
        <p className="drop-hint">Drop documents to chat with them, or workflow files to import them</p>
      ) : null}
      <div className="home-body">
        <header className="home-head">
          <div className="stack gap-4">
            <h1>{named?.name ?? 'Heddle'}</h1>
            <p className={clsx(styles['home-about'], 'quiet')}>
              Heddle runs AI workflows on your own machine: connect models, documents and tools, watch every step, and
              see where each answer comes from.
            </p>
          </div>
        </header>
        {project !== undefined && isArchived ? <ArchivedNote project={project} /> : null}
        {error === undefined ? null : <Notice error={error} />}
        {mayMake ? <StartCards files={files} onFiles={setFiles} /> : null}
        <Section title="Workflows" loaded={workflows} empty={empty.workflows}>
          {(list) => (
            <WorkflowList
              workflows={list}
              onChanged={workflows.again}
              onError={(reason) => setError(toApiError(reason))}
            />
          )}
        </Section>
        <div className={styles['home-columns']}>
          <Section title="Recent runs" loaded={{ ...first, value: live ?? first.value }} empty={empty.runs}>
            {(list) => <RunList runs={list.slice(0, mostRuns)} />}
          </Section>
          <div>
            <Section title="Collections" loaded={collections} empty={empty.collections}>
              {(list) => <CollectionList collections={list} />}
            </Section>
            <Section title="Models" loaded={{ ...models, value: now?.models ?? models.value }} empty={<EmptyModels />}>
              {(list) => <ModelList models={list} />}
            </Section>
          </div>
        </div>
      </div>
    </main>
  );
}

/** Handles files that are dropped on the page: workflow files are imported, documents start a chat. */
function useHomeDrop(
  onDocuments: (files: readonly NamedFile[]) => void,
  onError: (error: ApiError | undefined) => void,
  onImported: () => void,
): { readonly mayMake: boolean; readonly drop: FileDrop } {
  const mayMake = useKnownMay('workflow:write') === true;
  const mayCollect = useKnownMay('collection:write') === true;
  const drop = useFileDrop((files) => {
    onError(undefined);
    if (mayCollect && files.some(({ file }) => !isWorkflowFile(file.name))) {
      onDocuments(files);
      return;
    }
    Promise.all(files.map(({ file }) => importFile(file))).then(
      ([only, ...others]) => {
        if (only !== undefined && others.length === 0) navigate(workflowPath(only.slug));
        else onImported();
      },
      (reason: unknown) => {
        onError(toApiError(reason));
        onImported();
      },
    );
  });
  return { mayMake, drop };
}

const isWorkflowFile = (name: string): boolean => /\.json$/i.test(name);

/** Loads the workflow cards again when a run starts or ends. */
function useRefreshedByRuns(again: () => void, runs: ReturnType<typeof useLiveRuns>): void {
  const mark = useMemo(() => runs?.map(({ runId, status }) => `${runId} ${status}`).join(), [runs]);
  useEffect(() => {
    if (mark !== undefined) again();
  }, [mark, again]);
}
