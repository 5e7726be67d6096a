import clsx from 'clsx';
import type { PortDescription } from '@heddle/core';
import type { ReactElement, ReactNode } from 'react';
import { TextField } from '../../ui/fields/FormFields.js';
import type { TemplateTexts } from './template-fields.js';
import styles from './triggers.module.css';

/** A template field for each input of the workflow. */
export function TemplateFields({
  legend,
  help,
  ports,
  texts,
  placeholder,
  onChange,
}: {
  readonly legend: string;
  readonly help: ReactNode;
  readonly ports: readonly PortDescription[];
  readonly texts: TemplateTexts;
  readonly placeholder: (port: PortDescription) => string;
  readonly onChange: (texts: TemplateTexts) => void;
}): ReactElement | null {
  if (ports.length === 0) return <p className="quiet">The workflow has no inputs.</p>;
  return (
    <fieldset className={clsx(styles['trigger-inputs'], 'bare-group stack')}>
      <legend>{legend}</legend>
      <p className="field-help">{help}</p>
      {ports.map((port) => (
        <TextField
          key={port.name}
          title={port.name}
          value={texts[port.name] ?? ''}
          placeholder={placeholder(port)}
          onChange={(text) => onChange({ ...texts, [port.name]: text })}
        />
      ))}
    </fieldset>
  );
}
