import { useMemo, type ReactElement } from 'react';
import { library } from '../api/library.js';
import { useLoaded } from '../pages/home/use-loaded.js';
import { useDocument } from '../session.js';
import { Combobox } from './Combobox.js';
import type { FieldProps, InputShared } from './field-props.js';
import { looksLikeSecret, offeredSecrets } from './secret-names.js';

/** The name of a secret. Its value is set where Heddle runs and never stands in a workflow. */
export function SecretInput({
  value,
  isReadOnly,
  onChange,
  id,
  describedBy,
  isInvalid,
}: FieldProps<'text'> & InputShared): ReactElement {
  const nodes = useDocument((state) => state.document?.nodes);
  // Without the right to see them, the names that the workflow uses are offered.
  const { value: stored } = useLoaded(library.secretNames);
  const items = useMemo(() => offeredSecrets(stored, nodes ?? {}), [stored, nodes]);
  const name = typeof value === 'string' ? value : '';
  const variable = `HEDDLE_SECRET_${name.toUpperCase().replace(/[^A-Z0-9]/g, '_')}`;
  return (
    <>
      <Combobox
        id={id}
        value={name}
        items={items}
        placeholder="Name of a secret, such as weather-key"
        empty="A new name: set its value where Heddle runs."
        isReadOnly={isReadOnly}
        isInvalid={isInvalid || looksLikeSecret(name)}
        describedBy={describedBy}
        onChange={onChange}
      />
      {looksLikeSecret(name) ? (
        <p className="field-error" role="alert">
          This looks like the secret itself. Only its name belongs here: a workflow is read by everybody who may open
          it.
        </p>
      ) : name === '' ? null : (
        <p className="field-help">
          Heddle reads it from <span className="mono">{variable}</span>.
        </p>
      )}
    </>
  );
}
