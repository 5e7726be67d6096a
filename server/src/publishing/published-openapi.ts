import {
  FeedbackRequest,
  jsonSchemaOf,
  OwnFeedbackReply,
  ProblemDetails,
  PublishedReply,
  schemaOfType,
  takesFiles,
  type Port,
  withoutUndefined,
} from '@heddle/core';
import type { z } from 'zod';
import { version } from '../common/version.js';
import { schemesOfAll, securitySchemes } from '../http/openapi/security-schemes.js';
import { plainSchema } from '../http/openapi/plain-schema.js';
import { feedbackPaths } from './feedback-openapi.js';
import { runPaths } from './runs-openapi.js';
import type { PublishedWorkflow } from './published-workflows.js';
import { withDataUrls } from './with-data-urls.js';

type Schema = Record<string, unknown>;

/**
 * Writes the OpenAPI 3.1 document of published workflows: inputs and outputs with the types of their ports, and the feedback paths if the
 * caller may rate.
 */
export function publishedOpenApi(workflows: readonly PublishedWorkflow[], mayRate = false): object {
  const parts = new Map<string, Schema>();
  schemaIn(ProblemDetails, parts);
  const paths = Object.fromEntries(
    workflows.map((workflow) => [`/v1/workflows/${workflow.slug}`, { post: operation(workflow, parts) }]),
  );
  const feedback =
    mayRate && workflows.length > 0
      ? feedbackPaths((which) => schemaIn(which === 'reply' ? OwnFeedbackReply : FeedbackRequest, parts))
      : {};
  const runs = workflows.length > 0 ? runPaths({ reply: schemaIn(PublishedReply, parts), problem }) : {};
  const only = workflows.length === 1 ? workflows[0] : undefined;
  return {
    openapi: '3.1.0',
    info: {
      title: only?.name ?? 'Published workflows',
      version: only === undefined ? version : `${only.version.version}`,
      description: only?.description ?? 'Workflows of a Heddle server, as an API.',
    },
    servers: [{ url: '/', description: 'The server that sends this document' }],
    paths: { ...paths, ...runs, ...feedback },
    components: {
      schemas: Object.fromEntries([...parts].map(([name, schema]) => [name, plainSchema(schema)])),
      securitySchemes,
    },
    security: schemesOfAll,
  };
}

function operation(workflow: PublishedWorkflow, parts: Map<string, Schema>): Schema {
  const { slug, name, description, planInterface } = workflow;
  return {
    operationId: slug,
    summary: name,
    description,
    parameters: [
      header('Idempotency-Key', 'The same key and body give the same run for 24 hours.', {
        type: 'string',
        pattern: '^[!-~]{1,255}$',
      }),
      header('Heddle-Thread', 'The thread that the run continues, or `new`.', { type: 'string', maxLength: 64 }),
      header('Heddle-End-User', 'The user of your program for whom the call is made.', {
        type: 'string',
        pattern: '^[!-~]{1,200}$',
      }),
      header('Heddle-Version', 'Pins a version.', { type: 'integer', minimum: 1, maximum: 999_999_999 }),
      header('Heddle-Timeout', 'Milliseconds after which the run is cancelled.', {
        type: 'integer',
        minimum: 1,
        maximum: 999_999_999_999,
      }),
      header('Prefer', '`respond-async` answers at once.', { type: 'string' }),
    ],
    requestBody: { required: true, content: bodyOf(planInterface.inputs, parts) },
    responses: {
      '200': endedRun(planInterface.outputs, parts),
      '202': acceptedRun,
      ...Object.fromEntries(
        ['400', '401', '403', '404', '409', '413', '415', '422', '429', 'default'].map((status) => [status, problem]),
      ),
    },
  };
}

const problem: Schema = {
  description: 'A problem',
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/ProblemDetails' } } },
};

/** Describes the inputs as JSON, and also as multipart if there are files. */
function bodyOf(inputs: PublishedWorkflow['planInterface']['inputs'], parts: Map<string, Schema>): Schema {
  const properties = schemasOf(inputs, parts);
  const whole = {
    type: 'object',
    properties,
    required: Object.keys(inputs).filter((input) => isRequired(inputs[input])),
    additionalProperties: false,
  };
  for (const [name, port] of Object.entries(inputs)) properties[name] = notBlank(port, properties[name] ?? {});
  const sent = Object.fromEntries(
    Object.entries(inputs).map(([name, { type }]) => [name, withDataUrls(type, properties[name] ?? {})]),
  );
  const parted = Object.fromEntries(
    Object.entries(inputs).map(([name, port]) => [name, takesFiles(port) ? filePart(port) : properties[name]]),
  );
  const hasFiles = Object.values(inputs).some(takesFiles);
  return {
    'application/json': { schema: { ...whole, properties: sent } },
    ...(hasFiles ? { 'multipart/form-data': { schema: { ...whole, properties: parted } } } : {}),
  };
}

function endedRun(outputs: PublishedWorkflow['planInterface']['outputs'], parts: Map<string, Schema>): Schema {
  schemaIn(PublishedReply, parts);
  const reply = parts.get('PublishedReply') ?? {};
  const properties = reply['properties'] as Schema; // an object schema, made just above
  const typed = { ...properties, outputs: { type: 'object', properties: schemasOf(outputs, parts) } };
  return {
    description: 'The run has ended',
    headers: {
      'Heddle-Version': { description: 'The version that ran.', schema: { type: 'integer' } },
      'Heddle-Thread': { description: 'The thread that the run continued.', schema: { type: 'string' } },
      Location: { description: 'The run.', schema: { type: 'string' } },
      'Idempotent-Replayed': { description: 'The run was there already.', schema: { type: 'string', enum: ['true'] } },
    },
    content: {
      'application/json': { schema: { ...reply, properties: typed } },
      'text/event-stream': { schema: { type: 'string' } },
    },
  };
}

const acceptedRun: Schema = {
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
};

function filePart({ type }: Port): Schema {
  const bytes = { type: 'string', contentMediaType: 'application/octet-stream' };
  return type.endsWith('[]') ? { type: 'array', items: bytes } : bytes;
}

/** A required text must not be blank. */
function notBlank({ isOptional }: Port, schema: Schema): Schema {
  const isFree = schema['type'] === 'string' && schema['enum'] === undefined && schema['pattern'] === undefined;
  return isFree && !isOptional ? { ...schema, pattern: String.raw`\S` } : schema;
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
        ...withoutUndefined({ title: port.title, description: port.help, default: port.default }),
      },
    ]),
  );
}

function header(name: string, description: string, schema: Schema): Schema {
  return { name, in: 'header', required: false, description, schema };
}

/** Gives a schema and moves its named parts to the components of the document, also the schema itself if it has a name. */
function schemaIn(schema: z.ZodType, parts: Map<string, Schema>): Schema {
  const { $defs = {}, ...rest } = relocated(jsonSchemaOf(schema));
  for (const [name, part] of Object.entries($defs as Record<string, Schema>)) parts.set(name, nameless(part)); // written by zod
  const id = schema.meta()?.id;
  const plain = plainSchema(rest) as Schema; // the same schema, in a plain form
  if (id === undefined) return plain;
  if (!parts.has(id)) parts.set(id, nameless(plain));
  return { $ref: `#/components/schemas/${id}` };
}

/** Removes Zod's identifiers, which would become addresses in the document. */
function nameless({ $id: _id, id: _name, ...part }: Schema): Schema {
  return part;
}

function relocated(schema: Schema): Schema {
  return JSON.parse(JSON.stringify(schema).replaceAll('"#/$defs/', '"#/components/schemas/')) as Schema; // the same schema
}
