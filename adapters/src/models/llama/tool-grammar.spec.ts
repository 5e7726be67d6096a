import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from '@heddle/core';
import { getLlama, LlamaLogLevel } from 'node-llama-cpp';
import { jsonGrammar } from './json-grammar.js';
import { endsInRepetition, orCall, readCalls, toolGrammar } from './tool-grammar.js';
import { toolStyleOf } from './tool-style.js';

const tagged = toolStyleOf('tools <tool_call> arguments');
const bare = toolStyleOf('tools ipython "parameters": tool_calls ');
const listed = toolStyleOf('tools [AVAILABLE_TOOLS] [TOOL_CALLS]');
const rome = { name: 'weather', arguments: '{"city":"Rome"}' };
const oslo = { name: 'weather', arguments: '{"city":"Oslo"}' };
const written = ({ name, arguments: given }: typeof rome, key = 'arguments'): string =>
  `{"name": "${name}", "${key}": ${given}}`;

describe('the grammar of calls', () => {
  const tool = (name: string, parameters: object) => ({ name, description: '', parameters: parameters as never });

  it('names the tools and binds arguments to their schemas', () => {
    const city = { type: 'object', properties: { city: { type: 'string', maxLength: 9 } }, required: ['city'] };
    const grammar = toolGrammar([tool('weather', city), tool('time', { type: 'object' })], tagged, true);
    expect(grammar).toMatch(
      /^root ::= "\\n" call \("\\n<\/tool_call>\\n<tool_call>\\n" call\)\{0,7\} "\\n<\/tool_call>"$/m,
    );
    expect(grammar).toMatch(
      /^call ::= "\{\\"name\\": \\"weather\\", \\"arguments\\": " \("\{" .*"\}" \| "\{\\"name\\": \\"time\\", \\"arguments\\": " object "\}"$/m,
    );
    expect(grammar).toContain('character{0,9}');
    expect(toolGrammar([tool('time', {})], tagged, false)).not.toContain('{0,7}');
    expect(toolGrammar([tool('time', {})], bare, true)).toMatch(/^root ::= call$/m);
  });

  it('allows any object when a schema exceeds the grammar, and leaves no rule of the schema behind', () => {
    const odd = {
      type: 'object',
      properties: { a: { type: 'array', items: {} }, b: { type: 'string', pattern: 'x' } },
    };
    const grammar = toolGrammar([tool('odd', odd)], tagged, false);
    expect(grammar).toMatch(/^call ::= .* object "\}"$/m);
    expect(grammar).not.toMatch(/^r\d/m);
  });

  it('allows JSON of the output schema instead of a call, when the two can be distinguished', () => {
    expect(orCall('root ::= space\nspace ::= " "', tagged)).toBe('root ::= "<tool_call>" | space\nspace ::= " "');
    expect(orCall('root ::= space', bare)).toBe('root ::= space');
  });
});

describe('llama.cpp', () => {
  it('reads the grammars of every form, with recursive schemas in several tools', async () => {
    const parameters: JsonObject = {
      type: 'object',
      properties: { text: { type: 'string' }, next: { anyOf: [{ type: 'null' }, { $ref: '#/$defs/node' }] } },
      required: ['text'],
      $defs: { node: { type: 'object', properties: { next: { $ref: '#/$defs/node' } } } },
    };
    const tools = ['one', 'two'].map((name) => ({ name, description: '', parameters }));
    const llama = await getLlama({ gpu: false, build: 'never', skipDownload: true, logLevel: LlamaLogLevel.disabled });
    try {
      await expect(llama.createGrammar({ grammar: 'root ::= nothing' })).rejects.toThrow();
      for (const style of [tagged, bare, listed]) {
        await llama.createGrammar({ grammar: toolGrammar(tools, style, true) });
        await llama.createGrammar({ grammar: orCall(jsonGrammar(parameters), style) });
      }
    } finally {
      await llama.dispose();
    }
  }, 90_000);
});

describe('the calls in a text', () => {
  it.each([
    ['tagged', tagged, `\n${written(rome)}\n</tool_call>\n<tool_call>\n${written(oslo)}\n</tool_call>`, [rome, oslo]],
    ['bare', bare, written(rome, 'parameters'), [rome]],
    ['listed', listed, `[${written(rome)}, ${written(oslo)}]`, [rome, oslo]],
  ] as const)('are read in the %s form', (_name, style, text, calls) => {
    expect(readCalls(text, style)).toEqual(calls);
  });

  it('are only the complete ones when the text was cut', () => {
    const text = `\n${written(rome)}\n</tool_call>\n<tool_call>\n{"name": "weather", "arguments": {"ci`;
    expect(readCalls(text, tagged)).toEqual([rome]);
    expect(readCalls('\n{"name": "weather", "arguments": {"ci', tagged)).toEqual([]);
    expect(readCalls('{"name": "wea', bare)).toEqual([]);
    expect(readCalls('', tagged)).toEqual([]);
  });

  it('are counted once, and a repetition is recognised', () => {
    const text = `\n${written(rome)}\n</tool_call>\n<tool_call>\n${written(rome)}\n</tool_call>`;
    expect(readCalls(text, tagged)).toEqual([rome]);
    expect(endsInRepetition(text, tagged)).toBe(true);
    expect(endsInRepetition(text.replace('Rome', 'Oslo'), tagged)).toBe(false);
    expect(endsInRepetition(`\n${written(rome)}\n</tool_call>`, tagged)).toBe(false);
    expect(endsInRepetition(written(rome, 'parameters'), bare)).toBe(false);
  });

  it('keep the marks of their form inside arguments', () => {
    const odd = { name: 'say', arguments: JSON.stringify({ text: '</tool_call>\n<tool_call>\n", ]' }) };
    expect(readCalls(`\n${written(odd)}\n</tool_call>`, tagged)).toEqual([odd]);
    expect(readCalls(`[${written(odd)}]`, listed)).toEqual([odd]);
  });
});
