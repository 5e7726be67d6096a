import type { JobReply } from '@heddle/core';
import type { ReactElement } from 'react';
import { useMay } from '../../../data/access/me-store.js';
import { client } from '../../../data/api/client.js';
import { formatBytes } from '../../../ui/format/format-bytes.js';
import { Notice } from '../../../ui/states/Notice.js';
import { Link } from '../../../ui/navigation/Link.js';
import { sizeOf, Pulling } from '../../models/index.js';
import { collectionPath, connectionPath, newConnectionPath } from '../../../ui/navigation/route.js';
import { useAction } from '../../../data/queries/use-action.js';
import { isOpenJob } from '../../../data/queries/use-topic.js';
import type { TemplateNeed } from './template-needs.js';

/** What a template needs and this Heddle lacks, with a link or button for each. */
export function NeedList({
  needs,
  jobs,
}: {
  readonly needs: readonly TemplateNeed[];
  readonly jobs: readonly JobReply[];
}): ReactElement {
  return (
    <ul className="needs grid gap-10">
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
          <p>The model {need.id} is not in the catalogue. Add it, or choose another model in the workflow.</p>
          <Link href="/models" className="button button-small">
            Open models
          </Link>
        </>
      );
    case 'connection':
      return (
        <>
          <p>
            {need.model} belongs to the connection “{need.connection}”, which is not set up. Set it up under that name,
            or choose another model in the workflow.
          </p>
          <Link href={newConnectionPath(need.connection)} className="button button-small">
            Set up connection
          </Link>
        </>
      );
    case 'key':
    case 'switched-off':
      return (
        <>
          <p>
            The connection “{need.connection.id}” for the model {need.model}{' '}
            {need.kind === 'key' ? 'has no key yet.' : 'is disabled.'}
          </p>
          <Link href={connectionPath(need.connection.id)} className="button button-small">
            {need.kind === 'key' ? 'Add key' : 'Open connection'}
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
          <span className="mono">{need.types.join(', ')}</span>. The description says where{' '}
          {need.types.length === 1 ? 'you can get it' : 'you can get them'} from. Add the package to the setting (
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
        {job?.status === 'failed' ? ` The download failed: ${job.error?.message ?? 'no reason was given.'}` : ''}
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
              await client.POST('/api/models/{id}/pull', { params: { path: { id: card.id } } });
            })
          }
        >
          Download
        </button>
      ) : (
        <p className="quiet">A user who may change models can download it.</p>
      )}
      {pull.error === undefined ? null : <Notice error={pull.error} />}
    </>
  );
}
