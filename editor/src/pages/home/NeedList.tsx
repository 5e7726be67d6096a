import type { JobReply } from '@heddle/core';
import type { ReactElement } from 'react';
import { useMay } from '../../access/me-store.js';
import { library } from '../../api/library.js';
import { formatBytes } from '../../format/format-bytes.js';
import { Notice } from '../../frame/Notice.js';
import { Link } from '../Link.js';
import { sizeOf } from '../models/model-words.js';
import { Pulling } from '../models/Pulling.js';
import { collectionPath, connectionPath, newConnectionPath } from '../route.js';
import { useAction } from '../use-action.js';
import { isOpenJob } from '../use-topic.js';
import type { TemplateNeed } from './template-needs.js';

/** What a template needs and is not here: each with the way to get it. */
export function NeedList({
  needs,
  jobs,
}: {
  readonly needs: readonly TemplateNeed[];
  readonly jobs: readonly JobReply[];
}): ReactElement {
  return (
    <ul className="needs">
      {needs.map((need, index) => (
        <li key={index}>
          <Need need={need} jobs={jobs} />
        </li>
      ))}
    </ul>
  );
}

function Need({ need, jobs }: { readonly need: TemplateNeed; readonly jobs: readonly JobReply[] }): ReactElement {
  switch (need.kind) {
    case 'model':
      return <ModelNeed model={need.model} job={jobs.find(({ subject }) => subject === need.model.card.id)} />;
    case 'unknown-model':
      return (
        <>
          <p>The model {need.id} is not in the catalogue. Add it, or choose another in the workflow.</p>
          <Link href="/models" className="button button-small">
            Open models
          </Link>
        </>
      );
    case 'connection':
      return (
        <>
          <p>
            {need.model} is a model of the connection “{need.connection}”, which is not set up. Choose another model in
            the workflow, or set it up under that name.
          </p>
          <Link href={newConnectionPath(need.connection)} className="button button-small">
            Set it up
          </Link>
        </>
      );
    case 'key':
    case 'switched-off':
      return (
        <>
          <p>
            The connection “{need.connection.id}”, whose model {need.model} it asks,{' '}
            {need.kind === 'key' ? 'has no key yet.' : 'is switched off.'}
          </p>
          <Link href={connectionPath(need.connection.id)} className="button button-small">
            {need.kind === 'key' ? 'Give its key' : 'Open it'}
          </Link>
        </>
      );
    case 'documents':
      return (
        <>
          <p>The collection “{need.collection}” has no documents yet.</p>
          <Link href={collectionPath(need.collection)} className="button button-small">
            Add documents
          </Link>
        </>
      );
    case 'nodes':
      return (
        <p>
          {need.types.length === 1 ? 'A node' : 'Nodes'} that this Heddle does not have:{' '}
          <span className="mono">{need.types.join(', ')}</span>. What it is about says where{' '}
          {need.types.length === 1 ? 'it comes' : 'they come'} from; Heddle is started with it (
          <span className="mono">HEDDLE_NODES</span>).
        </p>
      );
  }
}

function ModelNeed({
  model,
  job,
}: {
  readonly model: Extract<TemplateNeed, { kind: 'model' }>['model'];
  readonly job: JobReply | undefined;
}): ReactElement {
  const pull = useAction();
  const mayPull = useMay('model:write');
  const size = sizeOf(model);
  const { card } = model;
  return (
    <>
      <p>
        The model {card.title} is not on this machine
        {size === undefined ? '' : ` (${formatBytes(size)})`}.
        {job?.status === 'failed' ? ` The download failed: ${job.error?.message ?? 'nobody said why.'}` : ''}
      </p>
      {job !== undefined && isOpenJob(job) ? (
        <Pulling job={job} />
      ) : mayPull ? (
        <button
          type="button"
          className="button button-small"
          disabled={pull.isBusy}
          aria-label={`Download ${card.title}`}
          onClick={() =>
            pull.run(async () => {
              await library.pullModel(card.id);
            })
          }
        >
          Download
        </button>
      ) : (
        <p className="quiet">Whoever may change models downloads it.</p>
      )}
      {pull.error === undefined ? null : <Notice error={pull.error} />}
    </>
  );
}
