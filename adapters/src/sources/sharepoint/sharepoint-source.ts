import {
  HeddleError,
  toErrorValue,
  type SourceChange,
  type SourceConnector,
  type SourceDocument,
  type SourceRequest,
} from '@heddle/core';
import { z } from 'zod';
import { jsonOf, openTokens } from '../api/access-token.js';
import { createJsonApi, isMissing, type JsonApi } from '../api/json-api.js';

const guid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

const SharepointConfig = z.strictObject({
  site: z
    .url({ protocol: /^https$/, error: 'An address such as https://acme.sharepoint.com/sites/HR' })
    .max(1_000)
    .refine((text) => !/[@?#%]/.test(text), { error: 'An address without a query' })
    .meta({ title: 'Site', description: 'The address of the site, such as https://acme.sharepoint.com/sites/HR.' }),
  libraries: z.array(z.string().min(1).max(300)).max(100).default([]).meta({
    title: 'Libraries',
    description: 'Names of document libraries, such as Documents; without any, all libraries of the site.',
  }),
  tenant: z
    .string()
    .regex(/^[A-Za-z0-9.-]{1,200}$/, { error: 'The id of a directory, or its domain' })
    .meta({ title: 'Tenant', description: 'The id of the directory (tenant), or its domain.' }),
  client: z.string().regex(guid, { error: 'The id of an application, such as 1b2c3d4e-…' }).meta({
    title: 'Application',
    description: 'The id of the application (client). The secret of the source is its client secret.',
  }),
});
type SharepointConfig = z.infer<typeof SharepointConfig>;

const more = { '@odata.nextLink': z.string().optional(), '@odata.deltaLink': z.string().optional() };
const Site = z.object({ id: z.string().min(1) });
const Library = z.object({ id: z.string().min(1), name: z.string() });
const Item = z.object({
  id: z.string().min(1),
  name: z.string().default(''),
  eTag: z.string().optional(),
  cTag: z.string().optional(),
  size: z.number().default(0),
  webUrl: z.string().optional(),
  lastModifiedDateTime: z.string().optional(),
  /** Set only for files. */
  file: z.object({ mimeType: z.string().optional() }).optional(),
  deleted: z.looseObject({}).optional(),
});
type Item = z.infer<typeof Item>;
const LibrariesReply = z.object({ value: z.array(Library), ...more });
const DeltaReply = z.object({ value: z.array(Item), ...more });

/** The delta link of each library, by its id. */
const Cursor = z.record(z.string(), z.string());

/** The addresses of Microsoft. Tests replace them. */
interface MicrosoftServers {
  readonly graph: string;
  readonly login: string;
}

/** Creates the connector. @example const source = createSharepointSource(); */
export const createSharepointSource = (
  servers: MicrosoftServers = { graph: 'https://graph.microsoft.com', login: 'https://login.microsoftonline.com' },
): SourceConnector<SharepointConfig> => ({
  kind: 'sharepoint',
  title: 'SharePoint',
  description: 'Files of document libraries of a SharePoint site in Microsoft 365.',
  config: SharepointConfig,
  capabilities: { isIncremental: true, hasReaders: false, secret: 'required' },
  changes: (request) => changes(request, servers),
});

/** The connector for files in SharePoint. */
export const sharepointSource = createSharepointSource();

async function* changes(
  request: SourceRequest<SharepointConfig>,
  servers: MicrosoftServers,
): AsyncGenerator<SourceChange> {
  const graph = openGraph(request, servers);
  const libraries = await librariesOf(await graph(), request.config);
  const known = readCursor(request.cursor, libraries);
  if (known === undefined) yield { type: 'listing' };
  const next: Record<string, string> = {};
  for (const { id } of libraries) {
    let path: string | undefined = known?.[id] ?? `/v1.0/drives/${encodeURIComponent(id)}/root/delta`;
    const seen = new Set<string>();
    while (path !== undefined) {
      if (seen.has(path)) throw new HeddleError('source_failed', 'SharePoint named the same page of a list twice.');
      seen.add(path);
      const reply: z.infer<typeof DeltaReply> = await (await graph()).ask(DeltaReply, path).catch(lost);
      for (const item of reply.value) {
        const change = changeOf(item, id, graph, request.maxBytes, known !== undefined);
        if (change !== undefined) yield change;
      }
      if (reply['@odata.deltaLink'] !== undefined) next[id] = pathOf(reply['@odata.deltaLink'], servers.graph);
      path = reply['@odata.nextLink'] === undefined ? undefined : pathOf(reply['@odata.nextLink'], servers.graph);
    }
  }
  const isWhole = libraries.every(({ id }) => next[id] !== undefined);
  yield { type: 'checkpoint', cursor: isWhole ? JSON.stringify(next) : undefined, isComplete: known === undefined };
}

/** A client of Microsoft Graph. Each call returns one with a valid token. */
function openGraph(request: SourceRequest<SharepointConfig>, servers: MicrosoftServers): () => Promise<JsonApi> {
  const { config, secret } = request;
  const address = `${servers.login}/${encodeURIComponent(config.tenant)}/oauth2/v2.0/token`;
  const token = openTokens(request, {
    service: 'Microsoft',
    address,
    form: async () => ({
      grant_type: 'client_credentials',
      client_id: config.client,
      client_secret: (await secret?.valueFor(new URL(address))) ?? '',
      scope: 'https://graph.microsoft.com/.default',
    }),
  });
  return async () =>
    createJsonApi(request, {
      service: 'SharePoint',
      server: servers.graph,
      signIn: 'none',
      headers: { authorization: `Bearer ${await token()}` },
    });
}

/** The libraries of the site. Errors: `source_failed` for a library that the application may not see. */
async function librariesOf(
  graph: JsonApi,
  { site, libraries }: SharepointConfig,
): Promise<readonly z.infer<typeof Library>[]> {
  const { hostname, pathname } = new URL(site);
  const path = pathname.replace(/\/+$/, '');
  const { id } = await graph.ask(Site, `/v1.0/sites/${hostname}${path === '' ? '' : `:${path}`}`);
  const { value } = await graph.ask(
    LibrariesReply,
    `/v1.0/sites/${encodeURIComponent(id).replaceAll('%2C', ',')}/drives`,
  );
  if (libraries.length === 0) return value;
  const missing = libraries.filter((name) => value.every((one) => one.name !== name));
  if (missing.length === 0) return value.filter(({ name }) => libraries.includes(name));
  throw new HeddleError(
    'source_failed',
    `The site has no library ${missing.join(', ').slice(0, 300)}. It has ${value
      .map(({ name }) => name)
      .join(', ')
      .slice(0, 300)}.`,
  );
}

/**
 * The delta links of the last sync; undefined at the first sync, which lists everything. Errors: `source_cursor_invalid` if the site has
 * other libraries than before.
 */
function readCursor(
  cursor: string | undefined,
  libraries: readonly z.infer<typeof Library>[],
): Readonly<Record<string, string>> | undefined {
  if (cursor === undefined) return undefined;
  const { data } = Cursor.safeParse(jsonOf(cursor));
  const ids = libraries.map(({ id }) => id);
  if (data !== undefined && ids.length === Object.keys(data).length && ids.every((id) => data[id] !== undefined))
    return data;
  throw new HeddleError('source_cursor_invalid', 'The libraries of the site have changed: they are listed again.');
}

/** Microsoft deletes the state of a delta link after some weeks, and then answers with 410. */
function lost(error: unknown): never {
  if (isMissing(error)) throw new HeddleError('source_cursor_invalid', 'SharePoint no longer knows the last change.');
  throw error;
}

/** Converts an absolute link to a path. A link to another server is refused. */
function pathOf(link: string, server: string): string {
  if (link.startsWith(`${server}/`)) return link.slice(server.length);
  throw new HeddleError('source_failed', `A list continues on another server: '${link.slice(0, 200)}'.`);
}

function changeOf(
  item: Item,
  library: string,
  graph: () => Promise<JsonApi>,
  limit: number,
  isFollowing: boolean,
): SourceChange | undefined {
  const id = `${library}/${item.id}`;
  if (item.deleted !== undefined) return isFollowing ? { type: 'delete', id } : undefined;
  if (item.file === undefined) return undefined;
  if (item.size > limit) return { type: 'failed', id, error: toErrorValue(tooLarge(item, limit)) };
  return { type: 'upsert', document: documentOf(item, library, graph) };
}

function documentOf(item: Item, library: string, graph: () => Promise<JsonApi>): SourceDocument {
  const { id, name, webUrl: url, cTag, eTag, lastModifiedDateTime: modified, file } = item;
  const at = Date.parse(modified ?? '');
  return {
    id: `${library}/${id}`,
    title: name.slice(0, 1_000),
    url: url !== undefined && /^https?:\/\//i.test(url) ? url : undefined,
    modified: Number.isNaN(at) ? undefined : at,
    // The cTag stays the same if only the name or the folder of a file changes.
    etag: cTag ?? eTag,
    content: async () => {
      const path = `/v1.0/drives/${encodeURIComponent(library)}/items/${encodeURIComponent(id)}/content`;
      return { content: await (await graph()).load(path), mediaType: file?.mimeType };
    },
  };
}

const tooLarge = ({ name, size }: Item, limit: number): HeddleError =>
  new HeddleError(
    'document_too_large',
    `'${name.slice(0, 300)}' has ${size} bytes, more than the ${limit} that are read.`,
  );
