import { KeyRound } from 'lucide-react';
import type { KeyReply } from '@heddle/core';
import { useState, type ReactElement } from 'react';
import { readMe, useNames } from '../../../data/access/me-store.js';
import { useNamedProject } from '../../../data/access/project-store.js';
import { client } from '../../../data/api/client.js';
import { useGet } from '../../../data/queries/use-get.js';
import { formatAgo } from '../../../ui/format/format-time.js';
import { RowButton } from '../../../ui/buttons/RowButton.js';
import { useNow } from '../../../ui/format/use-now.js';
import { Confirm } from '../../../ui/dialogs/Confirm.js';
import { EmptyState } from '../../../ui/states/EmptyState.js';
import { LoadedTable } from '../../../ui/tables/LoadedTable.js';
import { useWorkflows } from '../../../data/queries/use-workflows.js';
import { ChangeKey } from './ChangeKey.js';
import { CreateKey } from './CreateKey.js';
import { scopeText, rightsText } from './key-form.js';
import { ServiceAccounts } from './ServiceAccounts.js';
import { Allowed } from '../../../ui/states/Allowed.js';
import styles from '../people.module.css';

/** The API keys of the project with their permissions and last use. Keys can be created, changed and revoked; a new key is shown once. */
export function KeysSection(): ReactElement {
  return (
    <Allowed permission="key:manage" what="Managing API keys">
      <Keys />
    </Allowed>
  );
}

function Keys(): ReactElement {
  const project = useNamedProject();
  const keys = useGet('/api/keys', {}, ({ keys }) => keys);
  const workflows = useWorkflows();
  const nameOf = useNames();
  const now = useNow(false);
  const [isMaking, setMaking] = useState(false);
  const [edited, setEdited] = useState<KeyReply>();
  const [revoked, setRevoked] = useState<KeyReply>();
  const changed = (): void => {
    keys.again();
    void readMe();
  };
  return (
    <>
      <div className="section-bar">
        <p className="quiet">
          A key lets a program call what {project === undefined ? 'you publish' : `is published in ${project.name}`}. It
          has the rights in this table, and never more than its owner.
        </p>
        <button type="button" className="button button-primary" onClick={() => setMaking(true)}>
          New key
        </button>
      </div>
      <LoadedTable
        name="API keys"
        loaded={keys}
        empty={
          <EmptyState
            Icon={KeyRound}
            action={
              <button type="button" className="button" onClick={() => setMaking(true)}>
                Create the first key
              </button>
            }
          >
            No API keys yet. Create one for each program, so that you can revoke each one separately.
          </EmptyState>
        }
        columns={['Key', 'Rights', 'For', 'Last used']}
      >
        {(key) => (
          <tr key={key.id} data-off={key.revokedAt === undefined ? undefined : true}>
            <th scope="row">
              <strong>{key.name}</strong>
              <br />
              <span className="mono quiet">{key.prefix}…</span>
            </th>
            <td>
              {scopeText(key.scopes, workflows.nameOf, now).map((text, index) => (
                <div key={text} className={index === 0 ? undefined : 'quiet'}>
                  {text}
                </div>
              ))}
              {key.narrowedFrom === undefined ? null : (
                <div className={styles['key-narrowed']}>
                  <span className="badge">Narrowed by an upgrade</span>{' '}
                  <span className="quiet">Before: {rightsText(key.narrowedFrom)}</span>
                </div>
              )}
            </td>
            <td>{nameOf(key.owner)}</td>
            <td
              className="cell-time"
              data-tip={key.usedAt === undefined ? undefined : new Date(key.usedAt).toLocaleString()}
            >
              {key.usedAt === undefined ? <span className="quiet">Never</span> : formatAgo(key.usedAt, now)}
            </td>
            <td className="cell-menu">
              {key.revokedAt === undefined ? (
                <>
                  <RowButton title="Change rights" what={`of ${key.name}`} run={() => setEdited(key)} />
                  <RowButton title="Revoke" what={key.name} run={() => setRevoked(key)} />
                </>
              ) : (
                <span className="quiet">Revoked</span>
              )}
            </td>
          </tr>
        )}
      </LoadedTable>
      <ServiceAccounts />
      {isMaking ? (
        <CreateKey workflows={workflows.choices} onCreated={changed} onClose={() => setMaking(false)} />
      ) : null}
      {edited === undefined ? null : (
        <ChangeKey apiKey={edited} onChanged={changed} onClose={() => setEdited(undefined)} />
      )}
      {revoked === undefined ? null : (
        <Confirm
          title={`Revoke the key “${revoked.name}”?`}
          verb="Revoke key"
          onClose={() => setRevoked(undefined)}
          onConfirm={async () => {
            await client.DELETE('/api/keys/{id}', { params: { path: { id: revoked.id } } });
            changed();
            setRevoked(undefined);
          }}
        >
          <p>Programs that use it are refused from the next call on. A revoked key cannot be restored.</p>
        </Confirm>
      )}
    </>
  );
}
