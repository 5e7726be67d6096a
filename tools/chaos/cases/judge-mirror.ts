/** Lists the differences between the files of a folder and the documents of its source, including the texts of their passages. */
export function judgeMirror(
  files: ReadonlyMap<string, string>,
  documents: ReadonlyMap<string, readonly string[]>,
): readonly string[] {
  const wordOf = (text: string): string => /Here stands (\w+)/.exec(text)?.[1] ?? '';
  const missing = [...files.keys()].filter((name) => !documents.has(name)).map((name) => `'${name}' is missing`);
  const left = [...documents.keys()].filter((name) => !files.has(name)).map((name) => `'${name}' is no file any more`);
  const wrong = [...files].flatMap(([name, text]) => {
    const found = documents.get(name);
    const isRight = found === undefined || (found.length === 1 && wordOf(found[0] ?? '') === wordOf(text));
    return isRight ? [] : [`'${name}' holds ${found.map(wordOf).join(', ')} and not ${wordOf(text)}`];
  });
  return [...missing, ...left, ...wrong];
}
