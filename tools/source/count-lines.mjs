/**
 * Counts the lines of a TypeScript, JavaScript or CSS text: `{ code, comment, blank, characters }`, where `characters` are those of code
 * lines without indentation. A line counts as a comment if it begins with one; otherwise a comment behind code counts as code.
 *
 * @example countLines('// why\nrun();\n'); // { code: 1, comment: 1, blank: 0, characters: 6 }
 */
export function countLines(text) {
  const counts = { code: 0, comment: 0, blank: 0, characters: 0 };
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  let isInBlock = false;
  for (const line of lines.map((untrimmed) => untrimmed.trim())) {
    const beginsBlock = !isInBlock && (line.startsWith('/*') || line.startsWith('{/*'));
    if (isInBlock || beginsBlock) {
      counts.comment += 1;
      isInBlock = !line.includes('*/');
    } else if (line === '') counts.blank += 1;
    else if (line.startsWith('//')) counts.comment += 1;
    else {
      counts.code += 1;
      counts.characters += line.length;
    }
  }
  return counts;
}

/** Adds up counts of lines. */
export function addCounts(all) {
  const sum = { code: 0, comment: 0, blank: 0, characters: 0 };
  for (const counts of all) for (const name of Object.keys(sum)) sum[name] += counts[name];
  return sum;
}
