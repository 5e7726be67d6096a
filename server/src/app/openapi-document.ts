import type { INestApplication, Type } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { z } from 'zod';
import { version } from '../common/version.js';
import { accessKey, ownCallerKey } from '../http/access.js';
import { bodyKey, type BodyDescription } from '../http/openapi/described-body.js';
import { errorComponents, errorReplies } from '../http/openapi/error-replies.js';
import { plainSchema } from '../http/openapi/plain-schema.js';
import { schemesOfAll, securitySchemes } from '../http/openapi/security-schemes.js';
import { replyKey, type ReplyDescription } from '../http/reply.js';

type Components = NonNullable<OpenAPIObject['components']>;
type Schemas = NonNullable<Components['schemas']>;
type Operation = NonNullable<OpenAPIObject['paths'][string]['get']>;

/**
 * The OpenAPI 3.1 document of the server. Nest describes routes and bodies, `@Reply` the replies, `@DescribedBody` the bodies that a route
 * reads itself, and `@Access` who may call.
 */
export function openApiDocument(app: INestApplication, controllers: readonly Type[]): OpenAPIObject {
  const config = new DocumentBuilder()
    .setTitle('Heddle')
    .setDescription('The API of a Heddle server.')
    .setLicense('Apache-2.0', 'https://www.apache.org/licenses/LICENSE-2.0')
    .setVersion(version)
    .setOpenAPIVersion('3.1.0')
    .addServer('/', 'The server that sends this document')
    .build();
  const document = SwaggerModule.createDocument(app, config, {
    operationIdFactory: (controller, method) => `${controller}.${method}`,
  });
  const schemas: Schemas = (document.components ??= {}).schemas ?? {};
  const components: Components = document.components;
  components.schemas = schemas;
  components.securitySchemes = securitySchemes;
  components.responses = errorComponents((schema) => schemaOf(schema, schemas, 'output')) as Components['responses']; // The entries of `schemas` are created below.
  document.security = schemesOfAll;
  const strict = new Set<string>();
  for (const { path, method, operation } of operationsOf(document))
    describe(operation, { path, method, handler: handlerOf(operation, controllers), schemas, strict });
  document.tags = [...new Set([...operationsOf(document)].flatMap(({ operation }) => operation.tags ?? []))].map(
    (name) => ({ name }),
  );
  for (const [name, schema] of Object.entries(schemas)) schemas[name] = inPlainForm(schema, strict.has(name));
  return document;
}

const projectHeader: Parameter = {
  name: 'Heddle-Project',
  in: 'header',
  required: false,
  schema: { type: 'string' },
  description: 'The project of the request. Default: the first one of the caller.',
};

interface Described {
  readonly path: string;
  readonly method: string;
  /** The method of the controller, which carries the metadata. */
  readonly handler: object | undefined;
  readonly schemas: Schemas;
  /** Names of the body schemas that refuse unknown members. */
  readonly strict: Set<string>;
}

function describe(operation: Operation, about: Described): void {
  const { path, method, handler, schemas } = about;
  const read = (key: string): unknown => (handler === undefined ? undefined : Reflect.getMetadata(key, handler));
  const isPublic = read(accessKey) === 'public';
  const needsCaller = !isPublic || read(ownCallerKey) === true;
  if (!needsCaller) operation.security = [];
  operation.summary = summaryOf(operation.operationId ?? '');
  operation.parameters = [
    ...[...(operation.parameters ?? []), ...untakenParameters(path, operation)].map(inPlainParameter),
    ...(needsCaller && path.startsWith('/api/') ? [projectHeader] : []),
  ];
  const body = read(bodyKey) as BodyDescription | undefined; // Only `@DescribedBody` writes it.
  if (body !== undefined)
    operation.requestBody = {
      description: body.description,
      required: body.isRequired ?? true,
      content: Object.fromEntries(
        Object.entries(body.content).map(([type, schema]) => [type, { schema: schemaOf(schema, schemas, 'input') }]),
      ),
    };
  refuseUnknown(operation, about);
  // A route with several addresses has one operation for each: `model[1]`.
  operation.operationId = operation.operationId?.replace(/\[(\d+)\]$/, (_index, at: string) => (at === '0' ? '' : at));
  const reply = read(replyKey) as ReplyDescription | undefined; // Only `@Reply` writes it.
  if (reply === undefined) return;
  const { schema, mediaType, status } = reply;
  const isEmpty = status === 204 || (schema === undefined && mediaType === 'application/json');
  const errors = errorReplies({
    path,
    method,
    needsCaller,
    isPage: mediaType === 'text/html',
    hasBody: operation.requestBody !== undefined,
  });
  operation.responses = {
    [String(status)]: {
      description: 'Done',
      ...(isEmpty
        ? {}
        : {
            content: Object.fromEntries(
              mediaType
                .split(', ')
                .map((type) => [
                  type,
                  schema === undefined || type === 'text/event-stream'
                    ? {}
                    : { schema: schemaOf(schema, schemas, 'output') },
                ]),
            ),
          }),
    },
    ...errors,
  };
}

