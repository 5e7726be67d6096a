import type { CompileFacts } from '../facts.js';
import type { IssueList } from '../issue-list.js';
import type { ResolvedNode } from '../resolve-nodes.js';

/** Warns of models, collections, secrets, tools and people that do not exist or are not approved: a run would fail or wait forever. */
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
      issues.warning({
        code: 'reference-missing',
        node: node.id,
        field,
        message: isModel ? `The model '${id}' is not in the catalogue.` : `The collection '${id}' does not exist.`,
        fix: isModel
          ? 'Choose another model, or add it on the Models page.'
          : `Create it on the Collections page, or with npx heddle ingest ${id} FOLDER.`,
      });
    }
  }
}
