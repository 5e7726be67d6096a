import { decimalGrammar } from './number-grammar.js';

/** The bodies of grammar rules, by name. */
export type Rules = Map<string, string>;

const baseRules: readonly string[] = [
  'space ::= [ \\n]{0,8}',
  'character ::= [^"\\\\\\x7F\\x00-\\x1F] | "\\\\" (["\\\\bfnrt/] | "u" [0-9a-fA-F]{4})',
  'string ::= "\\"" character* "\\""',
  'boolean ::= "true" | "false"',
  'null ::= "null"',
  `number ::= ${decimalGrammar(undefined, undefined)}`,
  'value ::= object | array | string | number | boolean | null',
  'object ::= "{" space (string space ":" space value (space "," space string space ":" space value)*)? space "}"',
  'array ::= "[" space (value (space "," space value)*)? space "]"',
];

/** Writes a grammar for llama.cpp (GBNF) and adds the JSON rules. */
export function writeGrammar(root: string, rules: Rules): string {
  return [`root ::= ${root}`, ...baseRules, ...[...rules].map(([name, body]) => `${name} ::= ${body}`)].join('\n');
}

/** Quotes a literal text. */
export function quote(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;
}
