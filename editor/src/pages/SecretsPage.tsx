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

const lead = 'Values that nodes name, such as the key of a service that a workflow calls, and the hosts that get them.';

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
              <Plus size={15} aria-hidden /> One for several projects
            </button>
          ) : null}
          <button type="button" className="button button-primary" onClick={() => setSetting('project')}>
            <Plus size={15} aria-hidden /> Set a secret
          </button>
        </>
      }
    >
      <SecretSection
        title="Of this project"
        owner="project"
        secrets={secrets}
        empty="There are none. A secret goes in once, is stored encrypted, and no page, log or run ever shows it: workflows hold its name alone, and it is sent to the hosts that it names. Keys of connections are set with their connections."
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
      title="Of the installation"
      owner="installation"
      secrets={useLoaded(portfolio.installationSecrets)}
      empty="There are none. Secrets of the environment, of a mounted folder or of another store belong here, and are for the projects that they are granted to; without a grant for the first one."
    />
  );
}
