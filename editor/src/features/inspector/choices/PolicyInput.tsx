import { useMemo, type ReactElement } from 'react';
import { useGet } from '../../../data/queries/use-get.js';
import { Link } from '../../../ui/navigation/Link.js';
import { preferText } from '../../policies/index.js';
import { policyPath } from '../../../ui/navigation/route.js';
import { Combobox, type ComboboxItem } from '../../../ui/fields/Combobox.js';
import type { FieldProps, InputShared } from '../../../ui/schema-form/field-props.js';

/** A field for a stored routing policy. It stays empty if the node has its own candidates. */
export function PolicyInput({
  value,
  isReadOnly,
  onChange,
  id,
  describedBy,
  isInvalid,
}: FieldProps<'text'> & InputShared): ReactElement {
  const { value: policies, error } = useGet('/api/policies', {}, ({ policies }) => policies);
  const items = useMemo(
    () =>
      (policies ?? []).map(({ name, candidates, prefer }): ComboboxItem => ({
        value: name,
        title: name,
        detail: `${preferText[prefer]} · ${candidates.map(({ model }) => model).join(', ')}`,
      })),
    [policies],
  );
  const shown = typeof value === 'string' ? value : '';
  return (
    <>
      <Combobox
        id={id}
        value={shown}
        items={items}
        placeholder="None: use the candidates below"
        empty={error?.message ?? (policies === undefined ? 'Loading policies…' : 'No policy has this name.')}
        isReadOnly={isReadOnly}
        isInvalid={isInvalid}
        describedBy={describedBy}
        onChange={onChange}
      />
      {shown === '' ? null : (
        <p className="field-help">
          The policy replaces the candidates below. <Link href={policyPath(shown)}>Open policy</Link>
        </p>
      )}
    </>
  );
}
