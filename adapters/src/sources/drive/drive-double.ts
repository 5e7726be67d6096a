import { createVerify, generateKeyPairSync } from 'node:crypto';
import type { SourceRequest } from '@heddle/core';
import { openTestService, type ServiceCall, type ServiceReply, type TestService } from '../testing/test-service.js';

interface DoubleFile {
  readonly name: string;
  readonly mimeType: string;
  readonly text: string;
  readonly parent: string;
  readonly permissions: readonly {
    readonly type: string;
    readonly emailAddress?: string;
    readonly deleted?: boolean;
  }[];
  /** Whether the file is in a shared drive. Such files are listed without their permissions. */
  readonly isShared: boolean;
  /** The reason with which Drive refuses the file, such as `cannotDownloadFile`. */
  readonly refusal?: string;
}

/** A test double of Google Drive and Google's sign-in: files by id. Its lists have three entries on each page. It checks signatures. */
export interface DriveDouble extends TestService {
  readonly tokens: string;
  /** The key file of the service account, in Google's form. */
  readonly key: string;
  readonly secret: NonNullable<SourceRequest['secret']>;
  /** The claims of the last sign-in. */
  claims(): Readonly<Record<string, unknown>>;
  write(id: string, file: Partial<DoubleFile>): void;
  remove(id: string): void;
}

type Stored = DoubleFile & { readonly version: number };

const pageSize = 3;
const accessToken = 'access-of-the-test';

/** Starts the double. @example const drive = await openDriveDouble(); drive.write('file1', { text: 'Hello.' }); */
export async function openDriveDouble(): Promise<DriveDouble> {
  const files = new Map<string, Stored>();
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
  let claims: Record<string, unknown> = {};
  let version = 0;
  const signIn = (body: unknown): ServiceReply => {
    const form = new URLSearchParams(String(body));
    const [head = '', middle = '', signature = ''] = (form.get('assertion') ?? '').split('.');
    const isSigned = createVerify('RSA-SHA256').update(`${head}.${middle}`).verify(publicKey, signature, 'base64url');
    if (!isSigned)
      return { json: { error: 'invalid_grant', error_description: 'Invalid JWT Signature.' }, status: 400 };
    claims = JSON.parse(Buffer.from(middle, 'base64url').toString()) as Record<string, unknown>; // Claims are always an object.
    return { json: { access_token: accessToken, expires_in: 3_599, token_type: 'Bearer' } };
  };
  const service = await openTestService({
    answer: (call) => (call.url.pathname === '/token' ? signIn(call.body) : answer(files, call)),
    authorization: `Bearer ${accessToken}`,
    open: '/token',
    refused: {
      status: 401,
      json: { error: { code: 401, message: 'Invalid Credentials', errors: [{ reason: 'authError' }] } },
    },
    limited: { status: 403, json: { error: { code: 403, errors: [{ reason: 'userRateLimitExceeded' }] } } },
  });
  const key = JSON.stringify({
    type: 'service_account',
    client_email: 'heddle@acme.iam.gserviceaccount.com',
    private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }),
  });
  return {
    ...service,
    key,
    tokens: `${service.server}/token`,
    claims: () => claims,
    secret: { handle: { name: 'drive' }, valueFor: () => Promise.resolve(key) },
    write(id, change) {
      const base = files.get(id) ?? {
        name: id,
        mimeType: 'text/plain',
        text: '',
        parent: 'root-folder',
        permissions: [],
        isShared: false,
      };
      files.set(id, { ...base, ...change, version: (version += 1) });
    },
    remove: (id) => void files.delete(id),
  };
}

function answer(files: ReadonlyMap<string, Stored>, { method, url }: ServiceCall): ServiceReply | undefined {
  const [, id, rest] = /^\/drive\/v3\/files(?:\/([^/]+)(?:\/(export|permissions))?)?$/.exec(url.pathname) ?? [];
  if (method !== 'GET' || !url.pathname.startsWith('/drive/v3/files')) return undefined;
  const { searchParams: query } = url;
  if (id === undefined) {
    const [, parent] = /'([^']+)' in parents/.exec(query.get('q') ?? '') ?? [];
    const found = [...files].filter(([, file]) => parent === undefined || file.parent === parent);
    return {
      json: pageOf(
        'files',
        found.map(([name, file]) => fileOf(name, file)),
        query.get('pageToken'),
      ),
    };
  }
  const file = files.get(id);
  if (file === undefined) return undefined;
  if (rest === 'permissions') return { json: pageOf('permissions', file.permissions, query.get('pageToken')) };
  if (file.refusal !== undefined)
    return { status: 403, json: { error: { code: 403, message: 'No.', errors: [{ reason: file.refusal }] } } };
  if (rest === 'export' || query.get('alt') === 'media')
    return { file: file.text, type: query.get('mimeType') ?? file.mimeType };
  return { json: fileOf(id, file) };
}

function fileOf(id: string, file: Stored): object {
  const isGoogle = file.mimeType.startsWith('application/vnd.google-apps.');
  return {
    kind: 'drive#file',
    id,
    name: file.name,
    mimeType: file.mimeType,
    version: String(file.version),
    modifiedTime: new Date(1_750_000_000_000 + file.version * 1_000).toISOString(),
    webViewLink: `https://drive.google.com/file/d/${id}/view`,
    ...(isGoogle ? {} : { size: String(file.text.length), md5Checksum: `${file.text.length}-${file.text}` }),
    ...(file.isShared ? {} : { permissions: file.permissions }),
  };
}

function pageOf(name: string, all: readonly object[], token: string | null): object {
  const start = Number(token ?? '0');
  const end = start + pageSize;
  return { [name]: all.slice(start, end), ...(end < all.length ? { nextPageToken: String(end) } : {}) };
}
