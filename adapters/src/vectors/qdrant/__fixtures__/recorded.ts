import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** One request and reply as a real server gave it. */
export interface Exchange {
  readonly name: string;
  readonly request: { readonly method: string; readonly path: string; readonly body?: unknown };
  readonly response: { readonly status: number; readonly contentType: string; readonly body: unknown };
}

const folder = `${process.env['HEDDLE_SHARED'] ?? fileURLToPath(new URL('../../../../../../shared', import.meta.url))}/data/qdrant`;

/** Whether the recordings of a real server are on this machine: set HEDDLE_SHARED to the folder that has data/qdrant. */
export const hasRecordings = existsSync(`${folder}/exchanges.json`) && existsSync(`${folder}/openapi.json`);

const read = <Content>(file: string, otherwise: Content): Content =>
  hasRecordings ? (JSON.parse(readFileSync(`${folder}/${file}`, 'utf8')) as Content) : otherwise;

/** The recorded exchanges, in order. */
export const exchanges = read<readonly Exchange[]>('exchanges.json', []);

/** The server's own OpenAPI description. */
export const description = read<Description>('openapi.json', { paths: {}, components: { schemas: {} } });

/** A recorded exchange by name. */
export function recorded(name: string): Exchange {
  const found = exchanges.find((exchange) => exchange.name === name);
  if (found === undefined) throw new Error(`No recorded exchange '${name}'`);
  return found;
}

/** The part of an OpenAPI description that is read here. */
export interface Description {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

interface Operation {
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> };
  readonly parameters?: readonly { readonly name: string; readonly in: string }[];
}

/** A JSON schema, as far as the description uses it. */
export interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly nullable?: boolean;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: boolean | Schema;
  readonly items?: Schema;
  readonly minimum?: number;
  readonly minLength?: number;
  readonly minItems?: number;
  readonly format?: string;
}
