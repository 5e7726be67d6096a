import { HeddleError, type ToolDefinition } from '@heddle/core';
import { z } from 'zod';
import { quote, writeGrammar, type Rules } from './gbnf.js';
import { jsonRule } from './json-grammar.js';
import type { ToolStyle } from './tool-style.js';

const mostCalls = 8;

/**
 * Writes a grammar for calls in a model's own format: with the names of the tools, and arguments that match their schemas. For a schema
 * that a grammar cannot express, any object is accepted, and the code that makes the call checks it.
 */
export function toolGrammar(tools: readonly ToolDefinition[], style: ToolStyle, isParallel: boolean): string {
  const rules: Rules = new Map();
  const calls = tools.map(({ name, parameters }) => {
    const head = `{"name": ${JSON.stringify(name)}, "${style.argumentsKey}": `;
    return `${quote(head)} ${argumentsRule(parameters, rules)} "}"`;
  });
  rules.set('call', calls.join(' | '));
  const more = isParallel && style.between !== undefined ? ` (${quote(style.between)} call){0,${mostCalls - 1}}` : '';
  const edge = (text: string): readonly string[] => (text === '' ? [] : [quote(text)]);
  return writeGrammar([...edge(style.lead), `call${more}`, ...edge(style.tail)].join(' '), rules);
}

function argumentsRule(parameters: ToolDefinition['parameters'], rules: Rules): string {
  if (parameters['type'] !== 'object') return 'object';
  const known = new Set(rules.keys());
  try {
    return jsonRule(parameters, rules);
  } catch (error) {
    if (!(error instanceof HeddleError) || error.code !== 'schema_unsupported') throw error;
    for (const name of rules.keys()) if (!known.has(name)) rules.delete(name);
    return 'object';
  }
}

/** Extends a grammar so that the answer may begin a call instead. */
export function orCall(grammar: string, { opener }: ToolStyle): string {
  // JSON of a schema looks like a call here, so the schema has priority.
  if (opener.isOnlyAtStart) return grammar;
  return grammar.replace(/^root ::= (.*)$/m, (_line, body: string) => `root ::= ${quote(opener.text)} | ${body}`);
}

const Call = z.object({ name: z.string(), arguments: z.unknown().optional(), parameters: z.unknown().optional() });

interface WrittenCall {
  readonly name: string;
  /** As JSON. */
  readonly arguments: string;
}

/**
 * Parses the complete calls in a text that follows the grammar, even if the text ends within another call. A small model may repeat the
 * same call for ever, so repeated calls are left out.
 */
export function readCalls(text: string, style: ToolStyle): readonly WrittenCall[] {
  const end = text.lastIndexOf(style.tail);
  if (!text.startsWith(style.lead) || end < style.lead.length) return [];
  const inner = text.slice(style.lead.length, end);
  const calls = parseList(style.lead === '[' ? `[${inner}]` : `[${inner.replaceAll(style.between ?? '\0', ',')}]`);
  const written = calls.map((call) => ({
    name: call.name,
    arguments: JSON.stringify(call[style.argumentsKey] ?? {}),
  }));
  return written.filter((call, index) => written.findIndex((other) => isSame(call, other)) === index);
}

/** Whether the text ends with a repeated call. */
export function endsInRepetition(text: string, style: ToolStyle): boolean {
  if (style.between === undefined || !text.endsWith(style.tail)) return false;
  const count = text.split(style.between).length;
  return count > 1 && readCalls(text, style).length < count;
}

const isSame = (left: WrittenCall, right: WrittenCall): boolean =>
  left.name === right.name && left.arguments === right.arguments;

function parseList(text: string): readonly z.infer<typeof Call>[] {
  try {
    return z.array(Call).parse(JSON.parse(text));
  } catch {
    return [];
  }
}
