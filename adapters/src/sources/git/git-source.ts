import { existsSync } from 'node:fs';
import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import {
  HeddleError,
  toErrorValue,
  type SourceChange,
  type SourceConnector,
  type SourceContent,
  type SourceRequest,
} from '@heddle/core';
import { addressOf, GitConfig, linkOf, pathspecsOf } from './git-config.js';
import { checkAnswer, meaningOf } from './git-errors.js';
import { GitObjects } from './git-objects.js';
import { checkGit, runGit, startGit, stopGit, type GitCall } from './git-program.js';
import { locateRepository } from './local-repository.js';

/** The connector for files on a branch of a Git repository. */
export const gitSource: SourceConnector<GitConfig> = {
  kind: 'git',
  title: 'Git',
  description: "Files of a branch of a Git repository, over https or in a folder on Heddle's machine.",
  config: GitConfig,
  capabilities: { isIncremental: true, hasReaders: false, secret: 'optional' },
  changes,
};

/** The reference to the newest commit in the clone of the source. */
const newest = 'refs/heddle/newest';
/** The reference that protects the commit of the cursor from garbage collection. */
const last = 'refs/heddle/last';
const largestAdvertisement = 50_000_000;
/** A clone that grows beyond this is aborted before it fills the disk. */
const mostCloneBytes = 20 * 1024 ** 3;
const checkSizeEveryMs = 2_000;
const mostPacks = 20;

async function* changes(request: SourceRequest<GitConfig>): AsyncGenerator<SourceChange> {
  const { config, cursor } = request;
  const remote = await remoteOf(request);
  const clone = join(await request.workFolder(), 'clone.git');
  const call: GitCall = { folder: clone, signal: request.signal };
  try {
    await fetchNewest(request, remote, clone);
    const objects = new GitObjects(call);
    try {
      const head = await objects.find(`${newest}^{commit}`);
      if (head === undefined) throw new HeddleError('source_failed', `'${config.repository}' has no commits.`);
      if (cursor !== undefined) await checkCursor(cursor, objects);
      else yield { type: 'listing' };
      if (cursor !== head.hash) yield* differences(request, { call, objects, from: cursor, to: head.hash });
      yield { type: 'checkpoint', cursor: head.hash, isComplete: cursor === undefined };
    } finally {
      objects.close();
    }
  } catch (thrown) {
    const error = meaningOf(thrown, config.repository, remote.secrets);
    // An unusable clone, or one without the commit of the cursor, is removed so that it is created again.
    if (error instanceof HeddleError && error.code === 'source_cursor_invalid')
      await rm(clone, { recursive: true, force: true });
    throw error;
  }
}

interface Remote {
  readonly address: string;
  readonly protocol: 'http' | 'https' | 'file';
  readonly settings: readonly (readonly [name: string, value: string])[];
  /** Texts that must not appear in errors. */
  readonly secrets: readonly string[];
}

/** Checks the server, its first answer and the sign-in, and binds Git to the checked address. */
async function remoteOf(request: SourceRequest<GitConfig>): Promise<Remote> {
  const { config, files, fetch, checkHost, secret, signal, now } = request;
  const url = addressOf(config);
  if (url === undefined)
    return { address: await locateRepository(files, config.repository), protocol: 'file', settings: [], secrets: [] };
  const base = url.href.replace(/\/+$/, '');
  const asked = `${base}/info/refs?service=git-upload-pack`;
  const signIn =
    secret === undefined
      ? {}
      : {
          signIn: { secret: secret.handle, header: 'authorization', scheme: 'basic' as const, user: config.user },
        };
  const headers = { 'git-protocol': 'version=2' };
  const answer = await fetch.fetch({ url: asked, headers, maxBytes: largestAdvertisement, signal, ...signIn });
  checkAnswer(config.repository, asked, answer, now());
  const port = Number(url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : url.port);
  const { address, name } = await checkHost(url.hostname, port);
  const written = address.includes(':') ? `[${address}]` : address;
  const settings: [string, string][] =
    name === undefined ? [] : [['http.curloptResolve', `${url.hostname}:${port}:${written}`]];
  const secrets: string[] = [];
  if (secret !== undefined) {
    const value = await secret.valueFor(url);
    const encoded = Buffer.from(`${config.user}:${value}`).toString('base64');
    secrets.push(...[value, encoded].filter((text) => text !== ''));
    settings.push([`http.${url.origin}/.extraHeader`, `Authorization: Basic ${encoded}`]);
  }
  return { address: base, protocol: url.protocol === 'https:' ? 'https' : 'http', settings, secrets };
}

/** Fetches the newest commit of the branch, without its history. */
async function fetchNewest(request: SourceRequest<GitConfig>, remote: Remote, clone: string): Promise<void> {
  const { config, cursor } = request;
  const full = new AbortController();
  const call = { folder: clone, signal: AbortSignal.any([request.signal, full.signal]) };
  if (!existsSync(join(clone, 'HEAD'))) {
    const outside = { ...call, folder: await request.workFolder() };
    await checkGit(outside);
    await runGit(['init', '--bare', '--quiet', '--template=', 'clone.git'], outside);
  }
  await tidy(clone, cursor, call);
  const branch = config.branch === undefined ? 'HEAD' : `refs/heads/${config.branch}`;
  const watch = setInterval(() => {
    void sizeOf(join(clone, 'objects/pack')).then((size) => size > mostCloneBytes && full.abort());
  }, checkSizeEveryMs);
  const { protocol, settings } = remote;
  try {
    await runGit(
      [
        'fetch',
        '--quiet',
        '--depth=1',
        '--no-tags',
        '--no-write-fetch-head',
        '--no-auto-maintenance',
        '--no-recurse-submodules',
      ].concat(['--', remote.address, `+${branch}:${newest}`]),
      { ...call, protocol, settings },
    );
  } catch (error) {
    if (!full.signal.aborted) throw error;
    throw new HeddleError(
      'source_failed',
      `The clone of '${config.repository}' has more than ${mostCloneBytes} bytes: split the repository.`,
    );
  } finally {
    clearInterval(watch);
  }
}

