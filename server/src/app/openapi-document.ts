import { ErrorReply, ProblemDetails } from '@heddle/core';
import type { INestApplication, Type } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { z } from 'zod';
import { version } from '../common/version.js';
import { hasProblemDetails } from '../http/errors/problem-details.js';
import { replyKey, type ReplyDescription } from '../http/reply.js';

type Schemas = NonNullable<NonNullable<OpenAPIObject['components']>['schemas']>;

/** The OpenAPI 3.1 document of /api: Nest gives routes and bodies, `@Reply` gives the answers. */
export function openApiDocument(app: INestApplication, controllers: readonly Type[]): OpenAPIObject {
  const config = new DocumentBuilder()
    .setTitle('Heddle')
    .setDescription('The API of a Heddle server.')
    .setVersion(version)
    .setOpenAPIVersion('3.1.0')
    .build();
  const document = SwaggerModule.createDocument(app, config, {
    operationIdFactory: (controller, method) => `${controller}.${method}`,
  });
  const schemas: Schemas = (document.components ??= {}).schemas ?? {};
  document.components.schemas = schemas;
  const ours = { 'application/json': { schema: schemaOf(ErrorReply, schemas) } };
  const problem = { 'application/problem+json': { schema: schemaOf(ProblemDetails, schemas) } };
  for (const [path, operation] of operationsOf(document)) {
    operation.parameters = [...(operation.parameters ?? []), ...untakenParameters(path, operation)];
    const reply = replyOf(operation.operationId ?? '', controllers);
    if (reply === undefined) continue;
    const content =
      reply.schema === undefined
        ? reply.mediaType === 'application/json'
          ? {}
          : { content: { [reply.mediaType]: {} } }
        : { content: { [reply.mediaType]: { schema: schemaOf(reply.schema, schemas) } } };
    operation.responses = {
      [String(reply.status)]: { description: 'Done', ...content },
      default: { description: 'An error', content: hasProblemDetails(path) ? problem : ours },
    };
  }
  return inThisVersion(document);
}

const excludedBy: Readonly<Record<string, string>> = { minimum: 'exclusiveMinimum', maximum: 'exclusiveMaximum' };

/** Nest writes bounds in the form of version 3.0, where `exclusiveMinimum` is a boolean. */
function inThisVersion<Part>(part: Part): Part {
  if (Array.isArray(part)) return part.map(inThisVersion) as Part; // the same shape
  if (typeof part !== 'object' || part === null) return part;
  const whole = new Map<string, unknown>(Object.entries(part));
  const entries = [...whole].flatMap(([name, value]): readonly (readonly [string, unknown])[] => {
    const excluded = excludedBy[name];
    if (excluded !== undefined && whole.get(excluded) === true) return [[excluded, value]];
    const isFlag = typeof value === 'boolean' && Object.values(excludedBy).includes(name);
    return isFlag ? [] : [[name, inThisVersion(value)]];
  });
  return Object.fromEntries(entries) as Part; // the same shape
}

type Operation = NonNullable<OpenAPIObject['paths'][string]['get']>;

function* operationsOf(document: OpenAPIObject): Generator<readonly [string, Operation]> {
  for (const [address, path] of Object.entries(document.paths)) {
    for (const operation of [path.get, path.post, path.put, path.patch, path.delete])
      if (operation !== undefined) yield [address, operation];
  }
}

/** The parameters of a path that the method of its route does not take, such as the workflow of a preview. */
function untakenParameters(path: string, { parameters = [] }: Operation): NonNullable<Operation['parameters']> {
  const taken = new Set(parameters.map((parameter) => ('name' in parameter ? parameter.name : '')));
  const names = [...path.matchAll(/\{(\w+)\}/g)].flatMap(([, name = '']) => (taken.has(name) ? [] : [name]));
  return names.map((name) => ({ name, in: 'path', required: true, schema: { type: 'string' } }));
}

/** The reply that the method of an operation `Controller.method` declares. */
function replyOf(operationId: string, controllers: readonly Type[]): ReplyDescription | undefined {
  const [name, method] = operationId.split('.');
  const controller = controllers.find((candidate) => candidate.name === name);
  const handler: unknown =
    controller === undefined || method === undefined ? undefined : Reflect.get(controller.prototype as object, method); // Nest types prototypes as any
  return typeof handler === 'function'
    ? (Reflect.getMetadata(replyKey, handler) as ReplyDescription | undefined)
    : undefined; // written by @Reply only
}

/** A schema for a reply; named parts go to the document's components. */
function schemaOf(schema: z.ZodType, schemas: Schemas): Schemas[string] {
  const { $schema: _dialect, $defs, ...rest } = z.toJSONSchema(schema, { io: 'output', unrepresentable: 'any' });
  for (const [name, part] of Object.entries($defs ?? {})) schemas[name] ??= relocated(part);
  const id = schema.meta()?.id;
  if (id === undefined) return relocated(rest);
  schemas[id] ??= relocated(rest);
  return { $ref: `#/components/schemas/${id}` };
}

function relocated(part: unknown): Schemas[string] {
  const text = JSON.stringify(part).replaceAll('"#/$defs/', '"#/components/schemas/').replaceAll('"$id":', '"title":');
  return JSON.parse(text) as Schemas[string]; // made by z.toJSONSchema
}
