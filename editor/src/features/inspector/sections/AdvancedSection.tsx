import type { DocumentNode, Issue, NodeDescription } from '@heddle/core';
import type { ReactElement, ReactNode } from 'react';
import type { SchemaField } from '../../../ui/schema-form/schema-field.js';
import { changedFields, issuesOf, useAdvancedOpen } from './advanced-fields.js';
import { FoldedSection } from './FoldedSection.js';

/** The settings of a node that are rarely changed. */
export function AdvancedSection({
  nodeId,
  node,
  description,
  fields,
  issues,
  draw,
}: {
  readonly nodeId: string;
  readonly node: DocumentNode;
  readonly description: NodeDescription;
  readonly fields: readonly SchemaField[];
  readonly issues: readonly Issue[];
  readonly draw: (field: SchemaField) => ReactNode;
}): ReactElement {
  const changed = changedFields(fields, node.config, description);
  const problems = issuesOf(issues, fields).filter(({ severity }) => severity === 'error').length;
  const { isOpen, toggle } = useAdvancedOpen(nodeId, node.type, {
    advanced: fields,
    problems,
    changed: changed.length,
  });
  return (
    <FoldedSection
      title="Advanced"
      isOpen={isOpen}
      problems={problems}
      summary={changed.length === 0 ? undefined : changed.map(({ title }) => title).join(', ')}
      onToggle={toggle}
    >
      {() => fields.map(draw)}
    </FoldedSection>
  );
}
