import type { PortDescription } from '@heddle/core';
import type { ReactElement } from 'react';
import { Field } from '../frame/Field.js';
import { FileField } from './FileField.js';

export interface RunFieldProps {
  readonly port: PortDescription;
  readonly value: string;
  readonly error: string | undefined;
  readonly onChange: (value: string) => void;
}

/** One input of a workflow, by its type. */
export function RunField({ port, value, error, onChange }: RunFieldProps): ReactElement {
  const fileType = /^(File|Image)(?:\[\])?$/.exec(port.type)?.[1];
  return (
    <Field
      title={port.title ?? port.name}
      beside={
        <>
          {port.isOptional ? <span className="quiet"> optional</span> : null}
          {port.type === 'Text' ? null : <span className="field-type mono">{port.type}</span>}
        </>
      }
      help={port.help}
      error={error}
    >
      {(described) => {
        const shared = { ...described, value };
        return fileType !== undefined ? (
          <FileField
            id={described.id}
            isList={port.type.endsWith('[]')}
            isImage={fileType === 'Image'}
            value={value}
            isInvalid={error !== undefined}
            describedBy={described['aria-describedby']}
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
        );
      }}
    </Field>
  );
}
