import { defaultProject } from '@heddle/core';
import { Plus } from 'lucide-react';
import { useState, type ReactElement } from 'react';
import { may, useKnownMay, useMe } from '../access/me-store.js';
import { portfolio, type SecretOwner } from '../api/portfolio.js';
import { Allowed } from './access/Allowed.js';
import { useLoaded } from './home/use-loaded.js';
import { PlacePage } from './portfolio/PlacePage.js';
import { emptyDraft } from './secrets/secret-draft.js';
import { SecretDialog } from './secrets/SecretDialog.js';
import { SecretSection } from './secrets/SecretSection.js';

/** Secrets that nodes name: set, changed, removed, never shown. */
export function SecretsPage(): ReactElement {
  return useKnownMay('secret:write') === true ? (
    <Secrets />
  ) : (
    <PlacePage page="secrets" title="Secrets" lead={lead}>
      <Allowed permission="secret:write" what="Seeing and setting secrets">
        {null}
      </Allowed>
    </PlacePage>
  );
}

const lead = 'Values that nodes use by name, such as the key of a service, and the hosts that they may be sent to.';

function Secrets(): ReactElement {
  const secrets = useLoaded(portfolio.secrets);
  const me = useMe();
  const [setting, setSetting] = useState<SecretOwner>();
  const [shared, setShared] = useState(0);
  const isOwner = may(me, 'secret:write', { id: defaultProject });
  return (
    <PlacePage
      page="secrets"
      title="Secrets"
      lead={lead}
      actions={
        <>
          {isOwner ? (
            <button type="button" className="button" onClick={() => setSetting('installation')}>
              <Plus size={15} aria-hidden /> Set a shared secret
            </button>
          ) : null}
          <button type="button" className="button button-primary" onClick={() => setSetting('project')}>
            <Plus size={15} aria-hidden /> Set a secret
          </button>
        </>
      }
    >
      <SecretSection
        title="Secrets of this project"
        owner="project"
        secrets={secrets}
        empty="There are no secrets yet. A secret is stored encrypted, and no page, log or run shows it: workflows hold only its name, and it is sent only to its hosts. Keys of connections are set on the page of the connection."
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
    </PlacePage>
  );
}

/** Secrets of the installation, which its owners grant to projects. */
function SharedSecrets(): ReactElement {
  return (
    <SecretSection
      title="Shared secrets"
      owner="installation"
      secrets={useLoaded(portfolio.installationSecrets)}
      empty="There are no shared secrets yet. Secrets from the environment, a mounted folder or another store belong to the installation. They are granted to projects under Settings, Grants; without a grant they are for the first project."
    />
  );
}
