import type { PortDescription } from '../node/describe-node.js';

/** The data of a call in code. */
export interface CallParts {
  readonly origin: string;
  readonly slug: string;
  readonly example: Readonly<Record<string, unknown>>;
  readonly files: readonly PortDescription[];
  readonly output: string;
}

const memberName = (name: string): string => (/^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name));
const property = (name: string): string => (/^[A-Za-z_$][\w$]*$/.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`);
const indented = (json: string): string => json.replaceAll('\n', '\n  ');

/** Writes a call with `fetch`. */
export function fetchSnippet({ origin, slug, example, files, output }: CallParts): string {
  const isForm = files.length > 0;
  const head = isForm ? `import { openAsBlob } from 'node:fs';\n\n${formOf(example, files)}\n` : '';
  return `${head}const reply = await fetch('${origin}/v1/workflows/${slug}', {
  method: 'POST',
  headers: {
    Authorization: \`Bearer \${process.env.HEDDLE_KEY}\`,${isForm ? '' : "\n    'Content-Type': 'application/json',"}
  },
  body: ${isForm ? 'form' : `JSON.stringify(${indented(JSON.stringify(example, null, 2))})`},
});
const result = await reply.json();
if (!reply.ok) throw new Error(\`\${result.code}: \${result.detail}\`);
console.log(result.outputs${property(output)});`;
}

/** Writes a call with a client that is typed from the OpenAPI document. */
export function clientSnippet({ origin, slug, example, files, output }: CallParts): string {
  const isForm = files.length > 0;
  const body = { ...example, ...Object.fromEntries(files.map(({ name, type }) => [name, fileBody(type)])) };
  return `// curl ${origin}/v1/workflows/${slug}/openapi.json -H "Authorization: Bearer $HEDDLE_KEY" -o ${slug}.json
// npx openapi-typescript ${slug}.json -o ${slug}.d.ts
import createClient from 'openapi-fetch';
import type { paths } from './${slug}.js';
${isForm ? `import { openAsBlob } from 'node:fs';\n\n${formOf(example, files)}\n` : ''}
const heddle = createClient<paths>({
  baseUrl: '${origin}',
  headers: { Authorization: \`Bearer \${process.env.HEDDLE_KEY}\` },
});

const { data, error } = await heddle.POST('/v1/workflows/${slug}', {
  body: ${indented(JSON.stringify(body, null, 2))},${isForm ? '\n  bodySerializer: () => form,' : ''}
});
if (error) throw new Error(\`\${error.code}: \${error.detail}\`);
// A reply of a run that ended, of one that goes on, or the text of a stream.
if (typeof data === 'string' || !('outputs' in data)) throw new Error('The run goes on.');
console.log(data.outputs${property(output)});`;
}

/** In the typed body, a file is represented by its name; the request sends the form. */
const fileBody = (type: string): unknown => (type.endsWith('[]') ? ['file'] : 'file');

function formOf(example: Readonly<Record<string, unknown>>, files: readonly PortDescription[]): string {
  const text = (value: unknown): string => JSON.stringify(typeof value === 'string' ? value : JSON.stringify(value));
  return [
    'const form = new FormData();',
    ...Object.entries(example).map(([name, value]) => `form.set(${JSON.stringify(name)}, ${text(value)});`),
    ...files.map(({ name }) => `form.append(${JSON.stringify(name)}, await openAsBlob('file'), 'file');`),
  ].join('\n');
}

/** Writes a call with Heddle's TypeScript client. */
export function heddleSnippet({ origin, slug, example, files, output }: CallParts): string {
  const members = [
    ...Object.entries(example).map(
      ([name, value]) => `${memberName(name)}: ${indented(JSON.stringify(value, null, 2))}`,
    ),
    ...files.map(({ name }) => `${memberName(name)}: new File([await openAsBlob('file')], 'file')`),
  ];
  return `import { Heddle } from '@heddle/client';${files.length === 0 ? '' : "\nimport { openAsBlob } from 'node:fs';"}

const heddle = new Heddle({ baseUrl: '${origin}', apiKey: process.env.HEDDLE_KEY });

const { outputs } = await heddle.workflow('${slug}').run({
${members.map((member) => `  ${member},\n`).join('')}});
console.log(outputs${property(output)});`;
}

/** Writes a call with the OpenAI client. The model is the slug; `messages` are those that the workflow accepts. */
export function openAiSnippet({ origin, slug }: Pick<CallParts, 'origin' | 'slug'>, messages: unknown): string {
  return `import OpenAI from 'openai';

const client = new OpenAI({ baseURL: '${origin}/v1', apiKey: process.env.HEDDLE_KEY });

const stream = await client.chat.completions.create({
  model: '${slug}',
  messages: ${indented(JSON.stringify(messages, null, 2))},
  stream: true,
});
for await (const part of stream) process.stdout.write(part.choices[0]?.delta.content ?? '');`;
}
