import type { Issue } from '@heddle/core';
import type { ComponentType } from 'react';
import type { SchemaField } from './schema-field.js';

/** The properties that every field component of the form takes. */
export interface FieldProps<Kind extends SchemaField['kind'] = SchemaField['kind']> {
  readonly field: Extract<SchemaField, { kind: Kind }>;
  /** Undefined where nothing is set and the default applies. */
  readonly value: unknown;
  /** The dotted path in the config, as in the `field` of an issue. */
  readonly path: string;
  readonly issues: readonly Issue[];
  readonly isReadOnly: boolean;
  readonly onChange: (value: unknown) => void;
}

/** The issues of exactly this field. A leaf also shows the issues of its parts, which have no field of their own. */
export function issuesAt(issues: readonly Issue[], path: string, isLeaf: boolean): readonly Issue[] {
  return issues.filter((issue) => issue.field === path || (isLeaf && issue.field?.startsWith(`${path}.`) === true));
}

/** The properties of an input besides those of its field. `Field` renders a nested setting. */
export interface InputShared {
  readonly id: string;
  readonly describedBy: string | undefined;
  readonly isInvalid: boolean;
  readonly Field: ComponentType<FieldProps>;
}
