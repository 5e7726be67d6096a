import type { TemplateSummary } from '@heddle/core';
import type { ReactElement } from 'react';
import { NodeIcon } from '../../../ui/icons/NodeIcon.js';
import { useCatalog } from '../../session/index.js';
import { Sketch } from '../Sketch.js';

/** The graph of a template with the icons of its nodes. */
export function Picture({ template: { sketch, nodes } }: { readonly template: TemplateSummary }): ReactElement {
  const byType = useCatalog((state) => state.byType);
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
