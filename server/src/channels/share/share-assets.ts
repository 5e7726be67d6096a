import { HeddleError } from '@heddle/core';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

/** The members of Vite's manifest that are used here. */
const Manifest = z.record(z.string(), z.object({ file: z.string(), css: z.array(z.string()).optional() }));
const entry = 'src/features/share/page.tsx';

const types: Readonly<Record<string, string>> = {
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  woff2: 'font/woff2',
};

interface Asset {
  readonly content: Buffer;
  readonly type: string;
  readonly encoding: 'br' | 'gzip' | undefined;
}

/** The built files of the share page (`npm run build`). They are read at each request, so a new build needs no restart. */
export class ShareAssets {
  /** `folder` is the output folder of the editor's build. */
  constructor(private readonly folder: string) {}

  /** The addresses of script and styles; undefined without a build. */
  async page(): Promise<{ readonly script: string; readonly styles: readonly string[] } | undefined> {
    const text = await read(join(this.folder, 'manifest.json'));
    const found = text === undefined ? undefined : Manifest.parse(JSON.parse(text.toString('utf8')))[entry];
    return found === undefined
      ? undefined
      : { script: `/share/${found.file}`, styles: (found.css ?? []).map((file) => `/share/${file}`) };
  }

  /** A file by its plain name, compressed if the browser accepts that. Errors: `not_found`. */
  async file(name: string, accepted: string): Promise<Asset> {
    const type = types[/^[\w-][\w.-]*\.(\w+)$/.exec(name)?.[1] ?? ''];
    if (type === undefined) throw missing(name);
    const location = name === 'embed.js' ? join(this.folder, name) : join(this.folder, 'assets', name);
    for (const [encoding, suffix] of [
      ['br', '.br'],
      ['gzip', '.gz'],
    ] as const) {
      const content = accepted.includes(encoding) ? await read(`${location}${suffix}`) : undefined;
      if (content !== undefined) return { content, type, encoding };
    }
    const content = await read(location);
    if (content === undefined) throw missing(name);
    return { content, type, encoding: undefined };
  }
}

const missing = (name: string): HeddleError =>
  new HeddleError('not_found', `There is no file '${name.slice(0, 100)}'.`);

async function read(file: string): Promise<Buffer | undefined> {
  try {
    return await readFile(file);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
