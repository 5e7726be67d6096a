import { defaultProject, installationOwner, type NodeCatalog, type ToolServer, type WorkflowStore } from '@heddle/core';
import type { Ownership } from '../auth/rights/ownership.js';
import { referencesOf } from '../common/references.js';
import type { SecretAccess } from './secret-access.js';
import type { SecretCards } from './secret-cards.js';
import { secretsOfServer } from './tool-secrets.js';

/** A workflow or tool server that uses a secret. */
export interface SecretUser {
  readonly kind: 'workflow' | 'tool';
  readonly id: string;
  readonly title: string;
}

/** Lists the drafts and tool servers that use secrets of one owner, by the name of the secret. */
export async function secretUsers(
  owner: string,
  parts: {
    readonly cards: Pick<SecretCards, 'view'>;
    readonly access: Pick<SecretAccess, 'finder'>;
    readonly workflows: Pick<WorkflowStore, 'list'>;
    readonly catalog: NodeCatalog;
    readonly ownership: Pick<Ownership, 'projectsOf'>;
    readonly servers: () => Promise<readonly ToolServer[]>;
  },
): Promise<ReadonlyMap<string, readonly SecretUser[]>> {
  const { access, workflows, catalog, ownership, servers } = parts;
  const cards = await parts.cards.view();
  const find = await access.finder();
  const users = new Map<string, SecretUser[]>();
  const add = (name: string, user: SecretUser): void => {
    const known = users.get(name) ?? [];
    if (!known.some(({ id, kind }) => id === user.id && kind === user.kind)) known.push(user);
    users.set(name, known);
  };
  for (const { id, document } of await workflows.list())
    for (const { kind, id: name } of referencesOf(document, catalog)) {
      if (kind !== 'secret') continue;
      for (const project of ownership.projectsOf('workflow', id))
        if (find({ project, workflow: id, mayUse: () => true }, name)?.owner === owner)
          add(name, { kind: 'workflow', id, title: document.name });
    }
  for (const server of await servers())
    for (const name of secretsOfServer(server)) {
      const card = cards.card(defaultProject, name) ?? cards.card(installationOwner, name);
      if (card?.owner === owner) add(name, { kind: 'tool', id: server.id, title: server.title || server.id });
    }
  return users;
}
