import type { SecretCardReply } from '@heddle/core';
import { useState, type ReactElement, type ReactNode } from 'react';
import { client } from '../../data/api/client.js';
import { ownerQuery, type SecretOwner } from './secret-owner.js';
import { useNow } from '../../ui/format/use-now.js';
import { Confirm } from '../../ui/dialogs/Confirm.js';
import { Section } from '../../ui/states/Section.js';
import type { Loaded } from '../../data/queries/use-loaded.js';
import { SecretDialog } from './SecretDialog.js';
import { draftOf } from './secret-draft.js';
import { SecretRow } from './SecretRow.js';

/** The secrets of the project or of the installation. */
export function SecretSection({
  title,
  empty,
  owner,
  secrets,
}: {
  readonly title: string;
  readonly empty: ReactNode;
  readonly owner: SecretOwner;
  readonly secrets: Loaded<readonly SecretCardReply[]>;
}): ReactElement {
  const now = useNow(false);
  const [changing, setChanging] = useState<SecretCardReply>();
  const [removing, setRemoving] = useState<string>();
  return (
    <>
      <Section title={title} loaded={secrets} empty={empty}>
        {(list) => (
          <ul className="rows">
            {list.map((secret) => (
              <SecretRow
                key={secret.name}
                secret={secret}
                now={now}
                onChange={() => setChanging(secret)}
                onRemove={secret.updatedAt === 0 ? undefined : () => setRemoving(secret.name)}
              />
            ))}
          </ul>
        )}
      </Section>
      {changing === undefined ? null : (
        <SecretDialog
          draft={draftOf(changing)}
          owner={owner}
          isNew={false}
          onClose={() => setChanging(undefined)}
          onSaved={secrets.again}
        />
      )}
      {removing === undefined ? null : (
        <Confirm
          title={`Remove ${removing}?`}
          verb="Remove secret"
          onClose={() => setRemoving(undefined)}
          onConfirm={async () => {
            await client.DELETE('/api/secrets/{name}', {
              params: { path: { name: removing }, query: ownerQuery(owner) },
            });
            secrets.again();
            setRemoving(undefined);
          }}
        >
          <p>A value that is stored in Heddle is deleted permanently. Nodes that use it fail until it is set again.</p>
        </Confirm>
      )}
    </>
  );
}
