import type { DocumentNode, Issue } from '@heddle/core';
import type { ReactElement } from 'react';
import type { SchemaField } from '../../ui/schema-form/schema-field.js';

/** A field of a node that takes a prompt of the library. */
export interface PromptFieldProps {
  readonly node: DocumentNode;
  readonly field: SchemaField;
  /** `text`: no variables; `chat`: also a chat. */
  readonly accepts: 'text' | 'template' | 'chat';
  /** The issues of the node. */
  readonly issues: readonly Issue[];
  readonly isReadOnly: boolean;
  readonly onChange: (change: (node: DocumentNode) => DocumentNode) => void;
  /** The field itself, if it has its own text. */
  readonly children: ReactElement;
}
