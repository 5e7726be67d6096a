import { defaultProject } from '@heddle/core';
import { KeyRound, Plus } from 'lucide-react';
import { useState, type ReactElement } from 'react';
import { may, useKnownMay, useMe } from '../../data/access/me-store.js';
import { useGet } from '../../data/queries/use-get.js';
import type { SecretOwner } from './secret-owner.js';
import { Allowed } from '../../ui/states/Allowed.js';
import { EmptyState } from '../../ui/states/EmptyState.js';
import { IntegrationLayout } from '../integrations/index.js';
import { emptyDraft } from './secret-draft.js';
import { SecretDialog } from './SecretDialog.js';
import { SecretSection } from './SecretSection.js';

/** The secrets that nodes use by name. They can be set, changed and deleted, but their values are never shown. */
export function SecretsPage(): ReactElement {
  return useKnownMay('secret:write') === true ? (
    <Secrets />
  ) : (
    <IntegrationLayout page="secrets" title="Secrets" lead={lead}>
      <Allowed permission="secret:write" what="Viewing and setting secrets">
        {null}
      </Allowed>
    </IntegrationLayout>
  );
}

const lead = 'Values that nodes use by name, such as an API key, and the hosts that may receive them.';

function Secrets(): ReactElement {
  const secrets = useGet('/api/secrets', {}, ({ secrets }) => secrets);
  const me = useMe();
  const [setting, setSetting] = useState<SecretOwner>();
  const [shared, setShared] = useState(0);
  const isOwner = may(me, 'secret:write', { id: defaultProject });
  return (
    <IntegrationLayout
      page="secrets"
      title="Secrets"
      lead={lead}
      actions={
        <>
          {isOwner ? (
            <button type="button" className="button" onClick={() => setSetting('installation')}>
              <Plus size={15} aria-hidden /> Set shared secret
            </button>
          ) : null}
          <button type="button" className="button button-primary" onClick={() => setSetting('project')}>
            <Plus size={15} aria-hidden /> Set secret
          </button>
        </>
      }
    >
      <SecretSection
        title="Secrets of this project"
        owner="project"
        secrets={secrets}
        empty={
          <EmptyState
            Icon={KeyRound}
            action={
              <button type="button" className="button" onClick={() => setSetting('project')}>
                Set the first secret
              </button>
            }
          >
            No secrets yet. Secrets are stored encrypted and appear on no page, in no log and in no run. Workflows hold
            only the name, and the value is sent only to its hosts. Set keys of connections on the connection&rsquo;s
            page.
          </EmptyState>
        }
      />
      {isOwner ? <SharedSecrets key={shared} /> : null}
      {setting === undefined ? null : (
        <SecretDialog
          draft={emptyDraft}
          owner={setting}
          isNew
          onClose={() => setSetting(undefined)}
          onSaved={() => (setting === 'project' ? secrets.again() : setShared((before) => before + 1))}
        />
      )}
    </IntegrationLayout>
  );
}

/** The secrets of the installation, which owners grant to projects. */
function SharedSecrets(): ReactElement {
  return (
    <SecretSection
      title="Shared secrets"
      owner="installation"
      secrets={useGet('/api/secrets', { params: { query: { owner: 'installation' } } }, ({ secrets }) => secrets)}
      empty="No shared secrets yet. Secrets from the environment, a mounted folder or another store belong to the installation. Grant them to projects under Settings, Grants; without a grant, only the first project can use them."
    />
  );
}
