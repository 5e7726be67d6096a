import { createHmac, timingSafeEqual } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { canonicalJson } from '@heddle/core';
import { z } from 'zod';
import { syncFolder } from '../database/files/put-in-place.js';
import { codeOf, toStorageError } from '../database/storage-error.js';

/** The end of the chain at a time, kept outside the database so that a truncated chain is noticed. */
const Anchor = z.object({ number: z.int().nonnegative(), hash: z.string(), time: z.number() });
export type Anchor = z.infer<typeof Anchor>;
export const SignedAnchor = Anchor.extend({ signature: z.string() });
export type SignedAnchor = z.infer<typeof SignedAnchor>;

/** The stored anchor, or why there is none: `missing`, or `forged` if the key of this folder did not sign it. */
export type FoundAnchor = Anchor | 'missing' | 'forged';

/** The prefix of the names of drafts of an anchor; the process id of the writer follows. */
export const draftOf = (file: string): string => `${file}.new-`;

/** Reads the anchor of a chain. Errors: `storage_*`. */
export function readAnchor(file: string, key: Buffer): FoundAnchor {
  let content: string;
  try {
    content = readFileSync(file, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return 'missing';
    throw toStorageError(error, file);
  }
  return unsignedAnchor(SignedAnchor.safeParse(jsonOf(content)).data, key);
}

/** The anchor without its signature, or `forged` if the signature is wrong. */
export function unsignedAnchor(signed: SignedAnchor | undefined, key: Buffer): Anchor | 'forged' {
  if (signed === undefined) return 'forged';
  const { signature, ...anchor } = signed;
  const expected = Buffer.from(sign(anchor, key));
  const found = Buffer.from(signature);
  return found.length === expected.length && timingSafeEqual(found, expected) ? anchor : 'forged';
}

/**
 * Signs an anchor with a key derived from the master key.
 *
 * @example const signed = signAnchor({ ...head, time: clock.now() }, key);
 */
export const signAnchor = (anchor: Anchor, key: Buffer): SignedAnchor => ({ ...anchor, signature: sign(anchor, key) });

/** The content of an anchor whose signature cannot be checked. */
export function readUnsigned(file: string): Anchor | undefined {
  try {
    const parsed = Anchor.safeParse(jsonOf(readFileSync(file, 'utf8')));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}

/** Replaces the anchor in one step. The first anchor survives a power loss, as the database does. Errors: `storage_*`. */
export function writeAnchor(file: string, anchor: Anchor, key: Buffer): void {
  const draft = `${draftOf(file)}${process.pid}`;
  try {
    const isFirst = !existsSync(file);
    const handle = openSync(draft, 'w', 0o600);
    try {
      writeSync(handle, textOf(anchor, key));
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    renameSync(draft, file);
    if (isFirst) syncFolder(dirname(file));
  } catch (error) {
    throw toStorageError(error, file);
  }
}

/**
 * Does the same as `writeAnchor` outside the event loop, because the flush of a new file would block it for milliseconds. `isWanted` is
 * called at the end: another anchor may have been written meanwhile. Errors: `storage_*`.
 */
export async function writeAnchorBeside(
  file: string,
  anchor: Anchor,
  key: Buffer,
  isWanted: () => boolean,
): Promise<void> {
  const draft = `${draftOf(file)}${process.pid}-beside`;
  try {
    const handle = await open(draft, 'w', 0o600);
    try {
      await handle.writeFile(textOf(anchor, key));
      await handle.sync();
    } finally {
      await handle.close();
    }
    if (isWanted()) renameSync(draft, file);
    else rmSync(draft, { force: true });
  } catch (error) {
    throw toStorageError(error, file);
  }
}

const textOf = (anchor: Anchor, key: Buffer): string => `${canonicalJson(signAnchor(anchor, key))}\n`;

function sign(anchor: Anchor, key: Buffer): string {
  // A derived key: a signature reveals nothing about the key that seals secrets.
  const own = createHmac('sha256', key).update('heddle audit anchor').digest();
  return createHmac('sha256', own).update(canonicalJson(anchor)).digest('hex');
}

function jsonOf(content: string): unknown {
  try {
    return JSON.parse(content);
  } catch {
    return undefined;
  }
}
