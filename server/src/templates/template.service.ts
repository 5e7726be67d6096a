import {
  HeddleError,
  needsOfDocument,
  sketchOf,
  triggerNeeds,
  type AuditActor,
  type ShownCollectionInfo,
  type CompileReply,
  type NodeCatalog,
  type TemplateGap,
  type TemplateNeed,
  type TemplateReply,
  type TemplateSummary,
  type VersionStore,
  type WorkflowDocument,
} from '@heddle/core';
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Ownership } from '../auth/rights/ownership.js';
import type { CollectionService } from '../collections/collection.service.js';
import type { ModelService } from '../models/model.service.js';
import { followName } from '../workflows/follow-name.js';
import { workflowReply, type WorkflowService } from '../workflows/workflow.service.js';
import { examplesOf, readTemplates, summaryOf, type Template } from './read-templates.js';
import { findGaps, type ProjectStock } from './template-gaps.js';

/** The folder of templates; the relative path works in the sources and in `dist`. */
export const templatesFolder = fileURLToPath(new URL('../../../workflows', import.meta.url));

/** The project that reads the list, and whether the caller may know the state of its connections. */
interface TemplateReader {
  readonly project: string;
  readonly showsConnections: boolean;
}

interface TemplateParts {
  readonly workflows: WorkflowService;
  readonly versions: Pick<VersionStore, 'testsWrites'>;
  readonly collections: CollectionService;
  readonly models: ModelService;
  readonly catalog: NodeCatalog;
  readonly compile: (document: WorkflowDocument, project: string) => Promise<CompileReply>;
  readonly stock: (project: string) => Promise<Omit<ProjectStock, 'showsConnections'>>;
  /** Assigns what an import creates to its project. */
  readonly owned: Pick<Ownership, 'commitOwner' | 'write'>;
  readonly mayUse: (project: string, kind: 'model' | 'collection', id: string) => boolean;
}

/**
 * Lists templates and imports them as copies. A folder beside a `workflow.json` that has the name of a collection contains its sample
 * documents; templates with the same collection share them.
 */
export class TemplateService {
  constructor(
    private readonly folder: string,
    private readonly parts: TemplateParts,
  ) {}

  async list({ project, showsConnections }: TemplateReader): Promise<TemplateSummary[]> {
    const [templates, stock] = await Promise.all([readTemplates(this.folder), this.parts.stock(project)]);
    const folders = templates.map(({ folder }) => folder);
    return Promise.all(
      templates.map((template) => this.summarise(template, project, { ...stock, showsConnections }, folders)),
    );
  }

  /** Copies a template with its tests, creates its collections and imports its sample documents. Errors: `not_found`, `model_missing`. */
  async import(id: string, project: string, by: AuditActor): Promise<TemplateReply> {
    const templates = await readTemplates(this.folder);
    const template = templates.find((candidate) => candidate.id === id);
    if (template === undefined) throw new HeddleError('not_found', `There is no template '${id}'.`);
    const folders = templates.map(({ folder }) => folder);
    const jobs: string[] = [];
    let { document } = template;
    for (const from of collectionsOf(this.needsOf(template))) {
      const { name: to, job } = await this.fill(template, from, project, folders);
      document = followName(document, this.parts.catalog, { kind: 'collection', from, to }) ?? document;
      if (job !== undefined) jobs.push(job);
    }
    const details = { step: 'copied', template: id } as const;
    const { workflows, versions, owned } = this.parts;
    const workflow = await workflows.create(document, undefined, undefined, {
      event: (made) => ({ kind: 'workflow', ...by, subject: `workflow:${made.id}`, details }),
      writes: (made) => [
        ...(template.testsText.trim() === '' ? [] : versions.testsWrites(made.id, template.testsText)),
        ...owned.write.assign('workflow', made.id, project),
      ],
    });
    return { workflow: workflowReply(workflow), jobs };
  }

  /**
   * Creates a missing collection and fills it with samples. An existing collection of the project stays unchanged. If another project has
   * the name, the new collection gets another one.
   */
  private async fill(
    { folder }: Template,
    wanted: string,
    project: string,
    folders: readonly string[],
  ): Promise<{ readonly name: string; readonly job?: string }> {
    const { collections, models, mayUse } = this.parts;
    const known = await collections.list();
    const name = freeName(wanted, known, (taken) => mayUse(project, 'collection', taken));
    if (known.some((collection) => collection.name === name)) return { name };
    const embedding = await models.starterEmbedder((model) => mayUse(project, 'model', model));
    await collections.create({ name, embedding });
    await this.parts.owned.commitOwner('collection', name, project);
    const samples = samplesOf(folder, folders, wanted);
    if (samples === undefined) return { name };
    const { readFolder } = await import('@heddle/adapters/documents');
    const { jobId } = await collections.ingest(name, { documents: readFolder([samples]), sync: false });
    return { name, job: jobId };
  }

