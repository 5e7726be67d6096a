import type { BlobStore } from '@heddle/adapters/blobs';
import { HeddleError, isAtMost, isPlainObject, renderTemplate, toHeddleError, variablesOfPrompt } from '@heddle/core';
import type { Clock, LabelLevel, Principal, PromptInfo } from '@heddle/core';
import type {
  GetPromptResult,
  ListPromptsResult,
  ListResourcesResult,
  ListResourceTemplatesResult,
  PromptMessage,
  ReadResourceResult,
} from '@modelcontextprotocol/server';
import { checkAccess } from '../../../auth/rights/check-access.js';
import type { Ownership } from '../../../auth/rights/ownership.js';
import type { ProjectViews } from '../../../authority/project-views.js';
import type { CollectionService, ReadBy } from '../../../collections/collection.service.js';
import type { PromptService } from '../../../prompts/prompt.service.js';
import type { McpCaller } from '../mcp-caller.js';
import { addressOf, resourceAt, templates } from './resource-address.js';

export interface LibrarySources {
  readonly collections: CollectionService;
  readonly prompts: PromptService;
  readonly blobs: Pick<BlobStore, 'describe' | 'get'>;
  readonly ownership: Ownership;
  readonly views: ProjectViews;
  readonly clock: Clock;
  /** The names under which lists of readers include a caller. */
  readonly readersOf: (caller: Principal) => Promise<readonly string[]>;
}

/**
 * The highest label that a client may read. Like the caller of a published workflow, it is outside, so this is the standard clearance of
 * replies.
 */
const clearance: LabelLevel = 'internal';
const listedDocuments = 500;
const mostFileBytes = 8 * 1024 * 1024;
/** Clients get the version of a prompt that has this label, if there is one. */
const production = 'production';

/** Offers collections, documents and files as resources, and the prompts of the library, within the rights of the caller. */
export class Library {
  constructor(private readonly sources: LibrarySources) {}

  /** The collections that the caller may read. */
  async resources(caller: McpCaller): Promise<ListResourcesResult> {
    const { collections, views } = this.sources;
    const { principal, credentials } = caller;
    const view = views.viewFor(principal, credentials.headers);
    // If a store does not reply, only its own collections are missing.
    const shown = (await collections.survey()).collections.filter(
      ({ name, label }) => view.shows('collection', name) && isAtMost(label.level, clearance),
    );
    const readable = await Promise.all(shown.map((info) => collections.shownTo(info, this.readBy(caller))));
    return {
      resources: readable.map(({ name, title, documents }) => ({
        uri: addressOf({ kind: 'collection', name }),
        name,
        title,
        mimeType: 'application/json',
        description: `A collection${documents === undefined ? '' : ` of ${documents} documents`}: its list of documents.`,
      })),
    };
  }

  templates(): ListResourceTemplatesResult {
    return { resourceTemplates: [...templates] };
  }

  /** Errors: `not_found`, also for resources that the caller may not read; `label_refused`, `payload_too_large`. */
  async read(caller: McpCaller, uri: string): Promise<ReadResourceResult> {
    const found = resourceAt(uri);
    if (found === undefined) throw noResource(uri);
    try {
      if (found.kind === 'file') return await this.file(caller, found.id, uri);
      await this.check(caller, 'collection', found.name);
      if (found.kind === 'collection') return await this.collection(caller, found.name, uri);
      return await this.document(caller, found.name, found.document, uri);
    } catch (error) {
      if (absent.has(toHeddleError(error).code)) throw noResource(uri);
      throw error;
    }
  }

  /** The prompts that the caller may read. If two projects have a prompt of the same name, their ids are used as names. */
  async prompts(caller: McpCaller): Promise<ListPromptsResult> {
    const shown = await this.shownPrompts(caller);
    return {
      prompts: await Promise.all(
        shown.map(async ({ name, prompt }) => ({
          name,
          title: prompt.title,
          description: `${prompt.title}: a prompt of the library.`,
          arguments: variablesOfPrompt((await this.versionOf(prompt)).content).map((variable) => ({
            name: variable.name,
            required: !variable.isOptional,
            ...(variable.paths.some((path) => path !== variable.name)
              ? { description: `A JSON object with ${variable.paths.join(', ')}.` }
              : {}),
          })),
        })),
      ),
    };
  }

