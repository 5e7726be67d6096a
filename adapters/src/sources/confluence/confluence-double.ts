import {
  openTestService,
  testToken,
  type ServiceCall,
  type ServiceReply,
  type TestService,
} from '../testing/test-service.js';

interface DoublePage {
  readonly title: string;
  readonly html: string;
  readonly space: string;
  readonly files: readonly { readonly id: string; readonly name: string; readonly text: string }[];
}

/** A test double of Confluence Cloud: pages by id. Its lists have three entries on each page. */
export interface ConfluenceDouble extends TestService {
  readonly user: string;
  write(id: string, page: Partial<DoublePage>): void;
  remove(id: string): void;
}

type Stored = DoublePage & { readonly version: number };

const pageSize = 3;
const spaces = ['HR', 'IT'];

/** Starts the double. @example const confluence = await openConfluenceDouble(); confluence.write('7', { html: '<p>Hello.</p>' }); */
export async function openConfluenceDouble(): Promise<ConfluenceDouble> {
  const pages = new Map<string, Stored>();
  const user = 'ada@acme.test';
  const service = await openTestService({
    answer: (call) => answer(pages, call),
    authorization: `Basic ${Buffer.from(`${user}:${testToken}`).toString('base64')}`,
    refused: { status: 401, json: { code: 401, message: 'Unauthorized' } },
  });
  return {
    ...service,
    user,
    write(id, change) {
      const base = pages.get(id) ?? { title: 'Page', html: '', space: 'HR', files: [], version: 0 };
      pages.set(id, { ...base, ...change, version: base.version + 1 });
    },
    remove: (id) => void pages.delete(id),
  };
}

function answer(pages: ReadonlyMap<string, Stored>, { method, url }: ServiceCall): ServiceReply | undefined {
  const { pathname, searchParams: query } = url;
  if (method !== 'GET') return undefined;
  const api = '/wiki/api/v2';
  if (pathname === `${api}/spaces`) {
    const keys = (query.get('keys') ?? '').split(',');
    return listOf(
      url,
      spaces.filter((key) => keys.includes(key)).map((key) => ({ id: idOf(key), key, name: key, type: 'global' })),
    );
  }
  if (pathname === `${api}/pages`) {
    const wanted = (query.get('space-id') ?? '').split(',');
    return listOf(
      url,
      [...pages].filter(([, { space }]) => wanted.includes(idOf(space))).map(([id, page]) => pageOf(id, page)),
    );
  }
  if (pathname === `${api}/attachments`)
    return listOf(
      url,
      [...pages].flatMap(([id, page]) => page.files.map((file) => fileOf(id, file))),
    );
  const [, id] = /^\/wiki\/api\/v2\/pages\/([^/]+)$/.exec(pathname) ?? [];
  const page = pages.get(decodeURIComponent(id ?? ''));
  if (id !== undefined && page !== undefined && query.get('body-format') === 'export_view')
    return {
      json: { ...pageOf(id, page), body: { export_view: { representation: 'export_view', value: page.html } } },
    };
  const [, fileId] = /^\/wiki\/download\/attachments\/([^/]+)$/.exec(pathname) ?? [];
  const file = [...pages.values()].flatMap(({ files }) => files).find((one) => one.id === fileId);
  return file === undefined ? undefined : { file: file.text, type: 'text/plain' };
}

const idOf = (key: string): string => String(100 + spaces.indexOf(key));

const pageOf = (id: string, { title, space, version }: Stored): object => ({
  id,
  status: 'current',
  title,
  spaceId: idOf(space),
  parentId: null,
  parentType: null,
  authorId: 'a',
  version: { number: version, createdAt: '2026-01-02T03:04:05.000Z', message: '', minorEdit: false, authorId: 'a' },
  _links: { webui: `/spaces/${space}/pages/${id}/Page`, editui: '', tinyui: '' },
});

const fileOf = (pageId: string, { id, name, text }: DoublePage['files'][number]): object => ({
  id,
  status: 'current',
  title: name,
  pageId,
  mediaType: 'text/plain',
  fileSize: text.length,
  downloadLink: `/download/attachments/${id}`,
  version: { number: 1 },
});

/** The body names the next page, relative to the site. */
function listOf(url: URL, all: readonly object[]): ServiceReply {
  const start = Number(url.searchParams.get('cursor') ?? '0');
  const next = new URL(url);
  next.searchParams.set('cursor', String(start + pageSize));
  const hasMore = start + pageSize < all.length;
  return {
    json: { results: all.slice(start, start + pageSize), _links: hasMore ? { next: next.pathname + next.search } : {} },
  };
}
