import type { PortDescription } from '@heddle/core';

/** One way to call a workflow from code. */
export interface Snippet {
  readonly id: string;
  readonly title: string;
  readonly help: string;
  readonly code: string;
}

export interface SnippetFacts {
  readonly origin: string;
  readonly slug: string;
  readonly inputs: readonly PortDescription[];
  readonly outputs: readonly PortDescription[];
}

const isFile = ({ type }: PortDescription): boolean => /^(?:File|Image)/.test(type);

/** A value to begin with, by the type of an input. */
export function exampleOf(port: PortDescription): unknown {
  if (port.default !== undefined) return port.default;
  switch (port.type) {
    case 'Text':
      return port.title ?? port.name;
    case 'Number':
      return 1;
    case 'Boolean':
      return true;
    case 'Messages':
      return [{ role: 'user', content: 'Hello' }];
    default:
      return port.type.endsWith('[]') ? [] : {};
  }
}

/** Example inputs: what is needed, and what has no file in it. */
export function exampleInputs(inputs: readonly PortDescription[]): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    inputs.filter((port) => !isFile(port) && !port.isOptional).map((port) => [port.name, exampleOf(port)]),
  );
}

/** The ways to call a workflow, for its page. Keys stand in the environment, never in the code. */
export function snippetsOf({ origin, slug, inputs, outputs }: SnippetFacts): readonly Snippet[] {
  const url = `${origin}/v1/workflows/${slug}`;
  const example = exampleInputs(inputs);
  const json = JSON.stringify(example, null, 2);
  const files = inputs.filter(isFile);
  const output = outputs[0]?.name ?? 'answer';
  return [
    {
      id: 'curl',
      title: 'curl',
      help: 'The reply comes when the run has ended.',
      code: files.length === 0 ? curl(url, json) : curlWithFiles(url, example, files),
    },
    {
      id: 'stream',
      title: 'curl, streaming',
      help: 'Text comes while it is written: events delta, node, citation, then result or error.',
      code: curl(url, json, ["-H 'Accept: text/event-stream'", '-N']),
    },
    {
      id: 'typescript',
      title: 'TypeScript',
      help: 'A client typed by the contract: npm install openapi-fetch openapi-typescript',
      code: typescript(origin, slug, json, output),
    },
    {
      id: 'python',
      title: 'Python',
      help: 'pip install httpx',
      code: python(url, example, output),
    },
    {
      id: 'openai',
      title: 'OpenAI client',
      help: 'For a workflow that takes one text or messages and gives a text: its slug is the model.',
      code: openai(origin, slug),
    },
    {
      id: 'mcp',
      title: 'MCP',
      help: 'Each live workflow that the key may run is a tool.',
      code: JSON.stringify(
        {
          mcpServers: {
            heddle: { type: 'http', url: `${origin}/mcp`, headers: { Authorization: 'Bearer ${HEDDLE_KEY}' } },
          },
        },
        null,
        2,
      ),
    },
  ];
}

/** A single quote ends a quoted text of the shell, so it is written apart. */
const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

function curl(url: string, json: string, more: readonly string[] = []): string {
  return [
    `curl ${url}`,
    '  -H "Authorization: Bearer $HEDDLE_KEY"',
    "  -H 'Content-Type: application/json'",
    ...more.map((line) => `  ${line}`),
    `  -d ${quoted(json)}`,
  ].join(' \\\n');
}

function curlWithFiles(
  url: string,
  example: Readonly<Record<string, unknown>>,
  files: readonly PortDescription[],
): string {
  const text = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));
  return [
    `curl ${url}`,
    '  -H "Authorization: Bearer $HEDDLE_KEY"',
    ...Object.entries(example).map(([name, value]) => `  -F ${quoted(`${name}=${text(value)}`)}`),
    ...files.map(({ name }) => `  -F ${quoted(`${name}=@file`)}`),
  ].join(' \\\n');
}

function typescript(origin: string, slug: string, json: string, output: string): string {
  return `// curl ${origin}/v1/workflows/${slug}/openapi.json -H "Authorization: Bearer $HEDDLE_KEY" -o ${slug}.json
// npx openapi-typescript ${slug}.json -o ${slug}.d.ts
import createClient from 'openapi-fetch';
import type { paths } from './${slug}.js';

const heddle = createClient<paths>({
  baseUrl: '${origin}',
  headers: { Authorization: \`Bearer \${process.env.HEDDLE_KEY}\` },
});

const { data, error } = await heddle.POST('/v1/workflows/${slug}', {
  body: ${json.replaceAll('\n', '\n  ')},
});
if (error) throw new Error(error.detail);
console.log(data.outputs[${JSON.stringify(output)}]);`;
}

function python(url: string, example: Readonly<Record<string, unknown>>, output: string): string {
  return `import os

import httpx

reply = httpx.post(
    "${url}",
    headers={"Authorization": f"Bearer {os.environ['HEDDLE_KEY']}"},
    json=${pythonValue(example).replaceAll('\n', '\n    ')},
    timeout=120,
)
reply.raise_for_status()
print(reply.json()["outputs"][${JSON.stringify(output)}])`;
}

function openai(origin: string, slug: string): string {
  return `import OpenAI from 'openai';

const client = new OpenAI({ baseURL: '${origin}/v1', apiKey: process.env.HEDDLE_KEY });

const stream = await client.chat.completions.create({
  model: '${slug}',
  messages: [{ role: 'user', content: 'Hello' }],
  stream: true,
});
for await (const part of stream) process.stdout.write(part.choices[0]?.delta.content ?? '');`;
}

/** JSON as Python writes it. */
export function pythonValue(value: unknown, indent = ''): string {
  const inner = `${indent}    `;
  if (value === null || value === undefined) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (Array.isArray(value))
    return value.length === 0
      ? '[]'
      : `[\n${value.map((item) => `${inner}${pythonValue(item, inner)},\n`).join('')}${indent}]`;
  if (typeof value === 'object') {
    const entries = Object.entries(value);
    return entries.length === 0
      ? '{}'
      : `{\n${entries.map(([name, item]) => `${inner}${JSON.stringify(name)}: ${pythonValue(item, inner)},\n`).join('')}${indent}}`;
  }
  return JSON.stringify(value);
}
