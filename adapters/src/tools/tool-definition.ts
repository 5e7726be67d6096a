import { createHash } from 'node:crypto';
import { canonicalJson, isPlainObject, type JsonObject, type RawTool, type ToolEffect } from '@heddle/core';
import { problemOfHeaders } from './argument-headers.js';

const largestDefinition = 65_536;
const longestDescription = 8_000;
/** Signs that people do not see and models read: zero-width ones, marks of direction, tags. Joiners of scripts and emoji are no such. */
const hidden = /[\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\u{e0000}-\u{e007f}]/u;

/** The name of a definition by its whole content: every field that its server sends, in any order. */
export function hashOfDefinition(raw: RawTool): string {
  return `sha256:${createHash('sha256').update(canonicalJson(raw)).digest('hex')}`;
}

export const descriptionOf = (raw: RawTool): string =>
  typeof raw['description'] === 'string' ? raw['description'] : '';

/** The JSON schema of the arguments; the definition came as JSON. */
export function parametersOf(raw: RawTool): JsonObject {
  return isPlainObject(raw['inputSchema']) ? (raw['inputSchema'] as JsonObject) : { type: 'object' };
}

/** Why a definition cannot be offered to a model, whichever server sends it; undefined if it can. */
export function problemOfDefinition(raw: RawTool): string | undefined {
  const text = canonicalJson(raw);
  if (Buffer.byteLength(text) > largestDefinition) return `its definition is larger than ${largestDefinition} bytes`;
  if (descriptionOf(raw).length > longestDescription)
    return `its description is longer than ${longestDescription} characters`;
  if (!isPlainObject(raw['inputSchema']) || raw['inputSchema']['type'] !== 'object')
    return 'its arguments are not described as an object';
  if (needsTask(raw)) return 'its server gives its result as a task only, and Heddle takes no tasks of tool servers';
  return hidden.test(text) ? 'its definition holds signs that people cannot see' : problemOfHeaders(raw);
}

/** Revision 2025-11-25: a server answers a call of such a tool without a task with an error. */
function needsTask({ execution }: RawTool): boolean {
  return isPlainObject(execution) && execution['taskSupport'] === 'required';
}

/**
 * What a tool may do to the world by its annotations. They are the word of the server alone, so this only proposes; silence means
 * that it changes things, here and outside.
 */
export function proposeEffects(raw: RawTool): readonly ToolEffect[] {
  const hints = isPlainObject(raw['annotations']) ? raw['annotations'] : {};
  if (hints['readOnlyHint'] === true) return ['read'];
  return hints['openWorldHint'] === false ? ['write'] : ['write', 'send'];
}
