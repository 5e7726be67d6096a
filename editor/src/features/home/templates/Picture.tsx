import type { NodeDescription, TemplateSummary } from '@heddle/core';
import { createContext, useContext, type ReactElement } from 'react';
import { NodeIcon } from '../../../ui/icons/NodeIcon.js';
import { Sketch } from '../Sketch.js';

/** The node types of this Heddle, by name. */
export const KnownNodes = createContext<ReadonlyMap<string, NodeDescription>>(new Map());

/** The graph of a template with the icons of its nodes. */
export function Picture({ template: { sketch, nodes } }: { readonly template: TemplateSummary }): ReactElement {
  const byType = useContext(KnownNodes);
  const types = sketch?.types;
  return (
    <Sketch
      sketch={sketch}
      count={nodes}
      iconOf={
        types === undefined
          ? undefined
          : (index) => {
              const known = byType.get(types[index] ?? '');
              return <NodeIcon icon={known?.icon} category={known?.category} size={64} />;
            }
      }
    />
  );
}
