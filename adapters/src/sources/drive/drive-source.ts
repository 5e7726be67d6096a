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
import { createJsonApi, isMissing, type JsonApi, type Refusal } from '../api/json-api.js';
import { openGoogleTokens } from './google-token.js';

const DriveConfig = z.strictObject({
  folder: z
    .string()
    .trim()
    .regex(/^[\w-]{5,200}$/, { error: 'The id of a folder: the last part of its address' })
    .optional()
    .meta({
      title: 'Folder',
      description: 'The id of a folder, read with all its subfolders; without it, all files that the account may read.',
    }),
  user: z.email().optional().meta({
    title: 'User',
    description:
      'The user that the service account acts for, where the domain allows it; without it, the account itself.',
  }),
  readers: z.enum(['drive', 'collection']).default('drive').meta({
    title: 'Who may read',
    description: 'The people that Drive names (drive), or everybody who may read the collection (collection).',
  }),
  domain: z.enum(['nobody', 'everybody']).default('nobody').meta({
    title: 'Shared with a domain',
    description:
      'Whether a file that is shared with a whole domain may be read by everybody who may read the collection.',
  }),
  maxFiles: z
    .int()
    .min(1)
    .max(1_000_000)
    .default(50_000)
    .meta({ title: 'Most files', description: 'The sync fails if there are more files.' }),
});
type DriveConfig = z.infer<typeof DriveConfig>;

const Permission = z.object({
  type: z.string(),
  emailAddress: z.string().nullish(),
  deleted: z.boolean().default(false),
});
type Permission = z.infer<typeof Permission>;
const File = z.object({
  id: z.string().min(1),
  name: z.string(),
  mimeType: z.string(),
  modifiedTime: z.iso.datetime(),
  version: z.string().optional(),
  md5Checksum: z.string().optional(),
  size: z.coerce.number().optional(),
  webViewLink: z.string().optional(),
  permissions: z.array(Permission).optional(),
});
type File = z.infer<typeof File>;
const FilesReply = z.object({
  files: z.array(File),
  nextPageToken: z.string().optional(),
  incompleteSearch: z.boolean().default(false),
});
const PermissionsReply = z.object({ permissions: z.array(Permission), nextPageToken: z.string().optional() });

const permissionFields = 'type,emailAddress,deleted';
const fields = `nextPageToken,incompleteSearch,files(id,name,mimeType,modifiedTime,version,md5Checksum,size,webViewLink,permissions(${permissionFields}))`;
const google = 'application/vnd.google-apps.';
const office = 'application/vnd.openxmlformats-officedocument.';
/** The export formats for documents of Google's editors. Other kinds, such as forms, have no text. */
const exports: Readonly<Record<string, string>> = {
  document: `${office}wordprocessingml.document`,
  spreadsheet: `${office}spreadsheetml.sheet`,
  presentation: `${office}presentationml.presentation`,
};
const everywhere = 'supportsAllDrives=true&includeItemsFromAllDrives=true';

/** The addresses of Google. Tests replace them. */
interface GoogleServers {
  readonly api: string;
  readonly tokens: string;
}

/** Creates the connector. @example const source = createDriveSource(); */
export const createDriveSource = (
  servers: GoogleServers = { api: 'https://www.googleapis.com', tokens: 'https://oauth2.googleapis.com/token' },
): SourceConnector<DriveConfig> => ({
  kind: 'drive',
  title: 'Google Drive',
  description: 'Files of Google Drive that a service account may read, with the readers that Drive names.',
  config: DriveConfig,
  capabilities: { isIncremental: false, hasReaders: true, secret: 'required' },
  changes: (request) => changes(request, servers),
});

/** The connector for files in Google Drive. */
export const driveSource = createDriveSource();

async function* changes(request: SourceRequest<DriveConfig>, servers: GoogleServers): AsyncGenerator<SourceChange> {
  const { config, maxBytes } = request;
  const drive = new Drive(request, servers);
  let left = config.maxFiles;
  yield { type: 'listing' };
  for await (const file of drive.files()) {
    if ((left -= 1) < 0) throw tooMany(config.maxFiles);
    const { id, size = 0 } = file;
    if (size > maxBytes) yield { type: 'failed', id, error: toErrorValue(tooLarge(file, maxBytes)) };
    else yield { type: 'upsert', document: await drive.document(file) };
  }
  yield { type: 'checkpoint', isComplete: true };
}

class Drive {
  private readonly request: SourceRequest<DriveConfig>;
  private readonly server: string;
  private readonly token: () => Promise<string>;

  constructor(request: SourceRequest<DriveConfig>, servers: GoogleServers) {
    this.request = request;
    this.server = servers.api;
    const scope = 'https://www.googleapis.com/auth/drive.readonly';
    this.token = openGoogleTokens(request, { address: servers.tokens, scope, subject: request.config.user });
  }

  /** All files with content. A file in several folders is returned only once. */
  async *files(): AsyncGenerator<File> {
    const seen = new Set<string>();
    const { folder } = this.request.config;
    const folders: (string | undefined)[] = [folder];
    for (let at = 0; at < folders.length; at += 1)
      for await (const file of this.list(folders[at])) {
        if (seen.has(file.id)) continue;
        seen.add(file.id);
        // If no folder is configured, the first list already contains all files.
        if (file.mimeType === `${google}folder`) folders.push(...(folder === undefined ? [] : [file.id]));
        else if (!file.mimeType.startsWith(google) || exportOf(file) !== undefined) yield file;
      }
  }

