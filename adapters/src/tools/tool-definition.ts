import { createHash } from 'node:crypto';
import { canonicalJson, isPlainObject, type JsonObject, type RawTool, type ToolEffect } from '@heddle/core';
import { problemOfHeaders } from './argument-headers.js';

const largestDefinition = 65_536;
const longestDescription = 8_000;
/**
 * Characters that people do not see and models read: zero-width characters, direction marks, tags. Joiners in scripts and emoji are not
 * among them.
 */
const hidden = /[\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\u{e0000}-\u{e007f}]/u;

/** Hashes the whole content of a definition: every field that its server sends, in any order. */
export function hashOfDefinition(raw: RawTool): string {
  return `sha256:${createHash('sha256').update(canonicalJson(raw)).digest('hex')}`;
}

export const descriptionOf = (raw: RawTool): string =>
  typeof raw['description'] === 'string' ? raw['description'] : '';

/** The JSON schema of the arguments. The cast is safe because the definition came as JSON. */
export function parametersOf(raw: RawTool): JsonObject {
  return isPlainObject(raw['inputSchema']) ? (raw['inputSchema'] as JsonObject) : { type: 'object' };
}

/** Why a definition cannot be offered to a model, regardless of its server; undefined if it can. */
export function problemOfDefinition(raw: RawTool): string | undefined {
  const text = canonicalJson(raw);
  if (Buffer.byteLength(text) > largestDefinition) return `its definition is larger than ${largestDefinition} bytes`;
  if (descriptionOf(raw).length > longestDescription)
    return `its description is longer than ${longestDescription} characters`;
  if (!isPlainObject(raw['inputSchema']) || raw['inputSchema']['type'] !== 'object')
    return 'its arguments are not described as an object';
  if (needsTask(raw))
    return 'its server returns the result as a task only, and Heddle does not support tasks of tool servers';
  return hidden.test(text) ? 'its definition contains characters that people cannot see' : problemOfHeaders(raw);
}

/** In revision 2025-11-25, a server answers a call of such a tool with an error if the call has no task. */
function needsTask({ execution }: RawTool): boolean {
  return isPlainObject(execution) && execution['taskSupport'] === 'required';
}

/**
 * Proposes a tool's effects from its annotations. The annotations are only a claim of the server; without them, the proposal is that the
 * tool changes things, inside and outside.
 */
export function proposeEffects(raw: RawTool): readonly ToolEffect[] {
  const hints = isPlainObject(raw['annotations']) ? raw['annotations'] : {};
  if (hints['readOnlyHint'] === true) return ['read'];
  return hints['openWorldHint'] === false ? ['write'] : ['write', 'send'];
}
