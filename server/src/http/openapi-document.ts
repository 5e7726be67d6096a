import { ErrorReply } from '@heddle/core';
import type { INestApplication, Type } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { z } from 'zod';
import { version } from '../health/version.js';
import { replyKey, type ReplyDescription } from './reply.js';

type Schemas = NonNullable<NonNullable<OpenAPIObject['components']>['schemas']>;

/** The OpenAPI 3.1 document of /api: routes and bodies from Nest, answers from what each route declares with `@Reply`. */
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
  const error = schemaOf(ErrorReply, schemas);
  for (const operation of operationsOf(document)) {
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
      default: { description: 'An error', content: { 'application/json': { schema: error } } },
    };
  }
  return document;
}

function* operationsOf(document: OpenAPIObject): Generator<NonNullable<OpenAPIObject['paths'][string]['get']>> {
  for (const path of Object.values(document.paths)) {
    for (const operation of [path.get, path.post, path.put, path.patch, path.delete])
      if (operation !== undefined) yield operation;
  }
}

/** What the method of an operation `Controller.method` declares. */
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