  async document(file: File): Promise<SourceDocument> {
    const { id, name, modifiedTime, md5Checksum, version, webViewLink: url } = file;
    const suffix = exportOf(file) ?? file.mimeType;
    return {
      id,
      title: name.slice(0, 1_000),
      url: url !== undefined && /^https?:\/\//i.test(url) ? url : undefined,
      modified: Date.parse(modifiedTime),
      // A document of Google's editors has no checksum. Its version also changes with its name and its readers.
      etag: md5Checksum ?? `${modifiedTime} ${version ?? ''}`,
      readers: this.request.config.readers === 'collection' ? undefined : await this.readers(file),
      metadata: { mediaType: suffix },
      content: () => this.load(file),
    };
  }

  /** An error for a single file, for example because it may not be downloaded, must not count as a failed sign-in. */
  private async load(file: File): Promise<SourceContent> {
    const exported = exportOf(file);
    const at = `/drive/v3/files/${encodeURIComponent(file.id)}`;
    const path =
      exported === undefined
        ? `${at}?alt=media&supportsAllDrives=true`
        : `${at}/export?mimeType=${encodeURIComponent(exported)}`;
    try {
      const content = await (await this.api()).load(path);
      return { content, mediaType: exported ?? file.mimeType };
    } catch (error) {
      if (error instanceof HeddleError && error.details?.['status'] === 403)
        throw new HeddleError(
          'source_failed',
          `Drive does not deliver '${file.name.slice(0, 300)}': ${error.message}`,
          {
            cause: error,
          },
        );
      throw error;
    }
  }

  /** The readers of a file; undefined if everybody who may read the collection may read it. */
  private async readers(file: File): Promise<readonly string[] | undefined> {
    const permissions = file.permissions ?? (await this.permissions(file.id));
    const given = permissions.filter(({ deleted }) => !deleted);
    const isForAll = ({ type }: Permission): boolean =>
      type === 'anyone' || (type === 'domain' && this.request.config.domain === 'everybody');
    if (given.some(isForAll)) return undefined;
    const names = given.flatMap(({ type, emailAddress }) => {
      if (emailAddress === undefined || emailAddress === null || emailAddress === '') return [];
      if (type === 'user') return [`user:${emailAddress}`];
      return type === 'group' ? [`oidc-group:${emailAddress}`] : [];
    });
    return [...new Set(names)].sort();
  }

  /** The permissions of a file in a shared drive, because the list of files does not contain them. None if the account may not see them. */
  private async permissions(id: string): Promise<readonly Permission[]> {
    const all: Permission[] = [];
    try {
      for (let token: string | undefined = ''; token !== undefined;) {
        const next = token === '' ? '' : `&pageToken=${encodeURIComponent(token)}`;
        const path = `/drive/v3/files/${encodeURIComponent(id)}/permissions?supportsAllDrives=true&pageSize=100&fields=nextPageToken,permissions(${permissionFields})${next}`;
        const reply: z.infer<typeof PermissionsReply> = await (await this.api()).ask(PermissionsReply, path);
        all.push(...reply.permissions);
        token = reply.nextPageToken;
      }
    } catch (error) {
      const isHidden = error instanceof HeddleError && error.details?.['status'] === 403;
      if (isHidden || isMissing(error)) return [];
      throw error;
    }
    return all;
  }

  private async *list(folder: string | undefined): AsyncGenerator<File> {
    const query = `trashed = false${folder === undefined ? '' : ` and '${folder}' in parents`}`;
    for (let token: string | undefined = ''; token !== undefined;) {
      const next = token === '' ? '' : `&pageToken=${encodeURIComponent(token)}`;
      const path = `/drive/v3/files?q=${encodeURIComponent(query)}&pageSize=1000&orderBy=createdTime&${everywhere}&fields=${fields}${next}`;
      const reply: z.infer<typeof FilesReply> = await (await this.api()).ask(FilesReply, path);
      if (reply.incompleteSearch)
        throw new HeddleError('source_unreachable', 'Drive did not list all files: the sync tries again.');
      yield* reply.files;
      if (reply.nextPageToken === token)
        throw new HeddleError('source_failed', 'Drive named the same page of a list twice.');
      token = reply.nextPageToken;
    }
  }

  private async api(): Promise<JsonApi> {
    const headers = { authorization: `Bearer ${await this.token()}` };
    return createJsonApi(this.request, {
      service: 'Google Drive',
      server: this.server,
      headers,
      signIn: 'none',
      waitOf,
    });
  }
}

const exportOf = ({ mimeType }: File): string | undefined =>
  mimeType.startsWith(google) ? exports[mimeType.slice(google.length)] : undefined;

/** Drive answers too many requests with 403 and a reason, without a time to wait. */
function waitOf({ status, text }: Refusal): number | undefined {
  return status === 403 && /"(?:user)?rateLimitExceeded"/i.test(text) ? 10_000 : undefined;
}

const tooLarge = ({ name, size = 0 }: File, limit: number): HeddleError =>
  new HeddleError(
    'document_too_large',
    `'${name.slice(0, 300)}' has ${size} bytes, more than the ${limit} that are read.`,
  );

const tooMany = (limit: number): HeddleError =>
  new HeddleError(
    'source_failed',
    `There are more than ${limit} files: nothing was removed. Name a folder, or allow more files.`,
  );
