const longest = 300;
/** Parts of a message that vary between runs with the same cause, most specific first. */
const varying: readonly (readonly [RegExp, string])[] = [
  [/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi, '<id>'],
  [/\bhttps?:\/\/[^\s'"<>)]+/gi, '<address>'],
  [/'[^'\n]{1,400}'|"[^"\n]{1,400}"|`[^`\n]{1,400}`/g, '<value>'],
  [/\b(?=[a-z_-]*\d)[\w-]{16,}\b/gi, '<id>'],
  [/\d+(?:[.,:]\d+)*/g, '<number>'],
];

/**
 * Replaces the varying parts of an error message: ids, addresses, quoted values, numbers.
 *
 * @example normaliseMessage("Run 'r1' waited 30 s") // 'Run <value> waited <number> s'
 */
export function normaliseMessage(message: string): string {
  let text = message.slice(0, 4 * longest);
  for (const [pattern, name] of varying) text = text.replace(pattern, name);
  return text.replace(/\s+/g, ' ').trim().slice(0, longest);
}

/**
 * Removes iterations and keys, which can contain values, from the path of an execution. All rounds of a loop then count as the same node.
 *
 * @example nodeOfExecution('each@1#3/say@0.2') // 'each/say'
 */
export const nodeOfExecution = (path: string): string => path.replace(/[@#][^/]*/g, '');
