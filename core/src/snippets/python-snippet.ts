import type { CallParts } from './typescript-snippet.js';

/** Writes a call in Python with `httpx`; `requests` accepts the same arguments. */
export function pythonSnippet({ origin, slug, example, files, output }: CallParts): string {
  const indented = (text: string): string => text.replaceAll('\n', '\n    ');
  const asText = Object.fromEntries(
    Object.entries(example).map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)]),
  );
  const body =
    files.length === 0
      ? `json=${indented(pythonValue(example))},`
      : `data=${indented(pythonValue(asText))},
    files=[${files.map(({ name }) => `(${pythonValue(name)}, open("file", "rb"))`).join(', ')}],`;
  return `import os

import httpx

reply = httpx.post(
    "${origin}/v1/workflows/${slug}",
    headers={"Authorization": f"Bearer {os.environ['HEDDLE_KEY']}"},
    ${body}
    timeout=120,
)
reply.raise_for_status()
print(reply.json()["outputs"][${pythonValue(output)}])`;
}

/** Writes a call with Heddle's Python client. */
export function heddlePythonSnippet({ origin, slug, example, files, output }: CallParts): string {
  const members = [
    ...Object.entries(example).map(([name, value]) => `${JSON.stringify(name)}: ${pythonValue(value, '    ')}`),
    ...files.map(({ name }) => `${JSON.stringify(name)}: open("file", "rb")`),
  ];
  return `import os

from heddle_client import Heddle

heddle = Heddle("${origin}", api_key=os.environ["HEDDLE_KEY"])

reply = heddle.workflow("${slug}").run({
${members.map((member) => `    ${member},\n`).join('')}})
print(reply["outputs"][${pythonValue(output)}])`;
}

/** Writes a value as a Python literal. */
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