  /** A prompt with its values filled in. Errors: `not_found`, `input_missing`, `template_…`. */
  async prompt(caller: McpCaller, name: string, given: Readonly<Record<string, string>>): Promise<GetPromptResult> {
    const found = (await this.shownPrompts(caller)).find((entry) => entry.name === name);
    if (found === undefined) throw new HeddleError('not_found', `There is no prompt '${name.slice(0, 80)}'.`);
    const { content } = await this.versionOf(found.prompt);
    const values: Record<string, unknown> = {};
    for (const variable of variablesOfPrompt(content)) {
      const value = given[variable.name];
      if (value === undefined && !variable.isOptional)
        throw new HeddleError('input_missing', `The prompt '${name}' needs the argument '${variable.name}'.`);
      const isNested = variable.paths.some((path) => path !== variable.name);
      values[variable.name] = isNested ? objectOf(variable.name, value) : value;
    }
    const messages =
      content.kind === 'text' ? [{ role: 'user' as const, content: content.text }] : [...content.messages];
    return {
      description: found.prompt.title,
      messages: messages.map(({ role, content: text }): PromptMessage => ({
        // The protocol has no system messages.
        role: role === 'assistant' ? 'assistant' : 'user',
        content: { type: 'text', text: renderTemplate(text, values) },
      })),
    };
  }

  private async check({ principal }: McpCaller, kind: 'collection' | 'file', id: string): Promise<void> {
    const { ownership, clock } = this.sources;
    const right = kind === 'file' ? 'file:read' : 'collection:read';
    checkAccess(principal, right, await ownership.resourceOf(kind, id, principal), clock, id);
  }

  private readBy({ principal }: McpCaller): ReadBy {
    return () => this.sources.readersOf(principal);
  }

  private async collection(caller: McpCaller, name: string, uri: string): Promise<ReadResourceResult> {
    const { collections } = this.sources;
    const { title, label, documents, embedding, updatedAt } = await collections.shown(name, this.readBy(caller));
    checkLabel(label.level, uri);
    const listed = await collections.documents(name, { limit: listedDocuments }, this.readBy(caller));
    const about = {
      name,
      title,
      documents,
      embedding,
      updatedAt,
      listed: listed.flatMap(({ id, title: heading, mediaType, label: own }) =>
        isAtMost((own ?? label).level, clearance)
          ? [{ uri: addressOf({ kind: 'document', name, document: id }), title: heading, mediaType }]
          : [],
      ),
    };
    return { contents: [{ uri, mimeType: 'application/json', text: JSON.stringify(about) }] };
  }

  private async document(caller: McpCaller, name: string, id: string, uri: string): Promise<ReadResourceResult> {
    const { collections } = this.sources;
    checkLabel((await collections.get(name)).label.level, uri);
    const { text, passages } = await collections.text(name, id, this.readBy(caller));
    for (const { passage } of passages) if (passage.label !== undefined) checkLabel(passage.label.level, uri);
    return { contents: [{ uri, mimeType: 'text/plain', text }] };
  }

  private async file(caller: McpCaller, id: string, uri: string): Promise<ReadResourceResult> {
    await this.check(caller, 'file', id);
    const { blobs } = this.sources;
    const { mediaType, size } = await blobs.describe(id);
    if (size > mostFileBytes)
      throw new HeddleError('payload_too_large', `The file has ${size} bytes: download it with GET /api/files/${id}.`);
    const blob = Buffer.from(await blobs.get(id)).toString('base64');
    return { contents: [{ uri, mimeType: mediaType, blob }] };
  }

  private async shownPrompts({ principal, credentials }: McpCaller): Promise<readonly NamedPrompt[]> {
    const view = this.sources.views.viewFor(principal, credentials.headers);
    const found = await this.sources.prompts.list((id) => view.shows('prompt', id));
    const times = new Map<string, number>();
    for (const { name } of found) times.set(name, (times.get(name) ?? 0) + 1);
    return found.map((prompt) => ({ prompt, name: times.get(prompt.name) === 1 ? prompt.name : prompt.id }));
  }

  private versionOf({ id, labels, version }: PromptInfo): ReturnType<PromptService['version']> {
    return this.sources.prompts.version(id, labels[production] ?? version);
  }
}

interface NamedPrompt {
  readonly name: string;
  readonly prompt: PromptInfo;
}

const absent: ReadonlySet<string> = new Set([
  ...['not_found', 'collection_not_found', 'document_not_found', 'file_not_found', 'forbidden'],
]);

const noResource = (uri: string): HeddleError =>
  new HeddleError('not_found', `There is no resource '${uri.slice(0, 200)}'.`);

function checkLabel(level: LabelLevel, uri: string): void {
  if (isAtMost(level, clearance)) return;
  throw new HeddleError('label_refused', `The resource '${uri}' is ${level}; clients read ${clearance} at most.`);
}

function objectOf(name: string, value: string | undefined): unknown {
  if (value === undefined) return undefined;
  try {
    const parsed: unknown = JSON.parse(value);
    if (isPlainObject(parsed)) return parsed;
  } catch {
    // Falls through to the error below.
  }
  throw new HeddleError('bad_request', `The argument '${name}' must be a JSON object.`);
}
