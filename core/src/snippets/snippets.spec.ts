import type { PortDescription } from '../node/describe-node.js';
import { describe, expect, it } from '@jest/globals';
import { exampleOf } from './example-inputs.js';
import { pythonValue } from './python-snippet.js';
import { snippetsOf } from './snippets.js';

const port = (name: string, type: PortDescription['type'], more: Partial<PortDescription> = {}): PortDescription =>
  ({ name, type, isOptional: false, ...more }) as PortDescription;
const facts = {
  origin: 'http://127.0.0.1:3000',
  slug: 'letters',
  inputs: [port('question', 'Text', { title: "What's new?" }), port('most', 'Number', { isOptional: true })],
  outputs: [port('answer', 'Text')],
};

describe('code snippets for a workflow', () => {
  it('contains the address, the required inputs, and a variable instead of a key', () => {
    const snippets = snippetsOf(facts);
    for (const id of ['curl', 'stream', 'async', 'typescript', 'client', 'python', 'openai', 'mcp'])
      expect(snippets.find((snippet) => snippet.id === id)?.code).toMatch(/HEDDLE_KEY/);
    const [curl] = snippets;
    expect(curl?.code).toContain('http://127.0.0.1:3000/v1/workflows/letters');
    expect(curl?.code).toContain(`What'\\''s new?`);
    expect(curl?.code).not.toContain('most');
  });

  it('lists curl, JavaScript and Python first', () => {
    expect(
      snippetsOf(facts)
        .map(({ title }) => title)
        .slice(0, 3),
    ).toEqual(['curl', 'JavaScript', 'Python']);
  });

  it('sends the values of a real call, quoted for each language', () => {
    const hostile = `it's "$(rm -rf ~)" \`id\` \\ \n'; echo`;
    const codes = snippetsOf({ ...facts, example: { question: hostile, most: 3 } }).map(({ code }) => code);
    const [curl = '', script = '', python = ''] = codes;
    // The shell interprets nothing in single quotes. A single quote of the text is written as '\''.
    const [, body = ''] = /-d '([\s\S]*)'$/.exec(curl) ?? [];
    expect(JSON.parse(body.replaceAll(`'\\''`, "'"))).toEqual({ question: hostile, most: 3 });
    expect(body.replaceAll(`'\\''`, '')).not.toContain("'");
    for (const code of [script, python]) expect(code).toContain(JSON.stringify(hostile));
  });

  it('offers the OpenAI client only for a workflow that is a chat', () => {
    const offers = (change: Partial<typeof facts>): boolean =>
      snippetsOf({ ...facts, ...change }).some(({ id }) => id === 'openai');
    expect(offers({ inputs: [port('talk', 'Messages')] })).toBe(true);
    expect(offers({ inputs: [...facts.inputs, port('letter', 'File')] })).toBe(false);
    expect(offers({ inputs: [] })).toBe(false);
    expect(offers({ outputs: [port('letter', 'File')] })).toBe(false);
  });

  it('fills the messages of the OpenAI client from the title of the input or from a real call', () => {
    const said = [
      { role: 'system', content: 'Be `kind`.' },
      { role: 'user', content: "It's $HOME" },
    ];
    const codeOf = (change: Partial<typeof facts> & { readonly example?: object }): string | undefined =>
      snippetsOf({ ...facts, ...change } as typeof facts).find(({ id }) => id === 'openai')?.code;
    const sent = (code: string | undefined): unknown =>
      JSON.parse(/messages: (\[[^]*?\n {2}\]),/.exec(code ?? '')?.[1] ?? '');
    expect(sent(codeOf({}))).toEqual([{ role: 'user', content: "What's new?" }]);
    expect(sent(codeOf({ example: { question: 'When?' } }))).toEqual([{ role: 'user', content: 'When?' }]);
    expect(sent(codeOf({ inputs: [port('talk', 'Messages')], example: { talk: said } }))).toEqual(said);
    expect(sent(codeOf({ inputs: [port('note', 'Text', { isOptional: true, title: 'A note' })] }))).toEqual([
      { role: 'user', content: 'A note' },
    ]);
  });

  it('sends files as form parts', () => {
    const withFile = snippetsOf({ ...facts, inputs: [...facts.inputs, port('letter', 'File')] });
    const codeOf = (id: string): string | undefined => withFile.find((snippet) => snippet.id === id)?.code;
    expect(codeOf('curl')).toContain("-F 'letter=@file'");
    expect(codeOf('stream')).toContain('Accept: text/event-stream');
    expect(codeOf('typescript')).toContain('body: form');
    expect(codeOf('client')).toContain('"letter": "file"');
    expect(codeOf('python')).toContain('files=[("letter", open("file", "rb"))]');
  });

  it('writes values as Python does', () => {
    expect(pythonValue({ a: [true, null, 'x'], b: {}, c: [] })).toBe(
      '{\n    "a": [\n        True,\n        None,\n        "x",\n    ],\n    "b": {},\n    "c": [],\n}',
    );
  });

  it('uses an example value that the input accepts', () => {
    expect(exampleOf(port('tone', 'Text', { schema: { type: 'string', enum: ['kind', 'short'] } }))).toBe('kind');
    expect(exampleOf(port('many', 'Text[]'))).toEqual([]);
    expect(exampleOf(port('note', 'Text', { default: 'none' }))).toBe('none');
  });
});
