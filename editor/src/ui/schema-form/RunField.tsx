import type { PortDescription } from '@heddle/core';
import type { ReactElement } from 'react';
import { ValueField, type ValueShape } from './ValueField.js';

/** One input of a workflow, by its type. */
export function RunField({
  port,
  ...props
}: {
  readonly port: PortDescription;
  readonly value: string;
  readonly error: string | undefined;
  readonly onChange: (value: string) => void;
}): ReactElement {
  return <ValueField field={shapeOf(port)} {...props} />;
}

const kinds: Readonly<Record<string, ValueShape['kind']>> = {
  Text: 'long-text',
  Number: 'number',
  Boolean: 'boolean',
  Messages: 'messages',
  File: 'file',
  Image: 'image',
};

function shapeOf({ name, title = name, help, type, isOptional }: PortDescription): ValueShape {
  const isFiles = type === 'File[]' || type === 'Image[]';
  return {
    title,
    help,
    kind: kinds[isFiles ? type.slice(0, -2) : type] ?? 'json',
    isRequired: !isOptional,
    type: type === 'Text' ? undefined : type,
    isList: isFiles,
  };
}
