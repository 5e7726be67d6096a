import type { CompileFacts } from '../facts.js';
import type { IssueList } from '../issue-list.js';
import type { ResolvedNode } from '../resolve-nodes.js';

/**
 * Checks the models, collections, secrets, tools and people that nodes name. A missing collection is an error, so that no run starts that
 * must fail. The others are only warnings, because they may exist when a run starts.
 */
export function checkReferences(nodes: readonly ResolvedNode[], facts: CompileFacts, issues: IssueList): void {
  for (const node of nodes) {
    if (!node.isConfigValid) continue;
    for (const reference of node.definition.references?.(node.config) ?? []) {
      const { kind, id, field } = reference;
      if (kind === 'secret') {
        const problem = facts.secretProblem?.(reference);
        if (problem !== undefined) issues.warning({ node: node.id, field, ...problem });
        continue;
      }
      if (kind === 'tool' || kind === 'person') {
        const problem = kind === 'tool' ? facts.toolProblem?.(id) : facts.personProblem?.(id);
        if (problem !== undefined) issues.warning({ code: 'reference-missing', node: node.id, field, ...problem });
        continue;
      }
      const isModel = kind === 'model' || kind === 'embedder' || kind === 'reranker' || kind === 'classifier';
      const problem = isModel && id !== '' ? facts.modelProblem?.(id) : undefined;
      if (problem !== undefined) {
        issues.warning({ code: 'reference-missing', node: node.id, field, ...problem });
        continue;
      }
      const known = isModel ? facts.known?.model : kind === 'collection' ? facts.known?.collection : undefined;
      if (known === undefined || known.has(id) || id === '') continue;
      const missing = { code: 'reference-missing', node: node.id, field } as const;
      if (isModel)
        issues.warning({
          ...missing,
          message: `The model '${id}' is not in the catalogue.`,
          fix: 'Choose another model, or add it on the Models page.',
        });
      else
        issues.error({
          ...missing,
          message: `The collection '${id}' does not exist.`,
          fix: `Create it on the Collections page, or with npx heddle ingest ${id} FOLDER.`,
        });
    }
  }
}
