import type { TemplateSummary } from '@heddle/core';
import type { ReactElement } from 'react';
import type { TemplateNeed } from './template-needs.js';

/** A template in one line: its size, what it includes, and what it needs that is missing. */
export function TemplateFacts({
  template,
  needs,
}: {
  readonly template: TemplateSummary;
  readonly needs: readonly TemplateNeed[];
}): ReactElement {
  return (
    <p className="tile-foot wrapped quiet">
      <span className="figure">{template.nodes === 1 ? '1 node' : `${template.nodes.toLocaleString()} nodes`}</span>
      {template.collections
        .filter(({ isHere }) => !isHere)
        .map(({ name, samples }) => (
          <span key={name}>
            {samples === 0 ? `creates the collection ${name}` : `includes ${samples} sample documents`}
          </span>
        ))}
      {needs.map((need, index) => {
        const text = shortLabel(need);
        return text === undefined ? null : (
          <span key={index} className={need.kind === 'nodes' ? 'failed-text' : undefined}>
            {text}
          </span>
        );
      })}
    </p>
  );
}

function shortLabel(need: TemplateNeed): string | undefined {
  switch (need.kind) {
    case 'model':
      return `needs the model ${need.model.card.id}`;
    case 'unknown-model':
      return `needs the model ${need.id}`;
    case 'connection':
    case 'switched-off':
      return `uses ${need.model}`;
    case 'key':
      return `needs the key of ${need.connection.id}`;
    case 'nodes':
      return 'needs additional nodes';
    // The collection that it creates is already listed.
    case 'documents':
      return undefined;
  }
}