/** Removes incomplete packs that a killed process left behind. If there are many packs, collects the needed objects into one. */
async function tidy(clone: string, cursor: string | undefined, call: GitCall): Promise<void> {
  const folder = join(clone, 'objects/pack');
  const names = await readdir(folder).catch(() => []);
  for (const name of names) if (name.startsWith('tmp_')) await rm(join(folder, name), { force: true });
  if (names.filter((name) => name.endsWith('.pack')).length < mostPacks) return;
  if (cursor !== undefined && isCommit(cursor)) await runGit(['update-ref', last, cursor], call);
  await runGit(['gc', '--quiet'], call);
}

async function sizeOf(folder: string): Promise<number> {
  let size = 0;
  for (const name of await readdir(folder).catch(() => []))
    size += (await stat(join(folder, name)).catch(() => ({ size: 0 }))).size;
  return size;
}

/** Checks that the clone has the commit of the cursor. Errors: `source_cursor_invalid`. */
async function checkCursor(cursor: string, objects: GitObjects): Promise<void> {
  const found = isCommit(cursor) ? await objects.find(`${cursor}^{tree}`) : undefined;
  if (found === undefined)
    throw new HeddleError('source_cursor_invalid', 'The clone no longer has the commit of the last sync.');
}

const isCommit = (text: string): boolean => /^[0-9a-f]{40,64}$/.test(text);

interface Differences {
  readonly call: GitCall;
  readonly objects: GitObjects;
  /** Undefined if everything is new. */
  readonly from: string | undefined;
  readonly to: string;
}

/** The files that differ between two commits. The commits need not be related. */
async function* differences(
  request: SourceRequest<GitConfig>,
  { call, objects, from, to }: Differences,
): AsyncGenerator<SourceChange> {
  const { config } = request;
  const start = from ?? (await runGit(['hash-object', '-t', 'tree', '--stdin'], call)).trim();
  const { child, ended } = startGit(
    ['diff-tree', '-r', '-z', '--raw', '--no-renames', '--full-index', start, to, '--', ...pathspecsOf(config)],
    call,
  );
  child.stdin.end();
  let about: string | undefined;
  try {
    for await (const field of fieldsOf(child.stdout)) {
      if (about === undefined) {
        about = field;
        continue;
      }
      const [, mode = '', , hash = ''] = about.split(' ');
      about = undefined;
      if (isLeftOut(field)) continue;
      // A file that became a link or a submodule counts as deleted.
      if (mode === '100644' || mode === '100755') yield upsert(request, objects, field, hash);
      else if (from !== undefined) yield { type: 'delete', id: field };
    }
    await ended;
  } finally {
    stopGit(child);
  }
}

/** As for folders, leaves out hidden files and installed packages. */
const isLeftOut = (path: string): boolean => /(?:^|\/)(?:\.|node_modules\/)/.test(path);

async function* fieldsOf(output: AsyncIterable<Buffer | string>): AsyncGenerator<string> {
  let kept = Buffer.alloc(0);
  for await (const chunk of output) {
    const all = Buffer.concat([kept, Buffer.from(chunk)]);
    let start = 0;
    for (let end = all.indexOf(0); end >= 0; end = all.indexOf(0, start)) {
      yield all.subarray(start, end).toString('utf8');
      start = end + 1;
    }
    kept = all.subarray(start);
  }
}

function upsert(request: SourceRequest<GitConfig>, objects: GitObjects, path: string, hash: string): SourceChange {
  const { config, maxBytes } = request;
  // If a name is not UTF-8, its text could stand for several files.
  if (path.includes('\ufffd'))
    return {
      type: 'failed',
      id: path.slice(0, 1_000),
      error: toErrorValue(
        new HeddleError('source_failed', `The name of '${path.slice(0, 300)}' is not UTF-8: rename it.`),
      ),
    };
  return {
    type: 'upsert',
    document: {
      id: path,
      etag: hash,
      url: linkOf(config, path),
      metadata: { folder: path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '' },
      content: () => load(objects, path, hash, maxBytes),
    },
  };
}

const lfsStart = 'version https://git-lfs.github.com/spec/v1\n';

async function load(objects: GitObjects, path: string, hash: string, maxBytes: number): Promise<SourceContent> {
  const shown = path.slice(0, 300);
  const found = await objects.find(hash);
  if (found !== undefined && found.size > maxBytes)
    throw new HeddleError(
      'document_too_large',
      `'${shown}' has ${found.size} bytes, more than the ${maxBytes} that are read: split it into smaller files.`,
    );
  const content = await objects.read(hash);
  if (content === undefined) throw new HeddleError('source_cursor_invalid', `The clone does not have '${shown}'.`);
  if (content.subarray(0, lfsStart.length).toString('latin1') === lfsStart)
    throw new HeddleError(
      'source_failed',
      `'${shown}' is stored in Git LFS, which Heddle does not read: add the file to Git itself.`,
    );
  return { content };
}
