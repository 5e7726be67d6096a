import { KeyRound, Plus, Trash2 } from 'lucide-react';
import { useState, type ReactElement } from 'react';
import { useKnownMay } from '../access/me-store.js';
import { portfolio } from '../api/portfolio.js';
import { formatAgo } from '../format/format-time.js';
import { FormDialog } from './FormDialog.js';
import { useNow } from '../run/use-now.js';
import { Allowed } from './access/Allowed.js';
import { Confirm } from './Confirm.js';
import { TextField } from './FormFields.js';
import { Section } from './home/Section.js';
import { useLoaded } from './home/use-loaded.js';
import { PlacePage } from './portfolio/PlacePage.js';
import { useAction } from './use-action.js';

/** Secrets that nodes read by name: set, replaced, removed, never shown. */
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

const lead = 'Values that nodes read by name, such as the key of a service that a workflow calls.';

function Secrets(): ReactElement {
  const secrets = useLoaded(portfolio.secrets);
  const now = useNow(false);
  const [setting, setSetting] = useState<string>();
  const [removing, setRemoving] = useState<string>();
  const remove = useAction();
  return (
    <PlacePage
      page="secrets"
      title="Secrets"
      lead={lead}
      actions={
        <button type="button" className="button button-primary" onClick={() => setSetting('')}>
          <Plus size={15} aria-hidden /> Set a secret
        </button>
      }
    >
      <Section
        title="Names"
        loaded={secrets}
        empty="There are none. A secret goes in once, is stored encrypted, and no page, log or run ever shows it: workflows hold its name alone. Keys of connections are set with their connections."
      >
        {(list) => (
          <ul className="rows">
            {list.map(({ name, updatedAt }) => (
              <li key={name} className="row">
                <KeyRound size={15} aria-hidden className="quiet" />
                <span className="row-main">
                  <span className="row-title mono">{name}</span>
                  <span className="quiet">set {formatAgo(updatedAt, now)}</span>
                </span>
                <button
                  type="button"
                  className="button"
                  onClick={() => setSetting(name)}
                  aria-label={`Replace ${name}`}
                >
                  Replace
                </button>
                <button
                  type="button"
                  className="icon-button"
                  onClick={() => setRemoving(name)}
                  aria-label={`Remove ${name}`}
                >
                  <Trash2 size={15} aria-hidden />
                </button>
              </li>
            ))}
          </ul>
        )}
      </Section>
      {setting === undefined ? null : (
        <SetSecret name={setting} onClose={() => setSetting(undefined)} onSaved={secrets.again} />
      )}
      {removing === undefined ? null : (
        <Confirm
          title={`Remove ${removing}?`}
          verb="Remove secret"
          action={remove}
          onClose={() => setRemoving(undefined)}
          onConfirm={() =>
            remove.run(async () => {
              await portfolio.removeSecret(removing);
              secrets.again();
              setRemoving(undefined);
            })
          }
        >
          <p>Its value is gone for good. Nodes that read it fail until it is set again.</p>
        </Confirm>
      )}
    </PlacePage>
  );
}

function SetSecret({
  name: given,
  onClose,
  onSaved,
}: {
  readonly name: string;
  readonly onClose: () => void;
  readonly onSaved: () => void;
}): ReactElement {
  const [name, setName] = useState(given);
  const [value, setValue] = useState('');
  const save = useAction();
  const submit = async (): Promise<void> => {
    await portfolio.setSecret(name.trim(), value);
    onSaved();
    onClose();
  };
  return (
    <FormDialog
      title={given === '' ? 'Set a secret' : `Replace ${given}`}
      verb="Save"
      action={save}
      onSubmit={submit}
      onClose={onClose}
    >
      <TextField
        title="Name"
        value={name}
        isRequired
        isReadOnly={given !== ''}
        isFirst={given === ''}
        placeholder="api-key"
        help="Letters, digits, dots, _ and -, starting with a letter."
        onChange={setName}
      />
      <TextField
        title="Value"
        type="password"
        value={value}
        isRequired
        isFirst={given !== ''}
        help="It is never shown again."
        onChange={setValue}
      />
    </FormDialog>
  );
}
