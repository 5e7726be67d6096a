import type { SourceRequest } from '@heddle/core';
import {
  openTestService,
  testToken,
  type ServiceCall,
  type ServiceReply,
  type TestService,
} from '../testing/test-service.js';

interface DoubleItem {
  readonly name: string;
  readonly text: string;
  readonly library: string;
}

/** A test double of Microsoft Graph and its sign-in: files by id, with a list of changes. Its lists have three entries on each page. */
export interface SharepointDouble extends TestService {
  readonly secret: NonNullable<SourceRequest['secret']>;
  /** The names of the libraries by id. */
  readonly libraries: Map<string, string>;
  /** The form fields of the last sign-in. */
  form(): URLSearchParams;
  write(id: string, item: Partial<DoubleItem>): void;
  remove(id: string): void;
  /** Makes all earlier delta links invalid. */
  forget(): void;
}

type Stored = DoubleItem & { readonly version: number };
interface World {
  readonly server: () => string;
  readonly libraries: ReadonlyMap<string, string>;
  readonly items: ReadonlyMap<string, Stored>;
  /** The changes, oldest first. */
  readonly log: readonly { readonly id: string; readonly library: string }[];
  readonly epoch: () => number;
}

const pageSize = 3;
const accessToken = 'access-of-the-test';
export const tenant = 'acme.test';
export const client = '11111111-2222-3333-4444-555555555555';

/** Starts the double. @example const sharepoint = await openSharepointDouble(); sharepoint.write('file1', { text: 'Hello.' }); */
export async function openSharepointDouble(): Promise<SharepointDouble> {
  const items = new Map<string, Stored>();
  const libraries = new Map([['drive-1', 'Documents']]);
  const log: { id: string; library: string }[] = [];
  let form = new URLSearchParams();
  let epoch = 1;
  const world: World = { libraries, items, log, epoch: () => epoch, server: () => service.server };
  const signIn = (body: unknown): ServiceReply => {
    form = new URLSearchParams(String(body));
    if (form.get('client_secret') !== testToken || form.get('client_id') !== client)
      return { json: { error: 'invalid_client', error_description: 'AADSTS7000215' }, status: 401 };
    return { json: { token_type: 'Bearer', expires_in: 3_599, access_token: accessToken } };
  };
  const open = `/${tenant}/oauth2/v2.0/token`;
  const service: TestService = await openTestService({
    answer: (call) => (call.url.pathname === open ? signIn(call.body) : answer(world, call)),
    authorization: `Bearer ${accessToken}`,
    open,
    refused: { status: 401, json: { error: { code: 'InvalidAuthenticationToken', message: 'No.' } } },
    limited: { status: 429, json: { error: { code: 'activityLimitReached', message: 'Slow down.' } } },
  });
  return {
    ...service,
    libraries,
    form: () => form,
    secret: { handle: { name: 'sharepoint' }, valueFor: () => Promise.resolve(testToken) },
    write(id, change) {
      const base = items.get(id) ?? { name: id, text: '', library: 'drive-1', version: 0 };
      items.set(id, { ...base, ...change, version: base.version + 1 });
      log.push({ id, library: change.library ?? base.library });
    },
    remove(id) {
      const item = items.get(id);
      if (item === undefined) return;
      items.delete(id);
      log.push({ id, library: item.library });
    },
    forget: () => void (epoch += 1),
  };
}

function answer(world: World, { method, url }: ServiceCall): ServiceReply | undefined {
  const { pathname } = url;
  if (method !== 'GET') return undefined;
  if (pathname === '/v1.0/sites/acme.sharepoint.com:/sites/HR')
    return { json: { id: 'acme.sharepoint.com,1,2', name: 'HR' } };
  if (/^\/v1\.0\/sites\/[^/]+\/drives$/.test(pathname))
    return { json: { value: [...world.libraries].map(([id, name]) => ({ id, name, driveType: 'documentLibrary' })) } };
  const [, library = '', rest = ''] = /^\/v1\.0\/drives\/([^/]+)\/(.+)$/.exec(pathname) ?? [];
  if (rest === 'root/delta') return deltaOf(world, library, url);
  const [, id = ''] = /^items\/([^/]+)\/content$/.exec(rest) ?? [];
  const item = world.items.get(decodeURIComponent(id));
  return item === undefined ? undefined : { file: item.text, type: 'text/plain' };
}

/** Without a token, lists all files in their current state; with a token, the changes since then. */
function deltaOf({ server, items, log, epoch }: World, library: string, url: URL): ServiceReply {
  const token = url.searchParams.get('token');
  const [of, kind, at] = (token ?? `${epoch()}:all:0`).split(':');
  if (Number(of) !== epoch()) return { status: 410, json: { error: { code: 'resyncRequired', message: 'Resync.' } } };
  const isAll = kind === 'all';
  const all = isAll
    ? [...items].filter(([, item]) => item.library === library).map(([id]) => id)
    : log.filter((entry) => entry.library === library).map(({ id }) => id);
  const start = Number(at);
  const end = start + pageSize;
  const link = (next: string): string => `${server()}${url.pathname}?token=${epoch()}:${next}`;
  const changed = log.filter((entry) => entry.library === library).length;
  return {
    json: {
      value: [
        ...(isAll && start === 0 ? [{ id: 'root', name: 'root', root: {}, folder: { childCount: 1 }, size: 0 }] : []),
        ...all.slice(start, end).map((id) => itemOf(id, items.get(id))),
      ],
      // Changes during the listing are reported by the delta link at its end.
      ...(end < all.length
        ? { '@odata.nextLink': link(`${kind}:${end}`) }
        : { '@odata.deltaLink': link(`since:${isAll ? changed : Math.max(all.length, start)}`) }),
    },
  };
}

const itemOf = (id: string, item: Stored | undefined): object =>
  item === undefined
    ? { id, deleted: { state: 'deleted' } }
    : {
        id,
        name: item.name,
        size: item.text.length,
        webUrl: `https://acme.sharepoint.com/${id}`,
        eTag: `"${id},${item.version}"`,
        cTag: `"c:${id},${item.text.length}-${item.text}"`,
        lastModifiedDateTime: '2026-01-02T03:04:05Z',
        file: { mimeType: 'text/plain', hashes: {} },
        parentReference: { driveId: item.library, path: '/drive/root:' },
      };
