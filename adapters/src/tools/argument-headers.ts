import { isPlainObject, type JsonObject, type RawTool } from '@heddle/core';

/** An argument that a server also wants as a header, for proxies in between (`x-mcp-header` of revision 2026-07-28). */
interface ArgumentHeader {
  /** The property names that lead to it, starting from the arguments. */
  readonly path: readonly string[];
  readonly header: string;
}

const keyword = 'x-mcp-header';
const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
/** The type `number` is not permitted, because its text form is not the same everywhere. */
const types: ReadonlySet<unknown> = new Set(['string', 'integer', 'boolean']);
/** Values that a header can contain unchanged. All others are sent as Base64. */
const plain = /^[\x21-\x7e](?:[\t\x20-\x7e]*[\x21-\x7e])?$/;
const before = '=?base64?';
const after = '?=';

/**
 * The arguments with their own headers, or the reason why a definition is not valid. Only properties that are reached through properties
 * may have a header.
 */
function headersOf(schema: unknown): { readonly found: readonly ArgumentHeader[]; readonly problem?: string } {
  const found: ArgumentHeader[] = [];
  const names = new Set<string>();
  let problem: string | undefined;
  const open: { readonly part: unknown; readonly path?: readonly string[] | undefined }[] = [
    { part: schema, path: [] },
  ];
  for (let next = open.pop(); next !== undefined && problem === undefined; next = open.pop()) {
    const { part, path } = next;
    if (Array.isArray(part)) open.push(...part.map((item: unknown) => ({ part: item })));
    if (!isPlainObject(part)) continue;
    if (keyword in part) {
      problem = problemOf(part, path, names);
      if (path !== undefined) found.push({ path, header: String(part[keyword]) });
    }
    for (const [name, inner] of Object.entries(part)) {
      if (name === keyword || isValue(name)) continue;
      if (name !== 'properties' || !isPlainObject(inner)) open.push({ part: inner });
      else
        for (const [property, described] of Object.entries(inner))
          open.push({ part: described, path: path && [...path, property] });
    }
  }
  return problem === undefined ? { found } : { found: [], problem };
}

/** Keywords whose content is a value, in which `x-mcp-header` has no meaning. */
const isValue = (name: string): boolean => ['default', 'const', 'enum', 'examples'].includes(name);

function problemOf(
  schema: Readonly<Record<string, unknown>>,
  path: readonly string[] | undefined,
  names: Set<string>,
): string | undefined {
  const header = schema[keyword];
  const where =
    path === undefined || path.length === 0 ? 'outside of a property' : `at '${path.join('.').slice(0, 80)}'`;
  if (path === undefined || path.length === 0) return `its ${keyword} is ${where}`;
  if (typeof header !== 'string' || !token.test(header)) return `its ${keyword} ${where} is not a valid header name`;
  if (!types.has(schema['type'])) return `its ${keyword} ${where} is for a type that a header cannot carry`;
  if (names.has(header.toLowerCase())) return `its ${keyword} ${where} occurs twice`;
  names.add(header.toLowerCase());
  return undefined;
}

/** Why the headers of a definition are not valid; undefined if they are valid or if there are none. */
export const problemOfHeaders = ({ inputSchema }: RawTool): string | undefined => headersOf(inputSchema).problem;

/**
 * The headers of a call (`Mcp-Param-…`). The server compares them with the arguments, and refuses a call without them.
 *
 * @example argumentHeaders(definition, { region: 'eu' }) // { 'Mcp-Param-Region': 'eu' }
 */
export function argumentHeaders({ inputSchema }: RawTool, args: JsonObject): Readonly<Record<string, string>> {
  const headers: Record<string, string> = {};
  for (const { path, header } of headersOf(inputSchema).found) {
    const text = textOf(path.reduce<unknown>((value, name) => (isPlainObject(value) ? value[name] : undefined), args));
    if (text === undefined) continue;
    const isPlain = plain.test(text) && !(text.startsWith(before) && text.endsWith(after));
    headers[`Mcp-Param-${header}`] = isPlain ? text : `${before}${Buffer.from(text).toString('base64')}${after}`;
  }
  return headers;
}

function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  return typeof value === 'boolean' || Number.isSafeInteger(value) ? String(value) : undefined;
}
