import {
  withoutUndefined,
  type DocumentNode,
  type InnerWorkflow,
  type PlanBundle,
  type WorkflowDocument,
} from '@heddle/core';
import { lockOf, type Sight } from './hidden-values.js';

/** Labels the outputs of nodes with hidden values as `restricted`, so that no chain of nodes can reveal a hidden value. */
export function markedBundle({ document, workflows }: PlanBundle, sight: Sight): PlanBundle {
  return {
    document: marked(document, sight),
    workflows: Object.fromEntries(Object.entries(workflows).map(([slug, each]) => [slug, marked(each, sight)])),
  };
}

function marked(document: WorkflowDocument, sight: Sight): WorkflowDocument {
  const { workflows } = document;
  return {
    ...document,
    nodes: markedNodes(document.nodes, sight),
    ...withoutUndefined({
      workflows:
        workflows &&
        Object.fromEntries(
          Object.entries(workflows).map(([name, inner]): [string, InnerWorkflow] => [
            name,
            { ...inner, nodes: markedNodes(inner.nodes, sight) },
          ]),
        ),
    }),
  };
}

const markedNodes = (nodes: Readonly<Record<string, DocumentNode>>, sight: Sight): Record<string, DocumentNode> =>
  Object.fromEntries(
    Object.entries(nodes).map(([id, node]) => [
      id,
      lockOf(node, sight) === undefined ? node : { ...node, label: 'restricted' as const },
    ]),
  );
