import clsx from 'clsx';
import { snippetsOf, type VersionReply, type WorkflowReply, type WorkflowVersion } from '@heddle/core';
import { useCallback, type ReactElement } from 'react';
import { useMay } from '../../data/access/me-store.js';
import { client } from '../../data/api/client.js';
import { CopyText } from '../../ui/buttons/CopyText.js';
import { Notice } from '../../ui/states/Notice.js';
import { CanaryText, useWorkflow, useVersions, useVersionsRead, WorkflowHeader } from '../publishing/index.js';
import { useLoaded } from '../../data/queries/use-loaded.js';
import { Link } from '../../ui/navigation/Link.js';
import { versionsPath, workflowPath } from '../../ui/navigation/route.js';
import { Contract } from './Contract.js';
import { useLastInput } from './last-input.js';
import { NewKey } from './NewKey.js';
import { Snippets } from './Snippets.js';
import { ShareSection } from './ShareSection.js';
import { TryIt } from './TryIt.js';
import { NotThere } from '../../ui/states/NotThere.js';
import styles from './workflow-api.module.css';

/** A workflow as an API: its contract, a form that tries it, and code samples. */
export function ApiPage({ workflow }: { readonly workflow: string }): ReactElement {
  const { value, error, again } = useWorkflow(workflow);
  const id = value?.id;
  useVersionsRead(id);
  const versions = useVersions(id);
  if (value === undefined) return <NotThere error={error} again={again} what="Loading the contract…" />;
  const { slug, document } = value;
  return (
    <main className="workflow-page">
      <WorkflowHeader name={document.name} id={id} slug={slug} part="api">
        {versions.live === undefined ? null : (
          <Link href={versionsPath(slug, { to: versions.live.version })} className="badge badge-live" data-live>
            <span className="live-dot" aria-hidden />
            Live: version {versions.live.version}
            <CanaryText live={versions.reply?.live} />
          </Link>
        )}
      </WorkflowHeader>
      <div className={styles['api-scroll']}>
        {versions.live !== undefined ? (
          <Live workflow={value} live={versions.live} versions={versions.reply?.versions ?? []} />
        ) : versions.error !== undefined ? (
          <Notice error={versions.error} action={{ name: 'Retry', run: again }} />
        ) : versions.reply === undefined || versions.reply.live !== undefined ? (
          <p className="quiet">Loading the contract…</p>
        ) : (
          <NothingLive slug={slug} hasVersions={versions.reply.versions.length > 0} />
        )}
      </div>
    </main>
  );
}

/** Shown while no version is live: how to publish one, and the existing share links. */
function NothingLive({ slug, hasVersions }: { readonly slug: string; readonly hasVersions: boolean }): ReactElement {
  return (
    <div className={clsx(styles['api-contract'], 'stack')}>
      <div className="empty">
        <h2>{hasVersions ? 'Not published' : 'Not published yet'}</h2>
        <p className="quiet">
          {hasVersions ? 'No version is live. Make one live' : 'Publish the workflow'} to call it over HTTP with an API
          key. Callers get the live version, typed by its inputs and outputs.
        </p>
        {hasVersions ? (
          <Link href={versionsPath(slug)} className="button button-primary">
            Open versions
          </Link>
        ) : (
          <Link href={workflowPath(slug)} className="button button-primary">
            Open the canvas to publish it
          </Link>
        )}
      </div>
      <ShareSection workflow={slug} versions={[]} isLive={false} />
    </div>
  );
}

function Live({
  workflow: { id, slug },
  live,
  versions,
}: {
  readonly workflow: WorkflowReply;
  readonly live: VersionReply;
  readonly versions: readonly WorkflowVersion[];
}): ReactElement {
  const { document } = live.bundle;
  const compiled = useLoaded(
    useCallback((signal: AbortSignal) => client.POST('/api/compile', { body: { document }, signal }), [document]),
  );
  const planInterface = compiled.value?.interface;
  const mayCall = useMay('run:published');
  const { origin } = window.location;
  const example = useLastInput(id, planInterface?.inputs);
  const snippets =
    planInterface === undefined
      ? []
      : snippetsOf({ origin, slug, inputs: planInterface.inputs, outputs: planInterface.outputs, example });
  if (planInterface === undefined)
    return compiled.error === undefined ? (
      <p className="quiet">Loading the contract…</p>
    ) : (
      <Notice error={compiled.error} action={{ name: 'Retry', run: compiled.again }} />
    );
  const address = `${origin}/v1/workflows/${slug}`;
  return (
    <div className={styles['api']}>
      <div className={clsx(styles['api-contract'], 'stack')}>
        <Snippets snippets={snippets} isReal={example !== undefined} />
        <section className="section" aria-label="Address">
          <h2>Address and key</h2>
          <CopyText text={`POST ${address}`} what="the address" />
          <div>
            <NewKey id={id} slug={slug} />
          </div>
          <p className={clsx(styles['api-links'], 'wrapped')}>
            {mayCall ? (
              <>
                <a
                  className="text-link"
                  href={`/v1/workflows/${encodeURIComponent(slug)}/docs`}
                  target="_blank"
                  rel="noreferrer"
                >
                  Documentation for callers
                </a>
                <a
                  className="text-link"
                  href={`/v1/workflows/${encodeURIComponent(slug)}/openapi.json`}
                  target="_blank"
                  rel="noreferrer"
                >
                  openapi.json
                </a>
              </>
            ) : null}
            <a className="text-link" href="/v1/workflows/openapi.json" target="_blank" rel="noreferrer">
              openapi.json of all live workflows
            </a>
          </p>
        </section>
        <ShareSection workflow={slug} versions={versions} />
        {document.description === undefined ? null : <p>{document.description}</p>}
        <Contract inputs={planInterface.inputs} outputs={planInterface.outputs} />
      </div>
      <TryIt key={live.version} slug={slug} inputs={planInterface.inputs} example={example} versions={versions} />
    </div>
  );
}
