import type { Issue } from '@heddle/core';
import type { ComponentType } from 'react';
import type { SchemaField } from './schema-field.js';

/** The properties of every part of the form. */
export interface FieldProps<Kind extends SchemaField['kind'] = SchemaField['kind']> {
  readonly field: Extract<SchemaField, { kind: Kind }>;
  /** Undefined where nothing is set and the default applies. */
  readonly value: unknown;
  /** Dotted path in the config, as in issues. */
  readonly path: string;
  readonly issues: readonly Issue[];
  readonly isReadOnly: boolean;
  readonly onChange: (value: unknown) => void;
}

/** Issues of exactly this field, or of a part of it without its own field. */
export function issuesAt(issues: readonly Issue[], path: string, isLeaf: boolean): readonly Issue[] {
  return issues.filter((issue) => issue.field === path || (isLeaf && issue.field?.startsWith(`${path}.`) === true));
}

/** The properties of an input besides its field. `Field` renders a nested setting. */
export interface InputShared {
  readonly id: string;
  readonly describedBy: string | undefined;
  readonly isInvalid: boolean;
  readonly Field: ComponentType<FieldProps>;
}
