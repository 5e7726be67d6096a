import type { InnerWorkflow, WorkflowDocument } from '@heddle/core';
import { type CatalogState, innerNamesOf, titleOfNode } from '../../document/index.js';
import type { TitleOf } from './execution-title.js';

/** Returns the titles of the nodes of a workflow and its inner workflows. A node of a stored workflow is shown by its id. */
export function titlesWithin(document: WorkflowDocument | undefined, byType: CatalogState['byType']): TitleOf {
  return (nodeId, around) => {
    let nodes: InnerWorkflow['nodes'] | undefined = document?.nodes;
    for (const [index, id] of around.entries()) {
      const next = around[index + 1] ?? nodeId;
      const inner: readonly InnerWorkflow[] = innerNamesOf(nodes?.[id]?.config).flatMap(
        (name) => document?.workflows?.[name] ?? [],
      );
      nodes = inner.find((workflow) => workflow.nodes[next] !== undefined)?.nodes;
    }
    if (document === undefined || nodes === undefined) return nodeId;
    return titleOfNode({ document: { ...document, nodes } }, byType, nodeId);
  };
}
