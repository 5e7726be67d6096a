import type { ReactElement } from 'react';
import { isInUse } from './schema-field.js';
import type { FieldProps, InputShared } from './field-props.js';

export function RecordInput({
  field,
  value,
  path,
  issues,
  isReadOnly,
  onChange,
  Field,
}: FieldProps<'record'> & InputShared): ReactElement {
  const record: Readonly<Record<string, unknown>> = isRecord(value)
    ? value
    : isRecord(field.standard)
      ? field.standard
      : {};
  const shown = field.fields.filter((inner) => isInUse(inner, record, field.fields));
  return (
    <div className="record-field">
      {shown.map((inner) => (
        <Field
          key={inner.name}
          field={inner}
          value={record[inner.name]}
          path={path === '' ? inner.name : `${path}.${inner.name}`}
          issues={issues}
          isReadOnly={isReadOnly}
          onChange={(next) => onChange(withKey(record, inner.name, next))}
        />
      ))}
    </div>
  );
}

function withKey(record: Readonly<Record<string, unknown>>, key: string, value: unknown): Record<string, unknown> {
  if (value !== undefined) return { ...record, [key]: value };
  const { [key]: _before, ...rest } = record;
  return rest;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
