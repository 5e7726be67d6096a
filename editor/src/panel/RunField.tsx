import type { PortDescription } from '@heddle/core';
import { useId, type ReactElement } from 'react';
import { FileField } from './FileField.js';

export interface RunFieldProps {
  readonly port: PortDescription;
  readonly value: string;
  readonly error: string | undefined;
  readonly onChange: (value: string) => void;
}

/** One input of a workflow, by its type. */
export function RunField({ port, value, error, onChange }: RunFieldProps): ReactElement {
  const id = useId();
  const title = port.title ?? port.name;
  const describedBy = [port.help === undefined ? '' : `${id}-help`, error === undefined ? '' : `${id}-error`]
    .filter((part) => part !== '')
    .join(' ');
  const shared = {
    id,
    value,
    'aria-invalid': error !== undefined,
    'aria-describedby': describedBy === '' ? undefined : describedBy,
  };
  const fileType = /^(File|Image)(?:\[\])?$/.exec(port.type)?.[1];
  return (
    <div className="field">
      <label className="field-label" htmlFor={id}>
        {title}
        {port.isOptional ? <span className="quiet"> optional</span> : null}
        {port.type === 'Text' ? null : <span className="field-type mono">{port.type}</span>}
      </label>
      {fileType !== undefined ? (
        <FileField
          id={id}
          isList={port.type.endsWith('[]')}
          isImage={fileType === 'Image'}
          value={value}
          isInvalid={error !== undefined}
          describedBy={shared['aria-describedby']}
          onChange={onChange}
        />
      ) : port.type === 'Boolean' ? (
        <select {...shared} onChange={(event) => onChange(event.target.value)}>
          {port.isOptional || value === '' ? <option value="">Not set</option> : null}
          <option value="true">Yes</option>
          <option value="false">No</option>
        </select>
      ) : port.type === 'Number' ? (
        <input {...shared} inputMode="decimal" onChange={(event) => onChange(event.target.value)} />
      ) : (
        <textarea
          {...shared}
          rows={port.type === 'Text' ? 3 : 5}
          className={port.type === 'Text' || port.type === 'Messages' ? undefined : 'mono'}
          spellCheck={port.type === 'Text'}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
      {port.help === undefined ? null : (
        <p id={`${id}-help`} className="field-help">
          {port.help}
        </p>
      )}
      {error === undefined ? null : (
        <p id={`${id}-error`} className="field-error" role="alert">
          {error}
        </p>
      )}
    </div>
  );
}