/**
 * Marks a body as closed: the schema pipe refuses a member that the schema does not name. Unknown members of inner objects are dropped
 * without an error.
 */
function refuseUnknown({ requestBody }: Operation, { schemas, strict }: Described): void {
  if (requestBody === undefined || '$ref' in requestBody) return;
  for (const content of Object.values(requestBody.content)) {
    if (content.schema === undefined) continue;
    const schema = plainSchema(content.schema) as Schemas[string]; // the same schema, in a plain form
    if ('$ref' in schema) {
      const name = schema.$ref.replace('#/components/schemas/', '');
      if (schemas[name] !== undefined) strict.add(name);
    } else content.schema = inPlainForm(schema, true);
  }
}

function inPlainForm(schema: Schemas[string], isStrict: boolean): Schemas[string] {
  const plain = plainSchema(schema) as Schemas[string]; // the same schema, in a plain form
  const isOpen = 'properties' in plain && plain.additionalProperties === undefined;
  return isStrict && isOpen ? { ...plain, additionalProperties: false } : plain;
}

type Parameter = NonNullable<Operation['parameters']>[number];

function inPlainParameter(parameter: Parameter): Parameter {
  if (!('schema' in parameter) || parameter.schema === undefined) return parameter;
  const schema = plainSchema(parameter.schema) as Schemas[string]; // the same schema, in a plain form
  const isBare = parameter.in === 'path' && 'type' in schema && Object.keys(schema).length === 1;
  // The router does not match longer names.
  return { ...parameter, schema: isBare ? { ...schema, minLength: 1, maxLength: 300 } : schema };
}

const methods = ['get', 'post', 'put', 'patch', 'delete'] as const;
/** The methods that a route for every method is documented with. */
const methodsOfAny: ReadonlySet<string> = new Set(['get', 'post', 'delete']);

interface Located {
  readonly path: string;
  readonly method: string;
  readonly operation: Operation;
}

/** All operations. Methods that come only from a route for every method, such as `search`, are removed from the document. */
function* operationsOf(document: OpenAPIObject): Generator<Located> {
  for (const [path, item] of Object.entries(document.paths)) {
    if ('search' in item)
      document.paths[path] = Object.fromEntries(Object.entries(item).filter(([method]) => methodsOfAny.has(method)));
    for (const method of methods) {
      const operation = document.paths[path]?.[method];
      if (operation !== undefined) yield { path, method, operation };
    }
  }
}

/** `BudgetsController.saveBudget` → `Budgets: save budget`. */
function summaryOf(operationId: string): string {
  const spaced = (name: string): string => name.replace(/([a-z0-9])([A-Z])/g, '$1 $2').toLowerCase();
  const [controller = '', method = ''] = operationId.replace(/_\w+$|\[\d+\]$/, '').split('.');
  const subject = spaced(controller.replace(/Controller$/, ''));
  return `${subject.charAt(0).toUpperCase()}${subject.slice(1)}: ${spaced(method)}`;
}

/** Parameters in the path that the method of the route does not declare, such as the workflow of a preview. */
function untakenParameters(path: string, { parameters = [] }: Operation): NonNullable<Operation['parameters']> {
  const taken = new Set(parameters.map((parameter) => ('name' in parameter ? parameter.name : '')));
  const names = [...path.matchAll(/\{(\w+)\}/g)].flatMap(([, name = '']) => (taken.has(name) ? [] : [name]));
  return names.map((name) => ({ name, in: 'path', required: true, schema: { type: 'string' } }));
}

/** The controller method of an operation `Controller.method`. */
function handlerOf({ operationId = '' }: Operation, controllers: readonly Type[]): object | undefined {
  const [name, method = ''] = operationId.replace(/\[\d+\]$/, '').split('.');
  const controller = controllers.find((candidate) => candidate.name === name);
  if (controller === undefined) return undefined;
  const prototype = controller.prototype as object; // Nest types prototypes as any
  // A route for every method has one operation per method: `handle_get`.
  const handler: unknown = Reflect.get(prototype, method) ?? Reflect.get(prototype, method.replace(/_\w+$/, ''));
  return typeof handler === 'function' ? handler : undefined;
}

/** The schema of a body or a reply. Named parts become components of the document. */
function schemaOf(schema: z.ZodType, schemas: Schemas, io: 'input' | 'output'): Schemas[string] {
  const { $schema: _dialect, $defs, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
  for (const [name, part] of Object.entries($defs ?? {})) schemas[name] ??= relocated(part);
  const id = schema.meta()?.id;
  if (id === undefined) return plainSchema(relocated(rest)) as Schemas[string]; // the same schema, in a plain form
  schemas[id] ??= relocated(rest);
  return { $ref: `#/components/schemas/${id}` };
}

function relocated(part: unknown): Schemas[string] {
  const text = JSON.stringify(part).replaceAll('"#/$defs/', '"#/components/schemas/').replaceAll('"$id":', '"title":');
  return JSON.parse(text) as Schemas[string]; // made by z.toJSONSchema
}
