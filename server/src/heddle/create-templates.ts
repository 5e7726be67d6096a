import { connectionPresets } from '@heddle/adapters/connections';
import type { Ownership } from '../auth/rights/ownership.js';
import type { ProjectGrants } from '../authority/project-grants.js';
import type { CollectionService } from '../collections/collection.service.js';
import type { CompileService } from '../compile/compile-service.js';
import type { ConnectionService } from '../connections/connection.service.js';
import type { ModelService } from '../models/model.service.js';
import type { SecretAccess } from '../secrets/secret-access.js';
import type { Settings } from '../settings/settings-table.js';
import type { ProjectStock } from '../templates/template-gaps.js';
import { TemplateService, templatesFolder } from '../templates/template.service.js';
import type { WorkflowService } from '../workflows/workflow.service.js';
import type { HeddleParts } from './parts.js';

interface TemplateServices {
  readonly ownership: Ownership;
  readonly grants: ProjectGrants;
  readonly compile: CompileService;
  readonly workflows: WorkflowService;
  readonly models: ModelService;
  readonly collections: CollectionService;
  readonly secretAccess: SecretAccess;
  readonly connections: ConnectionService;
}

const presetsWithKey = new Set(connectionPresets.filter(({ needsKey }) => needsKey).map(({ id }) => id));

/** Creates the template service, which knows what each project may use. */
export function createTemplates(settings: Settings, parts: HeddleParts, services: TemplateServices): TemplateService {
  const { ownership, grants, compile, workflows, models, collections, secretAccess, connections } = services;
  const { catalog, versions, routing } = parts;
  const stock = async (project: string): Promise<Omit<ProjectStock, 'showsConnections'>> => {
    // If a list cannot be read, it counts as empty, because a run could use nothing of it.
    const [known, connected, collected, stored] = await Promise.all([
      models.list().catch(() => []),
      connections.list(),
      collections.list().catch(() => []),
      parts.workflows.list(),
    ]);
    const registry = await parts.tools.registry.view();
    const findSecret = await secretAccess.finder();
    const reader = { project, workflow: '', mayUse: () => true };
    return {
      models: known.filter(({ card }) => grants.has(project, 'model', card.id)),
      connections: connected.filter(({ id }) => grants.has(project, 'connection', id)),
      collections: collected.filter(({ name }) => grants.has(project, 'collection', name)),
      toolServers: registry.servers
        .filter(({ id }) => grants.has(project, 'tool', id))
        .map(({ id, isEnabled }) => ({
          id,
          isEnabled,
          approved: registry.tools(id).filter(({ standing }) => standing === 'approved').length,
        })),
      policies: new Set((await routing.policies.list()).map(({ name }) => name)),
      workflows: new Set(
        stored.filter(({ id }) => ownership.projectsOf('workflow', id).includes(project)).map(({ slug }) => slug),
      ),
      presetsWithKey,
      hasSecret: (name) => findSecret(reader, name) !== undefined,
      hasFolders: settings.filesFolders.some((folder) => grants.has(project, 'folder', folder)),
    };
  };
  return new TemplateService(parts.templatesFolder ?? templatesFolder, {
    workflows,
    versions,
    collections,
    models,
    catalog,
    stock,
    compile: (document, project) => compile.report(document, { project }),
    owned: ownership,
    mayUse: (project, kind, id) => grants.has(project, kind, id),
  });
}
