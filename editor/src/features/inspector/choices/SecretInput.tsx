import { Plus } from 'lucide-react';
import { useMemo, useState, type ReactElement } from 'react';
import { useKnownMay } from '../../../data/access/me-store.js';
import { useGet } from '../../../data/queries/use-get.js';
import { emptyDraft, hostsOfNodes, SecretDialog } from '../../secrets/index.js';
import { useDocument } from '../../session/index.js';
import { Combobox } from '../../../ui/fields/Combobox.js';
import type { FieldProps, InputShared } from '../../../ui/schema-form/field-props.js';
import { isLikelySecret, offeredSecrets } from './secret-names.js';

/** A field for the name of a secret. The secret's value is stored separately and never in the workflow. */
export function SecretInput({
  value,
  isReadOnly,
  onChange,
  id,
  describedBy,
  isInvalid,
}: FieldProps<'text'> & InputShared): ReactElement {
  const nodes = useDocument((state) => state.document?.nodes);
  // If the user may not list secrets, the field offers the names that the workflow uses.
  const { value: stored, again } = useGet(
    '/api/secrets',
    { params: { query: { show: 'names' } } },
    ({ names }) => names,
  );
  const items = useMemo(() => offeredSecrets(stored, nodes ?? {}), [stored, nodes]);
  const maySet = useKnownMay('secret:write') === true;
  const [isSetting, setSetting] = useState(false);
  const name = typeof value === 'string' ? value : '';
  const isMissing = name !== '' && stored?.includes(name) === false;
  return (
    <>
      <Combobox
        id={id}
        value={name}
        items={items}
        placeholder="Name of a secret, such as weather-key"
        empty="No secret has this name yet. Set it before the run."
        isReadOnly={isReadOnly}
        isInvalid={isInvalid || isLikelySecret(name)}
        describedBy={describedBy}
        onChange={onChange}
      />
      {isLikelySecret(name) ? (
        <p className="field-error" role="alert">
          This looks like the secret itself. Enter only its name: everyone who can open the workflow can read this
          field.
        </p>
      ) : !isMissing ? null : maySet ? (
        <button type="button" className="button button-small" onClick={() => setSetting(true)}>
          <Plus size={14} aria-hidden /> Set {name}
        </button>
      ) : (
        <p className="field-help">
          This project has no secret with this name. An owner can set it on the page Secrets.
        </p>
      )}
      {isSetting ? (
        <SecretDialog
          draft={{ ...emptyDraft, name, hosts: hostsOfNodes(nodes ?? {}, name).join('\n') }}
          owner="project"
          isNew
          onClose={() => setSetting(false)}
          onSaved={again}
        />
      ) : null}
    </>
  );
}
