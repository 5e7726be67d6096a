const code = /\b[A-Z]\d{1,2}\b/g;

/** The JavaScript engine, and the function keys that comments of the editor name. */
const isOther = (found, path) => found === 'V8' || (path.startsWith('editor/') && /^F\d{1,2}$/.test(found));

/** The rule codes in comments of a text that `listed`, the page of the engine's rules, does not hold: `{ code, line }`. */
export function findRuleCodes({ path, text }, listed) {
  const known = new Set(listed.match(code));
  return commentsOf(text).flatMap(({ comment, line }) =>
    (comment.match(code) ?? [])
      .filter((found) => !known.has(found) && !isOther(found, path))
      .map((found) => ({ code: found, line })),
  );
}

/** The comments of each line: a line of a block, or what stands behind `//`. */
function commentsOf(text) {
  let isInBlock = false;
  return text.split('\n').flatMap((content, index) => {
    const line = index + 1;
    if (isInBlock || /^\s*\{?\/\*/.test(content)) {
      isInBlock = !content.includes('*/');
      return [{ comment: content, line }];
    }
    const comment = /(?:^|\s)\/\/\s(.*)$/.exec(content)?.[1];
    return comment === undefined ? [] : [{ comment, line }];
  });
}
