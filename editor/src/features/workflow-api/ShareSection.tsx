import clsx from 'clsx';
import type { CreatedShareReply, ShareReply, WorkflowVersion } from '@heddle/core';
import { useState, type ReactElement } from 'react';
import { useMay } from '../../data/access/me-store.js';
import { client } from '../../data/api/client.js';
import { useGet } from '../../data/queries/use-get.js';
import { formatAgo } from '../../ui/format/format-time.js';
import { formatBytes } from '../../ui/format/format-bytes.js';
import { useNow } from '../../ui/format/use-now.js';
import { Confirm } from '../../ui/dialogs/Confirm.js';
import { LoadedTable } from '../../ui/tables/LoadedTable.js';
import { MadeShare } from './MadeShare.js';
import { ShareDialog } from './ShareDialog.js';
import { limitText } from './share-form.js';
import styles from './workflow-api.module.css';

/** The open dialog: a new link, or an action on an existing one. */
type Doing = { readonly what: 'make' } | { readonly what: 'change' | 'renew' | 'revoke'; readonly share: ShareReply };

/**
 * The share links of a workflow, which anyone can use without a key. They can be created, changed, renewed and revoked, and show today's
 * usage. While no version is live, the links do not work and can only be renewed and revoked.
 */
export function ShareSection({
  workflow,
  versions,
  isLive = true,
}: {
  readonly workflow: string;
  readonly versions: readonly WorkflowVersion[];
  readonly isLive?: boolean;
}): ReactElement | null {
  const may = useMay('workflow:publish');
  // A link runs with the permissions of the user who created or last changed it. A user without the permission to run may only renew and
  // revoke links.
  const mayMake = useMay('run:published') && isLive;
  const loaded = useGet('/api/workflows/{id}/shares', { params: { path: { id: workflow } } }, ({ shares }) => shares);
  const [doing, setDoing] = useState<Doing>();
  const [made, setMade] = useState<CreatedShareReply>();
  const now = useNow(false);
  const close = (): void => setDoing(undefined);
  const done = (share?: CreatedShareReply): void => {
    setMade(share);
    close();
    loaded.again();
  };
  if (!isLive && loaded.error === undefined && (loaded.value ?? []).length === 0) return null;
  return (
    <section className="section" aria-label="Share">
      <div className="section-bar">
        <h2>Share</h2>
        {may && mayMake ? (
          <button type="button" className="button button-small" onClick={() => setDoing({ what: 'make' })}>
            New link
          </button>
        ) : null}
      </div>
      {isLive ? null : (
        <p>These links do not work until a version of the workflow is live again. A revoked link stays closed.</p>
      )}
      <LoadedTable
        name="Links"
        loaded={loaded}
        empty="No links yet. A link opens a page with a chat or a form, for people without an API key."
        columns={['Link', 'Page', 'Today', 'Last used']}
      >
        {(share) => (
          <tr key={share.id} data-off={isOver(share, now) || undefined} data-paused={share.isPaused || undefined}>
            <th scope="row">
              <strong>{share.name}</strong>
              <br />
              <span className="quiet">{limitText(share)}</span>
            </th>
            <td>{stateText(share, now)}</td>
            <td className={clsx('figure', styles['share-today'])}>
              {share.runsToday.toLocaleString()} of {share.runsPerDay.toLocaleString()}
              {share.uploadedToday === 0 ? null : (
                <>
                  <br />
                  <span className="quiet">
                    {formatBytes(share.uploadedToday)} of {formatBytes(share.uploadBytesPerDay)} uploaded
                  </span>
                </>
              )}
            </td>
            <td>
              {share.lastRunAt === undefined ? <span className="quiet">Never</span> : formatAgo(share.lastRunAt, now)}
            </td>
            <td className={clsx('cell-menu', styles['share-menu'])}>
              {may
                ? (mayMake ? actions : actions.slice(1)).map((what) => (
                    <button
                      key={what}
                      type="button"
                      className="button button-small"
                      onClick={() => setDoing({ what, share })}
                    >
                      {verbs[what]}
                      <span className="visually-hidden"> {share.name}</span>
                    </button>
                  ))
                : null}
            </td>
          </tr>
        )}
      </LoadedTable>
      {doing?.what === 'make' ? (
        <ShareDialog
          versions={versions}
          onSave={async (config) =>
            done(await client.POST('/api/workflows/{id}/shares', { params: { path: { id: workflow } }, body: config }))
          }
          onClose={close}
        />
      ) : doing?.what === 'change' ? (
        <ShareDialog
          share={doing.share}
          versions={versions}
          onSave={async (config) => {
            await client.PUT('/api/workflows/{id}/shares/{share}', {
              params: { path: { id: workflow, share: doing.share.id } },
              body: config,
            });
            done();
          }}
          onClose={close}
        />
      ) : doing === undefined ? null : (
        <Confirm
          title={`${verbs[doing.what]} the link “${doing.share.name}”?`}
          verb={doing.what === 'renew' ? 'Renew link' : 'Revoke link'}
          onClose={close}
          onConfirm={async () => {
            if (doing.what === 'renew')
              done(
                await client.POST('/api/workflows/{id}/shares/{share}/renew', {
                  params: { path: { id: workflow, share: doing.share.id } },
                }),
              );
            else {
              await client.DELETE('/api/workflows/{id}/shares/{share}', {
                params: { path: { id: workflow, share: doing.share.id } },
              });
              done();
            }
          }}
        >
          <p>
            {doing.what === 'renew'
              ? 'The current link stops working, and you get a new one with the same settings. Pages that embed it need the new link.'
              : 'The link stops working, and replies in progress are cut off. This cannot be undone: create a new link instead.'}
          </p>
        </Confirm>
      )}
      {made === undefined ? null : <MadeShare share={made} onClose={() => setMade(undefined)} />}
    </section>
  );
}

const actions = ['change', 'renew', 'revoke'] as const;
const verbs = { change: 'Change', renew: 'Renew', revoke: 'Revoke' } as const;

const isOver = ({ expiresAt }: ShareReply, now: number): boolean => expiresAt !== undefined && expiresAt <= now;

function stateText(share: ShareReply, now: number): string {
  const kind = share.kind === 'chat' ? 'Chat' : 'Form';
  if (isOver(share, now)) return `${kind}, expired`;
  return share.isPaused ? `${kind}, paused` : kind;
}
