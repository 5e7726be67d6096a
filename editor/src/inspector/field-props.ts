import type { Issue } from '@heddle/core';
import type { ComponentType } from 'react';
import type { SchemaField } from './schema-field.js';

/** What every part of the form gets. */
export interface FieldProps<Kind extends SchemaField['kind'] = SchemaField['kind']> {
  readonly field: Extract<SchemaField, { kind: Kind }>;
  /** Undefined where nothing is set and the default holds. */
  readonly value: unknown;
  /** Dotted path in the config, as issues name it. */
  readonly path: string;
  readonly issues: readonly Issue[];
  readonly isReadOnly: boolean;
  readonly onChange: (value: unknown) => void;
}

/** Issues of exactly this field, or of something inside it that has no field of its own. */
export function issuesAt(issues: readonly Issue[], path: string, isLeaf: boolean): readonly Issue[] {
  return issues.filter((issue) => issue.field === path || (isLeaf && issue.field?.startsWith(`${path}.`) === true));
}

/** What an input gets beside its field. `Field` draws a setting inside it. */
export interface InputShared {
  readonly id: string;
  readonly describedBy: string | undefined;
  readonly isInvalid: boolean;
  readonly Field: ComponentType<FieldProps>;
}
