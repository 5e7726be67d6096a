import {
  HeddleError,
  toErrorValue,
  type SourceChange,
  type SourceConnector,
  type SourceContent,
  type SourceDocument,
  type SourceRequest,
} from '@heddle/core';
import { z } from 'zod';
import { createJsonApi, type JsonApi } from '../api/json-api.js';
import { escaped } from '../feed/read-feed.js';

const ConfluenceConfig = z.strictObject({
  site: z
    .url({ protocol: /^https?$/, error: 'An address such as https://acme.atlassian.net' })
    .max(1_000)
    .refine((text) => /^\/?$/.test(new URL(text).pathname) && !/[@?#]/.test(text), {
      error: 'An address without a path',
    })
    .meta({
      title: 'Site',
      description: "The address of the site in Atlassian's cloud, such as https://acme.atlassian.net.",
    }),
  user: z.email().meta({ title: 'User', description: 'The address of the account whose API token is the secret.' }),
  spaces: z
    .array(z.string().regex(/^~?[A-Za-z0-9_-]{1,255}$/, { error: 'The key of a space, such as HR' }))
    .min(1)
    .max(100)
    .meta({ title: 'Spaces', description: 'Keys of spaces, such as HR.' }),
  attachments: z.boolean().default(false).meta({
    title: 'Attachments',
    description: 'Whether files that are attached to the pages become documents too.',
  }),
});
type ConfluenceConfig = z.infer<typeof ConfluenceConfig>;

const Links = z.object({ next: z.string().optional() }).default({});
const listOf = <Item extends z.ZodType>(item: Item) => z.object({ results: z.array(item), _links: Links });
const Version = z.object({ number: z.int(), createdAt: z.string().optional() });

const Space = z.object({ id: z.string().min(1), key: z.string() });
const Page = z.object({
  id: z.string().min(1),
  title: z.string(),
  spaceId: z.string(),
  version: Version,
  _links: z.object({ webui: z.string().optional() }).default({}),
});
type Page = z.infer<typeof Page>;
const PageBody = z.object({ body: z.object({ export_view: z.object({ value: z.string() }) }) });
const Attachment = z.object({
  id: z.string().min(1),
  title: z.string(),
  pageId: z.string().nullish(),
  mediaType: z.string().optional(),
  fileSize: z.number().default(0),
  downloadLink: z.string(),
  version: Version,
});
type Attachment = z.infer<typeof Attachment>;

const SpacesReply = listOf(Space);
const PagesReply = listOf(Page);
const AttachmentsReply = listOf(Attachment);

/** The connector for pages in Confluence Cloud. */
export const confluenceSource: SourceConnector<ConfluenceConfig> = {
  kind: 'confluence',
  title: 'Confluence',
  description: 'Pages of Confluence Cloud spaces, with their attachments.',
  config: ConfluenceConfig,
  capabilities: { isIncremental: false, hasReaders: false, secret: 'required' },
  changes,
};

async function* changes(request: SourceRequest<ConfluenceConfig>): AsyncGenerator<SourceChange> {
  const { config, secret, maxBytes } = request;
  const site = new URL(config.site).origin;
  const api = createJsonApi(request, {
    service: 'Confluence',
    server: site,
    signIn:
      secret === undefined
        ? 'none'
        : { secret: secret.handle, header: 'authorization', scheme: 'basic', user: config.user },
  });
  const spaces = await spacesOf(api, config.spaces);
  const pages = new Set<string>();
  yield { type: 'listing' };
  const ids = [...spaces.keys()].map(encodeURIComponent).join(',');
  for await (const page of all(
    api,
    PagesReply,
    `/wiki/api/v2/pages?space-id=${ids}&status=current&sort=id&limit=250`,
  )) {
    pages.add(page.id);
    yield { type: 'upsert', document: documentOf(api, site, page, spaces.get(page.spaceId)) };
  }
  if (config.attachments)
    for await (const file of all(api, AttachmentsReply, '/wiki/api/v2/attachments?status=current&limit=250')) {
      if (!pages.has(file.pageId ?? '')) continue;
      if (file.fileSize > maxBytes)
        yield { type: 'failed', id: idOf(file), error: toErrorValue(tooLarge(file, maxBytes)) };
      else yield { type: 'upsert', document: fileOf(api, file) };
    }
  yield { type: 'checkpoint', isComplete: true };
}

/** The keys of spaces by their ids. Errors: `source_failed` for a space that the account may not see. */
async function spacesOf(api: JsonApi, keys: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  const wanted = keys.map(encodeURIComponent).join(',');
  for await (const { id, key } of all(api, SpacesReply, `/wiki/api/v2/spaces?keys=${wanted}&limit=250`))
    found.set(id, key);
  const missing = keys.filter((key) => ![...found.values()].includes(key));
  if (missing.length === 0) return found;
  throw new HeddleError(
    'source_failed',
    `Confluence does not show ${missing.join(', ').slice(0, 300)} to this account: correct the keys of the spaces, or give it the right to read.`,
  );
}

async function* all<Item>(
  api: JsonApi,
  shape: z.ZodType<{ readonly results: readonly Item[]; readonly _links: z.infer<typeof Links> }>,
  first: string,
): AsyncGenerator<Item> {
  const seen = new Set<string>();
  for (let path: string | undefined = first; path !== undefined;) {
    if (seen.has(path) || !path.startsWith('/wiki/'))
      throw new HeddleError(
        'source_failed',
        `A Confluence list continues at '${path.slice(0, 200)}', which is not a next page.`,
      );
    seen.add(path);
    const reply: { readonly results: readonly Item[]; readonly _links: z.infer<typeof Links> } = await api.ask(
      shape,
      path,
    );
    yield* reply.results;
    path = reply._links.next;
  }
}

function documentOf(api: JsonApi, site: string, page: Page, space: string | undefined): SourceDocument {
  const { id, title, version, _links: links } = page;
  const modified = Date.parse(version.createdAt ?? '');
  return {
    id,
    title: title.slice(0, 1_000),
    url: links.webui?.startsWith('/') === true ? `${site}/wiki${links.webui}` : undefined,
    modified: Number.isNaN(modified) ? undefined : modified,
    etag: String(version.number),
    metadata: space === undefined ? {} : { space },
    content: () => load(api, page),
  };
}

async function load(api: JsonApi, { id, title }: Page): Promise<SourceContent> {
  const path = `/wiki/api/v2/pages/${encodeURIComponent(id)}?body-format=export_view`;
  const { body } = await api.ask(PageBody, path);
  const head = `<head><title>${escaped(title)}</title></head>`;
  return { content: `<html>${head}<body>${body.export_view.value}</body></html>`, mediaType: 'text/html' };
}

function fileOf(api: JsonApi, file: Attachment): SourceDocument {
  const { title, mediaType, version, downloadLink } = file;
  return {
    id: idOf(file),
    title: title.slice(0, 1_000),
    etag: String(version.number),
    metadata: { page: file.pageId ?? '' },
    content: async () => {
      if (!downloadLink.startsWith('/'))
        throw new HeddleError(
          'source_failed',
          `The address of the attachment '${title.slice(0, 300)}' does not belong to the site.`,
        );
      return { content: await api.load(`/wiki${downloadLink}`), mediaType };
    },
  };
}

const idOf = ({ id, title }: Attachment): string => `${id}/${title}`.slice(0, 1_000);

const tooLarge = ({ title, fileSize }: Attachment, limit: number): HeddleError =>
  new HeddleError(
    'document_too_large',
    `'${title.slice(0, 300)}' has ${fileSize} bytes, more than the ${limit} that are read.`,
  );
