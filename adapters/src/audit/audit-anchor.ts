import { createHmac, timingSafeEqual } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { canonicalJson } from '@heddle/core';
import { z } from 'zod';
import { syncFolder } from '../database/files/put-in-place.js';
import { codeOf, toStorageError } from '../database/storage-error.js';

/** How far the chain had come at a time, kept outside the database so that a chain that was cut short is noticed. */
const Anchor = z.object({ number: z.int().nonnegative(), hash: z.string(), time: z.number() });
export type Anchor = z.infer<typeof Anchor>;
/** An anchor with its signature. */
export const SignedAnchor = Anchor.extend({ signature: z.string() });
export type SignedAnchor = z.infer<typeof SignedAnchor>;

/** The stored anchor: `missing`, `forged` (not signed with the key of this folder), or its content. */
export type FoundAnchor = Anchor | 'missing' | 'forged';

/** The prefix of the names of drafts of an anchor; the number of the writing process follows. */
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

/** The anchor, if its signature is right. */
export function unsignedAnchor(signed: SignedAnchor | undefined, key: Buffer): Anchor | 'forged' {
  if (signed === undefined) return 'forged';
  const { signature, ...anchor } = signed;
  const expected = Buffer.from(sign(anchor, key));
  const found = Buffer.from(signature);
  return found.length === expected.length && timingSafeEqual(found, expected) ? anchor : 'forged';
}

/** @example const signed = signAnchor({ ...head, time: clock.now() }, key); */
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
 * The same outside the event loop: the flush of a new file would hold it up for milliseconds. `isWanted` is asked at
 * the end, when a later anchor may be in place. Errors: `storage_*`.
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
  // A key of its own: a signature reveals nothing about the key that secrets are sealed with.
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
