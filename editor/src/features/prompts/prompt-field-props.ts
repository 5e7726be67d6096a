import type { DocumentNode, Issue } from '@heddle/core';
import type { ReactElement } from 'react';
import type { SchemaField } from '../../ui/schema-form/schema-field.js';

/** Props of a field that can take a prompt of the library. */
export interface PromptFieldProps {
  readonly node: DocumentNode;
  readonly field: SchemaField;
  /** `text` takes a prompt without variables, `template` one with variables, `chat` also a chat. */
  readonly accepts: 'text' | 'template' | 'chat';
  readonly issues: readonly Issue[];
  readonly isReadOnly: boolean;
  readonly onChange: (change: (node: DocumentNode) => DocumentNode) => void;
  /** The field for a text of its own, which is shown without a prompt. */
  readonly children: ReactElement;
}
