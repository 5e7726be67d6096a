import type { ToolHost, ToolRegistry } from '@heddle/adapters/tools';
import type { Grants, NodeCatalog, WorkflowStore } from '@heddle/core';
import type { Ownership } from '../auth/ownership.js';
import type { SecretAccess } from './secret-access.js';
import type { SecretCards } from './secret-cards.js';
import { SecretService } from './secret.service.js';
import { secretsOfServer } from './tool-secrets.js';

/** What the service of secrets works with. */
export interface SecretsDependencies {
  readonly secrets: SecretCards;
  readonly access: SecretAccess;
  readonly grants: Grants;
  readonly ownership: Ownership;
  readonly workflows: WorkflowStore;
  readonly catalog: NodeCatalog;
  readonly tools: { readonly registry: ToolRegistry; readonly host: ToolHost };
  /** Called after each change of a secret: compiled workflows depend on them. */
  onChange(): void;
}

/** Makes the service of secrets. A change closes the tool servers that know the secret. */
export function createSecrets(dependencies: SecretsDependencies): SecretService {
  const { secrets, access, grants, ownership, workflows, catalog, tools } = dependencies;
  const servers = () => tools.registry.servers();
  return new SecretService({
    cards: secrets,
    access,
    grants,
    ownership,
    workflows,
    catalog,
    servers,
    onChange: (name) => {
      dependencies.onChange();
      for (const server of servers()) if (secretsOfServer(server).includes(name)) void tools.host.forget(server.id);
    },
  });
}
