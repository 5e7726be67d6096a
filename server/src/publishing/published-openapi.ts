import { jsonSchemaOf, ProblemDetails, PublishedReply, schemaOfType, takesFiles, type Port } from '@heddle/core';
import type { z } from 'zod';
import { version } from '../common/version.js';
import type { PublishedWorkflow } from './published-workflows.js';
import { withDataUrls } from './with-data-urls.js';

type Schema = Record<string, unknown>;

/** The OpenAPI 3.1 document of published workflows: inputs and outputs as their ports are typed. */
export function publishedOpenApi(workflows: readonly PublishedWorkflow[]): object {
  const parts = new Map<string, Schema>();
  schemaIn(ProblemDetails, parts);
  const paths = Object.fromEntries(
    workflows.map((workflow) => [`/v1/workflows/${workflow.slug}`, { post: operation(workflow, parts) }]),
  );
  const only = workflows.length === 1 ? workflows[0] : undefined;
  return {
    openapi: '3.1.0',
    info: {
      title: only?.name ?? 'Published workflows',
      version: only === undefined ? version : `${only.version.version}`,
    },
    paths,
    components: {
      schemas: Object.fromEntries(parts),
      securitySchemes: { key: { type: 'http', scheme: 'bearer' } },
    },
    security: [{ key: [] }],
  };
}

function operation({ slug, name, description, planInterface }: PublishedWorkflow, parts: Map<string, Schema>): Schema {
  schemaIn(PublishedReply, parts);
  const reply = parts.get('PublishedReply') ?? {};
  const properties = reply['properties'] as Schema; // made from an object schema just above
  const outputs = { type: 'object', properties: schemasOf(planInterface.outputs, parts) };
  const inputs = {
    type: 'object',
    properties: schemasOf(planInterface.inputs, parts),
    required: Object.keys(planInterface.inputs).filter((input) => isRequired(planInterface.inputs[input])),
    additionalProperties: false,
  };
  const sent = Object.fromEntries(
    Object.entries(planInterface.inputs).map(([name, { type }]) => [
      name,
      withDataUrls(type, inputs.properties[name] ?? {}),
    ]),
  );
  const hasFiles = Object.values(planInterface.inputs).some(takesFiles);
  const parted = Object.entries(planInterface.inputs).map(([name, port]) => [
    name,
    takesFiles(port) ? filePart(port) : inputs.properties[name],
  ]);
  return {
    operationId: slug,
    summary: name,
    ...(description === undefined ? {} : { description }),
    parameters: [
      header('Idempotency-Key', 'The same key and body give the same run for 24 hours.', {
        type: 'string',
        maxLength: 255,
      }),
      header('Heddle-Version', 'Pins a version.', { type: 'integer', minimum: 1 }),
      header('Heddle-Timeout', 'Milliseconds after which the run is cancelled.', { type: 'integer', minimum: 1 }),
      header('Prefer', '`respond-async` answers at once.', { type: 'string' }),
    ],
    requestBody: {
      required: true,
      content: {
        'application/json': { schema: { ...inputs, properties: sent } },
        ...(hasFiles
          ? { 'multipart/form-data': { schema: { ...inputs, properties: Object.fromEntries(parted) as Schema } } }
          : {}),
      },
    },
    responses: {
      '200': {
        description: 'The run has ended',
        headers: {
          'Heddle-Version': { description: 'The version that ran.', schema: { type: 'integer' } },
          Location: { description: 'The run.', schema: { type: 'string' } },
          'Idempotent-Replayed': {
            description: 'The run was there already.',
            schema: { type: 'string', enum: ['true'] },
          },
        },
        content: {
          'application/json': { schema: { ...reply, properties: { ...properties, outputs } } },
          'text/event-stream': { schema: { type: 'string' } },
        },
      },
      '202': {
        description: 'The run goes on: follow it at Location',
        headers: { Location: { schema: { type: 'string' } } },
        content: {
          'application/json': {
            schema: {
              type: 'object',
              properties: { runId: { type: 'string' }, status: { type: 'string' } },
              required: ['runId'],
            },
          },
        },
      },
      default: {
        description: 'A problem',
        content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/ProblemDetails' } } },
      },
    },
  };
}

/** A file as a part of a body: its bytes. */
function filePart({ type }: Port): Schema {
  const bytes = { type: 'string', contentMediaType: 'application/octet-stream' };
  return type.endsWith('[]') ? { type: 'array', items: bytes } : bytes;
}

function isRequired(port: Port | undefined): boolean {
  return port !== undefined && !port.isOptional && port.default === undefined;
}

function schemasOf(ports: Readonly<Record<string, Port>>, parts: Map<string, Schema>): Record<string, Schema> {
  return Object.fromEntries(
    Object.entries(ports).map(([name, port]) => [
      name,
      {
        ...schemaIn(port.schema ?? schemaOfType(port.type), parts),
        ...(port.title === undefined ? {} : { title: port.title }),
        ...(port.help === undefined ? {} : { description: port.help }),
        ...(port.default === undefined ? {} : { default: port.default }),
      },
    ]),
  );
}

function header(name: string, description: string, schema: Schema): Schema {
  return { name, in: 'header', required: false, description, schema };
}

/** A schema whose named parts stand among the document's components, itself too where it has a name. */
function schemaIn(schema: z.ZodType, parts: Map<string, Schema>): Schema {
  const { $defs = {}, ...rest } = relocated(jsonSchemaOf(schema));
  for (const [name, part] of Object.entries($defs as Record<string, Schema>)) parts.set(name, nameless(part)); // written by zod
  const id = schema.meta()?.id;
  if (id === undefined || parts.has(id)) return rest;
  parts.set(id, nameless(rest));
  return { $ref: `#/components/schemas/${id}` };
}

/** Identifiers of zod's own would become addresses of the document. */
function nameless({ $id: _id, id: _name, ...part }: Schema): Schema {
  return part;
}

function relocated(schema: Schema): Schema {
  return JSON.parse(JSON.stringify(schema).replaceAll('"#/$defs/', '"#/components/schemas/')) as Schema; // the same schema
}
