import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  defaultProject,
  HeddleError,
  parseDocument,
  sketchOf,
  type Audit,
  type AuditActor,
  type NodeCatalog,
  type TemplateReply,
  type TemplateSummary,
  type WorkflowDocument,
} from '@heddle/core';
import type { CollectionService } from '../collections/collection.service.js';
import { referencesOf } from '../common/references.js';
import type { ModelService } from '../models/model.service.js';
import { workflowReply, type WorkflowService } from '../workflows/workflow.service.js';

/** The folder of templates, from sources and from dist alike. */
export const templatesFolder = fileURLToPath(new URL('../../../workflows', import.meta.url));

const modelKinds: ReadonlySet<string> = new Set(['model', 'embedder', 'reranker', 'classifier']);

interface Template {
  readonly id: string;
  readonly folder: string;
  readonly document: WorkflowDocument;
  readonly readme: string;
}

export interface TemplateParts {
  readonly workflows: WorkflowService;
  readonly collections: CollectionService;
  readonly models: ModelService;
  readonly catalog: NodeCatalog;
  readonly audit: Pick<Audit, 'during'>;
  /** Assigns what a copy makes to its project. */
  assign(kind: 'workflow' | 'collection', id: string, project: string): void;
  /** Whether a project may use a thing. */
  readonly mayUse: (project: string, kind: 'model' | 'collection', id: string) => boolean;
}

/**
 * Templates, imported as copies. A folder beside a `workflow.json` with the name of a collection contains its sample documents;
 * workflows with the same collection share them.
 */
export class TemplateService {
  constructor(
    private readonly folder: string,
    private readonly parts: TemplateParts,
  ) {}

  async list(project = defaultProject): Promise<TemplateSummary[]> {
    const { mayUse } = this.parts;
    const [templates, collections, models] = await Promise.all([
      this.readAll(),
      this.parts.collections.list().then(
        (all) => new Set(all.map(({ name }) => name).filter((name) => mayUse(project, 'collection', name))),
        () => new Set<string>(),
      ),
      this.parts.models.list().then(
        (all) =>
          new Set(
            all
              .filter(({ status, card }) => isHere(status) && mayUse(project, 'model', card.id))
              .map(({ card }) => card.id),
          ),
        () => new Set<string>(),
      ),
    ]);
    return Promise.all(templates.map((template) => this.summarise(template, collections, models)));
  }

  /** Copies a template, makes its collections and imports its sample documents. Errors: `not_found`, `model_missing`. */
  async import(id: string, project: string, by: AuditActor): Promise<TemplateReply> {
    const template = (await this.readAll()).find((candidate) => candidate.id === id);
    if (template === undefined) throw new HeddleError('not_found', `There is no ready workflow '${id}'.`);
    const jobs: string[] = [];
    for (const name of this.collectionsOf(template.document)) {
      const job = await this.fill(template, name, project);
      if (job !== undefined) jobs.push(job);
    }
    const details = { step: 'copied', template: id } as const;
    const workflow = await this.parts.audit.during(
      (made) => ({ kind: 'workflow', ...by, subject: `workflow:${made.id}`, details }),
      () => this.parts.workflows.create(template.document),
    );
    this.parts.assign('workflow', workflow.id, project);
    return { workflow: workflowReply(workflow), jobs };
  }

  /** Makes a missing collection; an existing one belongs to the user and stays unchanged. */
  private async fill({ folder }: Template, name: string, project: string): Promise<string | undefined> {
    const { collections, models } = this.parts;
    if ((await collections.list()).some((collection) => collection.name === name)) return undefined;
    const embedding = await models.starterEmbedder((model) => this.parts.mayUse(project, 'model', model));
    await collections.create({ name, embedding });
    this.parts.assign('collection', name, project);
    const samples = await this.samplesOf(folder, name);
    if (samples === undefined) return undefined;
    const { readFolder } = await import('@heddle/adapters/documents');
    return (await collections.ingest(name, { documents: readFolder([samples]), sync: false })).jobId;
  }

  private async summarise(
    { id, folder, document, readme }: Template,
    collections: ReadonlySet<string>,
    models: ReadonlySet<string>,
  ): Promise<TemplateSummary> {
    const nodes = Object.values(document.nodes);
    const references = referencesOf(document, this.parts.catalog);
    const sketch = sketchOf(document);
    const modelIds = new Set(references.filter(({ kind }) => modelKinds.has(kind)).map((reference) => reference.id));
    return {
      id,
      name: document.name,
      summary: summaryOf(readme) ?? document.description ?? '',
      problem: '',
      needs: [],
      missing: [],
      isRunnable: true,
      examples: [],
      tests: [],
      nodes: nodes.length,
      collections: await Promise.all(
        this.collectionsOf(document).map(async (name) => ({
          name,
          isHere: collections.has(name),
          samples: await filesIn((await this.samplesOf(folder, name)) ?? ''),
        })),
      ),
      models: [...modelIds].map((model) => ({ id: model, isHere: models.has(model) })),
      missingNodes: [
        ...new Set(nodes.map(({ type }) => type).filter((type) => this.parts.catalog.get(type) === undefined)),
      ],
      readme,
      sketch,
    };
  }

  /** The sample documents of a collection: beside the template, or beside another one with the same collection. */
  private async samplesOf(folder: string, name: string): Promise<string | undefined> {
    const others = (await this.readAll()).map((template) => template.folder);
    return [folder, ...others].map((location) => join(location, name)).find((location) => existsSync(location));
  }

  private collectionsOf(document: WorkflowDocument): readonly string[] {
    const references = referencesOf(document, this.parts.catalog).filter(({ kind }) => kind === 'collection');
    return [...new Set(references.map(({ id }) => id))];
  }

  /** A folder without a valid workflow is not a template. */
  private async readAll(): Promise<readonly Template[]> {
    if (!existsSync(this.folder)) return [];
    const entries = (await readdir(this.folder, { withFileTypes: true })).filter((entry) => entry.isDirectory());
    const templates = await Promise.all(
      entries.map((entry) => readTemplate(entry.name, join(this.folder, entry.name))),
    );
    return templates.filter((template) => template !== undefined).sort((a, b) => (a.id < b.id ? -1 : 1));
  }
}

async function readTemplate(id: string, folder: string): Promise<Template | undefined> {
  const file = join(folder, 'workflow.json');
  if (!existsSync(file)) return undefined;
  const readme = await readFile(join(folder, 'README.md'), 'utf8').catch(() => '');
  try {
    return { id, folder, readme, document: parseDocument(await readFile(file, 'utf8')) };
  } catch {
    return undefined;
  }
}

/** The first paragraph under the title, as plain text. */
export function summaryOf(readme: string): string | undefined {
  const paragraph = readme
    .split(/\n\s*\n/)
    .map((block) => block.trim())
    .find((block) => block !== '' && !/^(?:#|```|\||!\[|[-*] )/.test(block));
  return paragraph
    ?.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/[*_`]+/g, '')
    .replace(/\s+/g, ' ');
}

async function filesIn(folder: string): Promise<number> {
  if (!existsSync(folder)) return 0;
  return (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile()).length;
}

/** Whether a model can be used without a download. */
const isHere = (status: string): boolean => status === 'ready' || status === 'loaded';
