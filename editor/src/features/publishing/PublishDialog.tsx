import clsx from 'clsx';
import { diffDocuments, type PublishCheck, type TestReport, type WorkflowVersion } from '@heddle/core';
import { useCallback, useMemo, useState, type ReactElement } from 'react';
import { client } from '../../data/api/client.js';
import { Notice } from '../../ui/states/Notice.js';
import { useLoaded, type Loaded } from '../../data/queries/use-loaded.js';
import { useAction } from '../../data/queries/use-action.js';
import { Dialog } from '../../ui/dialogs/Dialog.js';
import { useDocument, useSession } from '../session/index.js';
import { GateCheck } from './gate/GateCheck.js';
import { useGate } from './gate/use-gate.js';
import { failedTests, firstChoice, firstSlug, obstacleOf, publishRequest } from './publish-plan.js';
import { Published } from './Published.js';
import { PublishChecks } from './PublishChecks.js';
import { PublishChoices } from './PublishChoices.js';
import { SlugField } from './SlugField.js';
import { changeSlug } from './change-slug.js';
import { readVersions, useVersions } from './versions-store.js';
import styles from './publishing.module.css';

const titles = { resource_unavailable: 'Something that the workflow needs is not set up' };

/** Shows the checks and changes of the next version, and publishes it. */
export function PublishDialog({ onClose }: { readonly onClose: () => void }): ReactElement {
  const { documents } = useSession();
  const id = useDocument((state) => state.id) ?? '';
  const slug = useDocument((state) => state.slug) ?? id;
  const draft = useDocument((state) => state.document);
  const { live, reply } = useVersions(id);
  const { value: check, error, again } = useCheck(id);
  const [choice, setChoice] = useState(firstChoice);
  const [report, setReport] = useState<TestReport>();
  const [published, setPublished] = useState<WorkflowVersion>();
  const testing = useAction();
  const action = useAction();
  const diff = useMemo(
    () => (live === undefined || draft === undefined ? undefined : diffDocuments(live.bundle.document, draft)),
    [live, draft],
  );
  // The slug can be chosen only for the first version: after that, callers rely on it.
  const isFirst = reply?.versions.length === 0;
  const wanted = choice.slug ?? (isFirst ? firstSlug(slug, draft?.name ?? '') : slug);
  const gate = useGate(id, check?.gate);
  const checked = check === undefined ? undefined : { ...check, gate: gate.report };
  const obstacle = checked === undefined ? undefined : obstacleOf(checked, report, choice);
  const runTests = (): void =>
    testing.run(async () =>
      setReport(await client.POST('/api/workflows/{id}/tests/run', { params: { path: { id } }, body: {} })),
    );
  const publish = (): void =>
    action.run(async () => {
      if (checked === undefined) return;
      const version = await client
        .POST('/api/workflows/{id}/publish', {
          params: { path: { id } },
          body: publishRequest(checked, choice, isFirst ? wanted : undefined),
        })
        .catch((thrown: unknown) => {
          setReport((before) => failedTests(thrown) ?? before);
          gate.again();
          throw thrown;
        });
      await readVersions(id);
      if (wanted !== slug) changeSlug(documents, wanted);
      setPublished(version);
    });
  const number = check?.nextVersion;
  if (published !== undefined) return <Published version={published} slug={slug} choice={choice} onClose={onClose} />;
  return (
    <Dialog title={number === undefined ? 'Publish' : `Publish version ${number}`} onClose={onClose}>
      <form
        className={clsx(styles['publish'], 'stack')}
        onSubmit={(event) => {
          event.preventDefault();
          if (check !== undefined && obstacle === undefined && !action.isBusy) publish();
        }}
      >
        {error === undefined ? null : <Notice error={error} titles={titles} action={{ name: 'Retry', run: again }} />}
        {check === undefined ? (
          error === undefined ? (
            <p className="quiet" role="status">
              Checking draft…
            </p>
          ) : null
        ) : (
          <>
            <PublishChecks
              check={check}
              diff={diff}
              slug={slug}
              live={reply?.live?.version}
              choice={choice}
              tests={{ report, error: testing.error, isBusy: testing.isBusy, run: runTests }}
              gate={<GateCheck gate={gate} choice={choice} onChange={setChoice} />}
              onChange={setChoice}
            />
            {isFirst ? <SlugField slug={wanted} onChange={(next) => setChoice({ ...choice, slug: next })} /> : null}
            <PublishChoices choice={choice} live={reply?.live} onChange={setChoice} />
          </>
        )}
        <div className={clsx('dialog-actions', styles['publish-actions'])}>
          {action.error === undefined ? null : <Notice error={action.error} titles={titles} />}
          {obstacle === undefined ? null : (
            <span className="quiet" id="publish-obstacle">
              {obstacle}
            </span>
          )}
          <button type="button" className="button" onClick={onClose}>
            Cancel
          </button>
          <button
            type="submit"
            className="button button-primary"
            disabled={check === undefined || obstacle !== undefined || action.isBusy}
            aria-describedby={obstacle === undefined ? undefined : 'publish-obstacle'}
          >
            {action.isBusy
              ? (check?.testCount ?? 0) > 0
                ? 'Running tests, then publishing'
                : 'Publishing'
              : number === undefined
                ? 'Publish'
                : `Publish version ${number}`}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

function useCheck(id: string): Loaded<PublishCheck> {
  const { autosave, documents } = useSession();
  const load = useCallback(
    async (signal: AbortSignal): Promise<PublishCheck> => {
      // Saves first, so that the draft on the screen is checked and published.
      await autosave.flush();
      const { saveState, saveError } = documents.getState();
      if (saveState === 'conflict' || saveState === 'failed')
        throw saveError ?? new Error('The draft has unsaved changes. Save it first.');
      return client.POST('/api/workflows/{id}/publish/check', {
        params: { path: { id } },
        body: { tests: false },
        signal,
      });
    },
    [autosave, documents, id],
  );
  return useLoaded(load);
}