  private async summarise(
    template: Template,
    project: string,
    stock: ProjectStock,
    folders: readonly string[],
  ): Promise<TemplateSummary> {
    const { id, document, readme, card, tests } = template;
    const needs = this.needsOf(template);
    const samples = await samplesByName(template, collectionsOf(needs), folders);
    const missing = await this.missingOf({ document, needs, samples }, project, stock);
    const targets = (kind: TemplateNeed['kind']): readonly string[] =>
      needs.filter((need) => need.kind === kind).map(({ target }) => target);
    const lacks = (kind: TemplateNeed['kind'], target: string): boolean =>
      missing.some((gap) => gap.kind === kind && gap.target === target);
    const types = Object.values(document.nodes).map(({ type }) => type);
    return {
      id,
      name: document.name,
      summary: card?.summary ?? summaryOf(readme) ?? document.description ?? '',
      category: card?.category,
      problem: card?.problem ?? '',
      needs: [...needs],
      missing,
      unknown: stock.showsConnections
        ? []
        : needs.filter(({ kind, target }) => kind === 'connection' && !lacks(kind, target)),
      isRunnable: missing.every(({ isBlocking }) => !isBlocking),
      examples: await examplesOf(template),
      tests: [...tests],
      nodes: types.length,
      collections: targets('collection').map((name) => ({
        name,
        isHere: stock.collections.some((collection) => collection.name === name),
        samples: samples.get(name) ?? 0,
      })),
      models: targets('model').map((model) => ({ id: model, isHere: !lacks('model', model) })),
      missingNodes: [...new Set(types.filter((type) => this.parts.catalog.get(type) === undefined))],
      readme,
      sketch: sketchOf(document, this.parts.catalog),
    };
  }

  /** Collects the needs that follow from the workflow, and the triggers that its card names. */
  private needsOf({ document, card }: Template): readonly TemplateNeed[] {
    const triggers = (card?.needs ?? []).filter(({ kind }) => triggerNeeds.has(kind));
    return [...needsOfDocument(document, this.parts.catalog), ...triggers];
  }

  /** Finds the gaps. The workflow is compiled for its data map only if data may leave through a connection. */
  private async missingOf(
    template: Pick<Parameters<typeof findGaps>[0], 'document' | 'needs' | 'samples'>,
    project: string,
    stock: ProjectStock,
  ): Promise<TemplateGap[]> {
    const { compile, catalog } = this.parts;
    const sends = template.needs.some(({ kind }) => kind === 'connection') && stock.connections.length > 0;
    const dataMap = sends ? (await compile(template.document, project)).dataMap : [];
    return findGaps({ ...template, dataMap }, stock, catalog);
  }
}

const collectionsOf = (needs: readonly TemplateNeed[]): readonly string[] =>
  needs.filter(({ kind }) => kind === 'collection').map(({ target }) => target);

/** Gives the name if it is free or the project may use its collection; otherwise appends the first free number. */
function freeName(wanted: string, known: readonly ShownCollectionInfo[], mayUse: (name: string) => boolean): string {
  const taken = new Set(known.map(({ name }) => name));
  for (let number = 1; ; number += 1) {
    const name = number === 1 ? wanted : `${wanted}-${number}`;
    if (!taken.has(name) || mayUse(name)) return name;
  }
}

/** Finds the sample documents of a collection, in the folder of the template or of another template with the same collection. */
const samplesOf = (folder: string, others: readonly string[], name: string): string | undefined =>
  [folder, ...others].map((location) => join(location, name)).find((location) => existsSync(location));

async function samplesByName({ folder }: Template, names: readonly string[], others: readonly string[]) {
  const counted = names.map(async (name) => [name, await filesIn(samplesOf(folder, others, name))] as const);
  return new Map(await Promise.all(counted));
}

async function filesIn(folder: string | undefined): Promise<number> {
  if (folder === undefined) return 0;
  return (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile()).length;
}
